import { sql } from 'drizzle-orm';
import { emailKey } from '@/lib/accounts/text';
import type { RequestOrigin } from '@/lib/actors/model';
import { pepper } from '@/lib/crypto/keys';
import { keyedHash } from '@/lib/crypto/tokens';
import { withDeadline } from '@/lib/db/deadline';
import type { OrganisationTransaction } from '@/lib/db/in-organisation';
import { pool } from '@/lib/db/pool';
import { addressBucket, parseAddress } from '@/lib/network/address';
import { Refusal } from '@/lib/refusals';

const HOUR_SECONDS = 60 * 60;

/**
 * Letters within an hour. A household or a school shares an address, so it may ask for many; a mailbox and an account get
 * three that people without a session ask for, whoever asks, and a mailbox five that the administrators of one organisation
 * cause, so that nobody can be flooded: anybody may become the administrator of an organisation.
 */
const BUDGETS = { address: 30, signup: 5, mailbox: 3, account: 3, administration: 5 } as const;

const hashOf = (budget: keyof typeof BUDGETS, subject: string) => keyedHash(pepper(), `letter.${budget}`, subject);

async function claim(budget: keyof typeof BUDGETS, subject: string): Promise<number> {
  const hash = hashOf(budget, subject);
  const [row] = await withDeadline(
    async () =>
      pool().sql<{ wait: number }[]>`select claim_letter(${hash}, ${BUDGETS[budget]}, ${HOUR_SECONDS}) as wait`,
  );
  return row!.wait;
}

/**
 * Counts a letter that somebody at this address asks for. It says nothing about whom the letter is for, so the refusal
 * may be told.
 *
 * @throws {Refusal} `letter.throttled` (with `seconds`)
 */
export async function claimFromAddress(origin: RequestOrigin, budget: 'address' | 'signup' = 'address'): Promise<void> {
  const address = parseAddress(origin.address);
  const seconds = await claim(budget, address === null ? 'unknown' : addressBucket(address));
  if (seconds > 0) throw new Refusal('letter.throttled', { seconds });
}

/**
 * Counts a letter to a mailbox (by its key) or to an account (by its id), over all organisations.
 *
 * @returns 0 when it may be sent, else the seconds to wait; never to be told where the answer is one sentence for all
 */
export async function claimLetterTo(recipient: { mailbox: string } | { account: string }): Promise<number> {
  return 'mailbox' in recipient ? claim('mailbox', recipient.mailbox) : claim('account', recipient.account);
}

/**
 * Counts a letter that an administrator causes by an act on an account, in the transaction of that act: where the act fails,
 * no letter goes out and none is counted. An organisation's count lasts longer than the account does.
 *
 * @throws {Refusal} `letter.throttled` (with `seconds`)
 */
export async function claimLetterWithin(
  transaction: OrganisationTransaction,
  organisationId: string,
  address: string,
): Promise<void> {
  const hash = hashOf('administration', `${organisationId}:${emailKey(address)}`);
  const [row] = await transaction.execute<{ wait: number }>(
    sql`select claim_letter(${hash}, ${BUDGETS.administration}, ${HOUR_SECONDS}) as wait`,
  );
  if (row!.wait > 0) throw new Refusal('letter.throttled', { seconds: row!.wait });
}
