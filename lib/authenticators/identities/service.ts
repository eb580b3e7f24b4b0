import { keepAnAdministrator } from '@/lib/accounts/last-administrator';
import { holdAccount, holdAdministrators } from '@/lib/accounts/store';
import type { Actor } from '@/lib/actors/model';
import { requirePermission } from '@/lib/actors/permission';
import { recordEvent } from '@/lib/audit/store';
import { violatesUnique } from '@/lib/db/errors';
import { inOrganisation } from '@/lib/db/in-organisation';
import { pipelined } from '@/lib/db/pipelined';
import { reading } from '@/lib/db/reading';
import { readExpected, type ExpectedIssue } from '@/lib/external/expected';
import { Refusal } from '@/lib/refusals';
import { assignWithin, refuseOutOfReach } from '../people/service';
import { endAccess, only } from '../people/store';
import { listAuthenticators, loadAuthenticator, holdAuthenticator } from '../store';
import type { AuthenticatorType } from '../model';
import type { Identity, RefusedIdentity } from './model';
import * as store from './store';

/** What an account's page shows of how its owner signs in. */
export interface WayIn {
  readonly authenticatorId: string;
  readonly type: AuthenticatorType;
  /** Null on a system authenticator, and where nobody is expected. */
  readonly identity: Identity | null;
  readonly refused: readonly RefusedIdentity[];
  /** Those in force, and the account's own. */
  readonly choices: readonly { readonly id: string; readonly name: string; readonly type: AuthenticatorType }[];
}

/** @throws {Refusal} `permission.missing`, `not-found` */
export async function loadWayIn(actor: Actor, accountId: string, authenticatorId: string): Promise<WayIn> {
  requirePermission(actor, 'accounts.manage');
  return reading(actor, async (transaction) => {
    const [{ type }, listed, identity, refused] = await pipelined([
      loadAuthenticator(transaction, authenticatorId),
      listAuthenticators(transaction),
      store.findIdentity(transaction, accountId, authenticatorId),
      store.listRefused(transaction, { accountId }),
    ]);
    return {
      authenticatorId,
      type,
      identity: type === 'system' ? null : identity,
      refused,
      choices: listed.filter(({ id, state }) => state === 'active' || id === authenticatorId),
    };
  });
}

export type WayInOutcome = { readonly saved: true } | { readonly saved: false; readonly issue: ExpectedIssue };

/**
 * Says by which authenticator an account signs in, and as whom (AUTH-1, AUTH-7). Somebody else expected than before ends
 * what the account had open, and whoever was bound is so no longer.
 *
 * @param expected exactly as it was typed; empty: nobody is expected, and a bound one stays
 * @throws {Refusal} `permission.missing`, `not-found`, `account.own`, `account.beyond`, `authenticator.inactive`,
 * `identity.taken`, `administrator.last`
 */
export async function saveWayIn(
  actor: Actor,
  accountId: string,
  authenticatorId: string,
  expected: string,
): Promise<WayInOutcome> {
  requirePermission(actor, 'accounts.manage');
  try {
    return await inOrganisation(actor, async (transaction): Promise<WayInOutcome> => {
      const { type } = await holdAuthenticator(transaction, authenticatorId, 'keep');
      const read = type === 'system' || expected === '' ? null : readExpected(type, expected);
      if (read !== null && 'issue' in read) return { saved: false, issue: read.issue };
      const account = await holdAccount(transaction, accountId);
      if (account === null) throw new Refusal('not-found');
      refuseOutOfReach(account, actor);
      await holdAdministrators(transaction);
      if (type !== 'system') {
        const known = await store.findIdentity(transaction, accountId, authenticatorId);
        const wanted = expected === '' ? null : expected;
        if ((known?.expected ?? null) !== wanted) {
          const of = { organisationId: actor.organisation.id, accountId, authenticatorId };
          await store.expect(transaction, of, wanted);
          await endAccess(transaction, only(accountId));
          await recordEvent(transaction, actor, {
            action: 'account.identity-change',
            outcome: 'success',
            subjectId: accountId,
            details: {
              authenticator: authenticatorId,
              expected: wanted !== null,
              wasBound: (known?.subject ?? null) !== null,
            },
          });
        }
      }
      await assignWithin(transaction, actor, accountId, authenticatorId);
      await keepAnAdministrator(transaction);
      return { saved: true };
    });
  } catch (error) {
    if (violatesUnique(error, 'external_identities_expected')) throw new Refusal('identity.taken');
    throw error;
  }
}

/**
 * « Délier »: whoever the account was bound to at its provider is so no longer; the next first sign-in binds anew.
 *
 * @throws {Refusal} `permission.missing`, `not-found`, `account.own`, `account.beyond`, `identity.not-bound`,
 * `administrator.last`
 */
export async function unbindIdentity(actor: Actor, accountId: string, reason: string): Promise<void> {
  requirePermission(actor, 'accounts.manage');
  await inOrganisation(actor, async (transaction) => {
    const account = await holdAccount(transaction, accountId);
    if (account === null) throw new Refusal('not-found');
    refuseOutOfReach(account, actor);
    if (!(await store.unbind(transaction, accountId, account.authenticatorId))) throw new Refusal('identity.not-bound');
    await keepAnAdministrator(transaction);
    const ended = await endAccess(transaction, only(accountId));
    await recordEvent(transaction, actor, {
      action: 'account.identity-unbind',
      outcome: 'success',
      subjectId: accountId,
      details: { authenticator: account.authenticatorId, endedSessions: ended, reason },
    });
  });
}

/** Those whom the provider vouched for lately and who were refused for resembling somebody. @throws {Refusal} `permission.missing` */
export async function listRefusedAt(actor: Actor, authenticatorId: string): Promise<RefusedIdentity[]> {
  requirePermission(actor, 'authenticators.manage');
  return reading(actor, (transaction) => store.listRefused(transaction, { authenticatorId }));
}
