import { and, asc, eq, gt, inArray, sql } from 'drizzle-orm';
import { accounts } from '@/drizzle/schema/accounts';
import { accountImports, importInvitations } from '@/drizzle/schema/imports';
import type { OrganisationTransaction } from '@/lib/db/in-organisation';
import type { Locale } from '@/lib/language/locale';

export interface NewImport {
  readonly id: string;
  readonly organisationId: string;
  readonly createdBy: string;
  readonly linesSealed: Buffer;
  readonly lineCount: number;
  readonly lifetimeMinutes: number;
}

/** Keeps a file until it is imported; the one that the same person brought before makes room for it. */
export async function insertImport(
  transaction: OrganisationTransaction,
  { lifetimeMinutes, ...values }: NewImport,
): Promise<void> {
  await transaction
    .delete(accountImports)
    .where(and(eq(accountImports.createdBy, values.createdBy), eq(accountImports.state, 'checked')));
  await transaction
    .insert(accountImports)
    .values({ ...values, expiresAt: sql`now() + make_interval(mins => ${lifetimeMinutes})` });
}

export interface ImportRow {
  readonly id: string;
  readonly state: 'checked' | 'imported';
  readonly linesSealed: Buffer | null;
  readonly lineCount: number;
  readonly expiresAt: Date;
  readonly invitationCount: number;
  /** Whether no invitation went out for half a minute. */
  readonly quiet: boolean;
  readonly left: number;
}

/** An import of this person's, unless it ran out; null: there is none. `held` keeps others out until the transaction ends. */
export async function findImport(
  transaction: OrganisationTransaction,
  id: string,
  createdBy: string,
  held = false,
): Promise<ImportRow | null> {
  const query = transaction
    .select({
      id: accountImports.id,
      state: accountImports.state,
      linesSealed: accountImports.linesSealed,
      lineCount: accountImports.lineCount,
      expiresAt: accountImports.expiresAt,
      invitationCount: accountImports.invitationCount,
      quiet: sql<boolean>`coalesce(${accountImports.progressedAt} < now() - interval '30 seconds', true)`,
      left: sql<number>`(select count(*)::int from ${importInvitations} where ${importInvitations.importId} = ${accountImports.id})`,
    })
    .from(accountImports)
    .where(
      and(
        eq(accountImports.id, id),
        eq(accountImports.createdBy, createdBy),
        sql`(${accountImports.state} = 'imported' or ${gt(accountImports.expiresAt, sql`now()`)})`,
      ),
    );
  const [row] = await (held ? query.for('update') : query);
  return row ?? null;
}

/** The file is used up: what is left of it are the invitations to send. */
export async function markImported(
  transaction: OrganisationTransaction,
  { id, organisationId, invited }: { id: string; organisationId: string; invited: readonly string[] },
): Promise<void> {
  await transaction
    .update(accountImports)
    .set({
      state: 'imported',
      linesSealed: null,
      importedAt: sql`now()`,
      progressedAt: sql`now()`,
      invitationCount: invited.length,
    })
    .where(eq(accountImports.id, id));
  await transaction.execute(sql`
    insert into import_invitations (import_id, account_id, organisation_id)
    select ${id}::uuid, i::uuid, ${organisationId}::uuid
    from jsonb_array_elements_text(${JSON.stringify(invited)}::text::jsonb) i`);
}

export interface Waiting {
  readonly id: string;
  readonly email: string;
  readonly locale: Locale | null;
  readonly status: 'invited' | 'active' | 'suspended';
}

/**
 * Takes the next accounts of an import that still wait for their invitation, off the list. Null where somebody else is
 * sending them at this moment. The accounts are held until the transaction ends.
 */
export async function takeWaiting(
  transaction: OrganisationTransaction,
  importId: string,
  size: number,
): Promise<Waiting[] | null> {
  const [mine] = await transaction
    .select({ id: accountImports.id })
    .from(accountImports)
    .where(eq(accountImports.id, importId))
    .for('update', { skipLocked: true });
  if (!mine) return null;
  const taken = await transaction
    .select({ id: accounts.id, email: accounts.email, locale: accounts.locale, status: accounts.status })
    .from(importInvitations)
    .innerJoin(accounts, eq(accounts.id, importInvitations.accountId))
    .where(eq(importInvitations.importId, importId))
    .orderBy(asc(accounts.id))
    .limit(size)
    .for('no key update', { of: accounts });
  if (taken.length > 0) {
    await transaction.delete(importInvitations).where(
      and(
        eq(importInvitations.importId, importId),
        inArray(
          importInvitations.accountId,
          taken.map(({ id }) => id),
        ),
      ),
    );
  }
  await transaction
    .update(accountImports)
    .set({ progressedAt: sql`now()` })
    .where(eq(accountImports.id, importId));
  return taken;
}
