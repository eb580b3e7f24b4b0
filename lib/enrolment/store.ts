import { and, eq, gt, isNull, lt, sql } from 'drizzle-orm';
import { enrolments } from '@/drizzle/schema/sign-in';
import type { OrganisationTransaction } from '@/lib/db/in-organisation';
import { ENROLMENT_LIFETIME_MINUTES } from '@/lib/sign-in/model';
import { ENROLMENT_TRIES_MAX, type AppKey, type Phone } from './model';

/** What an enrolment hangs on: the attempt of a sign-in, or the session of somebody in My account. */
export type EnrolmentAnchor = { readonly attemptId: string } | { readonly sessionId: string };

const anchored = (anchor: EnrolmentAnchor) =>
  'attemptId' in anchor ? eq(enrolments.attemptId, anchor.attemptId) : eq(enrolments.sessionId, anchor.sessionId);

const open = () => and(isNull(enrolments.finishedAt), gt(enrolments.expiresAt, sql`now()`));

const renewed = sql`now() + make_interval(mins => ${ENROLMENT_LIFETIME_MINUTES})` as unknown as Date;

export type EnrolmentRow = typeof enrolments.$inferSelect;

/** The enrolment under way, and PostgreSQL's clock. */
export async function findEnrolment(
  transaction: OrganisationTransaction,
  anchor: EnrolmentAnchor,
): Promise<(EnrolmentRow & { now: Date }) | null> {
  const [row] = await transaction
    .select({ row: enrolments, now: sql<string>`now()` })
    .from(enrolments)
    .where(and(anchored(anchor), open()))
    .limit(1);
  return row ? { ...row.row, now: new Date(row.now) } : null;
}

/** Writes a new enrolment in the place of an expired one; false where another tab was quicker. */
export async function insertEnrolment(
  transaction: OrganisationTransaction,
  enrolment: {
    id: string;
    organisationId: string;
    accountId: string;
    secretSealed: Buffer;
    returnPath: string | null;
  },
  anchor: EnrolmentAnchor,
): Promise<boolean> {
  await transaction
    .delete(enrolments)
    .where(and(anchored(anchor), isNull(enrolments.finishedAt), lt(enrolments.expiresAt, sql`now()`)));
  const rows = await transaction
    .insert(enrolments)
    .values({ ...enrolment, ...anchor, expiresAt: renewed })
    .onConflictDoNothing()
    .returning({ id: enrolments.id });
  return rows.length === 1;
}

export async function updateChoice(
  transaction: OrganisationTransaction,
  anchor: EnrolmentAnchor,
  choice: { phone?: Phone; app?: AppKey },
): Promise<boolean> {
  const rows = await transaction
    .update(enrolments)
    .set({ ...choice, expiresAt: renewed })
    .where(and(anchored(anchor), open(), isNull(enrolments.confirmedAt)))
    .returning({ id: enrolments.id });
  return rows.length === 1;
}

/** Counts a code before it is compared, and locks the row: two tabs can't confirm the same enrolment twice. */
export async function claimEnrolmentTry(
  transaction: OrganisationTransaction,
  anchor: EnrolmentAnchor,
): Promise<(EnrolmentRow & { now: Date }) | null> {
  const rows = await transaction
    .update(enrolments)
    .set({ tries: sql`${enrolments.tries} + 1`, expiresAt: renewed })
    .where(and(anchored(anchor), open(), isNull(enrolments.confirmedAt), lt(enrolments.tries, ENROLMENT_TRIES_MAX)))
    .returning();
  const row = rows[0];
  if (!row) return null;
  const [clock] = await transaction.execute<{ now: string }>(sql`select now()`);
  return { ...row, now: new Date(clock!.now) };
}

export async function markConfirmed(
  transaction: OrganisationTransaction,
  id: string,
  factorId: string,
  recoveryCodesSealed: Buffer,
): Promise<void> {
  await transaction
    .update(enrolments)
    .set({ confirmedAt: sql`now()`, factorId, recoveryCodesSealed, secretSealed: Buffer.alloc(0) })
    .where(eq(enrolments.id, id));
}

/** « Terminer »: once, and what was shown until then is wiped. */
export async function finishEnrolmentRow(
  transaction: OrganisationTransaction,
  anchor: EnrolmentAnchor,
): Promise<EnrolmentRow | null> {
  const [row] = await transaction
    .update(enrolments)
    .set({ finishedAt: sql`now()`, recoveryCodesSealed: null })
    .where(and(anchored(anchor), open(), sql`${enrolments.confirmedAt} is not null`))
    .returning();
  return row ?? null;
}

/** Abandons what was begun and not confirmed; nothing of it ever counted (ENROL-6). */
export async function deleteUnconfirmed(transaction: OrganisationTransaction, anchor: EnrolmentAnchor): Promise<void> {
  await transaction.delete(enrolments).where(and(anchored(anchor), isNull(enrolments.confirmedAt)));
}

/** Puts freshly made recovery codes where the page of the last step shows them until « Terminer » (ENROL-7). */
export async function insertCodesToShow(
  transaction: OrganisationTransaction,
  enrolment: { id: string; organisationId: string; accountId: string; sessionId: string; recoveryCodesSealed: Buffer },
): Promise<void> {
  await transaction
    .delete(enrolments)
    .where(and(eq(enrolments.sessionId, enrolment.sessionId), isNull(enrolments.finishedAt)));
  await transaction.insert(enrolments).values({
    ...enrolment,
    secretSealed: Buffer.alloc(0),
    confirmedAt: sql`now()` as unknown as Date,
    expiresAt: renewed,
  });
}

/** Ends every enrolment of an account, whatever it hangs on. */
export async function deleteEnrolments(transaction: OrganisationTransaction, accountId: string): Promise<void> {
  await transaction.delete(enrolments).where(eq(enrolments.accountId, accountId));
}
