import { createHash } from 'node:crypto';
import type { Visitor } from '@/lib/actors/model';
import { email as emailText, emailKey, identifierKey, LONGEST_NAME, personName } from '@/lib/accounts/text';
import { findTaken, holdAccounts } from '@/lib/accounts/store';
import { proposeUsernames } from '@/lib/accounts/username';
import type { AuditEntry } from '@/lib/audit/model';
import { recordEvent } from '@/lib/audit/store';
import type { Authenticator, ProvenIdentity } from '@/lib/authenticators/model';
import type { OrganisationTransaction } from '@/lib/db/in-organisation';
import { confirmOrganisation, openInvitedAccount } from '@/lib/invitations/store';
import { revokeTickets } from '@/lib/tickets/store';
import { looseKey, nearnessOf, saidBy } from './expected';
import type { FaultCode } from './model';
import * as store from './store';

export type ExternalAuthenticator = Extract<Authenticator, { type: 'oidc' | 'saml' }>;

/** Whom a provider's word would lead to, as the rows stand at this moment. Reads, and changes nothing. */
export type Match =
  /** `expected`: nobody has seen the subject before, and this sign-in would pin it. */
  | { readonly outcome: 'bound' | 'expected' | 'other-subject' | 'not-assigned'; readonly account: store.Vouched }
  | { readonly outcome: 'ambiguous'; readonly accountIds: readonly string[] }
  | { readonly outcome: 'near'; readonly near: readonly NearMatch[] }
  /** Nobody; an account would be made at once (AUTH-8). */
  | { readonly outcome: 'made'; readonly email: string }
  | { readonly outcome: 'none'; readonly fault: FaultCode };

export interface NearMatch {
  readonly accountId: string;
  readonly nearness: 'spelling' | 'domain';
  /** What the provider said. */
  readonly said: string;
}

/**
 * Whom an identity fits, exactly (AUTH-7): whoever is bound to its issuer and subject at this authenticator; else the one
 * account that it is expected for and that nobody was bound to yet. Never by e-mail, never across authenticators.
 */
export async function matchIdentity(
  transaction: OrganisationTransaction,
  authenticator: ExternalAuthenticator,
  identity: ProvenIdentity,
): Promise<Match> {
  const bound = await store.findBound(transaction, authenticator.id, identity);
  if (bound !== null) return { outcome: bound.assigned ? 'bound' : 'not-assigned', account: bound };
  const said = saidBy(authenticator.type, identity);
  const folded = authenticator.type === 'saml' && authenticator.settings.identityIsEmail;
  const fitting = said.length === 0 ? [] : await store.listExpected(transaction, authenticator.id, said, folded);
  if (fitting.length > 1) return { outcome: 'ambiguous', accountIds: fitting.map(({ accountId }) => accountId) };
  const [account] = fitting;
  if (account !== undefined) {
    if (account.subject !== null) return { outcome: 'other-subject', account };
    return { outcome: account.assigned ? 'expected' : 'not-assigned', account };
  }
  const near = said.length === 0 ? [] : await findNear(transaction, authenticator.id, said);
  const { justInTime } = authenticator.settings;
  // What differs in letters alone is most likely the same person: an account beside theirs would be one too many.
  if (justInTime === null || near.some(({ nearness }) => nearness === 'spelling')) {
    return near.length > 0 ? { outcome: 'near', near } : { outcome: 'none', fault: 'external.unknown' };
  }
  const address = emailText.safeParse(identity.email ?? '').data;
  if (address === undefined || !identity.emailVerified) return { outcome: 'none', fault: 'external.email-unverified' };
  const domain = emailKey(address.slice(address.lastIndexOf('@') + 1));
  if (!justInTime.domains.includes(domain)) {
    return near.length > 0 ? { outcome: 'near', near } : { outcome: 'none', fault: 'external.domain' };
  }
  if (await store.isEmailTaken(transaction, emailKey(address))) {
    return { outcome: 'none', fault: 'external.email-taken' };
  }
  return { outcome: 'made', email: address };
}

async function findNear(
  transaction: OrganisationTransaction,
  authenticatorId: string,
  said: readonly string[],
): Promise<NearMatch[]> {
  const rows = await store.listNear(transaction, authenticatorId, [...new Set(said.map(looseKey))]);
  return rows.flatMap(({ accountId, expected }) => {
    const found = said.flatMap((one) => {
      const nearness = nearnessOf(expected, one);
      return nearness === null ? [] : [{ accountId, nearness, said: one }];
    });
    const nearest = found.find(({ nearness }) => nearness === 'spelling') ?? found[0];
    return nearest === undefined ? [] : [nearest];
  });
}

/** Who was expected back from the provider: whoever was typed at the door; `nobody`: the provider began it. */
export type Awaited = { readonly accountId: string | null; readonly identifier: string } | 'nobody';

export type Resolved =
  | { readonly accountId: string; readonly email: string }
  /** It would let in somebody else than was typed, or whom nobody named: the person is to say yes first. */
  | { readonly ask: true }
  | {
      readonly fault: FaultCode;
      readonly subjectId: string | null;
      readonly details: Readonly<Record<string, unknown>>;
    };

/**
 * The account that a provider's word leads to: pinned where this is the first sign-in, made where the authenticator makes
 * accounts, opened where it was invited (ACC-3). A refusal changes nothing; its exact reason is for the audit alone.
 *
 * @param awaited null: the person has said yes
 */
