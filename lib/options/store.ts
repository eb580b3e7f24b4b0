import { inArray, sql } from 'drizzle-orm';
import { accounts } from '@/drizzle/schema/accounts';
import { optionValues } from '@/drizzle/schema/organisations';
import type { OrganisationTransaction } from '@/lib/db/in-organisation';
import type { OptionKey } from './registry';

export interface StoredOption {
  readonly key: string;
  readonly value: unknown;
  readonly changedAt: Date;
  /** The settings version that it came with. */
  readonly changedInVersion: number;
  /** Who changed it; null: the operator. */
  readonly changedBy: string | null;
}

/** The values that differ from the initial ones, with the settings version of the same snapshot. */
export async function listStoredOptions(
  transaction: OrganisationTransaction,
): Promise<{ settingsVersion: number; values: StoredOption[] }> {
  // One statement, one snapshot: a version read apart from the values could name the wrong ones.
  const rows = await transaction.execute<{
    settings_version: string;
    key: string | null;
    value: unknown;
    changed_at: string | null;
    changed_in_version: string | null;
    changed_by: string | null;
  }>(sql`
    select o.settings_version, v.key, v.value, v.changed_at, v.changed_in_version, v.changed_by
    from organisations o left join option_values v on v.organisation_id = o.id
    where o.id = current_organisation()
  `);
  const settingsVersion = Number(rows[0]?.settings_version ?? 0);
  const values = rows
    .filter((row) => row.key !== null)
    .map((row) => ({
      key: row.key!,
      value: row.value,
      changedAt: new Date(row.changed_at!),
      changedInVersion: Number(row.changed_in_version),
      changedBy: row.changed_by,
    }));
  return { settingsVersion, values };
}

/**
 * Makes writers of this organisation's options wait for one another until the transaction ends: what is read after this is
 * what stands when it is written (OPT-2).
 */
export async function lockOptions(transaction: OrganisationTransaction): Promise<void> {
  await transaction.execute(sql`select 1 from organisations where id = current_organisation() for no key update`);
}

/** The names of the people who changed options; whoever was erased since is missing. */
export async function namesOf(
  transaction: OrganisationTransaction,
  accountIds: readonly string[],
): Promise<ReadonlyMap<string, string>> {
  if (accountIds.length === 0) return new Map();
  const rows = await transaction
    .select({ id: accounts.id, firstName: accounts.firstName, lastName: accounts.lastName })
    .from(accounts)
    .where(inArray(accounts.id, [...accountIds]));
  return new Map(rows.map(({ id, firstName, lastName }) => [id, `${firstName} ${lastName}`]));
}

/** Keeps a value; a trigger on the table moves the settings version and stamps the value with it. */
export async function storeOption(
  transaction: OrganisationTransaction,
  organisationId: string,
  key: OptionKey,
  value: unknown,
  changedBy: string | null,
): Promise<void> {
  await transaction
    .insert(optionValues)
    .values({ organisationId, key, value, changedBy })
    .onConflictDoUpdate({
      target: [optionValues.organisationId, optionValues.key],
      set: { value, changedBy, changedAt: sql`now()` },
    });
}
