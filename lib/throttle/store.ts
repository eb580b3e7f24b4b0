import { pepper } from '@/lib/crypto/keys';
import { keyedHash } from '@/lib/crypto/tokens';
import { writeArray } from '@/lib/db/arrays';
import type { OrganisationTransaction } from '@/lib/db/in-organisation';
import { byteas, written } from '@/lib/db/written';

/** The secrets whose tries are counted, each apart. */
export type ThrottlePurpose = 'password' | 'code';

/** Whoever's tries are counted. Known browsers have a budget of their own, so that nobody locks somebody else out. */
export type ThrottleSubject =
  | { readonly kind: 'account'; readonly accountId: string }
  | { readonly kind: 'unknown'; readonly identifier: string }
  | { readonly kind: 'device'; readonly deviceId: string }
  /** Whoever may choose a password for an account: what is chosen is compared with earlier ones (AUTH-2). */
  | { readonly kind: 'choice'; readonly accountId: string }
  | { readonly kind: 'address'; readonly bucket: string };

/** Failures within 15 minutes after which further tries have to wait (SIGN-4). */
const LIMITS = { account: 10, unknown: 10, device: 10, choice: 10, address: 50 } as const;
/** Names typed within 15 minutes after which further ones have to wait; whoever goes on to sign in gives theirs back. */
const IDENTIFY_LIMIT = 60;

const limitOf = (purpose: ThrottlePurpose | 'identify', { kind }: ThrottleSubject) =>
  purpose === 'identify' ? IDENTIFY_LIMIT : LIMITS[kind];

function hashOf(subject: ThrottleSubject): Buffer {
  switch (subject.kind) {
    case 'account':
      return keyedHash(pepper(), 'throttle.account', subject.accountId);
    case 'unknown':
      return keyedHash(pepper(), 'throttle.unknown', subject.identifier);
    case 'device':
      return keyedHash(pepper(), 'throttle.device', subject.deviceId);
    case 'choice':
      return keyedHash(pepper(), 'throttle.choice', subject.accountId);
    case 'address':
      return keyedHash(pepper(), 'throttle.address', subject.bucket);
  }
}

/**
 * Takes one try from every subject's budget, before any secret is compared. Exact under parallel bursts on any number of
 * instances: the rows stay locked until the transaction ends.
 *
 * @returns 0 when the try may go on; otherwise the seconds to wait, and nothing was counted
 */
export async function claimTry(
  transaction: OrganisationTransaction,
  purpose: ThrottlePurpose | 'identify',
  subjects: readonly ThrottleSubject[],
): Promise<number> {
  const limits = subjects.map((subject) => String(limitOf(purpose, subject)));
  // A hundred failures in a row stop a factor for unknown browsers; an address is shared by too many people for that.
  const stops = subjects.map(({ kind }) => String(kind === 'account' || kind === 'unknown'));
  const [row] = await written(transaction)<{ wait: number }[]>`
    select claim_tries(${purpose}, ${byteas(subjects.map(hashOf))}::bytea[], ${writeArray(limits)}::integer[],
      ${writeArray(stops)}::boolean[]) as wait`;
  return row!.wait;
}

/** At which secrets any of these has to wait now, however long. */
export async function listWaits(
  transaction: OrganisationTransaction,
  subjects: readonly ThrottleSubject[],
): Promise<ThrottlePurpose[]> {
  const rows = await written(transaction)<{ purpose: ThrottlePurpose }[]>`
    select distinct purpose from throttles
    where purpose in ('password', 'code') and subject_hash = any(${byteas(subjects.map(hashOf))}::bytea[])
      and (blocked_until > now() or consecutive_failures >= 100)`;
  return rows.map(({ purpose }) => purpose);
}

/**
 * After a success: a person's own counters start anew, an address gets back the one try that was no failure. A password
 * that was right also gives back what was counted when its owner was named.
 */
export async function clearTries(
  transaction: OrganisationTransaction,
  purpose: ThrottlePurpose,
  subjects: readonly ThrottleSubject[],
): Promise<void> {
  const hashes = subjects.map(hashOf);
  const addresses = hashes.filter((_, index) => subjects[index]!.kind === 'address');
  const purposes = purpose === 'password' ? ['identify', 'password'] : ['code'];
  // Rows are locked in the order of claim_tries: people of one address clear the same ones at the same moment.
  await written(transaction)`
    with held as materialized (
      select organisation_id, purpose, subject_hash, subject_hash = any(${byteas(addresses)}::bytea[]) as shared
      from throttles
      where purpose = any(${writeArray(purposes)}::text[]) and subject_hash = any(${byteas(hashes)}::bytea[])
      order by purpose, subject_hash for update
    ), started_anew as (
      delete from throttles t using held
      where (t.organisation_id, t.purpose, t.subject_hash) = (held.organisation_id, held.purpose, held.subject_hash)
        and not held.shared
    )
    update throttles t set failures = greatest(t.failures - 1, 0), consecutive_failures = 0,
      blocked_until = case when t.failures - 1 >= case t.purpose when 'identify' then ${IDENTIFY_LIMIT}::integer else ${LIMITS.address}::integer end
        then t.blocked_until end
    from held
    where (t.organisation_id, t.purpose, t.subject_hash) = (held.organisation_id, held.purpose, held.subject_hash)
      and held.shared`;
}
