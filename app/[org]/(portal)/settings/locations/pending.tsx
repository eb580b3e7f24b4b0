import { ActionForm } from '@/components/ui/action-form';
import { Notice } from '@/components/ui/notice';
import { SubmitButton } from '@/components/ui/submit-button';
import type { Actor } from '@/lib/actors/model';
import { findPendingChange } from '@/lib/changes/service';
import { REGIONAL } from '@/lib/language/locale';
import { translator } from '@/lib/language/translate';
import { keep, takeBack } from './actions';

/** A change that may lock administrators out: in force, and undone by itself unless somebody keeps it (GUARD-2). */
export async function PendingPlaces({ actor }: { actor: Actor }) {
  const change = await findPendingChange(actor, 'places');
  if (change === null) return null;
  const t = translator(actor.locale);
  const time = new Intl.DateTimeFormat(REGIONAL[actor.locale], {
    timeStyle: 'short',
    timeZone: actor.account.timeZone ?? actor.organisation.timeZone,
  }).format(change.confirmUntil);
  return (
    <Notice tone="warning" title={t('places.pendingTitle')} role="status">
      <p>{t('places.pendingText', { name: change.madeByName, time: time.replaceAll(' ', '\u00a0') })}</p>
      <div className="mt-3 flex flex-wrap gap-3">
        <ActionForm action={keep} hidden={{ change: change.id }}>
          <SubmitButton pendingLabel={t('site.oneMoment')}>{t('places.keep')}</SubmitButton>
        </ActionForm>
        <ActionForm action={takeBack} hidden={{ change: change.id }}>
          <SubmitButton variant="secondary" pendingLabel={t('site.oneMoment')}>
            {t('places.takeBack')}
          </SubmitButton>
        </ActionForm>
      </div>
    </Notice>
  );
}
