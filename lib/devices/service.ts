import { holdAccounts } from '@/lib/accounts/store';
import type { Actor } from '@/lib/actors/model';
import { recordEvent } from '@/lib/audit/store';
import { inOrganisation } from '@/lib/db/in-organisation';
import { Refusal } from '@/lib/refusals';
import { endTrustOf, forgetDevice } from './store';

/**
 * « Oublier cet appareil »: one of one's own browsers loses its trust and its budget of tries, and what is open in it ends
 * at once. Not the browser that one sits at: that one is signed out of.
 *
 * @throws {Refusal} `not-found`, also for somebody else's device (ACC-6)
 */
export async function forgetOwnDevice(actor: Actor, deviceId: string): Promise<void> {
  await inOrganisation(actor, async (transaction) => {
    if (deviceId.toLowerCase() === actor.deviceId) throw new Refusal('not-found');
    await holdAccounts(transaction, [actor.account.id]);
    const ended = await forgetDevice(transaction, actor.account.id, deviceId);
    if (ended === null) throw new Refusal('not-found');
    await recordEvent(transaction, actor, {
      action: 'device.forget',
      outcome: 'success',
      details: { forgotten: deviceId, endedSessions: ended },
    });
  });
}

/**
 * « Redemander un code »: one of one's own browsers, also the one that one sits at, is excused from the code no longer
 * (MFA-5).
 *
 * @throws {Refusal} `not-found`, also for somebody else's device (ACC-6)
 */
export async function endOwnDeviceTrust(actor: Actor, deviceId: string): Promise<void> {
  await inOrganisation(actor, async (transaction) => {
    if (!(await endTrustOf(transaction, actor.account.id, deviceId))) throw new Refusal('not-found');
    await recordEvent(transaction, actor, {
      action: 'device.trust-end',
      outcome: 'success',
      details: { device: deviceId },
    });
  });
}
