import { randomUUID } from 'node:crypto';
import type { Actor, Visitor } from '@/lib/actors/model';
import { recordEvent } from '@/lib/audit/store';
import { pepper, sealer } from '@/lib/crypto/keys';
import { inOrganisation, type OrganisationTransaction } from '@/lib/db/in-organisation';
import { hashRecoveryCode, newRecoveryCodes, normaliseRecoveryCode } from '@/lib/factors/recovery-codes';
import { claimFirstFactor, insertFactor, replaceRecoveryCodes } from '@/lib/factors/store';
import { cleanCode, matchTotp, newTotpSecret, otpauthUri } from '@/lib/factors/totp';
import { clockVerdict, factorSecretContext } from '@/lib/factors/verify';
import { sentence } from '@/lib/language/translate';
import { notifyOwner } from '@/lib/mail/outbox';
import type { Organisation } from '@/lib/organisations/model';
import { consumeOwnCode } from '@/lib/passwords/service';
import { Refusal } from '@/lib/refusals';
import { deleteSessions } from '@/lib/sessions/store';
import { extendAttempt } from '@/lib/sign-in/store';
import { ENROLMENT_LIFETIME_MINUTES } from '@/lib/sign-in/model';
import type { AppKey, EnrolmentView, Phone } from './model';
import * as store from './store';

/**
 * Who is setting a factor up, and what that hangs on. Made by `lib/enrolment/holder.ts` from a decision, never from
 * what a browser says.
 */
export interface EnrolmentHolder {
  readonly actor: Visitor | Actor;
  readonly organisation: Organisation;
  readonly accountId: string;
  /** What the app shows under the organisation's name. */
  readonly label: string;
  readonly anchor: store.EnrolmentAnchor;
}

/** Binds the sealed secret of an enrolment to its row (SAFE-2). */
export const secretContext = (accountId: string, enrolmentId: string) => `enrolment:${accountId}:${enrolmentId}:secret`;
/** Binds the sealed recovery codes of an enrolment to its row (SAFE-2). */
export const codesContext = (accountId: string, enrolmentId: string) => `enrolment:${accountId}:${enrolmentId}:codes`;

/** The enrolment under way; a reload shows the same key, or the same recovery codes (ENROL-6, ENROL-7). */
export async function findEnrolment(holder: EnrolmentHolder): Promise<EnrolmentView | null> {
  const row = await inOrganisation(holder, (transaction) => store.findEnrolment(transaction, holder.anchor));
  return row === null ? null : viewOf(holder, row);
}

function viewOf(holder: EnrolmentHolder, row: store.EnrolmentRow): EnrolmentView {
  const confirmed = row.confirmedAt !== null;
  const secret = confirmed
    ? null
    : sealer().open(row.secretSealed, secretContext(holder.accountId, row.id)).toString('utf8');
  return {
    id: row.id,
    phone: row.phone,
    app: (row.app as AppKey | null) ?? null,
    secret,
    otpauthUri:
      secret === null ? null : otpauthUri({ issuer: holder.organisation.name, account: holder.label, secret }),
    confirmed,
    onlyCodes: confirmed && row.factorId === null,
    recoveryCodes:
      row.recoveryCodesSealed === null
        ? null
        : (JSON.parse(
            sealer().open(row.recoveryCodesSealed, codesContext(holder.accountId, row.id)).toString('utf8'),
          ) as string[]),
  };
}

/**
 * Begins, or goes on with what was begun: two tabs share one key.
 *
 * @param returnPath where the person was going when an open session came to need a factor (SIGN-5)
 */
export async function beginEnrolment(holder: EnrolmentHolder, returnPath: string | null = null): Promise<void> {
  await inOrganisation(holder, async (transaction) => {
    if ((await store.findEnrolment(transaction, holder.anchor)) !== null) return renew(transaction, holder);
    const id = randomUUID();
    const secretSealed = sealer().seal(newTotpSecret(), secretContext(holder.accountId, id));
    const values = {
      id,
      organisationId: holder.organisation.id,
      accountId: holder.accountId,
      secretSealed,
      returnPath,
    };
    if (!(await store.insertEnrolment(transaction, values, holder.anchor))) return;
    await renew(transaction, holder);
    await recordEvent(transaction, holder.actor, {
      action: 'mfa.enrolment-begin',
      outcome: 'success',
      subjectId: holder.accountId,
    });
  });
}

async function renew(transaction: OrganisationTransaction, holder: EnrolmentHolder): Promise<void> {
  if ('attemptId' in holder.anchor) {
    await extendAttempt(transaction, holder.anchor.attemptId, ENROLMENT_LIFETIME_MINUTES);
  }
}

/** Keeps the phone and the app, so that the instructions speak of them. @throws {Refusal} `enrolment.expired` */
export async function chooseForEnrolment(
  holder: EnrolmentHolder,
  choice: { phone?: Phone; app?: AppKey },
): Promise<void> {
  await inOrganisation(holder, async (transaction) => {
    if (!(await store.updateChoice(transaction, holder.anchor, choice))) throw new Refusal('enrolment.expired');
    await renew(transaction, holder);
  });
}

/**
 * Confirms by a code of the app: only now the factor counts, and its step is used up (ENROL-6, ENROL-10). Recovery codes
 * are made, and kept sealed for the page until « Terminer ». What must come with it, such as a session's new token, is
 * done by `alsoWithin` in the same transaction; null where another tab confirmed first.
 *
 * @throws {Refusal} `code.wrong`, `code.clock-late`/`code.clock-ahead`, `enrolment.expired`, `enrolment.too-many-codes`
 */