export async function resolveIdentity(
  transaction: OrganisationTransaction,
  visitor: Visitor,
  authenticator: ExternalAuthenticator,
  identity: ProvenIdentity,
  awaited: Awaited | null,
): Promise<Resolved> {
  await store.holdSubject(transaction, authenticator.id, identity);
  const match = await matchIdentity(transaction, authenticator, identity);
  const refuse = (fault: FaultCode, subjectId: string | null = null, details: AuditEntry['details'] = {}) => ({
    fault,
    subjectId,
    details,
  });
  switch (match.outcome) {
    case 'none':
      return refuse(match.fault);
    case 'ambiguous':
      return refuse('external.ambiguous', null, { accounts: match.accountIds });
    case 'near': {
      const [only, another] = match.near;
      for (const { accountId, said } of match.near) {
        await store.noteNear(transaction, { accountId, authenticatorId: authenticator.id }, said);
      }
      return refuse('external.near-match', another === undefined ? only!.accountId : null, {
        near: only!.nearness,
        accounts: match.near.map(({ accountId }) => accountId),
      });
    }
    case 'other-subject':
      return refuse('external.other-subject', match.account.accountId);
    case 'not-assigned':
      return refuse('external.not-assigned', match.account.accountId);
    case 'made': {
      if (!isAwaited(awaited, null, match.email)) return { ask: true };
      const accountId = await makeAccount(transaction, visitor, authenticator, identity, match.email);
      return accountId === null ? refuse('external.email-taken') : { accountId, email: match.email };
    }
  }
  const { accountId, email, status } = match.account;
  if (status === 'suspended') return refuse('external.suspended', accountId);
  if (!isAwaited(awaited, accountId, email)) return { ask: true };
  if (match.outcome === 'expected') {
    // Whoever says who is who holds the account first too.
    await holdAccounts(transaction, [accountId]);
    const key = { accountId, authenticatorId: authenticator.id };
    if (!(await store.bindIdentity(transaction, key, identity))) return refuse('external.other-subject', accountId);
    await recordBinding(transaction, visitor, authenticator.id, accountId, identity);
  }
  if (status === 'invited') await openInvited(transaction, visitor, accountId);
  return { accountId, email };
}

function isAwaited(awaited: Awaited | null, accountId: string | null, email: string): boolean {
  if (awaited === null) return true;
  if (awaited === 'nobody') return false;
  return awaited.accountId === null
    ? identifierKey(awaited.identifier) === emailKey(email)
    : awaited.accountId === accountId;
}

/** Whom their own provider vouches for has accepted the invitation, whether by its link or not (ACC-3). */
async function openInvited(transaction: OrganisationTransaction, visitor: Visitor, accountId: string): Promise<void> {
  if (!(await openInvitedAccount(transaction, accountId))) return;
  await revokeTickets(transaction, accountId, 'invitation');
  if (await confirmOrganisation(transaction, visitor.organisation.id)) {
    await recordEvent(transaction, visitor, {
      action: 'organisation.confirm',
      outcome: 'success',
      subjectId: accountId,
    });
  }
  await recordEvent(transaction, visitor, { action: 'invitation.accept', outcome: 'success', subjectId: accountId });
}

/** Events hold no personal data (AUD-1): of the subject they keep what tells two of them apart, and no more. */
export async function recordBinding(
  transaction: OrganisationTransaction,
  actor: Parameters<typeof recordEvent>[1],
  authenticatorId: string,
  accountId: string,
  { issuer, subject }: Pick<ProvenIdentity, 'issuer' | 'subject'>,
): Promise<void> {
  const mark = createHash('sha256').update(`${authenticatorId}\n${issuer}\n${subject}`).digest('hex').slice(0, 16);
  await recordEvent(transaction, actor, {
    action: 'external.bind',
    outcome: 'success',
    subjectId: accountId,
    details: { authenticator: authenticatorId, subject: mark },
  });
}

/** An account for whoever has none (AUTH-8); null where somebody took the address meanwhile. */
async function makeAccount(
  transaction: OrganisationTransaction,
  visitor: Visitor,
  authenticator: ExternalAuthenticator,
  identity: ProvenIdentity,
  address: string,
): Promise<string | null> {
  const { kind, roleId } = authenticator.settings.justInTime!;
  const local = address.slice(0, address.lastIndexOf('@'));
  const proposals = proposeUsernames(address);
  const taken = await findTaken(transaction, { emails: [emailKey(address)], usernames: proposals });
  const username = proposals.find((one) => !taken.usernames.has(identifierKey(one)));
  if (taken.emails.size > 0 || username === undefined) return null;
  const organisationId = visitor.organisation.id;
  // A longer one is cut, as people shorten it; what is no name at all gives way to the address.
  const name = (text: string | null) => personName.safeParse([...(text ?? '')].slice(0, LONGEST_NAME).join('')).data;
  const accountId = await store.insertVouched(transaction, {
    organisationId,
    authenticatorId: authenticator.id,
    kind,
    roleId: kind === 'employee' ? roleId : null,
    status: 'active',
    email: address,
    emailKey: emailKey(address),
    username,
    usernameKey: identifierKey(username),
    firstName: name(identity.firstName) ?? name(local) ?? username,
    lastName: name(identity.lastName) ?? name(local) ?? username,
  });
  await recordEvent(transaction, visitor, {
    action: 'account.create',
    outcome: 'success',
    subjectId: accountId,
    details: { kind, role: roleId, authenticator: authenticator.id, atFirstSignIn: true },
  });
  await store.insertBound(transaction, {
    organisationId,
    accountId,
    authenticatorId: authenticator.id,
    issuer: identity.issuer,
    subject: identity.subject,
  });
  await recordBinding(transaction, visitor, authenticator.id, accountId, identity);
  return accountId;
}
