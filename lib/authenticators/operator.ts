import { identifierKey } from '@/lib/accounts/text';
import type { Operator } from '@/lib/actors/model';
import { recordEvent } from '@/lib/audit/store';
import { inOrganisation, type OrganisationTransaction } from '@/lib/db/in-organisation';
import { lockOptions } from '@/lib/options/store';
import { Refusal } from '@/lib/refusals';
import { findAccountId } from '@/lib/sign-in/store';
import type { Authenticator, ListedAuthenticator } from './model';
import { addNotices } from './notices/store';
import { FOR_VERY_MANY } from './people/model';
import { assign, endAccess, findDefault, onPasswords, only, servedBy, takeTime, withoutPassword } from './people/store';
import * as store from './store';

/**
 * The operator's way back in where a provider is broken or everybody was switched off: past every guard, past every check of
 * a provider, and audited as the operator's.
 */

export async function listAll(operator: Operator): Promise<ListedAuthenticator[]> {
  return inOrganisation(operator, store.listAuthenticators);
}

/** Puts an authenticator in force, or switches it off. @throws {Refusal} `not-found`, `authenticator.is-default` */
export async function switchAuthenticator(operator: Operator, name: string, to: 'on' | 'off'): Promise<void> {
  await inOrganisation(
    operator,
    async (transaction) => {
      await takeTime(transaction);
      const { id, isDefault } = await holdNamed(transaction, name);
      if (to === 'off' && isDefault) throw new Refusal('authenticator.is-default');
      await (to === 'on' ? store.activateAnyhow(transaction, id) : store.deactivate(transaction, id));
      await endAccess(transaction, servedBy(id));
      await store.endFlows(transaction, id);
      await recordEvent(transaction, operator, {
        action: to === 'on' ? 'authenticator.activate' : 'authenticator.deactivate',
        outcome: 'success',
        details: { authenticator: id },
      });
    },
    FOR_VERY_MANY,
  );
}

/** New accounts get this one unless their kind or role says otherwise. @throws {Refusal} `not-found`, `authenticator.inactive` */
export async function setDefault(operator: Operator, name: string): Promise<void> {
  await inOrganisation(operator, async (transaction) => {
    const { id, state } = await holdNamed(transaction, name);
    if (state !== 'active') throw new Refusal('authenticator.inactive', { name });
    const before = await findDefault(transaction);
    await store.makeDefault(transaction, id);
    await recordEvent(transaction, operator, {
      action: 'authenticator.make-default',
      outcome: 'success',
      details: { before, after: id },
    });
  });
}

/**
 * Assigns one account: an administrator whose provider is broken comes in by a password again. Whoever has none gets a
 * letter with which to choose it.
 *
 * @returns false where nobody has this e-mail or username
 * @throws {Refusal} `not-found`, `authenticator.inactive`
 */
export async function assignTo(operator: Operator, identifier: string, name: string): Promise<boolean> {
  return inOrganisation(operator, async (transaction) => {
    const { id, state } = await holdNamed(transaction, name);
    if (state !== 'active') throw new Refusal('authenticator.inactive', { name });
    const accountId = await findAccountId(transaction, identifierKey(identifier));
    if (accountId === null) return false;
    const whom = only(accountId);
    await assign(transaction, whom, id);
    await endAccess(transaction, whom);
    await addNotices(transaction, operator.organisation.id, 'password-needed', withoutPassword(onPasswords(whom)));
    await recordEvent(transaction, operator, {
      action: 'account.assign',
      outcome: 'success',
      subjectId: accountId,
      details: { after: id },
    });
    return true;
  });
}

async function holdNamed(transaction: OrganisationTransaction, name: string): Promise<Authenticator> {
  await lockOptions(transaction);
  const wanted = name.trim().toLowerCase();
  const found = (await store.listAuthenticators(transaction)).find((one) => one.name.toLowerCase() === wanted);
  if (found === undefined) throw new Refusal('not-found');
  return store.holdAuthenticator(transaction, found.id, 'change');
}
