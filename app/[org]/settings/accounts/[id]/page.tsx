import type { ReactNode } from 'react';
import { ActionForm } from '@/components/ui/action-form';
import { Badge } from '@/components/ui/badge';
import { Button } from '@/components/ui/button';
import { Link } from '@/components/ui/link';
import { Notice } from '@/components/ui/notice';
import { Panel } from '@/components/ui/panel';
import { SubmitButton } from '@/components/ui/submit-button';
import { listAssignableRoles, type ManagedAccount } from '@/lib/accounts/administration';
import type { RoleChoice } from '@/lib/accounts/model';
import type { Actor } from '@/lib/actors/model';
import { translator } from '@/lib/language/translate';
import { currentActor } from '@/lib/sessions/current';
import { roleLabel } from '../../roles/words';
import { SettingsPage } from '../../settings-page';
import { change, inviteAgain, reactivate, revoke } from '../actions';
import { ProfileFields } from '../profile-fields';
import { fullName, moment, STATUS_TONES } from '../words';
import { LostPhone } from './lost-phone';
import { managedAccount } from './managed';
import { Password } from './password';
import { WayInPanel } from './way-in';

interface PartProps {
  readonly actor: Actor;
  readonly account: ManagedAccount;
}

const DONE = [
  'created',
  'saved',
  'suspended',
  'reactivated',
  'invitationSent',
  'invitationRevoked',
  'assigned',
  'unbound',
] as const;

export default async function ManagedAccountPage({ params, searchParams }: PageProps<'/[org]/settings/accounts/[id]'>) {
  const [{ org, id }, { done }] = await Promise.all([params, searchParams]);
  const { actor } = await currentActor(org, '/[org]/settings/accounts/[id]');
  const [account, roles] = await Promise.all([managedAccount(actor, id), listAssignableRoles(actor)]);
  const t = translator(actor.locale);
  const outcome = DONE.find((word) => word === done);
  const part = { actor, account };
  const changeable = account.withinReach && !account.own;
  const signsInHere = account.authenticator.type === 'system' && account.status !== 'invited';
  return (
    <SettingsPage
      actor={actor}
      section="accounts"
      title={fullName(account)}
      back={{ href: `/${actor.organisation.slug}/settings/accounts`, label: t('accounts.back') }}
      lead={
        <span className="flex flex-wrap items-center gap-2">
          <Badge tone={STATUS_TONES[account.status]}>{t(`accounts.statuses.${account.status}`)}</Badge>
          <Badge>{t(`accounts.kinds.${account.kind}`)}</Badge>
          {account.role === null ? null : <Badge>{roleLabel(actor.locale, account.role)}</Badge>}
        </span>
      }
    >
      {outcome ? <Notice tone="success">{t(`accounts.${outcome}`)}</Notice> : null}
      {done === 'demanded' ? <Notice tone="success">{t('demand.done')}</Notice> : null}
      {done === 'unblocked' ? <Notice tone="success">{t('resets.unblocked')}</Notice> : null}
      {account.own ? (
        <Notice>
          <p>{t('accounts.own')}</p>
          <Link href={`/${actor.organisation.slug}/account`}>{t('accounts.ownLink')}</Link>
        </Notice>
      ) : account.withinReach ? null : (
        <Notice>{t('accounts.beyond')}</Notice>
      )}
      {changeable && account.status === 'invited' ? <Invitation {...part} /> : null}
      {changeable ? <Profile {...part} roles={roles} /> : <Facts {...part} />}
      <Access {...part} />
      {changeable && signsInHere && actor.permissions.has('passwords.manage') ? (
        <Password locale={actor.locale} accountId={account.id} />
      ) : null}
      {changeable ? <WayInPanel {...part} /> : null}
      {changeable ? <LostPhone actor={actor} account={account} /> : null}
      {changeable ? <Closing {...part} /> : null}
    </SettingsPage>
  );
}

const momentFor = (actor: Actor, date: Date) =>
  moment(date, actor.locale, actor.account.timeZone ?? actor.organisation.timeZone);

