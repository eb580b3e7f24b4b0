import { randomUUID } from 'node:crypto';
import { holdAccounts } from '@/lib/accounts/store';
import type { Actor } from '@/lib/actors/model';
import { recordEvent } from '@/lib/audit/store';
import { sealer } from '@/lib/crypto/keys';
import { violatesForeignKey } from '@/lib/db/errors';
import { inOrganisation, type OrganisationTransaction } from '@/lib/db/in-organisation';
import { pipelined } from '@/lib/db/pipelined';
import { reading } from '@/lib/db/reading';
import { CARD_CODES, codesFor } from '@/lib/factors/model';
import { newRecoveryCodes } from '@/lib/factors/recovery-codes';
import { listFactors, replaceRecoveryCodes } from '@/lib/factors/store';
import { newTotpSecret, otpauthUri } from '@/lib/factors/totp';
import { notifyOwner } from '@/lib/mail/outbox';
import type { CreationOptions } from '@/lib/passkeys/ceremony';
import type { OwnProof } from '@/lib/passkeys/model';
import { offerCreation, passkeysArePossible } from '@/lib/passkeys/service';
import { consumeOwnCode } from '@/lib/passwords/service';
import { isOpen } from '@/lib/resets/store';
import { Refusal } from '@/lib/refusals';
import { ENROLMENT_LIFETIME_MINUTES } from '@/lib/sign-in/model';
import { extendAttempt } from '@/lib/sign-in/store';
import { listTokensFor } from '@/lib/tokens/store';
import { hashAll } from './admission';
import type { EnrolmentHolder } from './holder';
import { appKind, methodsFor, type AppKey, type EnrolmentView, type Method, type Phone } from './model';
import { codesContext, secretContext } from './sealing';
import * as store from './store';

/** The enrolment under way; a reload shows the same key, or the same recovery codes (ENROL-6, ENROL-7). */
export async function findEnrolment(holder: EnrolmentHolder): Promise<EnrolmentView | null> {
  const row = await reading(holder, (transaction) => store.findEnrolment(transaction, holder.anchor));
  return row === null ? null : viewOf(holder, row);
}

function viewOf(holder: EnrolmentHolder, row: store.EnrolmentRow): EnrolmentView {
  const method = row.method as Method | null;
  const forApp = row.secretSealed.length > 0 && (method === null || method === 'app');
  const secret = forApp
    ? sealer().open(row.secretSealed, secretContext(holder.accountId, row.id)).toString('utf8')
    : null;
  return {
    id: row.id,
    method,
    kind: row.kind,
    phone: row.phone,
    app: (row.app as AppKey | null) ?? null,
    secret,
    otpauthUri:
      secret === null
        ? null
        : otpauthUri({
            issuer: holder.organisation.name,
            account: holder.label,
            secret,
            ...(row.kind === 'hotp' ? { counter: 0 } : {}),
          }),
    underWay: row.secretSealed.length > 0,
    confirmed: row.confirmedAt !== null,
    onlyCodes: isOnlyCodes(row),
    createdAt: row.createdAt,
    recoveryCodes: codesOf(holder, row),
  };
}

const isOnlyCodes = ({ confirmedAt, factorId, added }: store.EnrolmentRow) =>
  confirmedAt !== null && factorId === null && added === 0;

/** The codes that an enrolment shows; null: none. */
export function codesOf(holder: EnrolmentHolder, row: store.EnrolmentRow): readonly string[] | null {
  if (row.recoveryCodesSealed === null) return null;
  const opened = sealer().open(row.recoveryCodesSealed, codesContext(holder.accountId, row.id));
  return JSON.parse(opened.toString('utf8')) as string[];
}

/**
 * Begins, or goes on with what was begun: two tabs share one key.
 *
 * @param returnPath where the person was going when an open session came to need a factor (SIGN-5)
 * @throws {Refusal} `enrolment.expired` where the attempt or the session that it hangs on has ended
 */
export async function beginEnrolment(holder: EnrolmentHolder, returnPath: string | null = null): Promise<void> {
  await onItsAnchor(() => begin(holder, returnPath));
}

/** The attempt or the session that something hangs on may end in the very moment. */
async function onItsAnchor<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (violatesForeignKey(error)) throw new Refusal('enrolment.expired');
    throw error;
  }
}

