import { and, eq, gt, isNull, sql } from 'drizzle-orm';
import { passes } from '@/drizzle/schema/lost-phones';
import { sessions } from '@/drizzle/schema/sign-in';
import type { OrganisationTransaction } from '@/lib/db/in-organisation';
import type { StandingPass } from './model';

/** Writes a pass in the place of the one that the account still had; the account is held, so that two come one after the other. */
export async function replacePass(
  transaction: OrganisationTransaction,
  pass: {
    organisationId: string;
    accountId: string;
    issuedBy: string | null;
    codeHash: Buffer;
    reason: string;
    minutes: number;
  },
): Promise<Date> {
  const { minutes, ...values } = pass;
  await revokePasses(transaction, pass.accountId);
  const [row] = await transaction
    .insert(passes)
    .values({ ...values, validUntil: sql`now() + make_interval(mins => ${minutes})` as unknown as Date })
    .returning({ validUntil: passes.validUntil });
  return row!.validUntil;
}

/**
 * Makes the pass of an account worthless and ends what it opened; how many of those that were still good there were. What
 * is being signed in with it at this moment is waited for, and ends too.
 */
export async function revokePasses(transaction: OrganisationTransaction, accountId: string): Promise<number> {
  const rows = await transaction
    .update(passes)
    .set({ revokedAt: sql`now()` })
    .where(and(eq(passes.accountId, accountId), isNull(passes.revokedAt)))
    .returning({ good: sql<boolean>`${passes.validUntil} > now()` });
  await transaction
    .delete(sessions)
    .where(sql`${sessions.passId} in (select ${passes.id} from ${passes} where ${passes.accountId} = ${accountId})`);
  return rows.filter(({ good }) => good).length;
}

/** Uses a pass up: of two who type it at the same moment, on whatever instance, one gets in (RESET-3). */
export async function consumePass(
  transaction: OrganisationTransaction,
  accountId: string,
  codeHash: Buffer,
): Promise<{ id: string; validUntil: Date } | null> {
  const [row] = await transaction
    .update(passes)
    .set({ usedAt: sql`now()` })
    .where(
      and(
        eq(passes.accountId, accountId),
        eq(passes.codeHash, codeHash),
        isNull(passes.usedAt),
        isNull(passes.revokedAt),
        gt(passes.validUntil, sql`now()`),
      ),
    )
    .returning({ id: passes.id, validUntil: passes.validUntil });
  return row ?? null;
}

/** The pass of an account that is still good, or that keeps a session open; null: none. */
export async function findStandingPass(
  transaction: OrganisationTransaction,
  accountId: string,
): Promise<StandingPass | null> {
  const [row] = await transaction
    .select({
      id: passes.id,
      createdAt: passes.createdAt,
      validUntil: passes.validUntil,
      usedAt: passes.usedAt,
    })
    .from(passes)
    .where(and(eq(passes.accountId, accountId), isNull(passes.revokedAt), gt(passes.validUntil, sql`now()`)));
  return row ?? null;
}
