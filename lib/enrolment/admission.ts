import { randomUUID } from 'node:crypto';
import { recordEvent } from '@/lib/audit/store';
import { pepper, sealer } from '@/lib/crypto/keys';
import type { OrganisationTransaction } from '@/lib/db/in-organisation';
import { endDeviceTrust } from '@/lib/devices/store';
import { distinctName, RECOVERY_CODES } from '@/lib/factors/model';
import { hashRecoveryCode, newRecoveryCodes, normaliseRecoveryCode } from '@/lib/factors/recovery-codes';
import { deleteSomeFactors, holdFactors, insertFactor, replaceRecoveryCodes } from '@/lib/factors/store';
import { factorSecretContext } from '@/lib/factors/verify';
import { notifyOwner } from '@/lib/mail/outbox';
import type { FactorKind } from '@/lib/policy/decision';
import { Refusal } from '@/lib/refusals';
import { deleteSessions } from '@/lib/sessions/store';
import type { EnrolmentHolder } from './holder';
import { FACTORS_MAX } from './model';
import { codesContext } from './sealing';
import * as store from './store';

/** A factor that was just proved, and is to count from now on. */
export interface NewFactor {
  readonly kind: FactorKind;
  /** What it is called until its owner says otherwise; a number follows where the name is taken. */
  readonly name: string;
  /** Base32; null where no code of six digits comes from it. */
  readonly secret: string | null;
  /** The time step that proved it. */
  readonly lastStep?: number;
  /** The counter after the one that proved it. */
  readonly nextCounter?: number;
  readonly tokenId?: string;
  /** Of a card: the codes that are left on it. */
  readonly codes?: readonly string[];
}

/**
 * Makes a proved factor count, in the transaction that proved it: the first one of an account brings recovery codes along,
 * later ones leave those that there are. At most five stand at a time, exactly under a burst. Where nothing of
 * what stood is taken any more, not allowed or set aside, that goes (AUTH-3, ENROL-9).
 *
 * @param row the enrolment, locked
 * @returns the factor's id; or `mfa.already-on` where the account has a factor and this person never proved one,
 * `factor.too-many`, `enrolment.method` for a kind that the authenticator doesn't allow
 */
export async function admitFactor(
  transaction: OrganisationTransaction,
  holder: EnrolmentHolder,
  row: store.EnrolmentRow,
  factor: NewFactor,
): Promise<string | Refusal> {
  const { accountId, organisation, actor } = holder;
  if (!holder.allowedKinds.includes(factor.kind)) return new Refusal('enrolment.method');
  const standing = await holdFactors(transaction, accountId);
  // Of two enrolments that each had only the password, the second finds the factor of the first: nobody plants one unseen.
  if (standing.length > 0 && !holder.factorProved && row.added === 0) return new Refusal('mfa.already-on');
  const replaced = standing.some(({ allowed }) => allowed) ? [] : standing;
  const kept = standing.length - replaced.length;
  if (kept >= FACTORS_MAX) return new Refusal('factor.too-many', { max: FACTORS_MAX });

  const id = randomUUID();
  const { kind, secret, lastStep, nextCounter, tokenId } = factor;
  const called = distinctName(
    factor.name,
    standing.map(({ name }) => name),
  );
  await insertFactor(transaction, {
    id,
    organisationId: organisation.id,
    accountId,
    kind,
    name: called,
    secretSealed: secret === null ? null : sealer().seal(secret, factorSecretContext(accountId, id)),
    lastStep,
    nextCounter,
    tokenId,
  });
  await deleteSomeFactors(
    transaction,
    accountId,
    replaced.map((one) => one.id),
  );
  const first = standing.length === 0;
  const codes = factor.codes ?? (first ? newRecoveryCodes(RECOVERY_CODES) : null);
  if (codes !== null) {
    await replaceRecoveryCodes(transaction, organisation.id, accountId, await hashAll(codes, accountId));
  }
  // A card is in its owner's hands already; what stands to be shown from an earlier factor of this enrolment stays.
  const shown =
    factor.codes === undefined && first ? sealer().seal(JSON.stringify(codes), codesContext(accountId, row.id)) : null;
  await store.markConfirmed(transaction, row.id, id, shown ?? (factor.codes === undefined ? undefined : null));
  await recordEvent(transaction, actor, {
    action: 'mfa.enrolment-confirm',
    outcome: 'success',
    subjectId: accountId,
    details: { kind, factorId: id, ...(replaced.length > 0 ? { replaced: replaced.map((one) => one.id) } : {}) },
  });
  await notifyOwner(
    transaction,
    holder,
    accountId,
    first
      ? { template: 'factor-added', factor: called }
      : { template: 'factor-another', factor: called, replaces: replaced.length > 0 },
  );
  if (kept === 0) {
    // Sessions that began without this factor end, but for the one that it was confirmed in; so does every trust (MFA-5).
    const own = 'sessionId' in holder.anchor ? ({ except: holder.anchor.sessionId } as const) : 'all';
    await endDeviceTrust(transaction, accountId);
    await deleteSessions(transaction, accountId, own);
  }
  return id;
}

/** Recovery codes as they are kept, in the order given. */
export async function hashAll(codes: readonly string[], accountId: string): Promise<Buffer[]> {
  return Promise.all(
    codes.map((one) => hashRecoveryCode({ code: normaliseRecoveryCode(one)!, accountId, key: pepper() })),
  );
}
