import type { Actor, System } from '@/lib/actors/model';
import { recordEvent } from '@/lib/audit/store';
import { refuseBeyond } from '@/lib/authenticators/service';
import { inOrganisation, type OrganisationTransaction } from '@/lib/db/in-organisation';
import { reading } from '@/lib/db/reading';
import { letsIn } from '@/lib/external/service';
import { mayActOn } from '@/lib/policy/authority';
import { PERMISSIONS, type Permission } from '@/lib/policy/permissions';
import { requirePermission } from '@/lib/actors/permission';
import { lockOptions } from '@/lib/options/store';
import { Refusal } from '@/lib/refusals';
import type { ChangeSubject, PendingChange } from './model';
import * as store from './store';

/** Who may keep a change or take it back: whoever could have made it. */
const PERMISSION = {
  options: 'options.manage',
  places: 'locations.manage',
  authenticators: 'authenticators.manage',
} as const satisfies Record<ChangeSubject, Permission>;

/** The change to one subject that waits for its confirmation (GUARD-2). @throws {Refusal} `permission.missing` */
export async function findPendingChange(actor: Actor, subject: ChangeSubject): Promise<PendingChange | null> {
  requirePermission(actor, PERMISSION[subject]);
  const changes = await reading(actor, store.listPendingChanges);
  return changes.find((change) => change.subject === subject) ?? null;
}

/**
 * « Garder »: the change stays. That this request got through is the proof that it locks nobody out who could mend it; of
 * filters only an Administrator's request proves that. Of the connection to the provider that somebody comes in by
 * themselves no open session proves it: they came in through it since, or « Tester » shows that they would.
 *
 * @throws {Refusal} `permission.missing`, `change.by-administrator`, `change.test-first`, `authenticator.beyond`; `change.over` where it was put back, or kept, or comes from the same request
 */
export async function keepChange(actor: Actor, subject: ChangeSubject, id: string): Promise<void> {
  requirePermission(actor, PERMISSION[subject]);
  if (subject === 'places' && !mayActOn(actor.permissions, PERMISSIONS)) throw new Refusal('change.by-administrator');
  await inOrganisation(actor, async (transaction) => {
    await lockOptions(transaction);
    const connectionOf = await findConnection(transaction, id);
    if (connectionOf !== null) await refuseUnproved(transaction, actor, connectionOf);
    if (!(await store.confirmChange(transaction, subject, id, actor.origin.requestId))) {
      throw new Refusal('change.over');
    }
    await recordEvent(transaction, actor, {
      action: 'change.confirm',
      outcome: 'success',
      details: { change: id, subject },
    });
  });
}

const findConnection = async (transaction: OrganisationTransaction, id: string) =>
  (await store.listPendingChanges(transaction)).find((change) => change.id === id)?.connectionOf ?? null;

async function refuseUnproved(transaction: OrganisationTransaction, actor: Actor, authenticatorId: string) {
  await refuseBeyond(transaction, actor, authenticatorId);
  const own = actor.account.authenticatorId === authenticatorId;
  if (own && !(await letsIn(transaction, actor, authenticatorId))) throw new Refusal('change.test-first');
}

/** « Annuler le changement »: what was before is in force again. @throws {Refusal} as {@link keepChange} */
export async function takeChangeBack(actor: Actor, subject: ChangeSubject, id: string): Promise<void> {
  requirePermission(actor, PERMISSION[subject]);
  await inOrganisation(actor, async (transaction) => {
    const open = (await store.listPendingChanges(transaction)).some((one) => one.id === id && one.subject === subject);
    if (!open || !(await restore(transaction, id))) throw new Refusal('change.over');
    await recordEvent(transaction, actor, {
      action: 'change.take-back',
      outcome: 'success',
      details: { change: id, subject },
    });
  });
}

/** Behind the same lock, and in the same order, as whoever writes settings: nobody waits for somebody who waits for them. */
async function restore(transaction: OrganisationTransaction, id: string): Promise<boolean> {
  await lockOptions(transaction);
  return store.restoreChange(transaction, id);
}

/**
 * Puts back what nobody confirmed in time, in every organisation; any instance that is alive does it. A change that can't
 * be put back is tried again next time, and keeps no other organisation waiting.
 *
 * @throws the first failure, once every other change had its turn
 */
export async function rollBackOverdueChanges(): Promise<number> {
  let restored = 0;
  const failures: unknown[] = [];
  for (const { id, organisationId } of await store.findOverdueChanges()) {
    try {
      if (await rollBack({ kind: 'system', organisation: { id: organisationId } }, id)) restored += 1;
    } catch (error) {
      failures.push(error);
    }
  }
  if (failures.length > 0) throw failures[0];
  return restored;
}

async function rollBack(system: System, id: string): Promise<boolean> {
  return inOrganisation(system, async (transaction) => {
    if (!(await restore(transaction, id))) return false;
    await recordEvent(transaction, system, {
      action: 'change.roll-back',
      outcome: 'success',
      reason: 'not-confirmed',
      details: { change: id },
    });
    return true;
  });
}
