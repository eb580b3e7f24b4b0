import { notFound } from 'next/navigation';
import { z } from 'zod';
import { ActionForm, FormField } from '@/components/ui/action-form';
import { Badge } from '@/components/ui/badge';
import { Notice } from '@/components/ui/notice';
import { Panel } from '@/components/ui/panel';
import { SubmitButton } from '@/components/ui/submit-button';
import { momentFor } from '@/lib/language/moment';
import { translator } from '@/lib/language/translate';
import { hasFreshFactor } from '@/lib/resets/proof';
import { currentActor } from '@/lib/sessions/current';
import { findListedToken } from '@/lib/tokens/service';
import { ProofButton, ProofField } from '../../../factor-proof';
import { SettingsPage } from '../../settings-page';
import { assign, remove, takeBack } from '../actions';

/** One token: to whom it is assigned, and how it is taken back. */
export default async function TokenPage({ params, searchParams }: PageProps<'/[org]/settings/tokens/[id]'>) {
  const [{ org, id }, query] = await Promise.all([params, searchParams]);
  const { actor } = await currentActor(org, '/[org]/settings/tokens/[id]');
  const token = z.uuid().safeParse(id).success ? await findListedToken(actor, id) : null;
  if (token === null) notFound();
  const t = translator(actor.locale);
  const room = `/${actor.organisation.slug}/settings/tokens`;
  const proves = token.state === 'used' && !hasFreshFactor(actor);
  const done = z.enum(['assigned', 'taken']).safeParse(query['done']).data;
  return (
    <SettingsPage
      actor={actor}
      section="tokens"
      title={t('tokens.titleOf', { serial: token.serial })}
      back={{ href: room, label: t('settings.sections.tokens') }}
    >
      {done === undefined ? null : <Notice tone="success">{t(`tokens.done.${done}`)}</Notice>}
      <Panel className="max-w-measure">
        <dl className="grid gap-x-6 gap-y-2 sm:grid-cols-[auto_minmax(0,1fr)]">
          <dt className="text-quiet">{t('tokens.state')}</dt>
          <dd>
            <Badge tone={token.state === 'used' ? 'success' : token.state === 'assigned' ? 'warning' : undefined}>
              {t(`tokens.states.${token.state}`)}
            </Badge>
          </dd>
          <dt className="text-quiet">{t('tokens.kind')}</dt>
          <dd>{t(`tokens.kinds.${token.kind}`)}</dd>
          {token.person === null ? null : (
            <>
              <dt className="text-quiet">{t('tokens.person')}</dt>
              <dd className="wrap-anywhere">{token.person}</dd>
            </>
          )}
          {token.lastUsedAt === null ? null : (
            <>
              <dt className="text-quiet">{t('tokens.lastUsed')}</dt>
              <dd className="tabular-nums">{momentFor(actor, token.lastUsedAt)}</dd>
            </>
          )}
        </dl>
      </Panel>
      {token.state === 'free' ? (
        <>
          <Panel className="max-w-measure" title={t('tokens.assign')} titleId="assign" lead={t('tokens.assignLead')}>
            <ActionForm action={assign} hidden={{ token: token.id }} refusalField={{ 'token.person': 'person' }}>
              <FormField
                name="person"
                label={t('signIn.identifier')}
                autoComplete="off"
                spellCheck={false}
                maxLength={254}
                required
              />
              <SubmitButton className="self-start" pendingLabel={t('site.saving')}>
                {t('tokens.assign')}
              </SubmitButton>
            </ActionForm>
          </Panel>
          <Panel className="max-w-measure" title={t('tokens.remove')} titleId="remove" lead={t('tokens.removeLead')}>
            <ActionForm action={remove} hidden={{ token: token.id }}>
              <SubmitButton variant="danger" className="self-start" pendingLabel={t('site.oneMoment')}>
                {t('tokens.removeSubmit', { serial: token.serial })}
              </SubmitButton>
            </ActionForm>
          </Panel>
        </>
      ) : token.mayTakeBack ? (
        <Panel
          className="max-w-measure"
          title={t('tokens.takeBack')}
          titleId="take-back"
          lead={token.state === 'used' ? t('tokens.takeBackUsed') : t('tokens.takeBackAssigned')}
        >
          <ActionForm action={takeBack} hidden={{ token: token.id }} refusalField={{ 'code.wrong': 'code' }}>
            {proves ? <ProofField actor={actor} label={t('account.yourCode')} hint={t('account.offCodeHint')} /> : null}
            <ProofButton
              actor={actor}
              proved={!proves}
              variant="danger"
              className="self-start"
              pendingLabel={t('site.oneMoment')}
            >
              {t('tokens.takeBackSubmit', { serial: token.serial })}
            </ProofButton>
          </ActionForm>
        </Panel>
      ) : (
        <p className="max-w-measure text-quiet">{t('tokens.notYours')}</p>
      )}
    </SettingsPage>
  );
}
