import { ActionForm } from '@/components/ui/action-form';
import { Button } from '@/components/ui/button';
import { Notice } from '@/components/ui/notice';
import { SubmitButton } from '@/components/ui/submit-button';
import type { Actor } from '@/lib/actors/model';
import type { ChangeSubject } from '@/lib/changes/model';
import { findPendingChange } from '@/lib/changes/service';
import { clockOf } from '@/lib/language/moment';
import { translator } from '@/lib/language/translate';
import { keepAsked, takeAskedBack } from './authenticators/actions';
import { keep as keepPlaces, takeBack as takePlacesBack } from './locations/actions';
import { keep as keepOptions, takeBack as takeOptionsBack } from './options/actions';

const ACTIONS = {
  options: { keep: keepOptions, takeBack: takeOptionsBack },
  places: { keep: keepPlaces, takeBack: takePlacesBack },
  authenticators: { keep: keepAsked, takeBack: takeAskedBack },
} as const satisfies Record<ChangeSubject, object>;

/** A change that may lock administrators out: in force, and undone by itself unless somebody keeps it (GUARD-2). */
export async function PendingChange({ actor, subject }: { actor: Actor; subject: ChangeSubject }) {
  const change = await findPendingChange(actor, subject);
  if (change === null) return null;
  const { keep, takeBack } = ACTIONS[subject];
  const { connectionOf } = change;
  const t = translator(actor.locale);
  const time = clockOf(actor, { timeStyle: 'short' }).format(change.confirmUntil);
  return (
    <Notice tone="warning" title={t('changes.title')} role="status">
      <p>
        {t(`changes.text_${connectionOf === null ? subject : 'connection'}`, {
          name: change.madeByName,
          authenticator: change.connectionName ?? '',
          time: time.replaceAll(' ', '\u00a0'),
        })}
      </p>
      <div className="mt-3 flex flex-wrap gap-3">
        {connectionOf === null ? null : (
          <Button
            href={`/${actor.organisation.slug}/settings/authenticators/${connectionOf}/test/go`}
            target="_blank"
            rel="noopener"
          >
            {t('providerTest.start')}
          </Button>
        )}
        <ActionForm action={keep} hidden={{ change: change.id }}>
          <SubmitButton pendingLabel={t('site.oneMoment')}>{t('changes.keep')}</SubmitButton>
        </ActionForm>
        <ActionForm action={takeBack} hidden={{ change: change.id }}>
          <SubmitButton variant="secondary" pendingLabel={t('site.oneMoment')}>
            {t('changes.takeBack')}
          </SubmitButton>
        </ActionForm>
      </div>
    </Notice>
  );
}
