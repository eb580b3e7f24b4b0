import type { Visitor } from '@/lib/actors/model';
import { recordEvent } from '@/lib/audit/store';
import { config } from '@/lib/config';
import { hashToken, newToken } from '@/lib/crypto/tokens';
import { inOrganisation, type OrganisationTransaction } from '@/lib/db/in-organisation';
import { rememberDevice, renameDevices } from '@/lib/devices/store';
import type { Reason } from '@/lib/policy/decision';
import { tellHelpers } from '@/lib/resets/helpers';
import { findSubject } from '@/lib/resets/store';
import { APPROVERS_TOLD_MAX, type DeviceState } from './model';
import * as store from './store';

/** Where the administrators find the browsers that wait. */
export const devicesPath = (slug: string) => `/${slug}/settings/devices`;

/**
 * Keeps a browser in which everything was proved and that needs an administrator's word, or was revoked (LOC-6): it is
 * known from now on, and opens nothing.
 *
 * @returns the browser's new name, for its cookie
 */
export async function holdDevice(
  transaction: OrganisationTransaction,
  visitor: Visitor,
  person: { accountId: string; reason: Reason; at: Date },
): Promise<string> {
  const { accountId, reason, at } = person;
  const { organisation, origin } = visitor;
  const deviceToken = newToken();
  if (visitor.deviceToken !== null) {
    await renameDevices(transaction, hashToken(visitor.deviceToken), hashToken(deviceToken));
  }
  const { id: deviceId } = await rememberDevice(transaction, {
    organisationId: organisation.id,
    accountId,
    tokenHash: hashToken(deviceToken),
    userAgent: origin.userAgent,
    address: origin.address,
    trustDays: 0,
    needsApproval: true,
  });
  await store.dropOldestWaiting(transaction, accountId);
  await recordEvent(transaction, visitor, {
    action: 'device.wait',
    outcome: 'refused',
    reason,
    subjectId: accountId,
    deviceId,
  });
  if (reason === 'device.waiting') {
    await tellApprovers(transaction, visitor, { accountId, deviceId, at, template: 'device-waiting' });
  }
  return deviceToken;
}

/** Tells those who approve devices of a browser that an account is new in; at most once an hour for an account. */
export async function tellApprovers(
  transaction: OrganisationTransaction,
  visitor: Visitor,
  device: { accountId: string; deviceId: string; at: Date; template: 'device-waiting' | 'device-new' },
): Promise<void> {
  const { accountId, deviceId, at, template } = device;
  if (!(await store.claimNotice(transaction, accountId, deviceId))) return;
  const subject = await findSubject(transaction, accountId);
  if (subject === null) return;
  const { organisation, origin } = visitor;
  const to = { max: APPROVERS_TOLD_MAX, permission: 'devices.manage' } as const;
  await tellHelpers(transaction, visitor, subject, to, {
    template,
    name: `${subject.firstName} ${subject.lastName}`,
    userAgent: origin.userAgent,
    address: origin.address,
    at: at.toISOString(),
    link: `${config().APP_ORIGIN}${devicesPath(organisation.slug)}`,
  });
}

/** What the administrators have said of the browser of a visitor; null: it never waited, or was forgotten. */
export async function findOwnState(visitor: Visitor): Promise<DeviceState | null> {
  const { deviceToken } = visitor;
  if (deviceToken === null) return null;
  return inOrganisation(visitor, (transaction) => store.findStateOf(transaction, hashToken(deviceToken)));
}
