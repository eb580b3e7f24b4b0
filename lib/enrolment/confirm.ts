import { holdAccounts } from '@/lib/accounts/store';
import { recordEvent } from '@/lib/audit/store';
import { sealer } from '@/lib/crypto/keys';
import { inOrganisation, type OrganisationTransaction } from '@/lib/db/in-organisation';
import { matchHotp } from '@/lib/factors/hotp';
import { normaliseRecoveryCode } from '@/lib/factors/recovery-codes';
import { cleanCode, matchTotp } from '@/lib/factors/totp';
import { clockVerdict, counterOf, type TypedCode } from '@/lib/factors/verify';
import { sentence } from '@/lib/language/translate';
import type { NewPasskey } from '@/lib/passkeys/model';
import { nameOfPasskey } from '@/lib/passkeys/names';
import { verifyNewPasskey } from '@/lib/passkeys/service';
import { insertPasskey } from '@/lib/passkeys/store';
import { Refusal } from '@/lib/refusals';
import { claimTry, clearTries } from '@/lib/throttle/store';
import { readSerial } from '@/lib/tokens/model';
import { tokenSeedContext } from '@/lib/tokens/sealing';
import { assignToken, holdFreeToken } from '@/lib/tokens/store';
import { admitFactor, type NewFactor } from './admission';
import type { EnrolmentHolder } from './holder';
import { secretContext } from './sealing';
import { codesOf, renew } from './service';
import * as store from './store';

/** What an enrolment was proved by, or why it wasn't. Runs with the enrolment's row locked, its try counted. */
export type FactorCheck = (
  transaction: OrganisationTransaction,
  row: store.EnrolmentRow & { readonly now: Date },
) => Promise<NewFactor | Refusal>;

/** What is done in the transaction in which a factor begins to count. */
export type AlsoWithin<T> = (transaction: OrganisationTransaction, factorId: string) => Promise<T>;

/**
 * Confirms what is being set up: only now the factor counts (ENROL-6). Each method brings its own check. What must come with
 * it, such as a session's new token or a row of the factor's own, is done by `alsoWithin` in the same transaction; null where
 * another tab confirmed first.
 *
 * @param options.tries how many tries it costs; 2 where two codes were typed
 * @throws {Refusal} what the check refuses; `enrolment.expired`, `enrolment.too-many-codes`, `enrolment.method`,
 * `mfa.already-on`, `factor.too-many`
 */
export async function confirmFactor<T>(
  holder: EnrolmentHolder,
  check: FactorCheck,
  alsoWithin: AlsoWithin<T>,
  options: {
    readonly tries?: number;
    readonly before?: (transaction: OrganisationTransaction) => Promise<Refusal | null>;
  } = {},
): Promise<T | null> {
  const outcome = await inOrganisation(holder, async (transaction) => {
    // Before the enrolment: whoever suspends or resets the account at this moment takes them in this order too.
    await holdAccounts(transaction, [holder.accountId]);
    const refusal = await options.before?.(transaction);
    if (refusal) return refusal;
    const row = await store.claimEnrolmentTry(transaction, holder.anchor, options.tries ?? 1);
    if (row === null) {
      const left = await store.findEnrolment(transaction, holder.anchor);
      if (left !== null && left.factorId !== null) return null; // The other tab was quicker: the same result.
      return new Refusal(left === null || left.confirmedAt !== null ? 'enrolment.expired' : 'enrolment.too-many-codes');
    }
    await renew(transaction, holder);
    const proved = await check(transaction, row);
    if (proved instanceof Refusal) {
      await recordEvent(transaction, holder.actor, {
        action: 'mfa.enrolment-confirm',
        outcome: 'failure',
        reason: proved.code,
        subjectId: holder.accountId,
      });
      return proved;
    }
    const factorId = await admitFactor(transaction, holder, row, proved);
    return factorId instanceof Refusal ? factorId : alsoWithin(transaction, factorId);
  });
  if (outcome instanceof Refusal) throw outcome;
  return outcome;
}

/**
 * Confirms an app by a code of it, whose step or counter is used up (ENROL-8, ENROL-10).
 *
 * @throws {Refusal} `code.wrong`, `code.clock-late`/`code.clock-ahead`, and those of {@link confirmFactor}
 */
export async function confirmEnrolment<T>(
  holder: EnrolmentHolder,
  typed: string,
  alsoWithin: AlsoWithin<T>,
): Promise<T | null> {
  const code = cleanCode(typed);
  if (code === null) throw new Refusal('code.wrong');
  const check: FactorCheck = async (_transaction, row) => {
    const secret = sealer().open(row.secretSealed, secretContext(holder.accountId, row.id)).toString('utf8');
    const name = sentence(holder.actor.locale, `apps.${row.app ?? 'other'}`);
    if (row.kind === 'hotp') {
      const match = matchHotp({ secret, code, nextCounter: 0 });
      return match.kind === 'match'
        ? { kind: 'hotp', name, secret, nextCounter: match.counter + 1 }
        : new Refusal('code.wrong');
    }
    const match = matchTotp({ secret, code, now: row.now });
    if (match.kind === 'match') return { kind: 'totp', name, secret, lastStep: match.step };
    if (match.kind !== 'clock-off') return new Refusal('code.wrong');
    const verdict = clockVerdict(match.offsetSeconds);
    return new Refusal(verdict.code, verdict.details);
  };
  return confirmFactor(holder, check, alsoWithin);
}

