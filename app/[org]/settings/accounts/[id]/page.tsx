import { AccountView, type AccountViewProps } from '@/components/accounts/account-view';
import { listAssignableRoles, type ManagedAccount } from '@/lib/accounts/administration';
import type { RoleChoice } from '@/lib/accounts/model';
import type { Actor } from '@/lib/actors/model';
import { momentFor } from '@/lib/language/moment';
import { translator } from '@/lib/language/translate';
import { currentActor } from '@/lib/sessions/current';
import { roleLabel } from '../../roles/words';
import { settingsFrame } from '../../settings-page';
import { change, inviteAgain, reactivate, revoke } from '../actions';
import { profileValues } from '../profile';
import { fullName, STATUS_TONES } from '../words';
import { lostPhoneOf } from './lost-phone';
import { managedAccount } from './managed';
import { demand } from './reset/actions';
import { wayInOf } from './way-in';

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
  const changeable = account.withinReach && !account.own;
  const [wayIn, lostPhone] = changeable
    ? await Promise.all([wayInOf(actor, account), lostPhoneOf(actor, account)])
    : [null, null];
  const t = translator(actor.locale);
  return (
    <AccountView
      frame={settingsFrame({
        actor,
        section: 'accounts',
        title: fullName(account),
        back: { href: `/${actor.organisation.slug}/settings/accounts`, label: t('accounts.back') },
      })}
      account={account.id}
      badges={[
        { label: t(`accounts.statuses.${account.status}`), tone: STATUS_TONES[account.status] },
        { label: t(`accounts.kinds.${account.kind}`) },
        ...(account.role === null ? [] : [{ label: roleLabel(actor.locale, account.role) }]),
      ]}
      done={doneWords(actor, done)}
      onlyRead={onlyReadOf(actor, account)}
      invitation={changeable && account.status === 'invited' ? invitationOf(actor, account) : null}
      profile={changeable ? profileOf(actor, account, roles) : factsOf(actor, account)}
      access={accessOf(actor, account)}
      password={changeable ? passwordOf(actor, account) : null}
      wayIn={wayIn}
      lostPhone={lostPhone}
      closing={changeable ? closingOf(actor, account) : null}
    />
  );
}

function doneWords({ locale }: Actor, done: string | string[] | undefined): string | null {
  const t = translator(locale);
  if (done === 'demanded') return t('demand.done');
  if (done === 'unblocked') return t('resets.unblocked');
  const outcome = DONE.find((word) => word === done);
  return outcome === undefined ? null : t(`accounts.${outcome}`);
}

function onlyReadOf(
  { locale, organisation }: Actor,
  { own, withinReach }: ManagedAccount,
): AccountViewProps['onlyRead'] {
  const t = translator(locale);
  if (own) {
    return { text: t('accounts.own'), way: { href: `/${organisation.slug}/account`, label: t('accounts.ownLink') } };
  }
  return withinReach ? null : { text: t('accounts.beyond') };
}

function invitationOf(actor: Actor, { invitationUntil: until }: ManagedAccount): AccountViewProps['invitation'] {
  const t = translator(actor.locale);
  return {
    title: t('accounts.invitationTitle'),
    text:
      until === null ? t('accounts.invitationNone') : t('accounts.invitationUntil', { date: momentFor(actor, until) }),
    again: { action: inviteAgain, label: t('accounts.invitationAgain'), pending: t('accounts.invitationSending') },
    revoke:
      until === null
        ? null
        : { action: revoke, label: t('accounts.invitationRevoke'), pending: t('accounts.invitationRevoking') },
  };
}

function profileOf(
  { locale }: Actor,
  account: ManagedAccount,
  roles: readonly RoleChoice[],
): AccountViewProps['profile'] {
  const t = translator(locale);
  return {
    title: t('accounts.profile'),
    lead: t('accounts.profileChangeHint'),
    fields: profileValues(locale, roles, account),
    save: { action: change, label: t('site.save'), pending: t('site.saving') },
  };
}

/** Who somebody is, where it can't be changed from here. */
function factsOf({ locale }: Actor, { email, username }: ManagedAccount): AccountViewProps['profile'] {
  const t = translator(locale);
  return {
    title: t('accounts.profile'),
    facts: [
      [t('account.email'), email],
      [t('accounts.username'), username],
    ],
  };
}

function accessOf(actor: Actor, account: ManagedAccount): AccountViewProps['access'] {
  const t = translator(actor.locale);
  return {
    title: t('accounts.access'),
    facts: [
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
    ],
    ...(actor.permissions.has('audit.read')
      ? {
          audit: {
            href: `/${actor.organisation.slug}/settings/audit?person=${account.id}`,
            label: t('accounts.audit'),
          },
        }
      : {}),
  };
}

/** « Exiger un nouveau mot de passe »: for somebody whose password others may know (AUTH-2). */
function passwordOf({ locale, permissions }: Actor, account: ManagedAccount): AccountViewProps['password'] {
  const signsInHere = account.authenticator.type === 'system' && account.status !== 'invited';
  if (!signsInHere || !permissions.has('passwords.manage')) return null;
  const t = translator(locale);
  return {
    title: t('account.password'),
    text: t('demand.text'),
    act: { action: demand, label: t('demand.submit'), pending: t('demand.demanding') },
  };
}

function closingOf({ locale, organisation }: Actor, { id, status }: ManagedAccount): AccountViewProps['closing'] {
  const t = translator(locale);
  const here = `/${organisation.slug}/settings/accounts/${id}`;
  const suspended = status === 'suspended';
  return {
    title: t('accounts.closing'),
    suspend: {
      text: t(suspended ? 'accounts.suspendedText' : 'accounts.suspendText'),
      act: suspended
        ? { action: reactivate, label: t('accounts.reactivate'), pending: t('accounts.reactivating') }
        : { href: `${here}/suspend`, label: t('accounts.suspend') },
    },
    remove: { text: t('accounts.removeText'), way: { href: `${here}/delete`, label: t('accounts.remove') } },
  };
}
