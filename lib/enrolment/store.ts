import { and, eq, gt, isNull, lt, sql } from 'drizzle-orm';
import { enrolments } from '@/drizzle/schema/sign-in';
import type { OrganisationTransaction } from '@/lib/db/in-organisation';
import { ENROLMENT_LIFETIME_MINUTES } from '@/lib/sign-in/model';
import { ENROLMENT_TRIES_MAX, type AppKey, type Method, type Phone } from './model';

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
    kind: 'totp' | 'hotp';
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

/** A key is under way; once it was confirmed it is wiped. */
const keyUnderWay = sql`octet_length(${enrolments.secretSealed}) > 0`;

/** Keeps the phone and the app of what is being set up; false where nothing is. */
export async function updateChoice(
  transaction: OrganisationTransaction,
  anchor: EnrolmentAnchor,
  choice: { phone?: Phone; app?: AppKey },
): Promise<boolean> {
  const rows = await transaction
    .update(enrolments)
    .set({ ...choice, expiresAt: renewed })
    .where(and(anchored(anchor), open(), keyUnderWay))
    .returning({ id: enrolments.id });
  return rows.length === 1;
}

/** Locks the enrolment under way until the transaction ends. */
export async function holdEnrolment(
  transaction: OrganisationTransaction,
  anchor: EnrolmentAnchor,
): Promise<EnrolmentRow | null> {
  const [row] = await transaction
    .select()
    .from(enrolments)
    .where(and(anchored(anchor), open()))
    .for('update');
  return row ?? null;
}

/** What is set up from now on. A factor that was confirmed in the same enrolment before stays what it is. */
export async function updateMethod(
  transaction: OrganisationTransaction,
  id: string,
  change: {
    method: Method;
    kind: 'totp' | 'hotp';
    phone?: Phone;
    secretSealed?: Buffer;
    factorId?: null;
    recoveryCodesSealed?: Buffer | null;
  },
): Promise<void> {
  await transaction
    .update(enrolments)
    .set({ ...change, expiresAt: renewed })
    .where(eq(enrolments.id, id));
}

/** Counts a code before it is compared, and locks the row: two tabs can't confirm the same enrolment twice. */
export async function claimEnrolmentTry(
  transaction: OrganisationTransaction,
  anchor: EnrolmentAnchor,
  tries: number,
): Promise<(EnrolmentRow & { now: Date }) | null> {
  const rows = await transaction
    .update(enrolments)
    .set({ tries: sql`${enrolments.tries} + ${tries}::integer`, expiresAt: renewed })
    .where(and(anchored(anchor), open(), keyUnderWay, lt(enrolments.tries, ENROLMENT_TRIES_MAX)))
    .returning();
  const row = rows[0];
  if (!row) return null;
  const [clock] = await transaction.execute<{ now: string }>(sql`select now()`);
  return { ...row, now: new Date(clock!.now) };
}

/** A factor was confirmed: its key is wiped, and the time of the first one in this enrolment stays. */
export async function markConfirmed(
  transaction: OrganisationTransaction,
  id: string,
  factorId: string,
  /** Codes to show until « Terminer »; left out: those that are there stay. */
  recoveryCodesSealed?: Buffer | null,
): Promise<void> {
  await transaction
    .update(enrolments)
    .set({
      confirmedAt: sql`coalesce(${enrolments.confirmedAt}, now())`,
      factorId,
      added: sql`${enrolments.added} + 1`,
      secretSealed: Buffer.alloc(0),
      ...(recoveryCodesSealed === undefined ? {} : { recoveryCodesSealed }),
    })
    .where(eq(enrolments.id, id));
}

/** « Terminer »: once, and what was shown until then is wiped. */
export async function finishEnrolmentRow(
  transaction: OrganisationTransaction,
  anchor: EnrolmentAnchor,
): Promise<EnrolmentRow | null> {
  const [row] = await transaction
    .update(enrolments)
    .set({ finishedAt: sql`now()`, recoveryCodesSealed: null, secretSealed: Buffer.alloc(0) })
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
