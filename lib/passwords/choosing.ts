import type { Operator, Visitor } from '@/lib/actors/model';
import { inOrganisation, type OrganisationTransaction, type WithinOrganisation } from '@/lib/db/in-organisation';
import { optionFacts, settingsOf, type Settings } from '@/lib/options/service';
import { mfaStanding } from '@/lib/policy/decision';
import { Refusal } from '@/lib/refusals';
import { claimTry, clearTries } from '@/lib/throttle/store';
import { isCommonPassword } from './common';
import { fitsAny, hashPassword, verifyPassword } from './hash';
import { brokenRules, requirementsFor, type PasswordOwner, type PasswordRequirements } from './rules';
import { findChooser, findDefaultRules, replacePassword, type ApprovedPassword, type Chooser } from './store';

/**
 * The one way to a new password (AUTH-2): at activation, when it has expired, in My account, by the link of a letter and
 * where an administrator demands it. What each of them asks for beside it is its own.
 */

/** Somebody who may choose a password now, and what it must be. */
export interface PasswordChoice {
  readonly chooser: Chooser;
  readonly requirements: PasswordRequirements;
}

/** Null where the organisation has no such account. */
export async function findChoice(
  transaction: OrganisationTransaction,
  organisation: Visitor['organisation'],
  settings: Pick<Settings, 'options' | 'changedAt'>,
  accountId: string,
): Promise<PasswordChoice | null> {
  const chooser = await findChooser(transaction, accountId);
  if (chooser === null) return null;
  const requirements = requirementsFor(chooser.rules, chooser, organisation, factorStands(chooser, settings));
  return { chooser, requirements };
}

/**
 * Whether nobody can come in with this account's password alone: a second factor is demanded, by the authenticator or by
 * the option of the kind, and no grace lets it wait. A factor that somebody set up of their own accord doesn't count: they
 * can switch it off tomorrow, and the password stays.
 */
function factorStands(
  { kind, authenticator, hasFactor }: Chooser,
  settings: Pick<Settings, 'options' | 'changedAt'>,
): boolean {
  const options = optionFacts(settings, kind);
  return mfaStanding({ authenticator, options }).rule === 'mandatory' && (hasFactor || options.mfaGraceDays === 0);
}

/**
 * Holds a password against what can be known without its history: rules and the list of common ones. Takes less than a millisecond.
 *
 * @throws {Refusal} `password.too-short`, `password.contains` (with `word`), `password.pattern`,
 * `password.three-classes`, `password.four-classes`,
 * `password.common`
 */
export function checkPassword(password: string, requirements: PasswordRequirements): void {
  const [broken] = brokenRules(password, requirements);
  if (broken !== undefined) throw new Refusal(broken.code, broken.details);
  if (isCommonPassword(password)) throw new Refusal('password.common');
}

/**
 * {@link checkPassword} for an employee who is about to be made: under the rules of the authenticator that new accounts get.
 *
 * @throws {Refusal} as {@link checkPassword}
 */
export async function checkFirstPassword(operator: Operator, owner: PasswordOwner, password: string): Promise<void> {
  const { organisation } = operator;
  const [{ options }, rules] = await Promise.all([
    settingsOf(organisation),
    inOrganisation(operator, findDefaultRules),
  ]);
  const factorStands = options.internalMFA === 'mandatory' && options.mfaGraceDays === 0;
  checkPassword(password, requirementsFor(rules, owner, organisation, factorStands));
}

/**
 * Holds a password against everything, and hashes it: outside of any transaction, for it takes its time. Whoever may choose
 * has ten tries in a quarter of an hour at the comparison with earlier passwords, each of which costs a hash.
 *
 * @throws {Refusal} as {@link checkPassword}; `password.same`, `password.earlier` (with `count`), `code.throttled` (with
 * `seconds`), `server.busy`
 */
export async function approvePassword(
  within: WithinOrganisation,
  { chooser, requirements }: PasswordChoice,
  password: string,
): Promise<ApprovedPassword> {
  checkPassword(password, requirements);
  const { id: accountId, presentHash, earlierHashes } = chooser;
  if (presentHash !== null && (await verifyPassword(presentHash, password))) throw new Refusal('password.same');
  if (earlierHashes.length > 0) {
    const seconds = await inOrganisation(within, (transaction) =>
      claimTry(transaction, 'password', [{ kind: 'choice', accountId }]),
    );
    if (seconds > 0) throw new Refusal('code.throttled', { seconds });
    if (await fitsAny(earlierHashes, password)) {
      throw new Refusal('password.earlier', { count: requirements.history });
    }
  }
  return { accountId, hash: await hashPassword(password), before: presentHash, history: requirements.history };
}

/**
 * Makes an approved password the account's, in the transaction of the act that it belongs to.
 *
 * @throws {Refusal} `password.changed-meanwhile` where another one was chosen since it was approved
 */
export async function keepPassword(
  transaction: OrganisationTransaction,
  organisation: { readonly id: string },
  approved: ApprovedPassword,
): Promise<void> {
  if (!(await replacePassword(transaction, organisation.id, approved))) {
    throw new Refusal('password.changed-meanwhile');
  }
  await clearTries(transaction, 'password', [{ kind: 'choice', accountId: approved.accountId }]);
}