function Invitation({ actor, account }: PartProps) {
  const t = translator(actor.locale);
  const until = account.invitationUntil;
  return (
    <Panel title={t('accounts.invitationTitle')} titleId="invitation">
      <div className="flex flex-col gap-4">
        <p>
          {until === null
            ? t('accounts.invitationNone')
            : t('accounts.invitationUntil', { date: momentFor(actor, until) })}
        </p>
        <div className="flex flex-wrap gap-3">
          <ActionForm action={inviteAgain} hidden={{ account: account.id }}>
            <SubmitButton variant="secondary" pendingLabel={t('accounts.invitationSending')}>
              {t('accounts.invitationAgain')}
            </SubmitButton>
          </ActionForm>
          {until === null ? null : (
            <ActionForm action={revoke} hidden={{ account: account.id }}>
              <SubmitButton variant="quiet" pendingLabel={t('accounts.invitationRevoking')}>
                {t('accounts.invitationRevoke')}
              </SubmitButton>
            </ActionForm>
          )}
        </div>
      </div>
    </Panel>
  );
}

function Profile({ actor, account, roles }: PartProps & { roles: readonly RoleChoice[] }) {
  const t = translator(actor.locale);
  return (
    <Panel title={t('accounts.profile')} titleId="profile" lead={t('accounts.profileChangeHint')}>
      <ActionForm action={change} hidden={{ account: account.id }} className="max-w-measure">
        <ProfileFields locale={actor.locale} account={account} roles={roles} />
        <SubmitButton className="self-start" pendingLabel={t('site.saving')}>
          {t('site.save')}
        </SubmitButton>
      </ActionForm>
    </Panel>
  );
}

/** Who somebody is, where it can't be changed from here. */
function Facts({ actor, account }: PartProps) {
  const t = translator(actor.locale);
  return (
    <Panel title={t('accounts.profile')} titleId="profile">
      <FactList
        facts={[
          [t('account.email'), account.email],
          [t('accounts.username'), account.username],
        ]}
      />
    </Panel>
  );
}

function Access({ actor, account }: PartProps) {
  const t = translator(actor.locale);
  const settings = `/${actor.organisation.slug}/settings`;
  return (
    <Panel title={t('accounts.access')} titleId="access">
      <div className="flex flex-col gap-4">
        <FactList
          facts={[
            [
              t('accounts.lastSignIn'),
              account.lastSignInAt === null ? t('accounts.never') : momentFor(actor, account.lastSignInAt),
            ],
            [t('accounts.openSessions'), String(account.sessions)],
            [
              t('accounts.mfa'),
              account.askedHere ? t('accounts.mfaOf', { count: account.factors }) : t('accounts.mfaExternal'),
            ],
            [t('accounts.authenticator'), account.authenticator.name],
            [t('accounts.createdOn'), momentFor(actor, account.createdAt)],
          ]}
        />
        {actor.permissions.has('audit.read') ? (
          <Link href={`${settings}/audit?person=${account.id}`} className="self-start">
            {t('accounts.audit')}
          </Link>
        ) : null}
      </div>
    </Panel>
  );
}

function FactList({ facts }: { facts: readonly (readonly [ReactNode, ReactNode])[] }) {
  return (
    <dl className="grid gap-x-6 gap-y-4 sm:grid-cols-2">
      {facts.map(([label, value], index) => (
        <div key={index} className="flex min-w-0 flex-col">
          <dt className="text-sm text-quiet">{label}</dt>
          <dd className="wrap-anywhere">{value}</dd>
        </div>
      ))}
    </dl>
  );
}

function Closing({ actor, account }: PartProps) {
  const t = translator(actor.locale);
  const here = `/${actor.organisation.slug}/settings/accounts/${account.id}`;
  return (
    <Panel title={t('accounts.closing')} titleId="closing">
      <div className="flex flex-col divide-y divide-line">
        <div className="flex flex-wrap items-center justify-between gap-3 pb-4">
          <p className="max-w-measure">
            {t(account.status === 'suspended' ? 'accounts.suspendedText' : 'accounts.suspendText')}
          </p>
          {account.status === 'suspended' ? (
            <ActionForm action={reactivate} hidden={{ account: account.id }}>
              <SubmitButton variant="secondary" pendingLabel={t('accounts.reactivating')}>
                {t('accounts.reactivate')}
              </SubmitButton>
            </ActionForm>
          ) : (
            <Button href={`${here}/suspend`}>{t('accounts.suspend')}</Button>
          )}
        </div>
        <div className="flex flex-wrap items-center justify-between gap-3 pt-4">
          <p className="max-w-measure">{t('accounts.removeText')}</p>
          <Button href={`${here}/delete`}>{t('accounts.remove')}</Button>
        </div>
      </div>
    </Panel>
  );
}
