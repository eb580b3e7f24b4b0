import { z } from 'zod';
import { holdAccounts } from '@/lib/accounts/store';
import type { Actor } from '@/lib/actors/model';
import { requirePermission } from '@/lib/actors/permission';
import type { OrganisationTransaction } from '@/lib/db/in-organisation';
import { pipelined } from '@/lib/db/pipelined';
import { REGIONAL } from '@/lib/language/locale';
import type { Permission } from '@/lib/policy/permissions';
import { Refusal } from '@/lib/refusals';
import { obstacle } from './rules';
import { findSubject, listHelpers, type SubjectRow } from './store';

/** Names that a sentence can carry. */
const NAMES_MAX = 5;

/** The people who can help where the actor can't, by name. */
export async function helperNames(transaction: OrganisationTransaction, subject: SubjectRow): Promise<string[]> {
  return (await listHelpers(transaction, subject, NAMES_MAX)).map(({ name }) => name);
}

/**
 * The account that an administrator acts on, if it is another's and within reach; held with the actor's own until the
 * transaction ends, so that two who help, or reset, each other in the same moment come one after the other.
 *
 * @param permission what the act needs
 * @throws {Refusal} `permission.missing`, `not-found`; `reset.own` and `reset.out-of-reach` (with `count` and `names` of
 * those who can do it)
 */
export async function loadSubject(
  transaction: OrganisationTransaction,
  actor: Actor,
  accountId: string,
  permission: Permission = 'mfa.reset',
): Promise<SubjectRow> {
  requirePermission(actor, permission);
  if (!z.uuid().safeParse(accountId).success) throw new Refusal('not-found');
  const [, subject] = await pipelined([
    holdAccounts(transaction, [actor.account.id, accountId]),
    findSubject(transaction, accountId),
  ]);
  if (subject === null) throw new Refusal('not-found');
  const against = obstacle({ id: actor.account.id, permissions: actor.permissions }, subject);
  if (against === null) return subject;
  const names = await helperNames(transaction, subject);
  throw new Refusal(`reset.${against}`, { count: names.length, names: listed(actor, names) });
}

/** « Marc Gagnon ou Odile Tremblay ». */
export function listed({ locale }: Pick<Actor, 'locale'>, names: readonly string[]): string {
  return new Intl.ListFormat(REGIONAL[locale], { type: 'disjunction' }).format(names);
}