async function begin(holder: EnrolmentHolder, returnPath: string | null): Promise<void> {
  await inOrganisation(holder, async (transaction) => {
    await holdAccounts(transaction, [holder.accountId]);
    if ((await store.findEnrolment(transaction, holder.anchor)) !== null) return renew(transaction, holder);
    const id = randomUUID();
    const values = {
      id,
      kind: appKind(holder.allowedKinds),
      organisationId: holder.organisation.id,
      accountId: holder.accountId,
      secretSealed: newKey(holder, id),
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

const newKey = ({ accountId }: EnrolmentHolder, id: string) =>
  sealer().seal(newTotpSecret(), secretContext(accountId, id));

/** Each step of an enrolment gives the attempt that it hangs on another hour (SIGN-3). */
export async function renew(transaction: OrganisationTransaction, holder: EnrolmentHolder): Promise<void> {
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
    await holdAccounts(transaction, [holder.accountId]);
    if (!(await store.updateChoice(transaction, holder.anchor, choice))) throw new Refusal('enrolment.expired');
    await renew(transaction, holder);
  });
}

/** The methods that can be chosen in an enrolment, and the serial numbers of the tokens that wait for the person. */
export async function offeredMethods(
  holder: EnrolmentHolder,
): Promise<{ methods: readonly Method[]; serials: readonly string[] }> {
  return reading(holder, (transaction) => offeredWithin(transaction, holder));
}

async function offeredWithin(transaction: OrganisationTransaction, holder: EnrolmentHolder) {
  const [standing, tokens] = await pipelined([
    listFactors(transaction, holder.accountId),
    listTokensFor(transaction, holder.accountId),
  ]);
  const methods = methodsFor({
    allowed: holder.allowedKinds,
    factorKinds: standing.filter(({ allowed }) => allowed).map(({ kind }) => kind),
    tokens: tokens.some(({ kind }) => holder.allowedKinds.includes(kind)),
    passkeys: passkeysArePossible(),
  });
  return { methods, serials: tokens.filter(({ own }) => own).map(({ serial }) => serial) };
}

/**
 * « Choisir »: what is set up from now on. The key of an app stays the same until a code confirmed it, whatever is chosen
 * meanwhile (ENROL-6); after that, another method begins with a key of its own.
 *
 * @throws {Refusal} `enrolment.expired`, `enrolment.method` where it isn't offered
 */
export async function chooseMethod(
  holder: EnrolmentHolder,
  { method, phone }: { method: Method; phone?: Phone },
): Promise<void> {
  await inOrganisation(holder, async (transaction) => {
    await holdAccounts(transaction, [holder.accountId]);
    const row = await store.holdEnrolment(transaction, holder.anchor);
    if (row === null || isOnlyCodes(row)) throw new Refusal('enrolment.expired');
    if (!(await offeredWithin(transaction, holder)).methods.includes(method)) throw new Refusal('enrolment.method');
    const kind = appKind(holder.allowedKinds);
    const keeps = row.secretSealed.length > 0 && row.kind === kind;
    await store.updateMethod(transaction, row.id, {
      method,
      kind,
      ...(phone === undefined ? {} : { phone }),
      ...(keeps ? {} : { secretSealed: newKey(holder, row.id), factorId: null }),
      // Codes that were confirmed stand until « Terminer »; those of a card that is given up go.
      ...(row.confirmedAt === null ? { recoveryCodesSealed: method === 'card' ? cardOf(holder, row) : null } : {}),
    });
    await renew(transaction, holder);
  });
}

/**
 * What a browser needs to make the passkey that is being set up (ENROL-9).
 *
 * @throws {Refusal} `enrolment.expired`, `enrolment.method`, `passkey.unavailable`
 */
export async function offerNewPasskey(holder: EnrolmentHolder): Promise<CreationOptions> {
  return onItsAnchor(() =>
    inOrganisation(holder, async (transaction) => {
      await holdAccounts(transaction, [holder.accountId]);
      const row = await store.findEnrolment(transaction, holder.anchor);
      if (row === null || row.method !== 'passkey') throw new Refusal('enrolment.expired');
      if (!holder.allowedKinds.includes('passkey')) throw new Refusal('enrolment.method');
      return offerCreation(transaction, holder.actor, holder);
    }),
  );
}

/** The codes of the card that is being made: made once, so that a reload shows what was printed. */
function cardOf(holder: EnrolmentHolder, row: store.EnrolmentRow): Buffer {
  return (
    row.recoveryCodesSealed ??
    sealer().seal(JSON.stringify(newRecoveryCodes(CARD_CODES)), codesContext(holder.accountId, row.id))
  );
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
    await holdAccounts(transaction, [holder.accountId]);
    const row = await store.finishEnrolmentRow(transaction, holder.anchor);
    if (row === null) throw new Refusal('enrolment.expired');
    return then(transaction, row.confirmedAt!, row.returnPath);
  });
}

/** « Annuler »: what was begun leaves nothing behind but its line in the audit (ENROL-6). */
export async function abandonEnrolment(holder: EnrolmentHolder): Promise<void> {
  await inOrganisation(holder, (transaction) => store.deleteUnconfirmed(transaction, holder.anchor));
}

/**
 * New recovery codes in the place of all old ones, after a code of the app or one of the old ones (ENROL-7). They stand
 * on the last page of enrolment until « Terminer ».
 *
 * @throws {Refusal} `mfa.off` for somebody without a factor, `code.*`, `session.missing`
 */
export async function renewRecoveryCodes(actor: Actor, proof: string | OwnProof): Promise<void> {
  const accountId = actor.account.id;
  const organisationId = actor.organisation.id;
  if (actor.account.factorKinds.length === 0) throw new Refusal('mfa.off');
  const codes = newRecoveryCodes(codesFor(actor.account.factorKinds));
  const hashes = await hashAll(codes, accountId);
  const refusal = await inOrganisation(actor, async (transaction) => {
    await holdAccounts(transaction, [accountId]);
    if (!(await isOpen(transaction, actor.sessionId))) return new Refusal('session.missing');
    const verdict = await consumeOwnCode(transaction, actor, proof);
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
