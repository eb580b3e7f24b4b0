import { z } from 'zod';
import { holdAccounts } from '@/lib/accounts/store';
import type { Actor } from '@/lib/actors/model';
import { nameOf } from '@/lib/actors/name';
import { requirePermission } from '@/lib/actors/permission';
import { recordEvent } from '@/lib/audit/store';
import { config } from '@/lib/config';
import { pipelined } from '@/lib/db/pipelined';
import { inOrganisation } from '@/lib/db/in-organisation';
import { reading } from '@/lib/db/reading';
import { notifyOwner } from '@/lib/mail/outbox';
import { mayActOn } from '@/lib/policy/authority';
import { Refusal } from '@/lib/refusals';
import { deleteSessions } from '@/lib/sessions/store';
import { demandChange, demandChangeOfAll, findDemandable, findHolder, holdPassword, type Reach } from './store';

/**
 * « Exiger un nouveau mot de passe » (AUTH-2): the present one still proves who somebody is, and then another has to be
 * chosen before anything opens. Their sessions end at once; one that is being opened meanwhile ends with its next request.
 *
 * @throws {Refusal} `permission.missing`, `not-found`, `account.own`, `account.beyond`, `password.none`
 */
export async function demandNewPassword(actor: Actor, accountId: string): Promise<void> {
  requirePermission(actor, 'passwords.manage');
  await inOrganisation(actor, async (transaction) => {
    if (!z.uuid().safeParse(accountId).success) throw new Refusal('not-found');
    const [, holder] = await pipelined([holdAccounts(transaction, [accountId]), findHolder(transaction, accountId)]);
    if (holder === null) throw new Refusal('not-found');
    if (holder.id === actor.account.id) throw new Refusal('account.own');
    if (!mayActOn(actor.permissions, holder.permissions)) throw new Refusal('account.beyond');
    if (!holder.hasPassword) throw new Refusal('password.none');
    await holdPassword(transaction, holder.id);
    await demandChange(transaction, holder.id);
    const ended = await deleteSessions(transaction, holder.id, 'all');
    await recordEvent(transaction, actor, {
      action: 'account.password-demand',
      outcome: 'success',
      subjectId: holder.id,
      details: { endedSessions: ended.length },
    });
    await notifyOwner(transaction, actor, holder.id, {
      template: 'password-demanded',
      by: nameOf(actor),
      link: `${config().APP_ORIGIN}/${actor.organisation.slug}/sign-in`,
    });
  });
}

/** Whom a demand to all of an authenticator would reach. */
export interface DemandView {
  readonly id: string;
  readonly name: string;
  /** Passwords that would have to be changed. */
  readonly concerned: number;
  /** Passwords of people who may do more than the actor: they stay. */
  readonly beyond: number;
}

const reachOf = ({ permissions, account }: Actor): Reach => ({ permissions, exceptId: account.id });

/** @throws {Refusal} `permission.missing`, `not-found` (also for an authenticator that keeps no passwords) */
export async function viewDemand(actor: Actor, authenticatorId: string): Promise<DemandView> {
  requirePermission(actor, 'passwords.manage');
  if (!z.uuid().safeParse(authenticatorId).success) throw new Refusal('not-found');
  const found = await reading(actor, (transaction) => findDemandable(transaction, authenticatorId, reachOf(actor)));
  if (found === null) throw new Refusal('not-found');
  return { id: authenticatorId, ...found };
}

/**
 * {@link demandNewPassword} of everybody whom an authenticator serves, at once: of those on whom the actor may act, and not
 * of the actor, who changes their own in My account.
 *
 * @returns how many passwords that were
 * @throws {Refusal} `permission.missing`, `not-found`
 */
export async function demandNewPasswords(actor: Actor, authenticatorId: string): Promise<number> {
  const { id } = await viewDemand(actor, authenticatorId);
  return inOrganisation(actor, async (transaction) => {
    const { accounts, sessions } = await demandChangeOfAll(transaction, id, reachOf(actor));
    await recordEvent(transaction, actor, {
      action: 'authenticator.password-demand',
      outcome: 'success',
      details: { authenticator: id, accounts, endedSessions: sessions },
    });
    return accounts;
  });
}