/**
 * Confirms a hardware token by its serial number and a code of it, or two in a row where it has run ahead (ENROL-8). It is
 * the person's from now on, and nobody else's. A number that nobody registered, somebody else's token and a wrong code look
 * alike.
 *
 * @throws {Refusal} `token.wrong`, `code.throttled` (with `seconds`), and those of {@link confirmFactor}
 */
export async function confirmToken<T>(
  holder: EnrolmentHolder,
  input: { serial: string } & TypedCode,
  alsoWithin: AlsoWithin<T>,
): Promise<T | null> {
  const { accountId } = holder;
  const serial = readSerial(input.serial);
  const code = cleanCode(input.code);
  const following = input.following ? cleanCode(input.following) : null;
  if (serial === null || code === null || (input.following && following === null)) throw new Refusal('token.wrong');
  const subject = { kind: 'account', accountId } as const;
  const tries = following === null ? 1 : 2;
  const check: FactorCheck = async (transaction, row) => {
    const token = await holdFreeToken(transaction, serial, accountId);
    if (token === null) return new Refusal('token.wrong');
    const secret = sealer().open(token.seedSealed, tokenSeedContext(token.id)).toString('utf8');
    const name = sentence(holder.actor.locale, 'factors.tokenName', { serial: token.serial });
    const base = { kind: token.kind, name, secret, tokenId: token.id } as const;
    let proved: NewFactor | null = null;
    if (token.nextCounter === null) {
      const match = matchTotp({ secret, code, now: row.now, afterStep: token.lastStep });
      if (match.kind === 'match') proved = { ...base, lastStep: match.step };
    } else {
      const match = counterOf({ secret, code, following, nextCounter: token.nextCounter });
      if (match.kind === 'match') proved = { ...base, nextCounter: match.counter + 1 };
    }
    if (proved === null || !(await assignToken(transaction, token.id, accountId))) return new Refusal('token.wrong');
    await clearTries(transaction, 'code', [subject]);
    return proved;
  };
  return confirmFactor(holder, check, alsoWithin, {
    tries,
    // Counted in the account's own budget too: a token is not the person's until its code was right.
    before: async (transaction) => {
      for (let counted = 0; counted < tries; counted++) {
        const seconds = await claimTry(transaction, 'code', [subject]);
        if (seconds > 0) return new Refusal('code.throttled', { seconds });
      }
      return null;
    },
  });
}

/**
 * Confirms a card by one of its codes, which is used up by it: whoever types it has the card.
 *
 * @throws {Refusal} `card.wrong`, and those of {@link confirmFactor}
 */
export async function confirmCard<T>(
  holder: EnrolmentHolder,
  typed: string,
  alsoWithin: AlsoWithin<T>,
): Promise<T | null> {
  const code = normaliseRecoveryCode(typed);
  if (code === null) throw new Refusal('card.wrong');
  const check: FactorCheck = async (_transaction, row) => {
    const codes = row.confirmedAt === null && row.method === 'card' ? codesOf(holder, row) : null;
    const left = codes?.filter((one) => normaliseRecoveryCode(one) !== code) ?? [];
    if (codes === null || left.length === codes.length) return new Refusal('card.wrong');
    return { kind: 'card', name: sentence(holder.actor.locale, 'factors.cardName'), secret: null, codes: left };
  };
  return confirmFactor(holder, check, alsoWithin);
}

/**
 * Confirms a passkey by what the browser that made it answered (ENROL-9): its challenge was given out in this enrolment, and
 * is used up by it.
 *
 * @throws {Refusal} `passkey.missing`, `passkey.expired`, `passkey.wrong`, `passkey.taken`, and those of {@link confirmFactor}
 */
export async function confirmPasskey<T>(
  holder: EnrolmentHolder,
  answer: string,
  alsoWithin: AlsoWithin<T>,
): Promise<T | null> {
  if (answer === '') throw new Refusal('passkey.missing');
  const { accountId, actor, organisation } = holder;
  let made: NewPasskey;
  const check: FactorCheck = async (transaction) => {
    const passkey = await verifyNewPasskey(transaction, holder, answer);
    if (passkey instanceof Refusal) return passkey;
    made = passkey;
    return { kind: 'passkey', name: nameOfPasskey(actor.locale, passkey, actor.origin.userAgent), secret: null };
  };
  return confirmFactor(holder, check, async (transaction, factorId) => {
    const owner = { factorId, organisationId: organisation.id, accountId };
    // Of two who show the same one in the same moment, the second is undone whole.
    if (!(await insertPasskey(transaction, owner, made))) throw new Refusal('passkey.taken');
    return alsoWithin(transaction, factorId);
  });
}
