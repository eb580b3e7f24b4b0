import sharp from 'sharp';
import type { Actor } from '@/lib/actors/model';
import { recordEvent } from '@/lib/audit/store';
import { inOrganisation } from '@/lib/db/in-organisation';
import { listActivity } from '@/lib/activity/store';
import type { ActivityEvent } from '@/lib/activity/model';
import { pipelined } from '@/lib/db/pipelined';
import { reading } from '@/lib/db/reading';
import { listDevices, type DeviceRow } from '@/lib/devices/store';
import { findPendingEmail } from '@/lib/email-change/store';
import { listFactors, type FactorRow } from '@/lib/factors/store';
import { Refusal } from '@/lib/refusals';
import { parseAddress } from '@/lib/network/address';
import { countryOf } from '@/lib/network/countries';
import { listSessions, type SessionRow } from '@/lib/sessions/store';
import { PICTURE_BYTES_MAX, type ProfileChange } from './model';
import * as store from './store';

/** Everything that My account shows beside what the actor already carries. */
export interface OwnAccount {
  readonly factors: readonly FactorRow[];
  readonly sessions: readonly (SessionRow & {
    readonly current: boolean;
    /** The country that its address is registered in, as two capital letters; null: unknown. */
    readonly country: string | null;
  })[];
  /** A new address that waits for its confirmation; null: none does. */
  readonly pendingEmail: string | null;
  readonly devices: readonly (DeviceRow & { readonly current: boolean })[];
  readonly activity: readonly ActivityEvent[];
}

/** My account, in one pipelined transaction. */
export async function loadOwnAccount(actor: Actor): Promise<OwnAccount> {
  const { id } = actor.account;
  return reading(actor, async (transaction) => {
    const [factors, sessions, pendingEmail, devices, activity] = await pipelined([
      listFactors(transaction, id),
      listSessions(transaction, id),
      findPendingEmail(transaction, id),
      listDevices(transaction, id),
      listActivity(transaction, id),
    ]);
    return {
      pendingEmail,
      factors,
      sessions: sessions.map((row) => ({
        ...row,
        current: row.id === actor.sessionId,
        country: countryOf(parseAddress(row.address)),
      })),
      devices: devices.map((row) => ({ ...row, current: row.id === actor.deviceId })),
      activity,
    };
  });
}

/** Changes one's own profile; the audit tells which fields changed, not the names themselves. */
export async function changeOwnProfile(actor: Actor, change: ProfileChange): Promise<void> {
  const { account } = actor;
  const changed = (Object.keys(change) as (keyof ProfileChange)[]).filter((key) => change[key] !== account[key]);
  if (changed.length === 0) return;
  await inOrganisation(actor, async (transaction) => {
    await store.updateProfile(transaction, account.id, change);
    await recordEvent(transaction, actor, {
      action: 'account.profile-change',
      outcome: 'success',
      details: { changed },
    });
  });
}

/** « Plus tard », or the choice to set MFA up: the offer is made once (MFA-4). */
export async function answerEnrolmentOffer(actor: Actor, answer: 'later' | 'yes'): Promise<void> {
  await inOrganisation(actor, async (transaction) => {
    await store.markOfferAnswered(transaction, actor.account.id);
    await recordEvent(transaction, actor, { action: 'mfa.offer-answered', outcome: 'success', details: { answer } });
  });
}

const SIDE_PIXELS = 256;

/**
 * Keeps a picture of oneself: drawn anew as a square of 256 pixels, so that nothing of the file but its look is kept
 * (no place, no camera, no second format in disguise).
 *
 * @throws {Refusal} `picture.type`, `picture.too-large`
 */
export async function changeOwnPicture(actor: Actor, file: Blob): Promise<void> {
  if (file.size > PICTURE_BYTES_MAX) throw new Refusal('picture.too-large');
  const bytes = await redraw(Buffer.from(await file.arrayBuffer()));
  await inOrganisation(actor, async (transaction) => {
    await store.storePicture(transaction, {
      organisationId: actor.organisation.id,
      accountId: actor.account.id,
      mediaType: 'image/webp',
      bytes,
    });
    await recordEvent(transaction, actor, { action: 'account.picture-change', outcome: 'success' });
  });
}

async function redraw(original: Buffer): Promise<Buffer> {
  // What a file is, its first bytes say; its name and its declared type are the sender's word.
  const known =
    original.subarray(0, 3).equals(Buffer.from([0xff, 0xd8, 0xff])) ||
    original.subarray(0, 8).equals(Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a])) ||
    (original.subarray(0, 4).toString('latin1') === 'RIFF' && original.subarray(8, 12).toString('latin1') === 'WEBP');
  if (!known) throw new Refusal('picture.type');
  try {
    return await inTurn(() => resize(original));
  } catch {
    throw new Refusal('picture.type');
  }
}

/** One picture at a time: a few large ones side by side would take the memory of everybody else. */
let turn: Promise<unknown> = Promise.resolve();
function inTurn<T>(work: () => Promise<T>): Promise<T> {
  const mine = turn.then(work);
  turn = mine.catch(() => undefined);
  return mine;
}

/** A phone's camera makes 12 to 16 million pixels; decoded, each takes four bytes or eight. */
const PIXELS_MAX = 26_000_000;

async function resize(original: Buffer): Promise<Buffer> {
  return sharp(original, { limitInputPixels: PIXELS_MAX, failOn: 'error', sequentialRead: true })
    .rotate()
    .resize(SIDE_PIXELS, SIDE_PIXELS, { fit: 'cover' })
    .webp({ quality: 82 })
    .toBuffer();
}

export async function removeOwnPicture(actor: Actor): Promise<void> {
  await inOrganisation(actor, async (transaction) => {
    if (!(await store.deletePicture(transaction, actor.account.id))) return;
    await recordEvent(transaction, actor, { action: 'account.picture-change', outcome: 'success', reason: 'removed' });
  });
}

/** One's own picture; nobody else's has an address. */
export async function findOwnPicture(actor: Actor): Promise<{ mediaType: string; bytes: Buffer } | null> {
  return reading(actor, (transaction) => store.findPicture(transaction, actor.account.id));
}
