import { holdAccounts } from '@/lib/accounts/store';
import type { Actor } from '@/lib/actors/model';
import { nameOf } from '@/lib/actors/name';
import { requirePermission } from '@/lib/actors/permission';
import { recordEvent } from '@/lib/audit/store';
import { config } from '@/lib/config';
import { inOrganisation, type OrganisationTransaction } from '@/lib/db/in-organisation';
import { pipelined } from '@/lib/db/pipelined';
import { reading } from '@/lib/db/reading';
import { notifyOwner, queueLetter } from '@/lib/mail/outbox';
import { mayActOn } from '@/lib/policy/authority';
import { Refusal } from '@/lib/refusals';
import { endTrustOf } from '@/lib/devices/store';
import { findSubject, isOpen, type SubjectRow } from '@/lib/resets/store';
import * as store from './store';
import { DEVICES_PER_PAGE, WAITING_SHOWN_MAX, type DeviceState, type DevicesView, type ManagedDevice } from './model';

/**
 * The browsers of the organisation: those that wait, and a page of the others, paged by key (LOC-6).
 *
 * @param after the id of the last device of the page before
 * @throws {Refusal} `permission.missing`
 */
export async function listManagedDevices(actor: Actor, after: string | null): Promise<DevicesView> {
  requirePermission(actor, 'devices.manage');
  const [waiting, settled] = await reading(actor, (transaction) =>
    pipelined([
      after === null ? store.listWaiting(transaction, WAITING_SHOWN_MAX) : [],
      store.listSettled(transaction, { after, size: DEVICES_PER_PAGE + 1 }),
    ]),
  );
  const seenBy = ({ permissions, ...device }: store.DeviceOfSomebody): ManagedDevice => ({
    ...device,
    current: device.id === actor.deviceId,
    mayAnswer: mayActOn(actor.permissions, permissions),
  });
  const page = settled.slice(0, DEVICES_PER_PAGE);
  return {
    waiting: waiting.map(seenBy),
    settled: page.map(seenBy),
    next: settled.length > page.length ? page.at(-1)!.id : null,
  };
}

/** How many browsers wait for the actor, who may answer (LOC-6). @throws {Refusal} `permission.missing` */
export async function countWaitingDevices(actor: Actor): Promise<number> {
  requirePermission(actor, 'devices.manage');
  return reading(actor, (transaction) => store.countWaiting(transaction, actor.permissions));
}

/** The browser that an administrator acts on, and whose it is; their own others too. */
async function loadDevice(
  transaction: OrganisationTransaction,
  actor: Actor,
  deviceId: string,
): Promise<{ device: { id: string; userAgent: string }; owner: SubjectRow }> {
  const device = await store.findDevice(transaction, deviceId);
  // Of two administrators who revoke each other in the same moment, the slower one does nothing more.
  await holdAccounts(transaction, [actor.account.id, ...(device === null ? [] : [device.accountId])]);
  if (!(await isOpen(transaction, actor.sessionId))) throw new Refusal('session.missing');
  const owner = device === null ? null : await findSubject(transaction, device.accountId);
  if (device === null || owner === null) throw new Refusal('not-found');
  if (!mayActOn(actor.permissions, owner.permissions)) throw new Refusal('account.beyond');
  return { device, owner };
}

/**
 * Lets a browser in, one that waits or one that was revoked; its owner is told by mail.
 *
 * @param seen the state in which it was shown: nobody's other answer is overwritten
 * @throws {Refusal} `permission.missing`, `session.missing`, `not-found`, `account.beyond`, `device.answered`
 */
export async function approveDevice(actor: Actor, deviceId: string, seen: 'waiting' | 'revoked'): Promise<void> {
  requirePermission(actor, 'devices.manage');
  await inOrganisation(actor, async (transaction) => {
    const { device, owner } = await loadDevice(transaction, actor, deviceId);
    if (!(await store.approveDevice(transaction, device.id, seen, actor.account.id))) {
      throw new Refusal('device.answered');
    }
    const { organisation } = actor;
    await queueLetter(
      transaction,
      actor,
      { accountId: owner.id, email: owner.email, locale: owner.locale ?? organisation.locale },
      {
        template: 'device-approved',
        userAgent: device.userAgent,
        link: `${config().APP_ORIGIN}/${organisation.slug}/sign-in`,
      },
    );
    await recordEvent(transaction, actor, {
      action: 'device.approve',
      outcome: 'success',
      subjectId: owner.id,
      details: { device: device.id, before: seen, after: 'approved' },
    });
  });
}

/**
 * « Refuser » one that waits, or « Révoquer » an approved one: nobody comes in with it any more, and its sessions end at
 * once.
 *
 * @param seen the state in which it was shown: nobody's other answer is overwritten
 * @throws {Refusal} `permission.missing`, `session.missing`, `not-found`, `account.beyond`, `device.answered`; `device.own`
 * for the browser that one sits at, so that nobody locks themselves out (GUARD-1)
 */
export async function revokeDevice(actor: Actor, deviceId: string, seen: 'waiting' | 'approved'): Promise<void> {
  requirePermission(actor, 'devices.manage');
  await inOrganisation(actor, async (transaction) => {
    const { device, owner } = await loadDevice(transaction, actor, deviceId);
    if (device.id === actor.deviceId) throw new Refusal('device.own');
    const ended = await store.revokeDevice(transaction, device.id, seen);
    if (ended === null) throw new Refusal('device.answered');
    await recordEvent(transaction, actor, {
      action: 'device.revoke',
      outcome: 'success',
      subjectId: owner.id,
      details: { device: device.id, before: seen satisfies DeviceState, after: 'revoked', endedSessions: ended },
    });
  });
}

/**
 * Gives a browser a name by which the administrators know it; an empty one takes it away.
 *
 * @throws {Refusal} `permission.missing`, `session.missing`, `not-found`, `account.beyond`
 */
export async function renameDevice(actor: Actor, deviceId: string, name: string): Promise<void> {
  requirePermission(actor, 'devices.manage');
  await inOrganisation(actor, async (transaction) => {
    const { device, owner } = await loadDevice(transaction, actor, deviceId);
    await store.nameDevice(transaction, device.id, name);
    await recordEvent(transaction, actor, {
      action: 'device.rename',
      outcome: 'success',
      subjectId: owner.id,
      details: { device: device.id },
    });
  });
}

/**
 * Ends the trust in a browser: the code is asked there again at the next sign-in (MFA-5).
 *
 * @throws {Refusal} `permission.missing`, `session.missing`, `not-found`, `account.beyond`
 */
export async function endTrust(actor: Actor, deviceId: string): Promise<void> {
  requirePermission(actor, 'devices.manage');
  await inOrganisation(actor, async (transaction) => {
    const { device, owner } = await loadDevice(transaction, actor, deviceId);
    if (!(await endTrustOf(transaction, owner.id, device.id))) return;
    await recordEvent(transaction, actor, {
      action: 'device.trust-end',
      outcome: 'success',
      subjectId: owner.id,
      details: { device: device.id },
    });
    if (owner.id === actor.account.id) return;
    await notifyOwner(transaction, actor, owner.id, {
      template: 'trust-ended',
      userAgent: device.userAgent,
      by: nameOf(actor),
    });
  });
}