export async function confirmEnrolment<T>(
  holder: EnrolmentHolder,
  typed: string,
  alsoWithin: (transaction: OrganisationTransaction) => Promise<T>,
): Promise<T | null> {
  const code = cleanCode(typed);
  if (code === null) throw new Refusal('code.wrong');
  const outcome = await inOrganisation(holder, async (transaction) => {
    const row = await store.claimEnrolmentTry(transaction, holder.anchor);
    if (row === null) {
      const left = await store.findEnrolment(transaction, holder.anchor);
      if (left?.confirmedAt) return null; // The other tab was quicker: the same result.
      return new Refusal(left === null ? 'enrolment.expired' : 'enrolment.too-many-codes');
    }
    await renew(transaction, holder);
    const secret = sealer().open(row.secretSealed, secretContext(holder.accountId, row.id)).toString('utf8');
    const match = matchTotp({ secret, code, now: row.now });
    if (match.kind !== 'match') {
      const verdict = match.kind === 'clock-off' ? clockVerdict(match.offsetSeconds) : { code: 'code.wrong' as const };
      await recordEvent(transaction, holder.actor, {
        action: 'mfa.enrolment-confirm',
        outcome: 'failure',
        reason: verdict.code,
        subjectId: holder.accountId,
      });
      return new Refusal(verdict.code, 'details' in verdict ? verdict.details : {});
    }
    // One at a time for an account: of two enrolments under way, the second finds the factor of the first.
    if (!(await claimFirstFactor(transaction, holder.accountId))) return new Refusal('mfa.already-on');
    const factorId = randomUUID();
    const codes = newRecoveryCodes();
    await insertFactor(transaction, {
      id: factorId,
      organisationId: holder.organisation.id,
      accountId: holder.accountId,
      name: sentence(holder.actor.locale, `apps.${row.app ?? 'other'}`),
      secretSealed: sealer().seal(secret, factorSecretContext(holder.accountId, factorId)),
      lastStep: match.step,
    });
    const hashes = await hashAll(codes, holder.accountId);
    await replaceRecoveryCodes(transaction, holder.organisation.id, holder.accountId, hashes);
    await store.markConfirmed(
      transaction,
      row.id,
      factorId,
      sealer().seal(JSON.stringify(codes), codesContext(holder.accountId, row.id)),
    );
    await recordEvent(transaction, holder.actor, {
      action: 'mfa.enrolment-confirm',
      outcome: 'success',
      subjectId: holder.accountId,
      details: { kind: 'totp', factorId },
    });
    await notifyOwner(transaction, holder, holder.accountId, { template: 'factor-added' });
    // Sessions that began without this factor end, but for the one that it was confirmed in.
    const own = 'sessionId' in holder.anchor ? ({ except: holder.anchor.sessionId } as const) : 'all';
    await deleteSessions(transaction, holder.accountId, own);
    return alsoWithin(transaction);
  });
  if (outcome instanceof Refusal) throw outcome;
  return outcome;
}

/**
 * « Terminer »: the recovery codes are not shown again. What follows — a session, or My account — happens in the same
 * transaction.
 *
 * @throws {Refusal} `enrolment.expired` where nothing was confirmed
 */
export async function finishEnrolment<T>(
  holder: EnrolmentHolder,
  then: (transaction: OrganisationTransaction, confirmedAt: Date, returnPath: string | null) => Promise<T>,
): Promise<T> {
  return inOrganisation(holder, async (transaction) => {
    const row = await store.finishEnrolmentRow(transaction, holder.anchor);
    if (row === null) throw new Refusal('enrolment.expired');
    return then(transaction, row.confirmedAt!, row.returnPath);
  });
}

/** « Annuler »: what was begun leaves nothing behind but its line in the audit (ENROL-6). */
export async function abandonEnrolment(holder: EnrolmentHolder): Promise<void> {
  await inOrganisation(holder, (transaction) => store.deleteUnconfirmed(transaction, holder.anchor));
}

async function hashAll(codes: readonly string[], accountId: string): Promise<Buffer[]> {
  return Promise.all(
    codes.map((one) => hashRecoveryCode({ code: normaliseRecoveryCode(one)!, accountId, key: pepper() })),
  );
}

/**
 * New recovery codes in the place of all old ones, after a code of the app or one of the old ones (ENROL-7). They stand
 * on the last page of enrolment until « Terminer ».
 *
 * @throws {Refusal} `mfa.off` for somebody without a factor, `code.*`
 */
export async function renewRecoveryCodes(actor: Actor, typed: string): Promise<void> {
  const accountId = actor.account.id;
  const organisationId = actor.organisation.id;
  if (actor.account.factorKinds.length === 0) throw new Refusal('mfa.off');
  const codes = newRecoveryCodes();
  const hashes = await hashAll(codes, accountId);
  const refusal = await inOrganisation(actor, async (transaction) => {
    const verdict = await consumeOwnCode(transaction, actor, typed);
    if (!verdict.ok) return new Refusal(verdict.code, verdict.details);
    await replaceRecoveryCodes(transaction, organisationId, accountId, hashes);
    const id = randomUUID();
    await store.insertCodesToShow(transaction, {
      id,
      organisationId,
      accountId,
      sessionId: actor.sessionId,
      recoveryCodesSealed: sealer().seal(JSON.stringify(codes), codesContext(accountId, id)),
    });
    await recordEvent(transaction, actor, { action: 'mfa.recovery-codes-renew', outcome: 'success' });
    await notifyOwner(transaction, actor, accountId, { template: 'recovery-codes-renewed' });
    return null;
  });
  if (refusal !== null) throw refusal;
}
