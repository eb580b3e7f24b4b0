import { ActionForm, FormReveal, FormSelect, UntilDone } from '@/components/ui/action-form';
import { Button } from '@/components/ui/button';
import { Link } from '@/components/ui/link';
import { Notice } from '@/components/ui/notice';
import { Panel } from '@/components/ui/panel';
import { SubmitButton } from '@/components/ui/submit-button';
import type { Actor } from '@/lib/actors/model';
import { momentFor } from '@/lib/language/moment';
import { translator } from '@/lib/language/translate';
import { PASS_CHOICES, type StandingPass } from '@/lib/passes/model';
import { findPass } from '@/lib/passes/service';
import { currentActor } from '@/lib/sessions/current';
import { backFrom, fullName, helpFor, HelpButton, HelpPage, ReasonAndProof } from '../help-page';
import { issue, revoke } from './actions';

export default async function PassPage({ params, searchParams }: PageProps<'/[org]/settings/accounts/[id]/pass'>) {
  const [{ org, id }, { done }] = await Promise.all([params, searchParams]);
  const { actor } = await currentActor(org, '/[org]/settings/accounts/[id]/pass');
  const help = await helpFor(actor, id);
  const { subject, standing } = help;
  const pass = await findPass(actor, subject.id);
  const t = translator(actor.locale);
  const settings = `/${actor.organisation.slug}/settings`;
  const name = fullName(subject);
  const useless =
    subject.status !== 'active'
      ? 'pass_not-active'
      : !subject.askedHere
        ? 'pass_by-provider'
        : subject.factors === 0
          ? 'pass_no-factor'
          : null;
  return (
    <HelpPage actor={actor} help={help} title={t('resets.passTitle')}>
      {done === 'revoked' ? <Notice tone="success">{t('resets.passRevoked')}</Notice> : null}
      {pass === null ? null : <Standing actor={actor} accountId={subject.id} pass={pass} />}
      {useless !== null ? (
        <Notice>{t(`refusals.${useless}`)}</Notice>
      ) : (
        <Panel>
          <ActionForm action={issue} hidden={{ account: subject.id }} className="max-w-form">
            <FormReveal
              label={t('resets.passOf', { name })}
              labels={{ copy: t('enrol.copy'), copied: t('enrol.copied') }}
            >
              <p className="text-sm text-quiet">{t('resets.passOnce')}</p>
            </FormReveal>
            <UntilDone>
              <p className="text-quiet">{t('resets.passLead')}</p>
              <FormSelect name="minutes" label={t('resets.passFor')} defaultValue="60">
                {PASS_CHOICES.map((minutes) => (
                  <option key={minutes} value={minutes}>
                    {minutes < 60 ? t('resets.minutes', { minutes }) : t('resets.hours', { hours: minutes / 60 })}
                  </option>
                ))}
              </FormSelect>
              <ReasonAndProof actor={actor} standing={standing} />
              <div className="flex flex-col gap-3 sm:flex-row-reverse">
                <HelpButton actor={actor} standing={standing} className="flex-1" pendingLabel={t('site.oneMoment')}>
                  {t('resets.passSubmit')}
                </HelpButton>
                <Button href={backFrom(actor, subject.id)}>{t('site.cancel')}</Button>
              </div>
            </UntilDone>
          </ActionForm>
        </Panel>
      )}
      <p className="text-quiet">
        {t('resets.reallyLost')}{' '}
        <Link href={`${settings}/accounts/${subject.id}/reset`} inline>
          {t('resets.toReset')}
        </Link>
      </p>
    </HelpPage>
  );
}

/** The pass that is good at this moment: whether it was used, until when, and the way to end it. */
function Standing({ actor, accountId, pass }: { actor: Actor; accountId: string; pass: StandingPass }) {
  const t = translator(actor.locale);
  const until = momentFor(actor, pass.validUntil);
  return (
    <Panel title={t('resets.passStanding')} titleId="standing">
      <div className="flex flex-wrap items-center justify-between gap-4">
        <p>
          {pass.usedAt === null
            ? t('resets.passUnused', { until })
            : t('resets.passUsed', { at: momentFor(actor, pass.usedAt), until })}
        </p>
        <ActionForm action={revoke} hidden={{ account: accountId }}>
          <SubmitButton variant="secondary" pendingLabel={t('site.oneMoment')}>
            {t('resets.passRevoke')}
          </SubmitButton>
        </ActionForm>
      </div>
    </Panel>
  );
}
