import { sql } from 'drizzle-orm';
import { optionValues } from '@/drizzle/schema/organisations';
import type { OrganisationTransaction } from '@/lib/db/in-organisation';
import type { OptionKey } from './registry';

export interface StoredOption {
  readonly key: string;
  readonly value: unknown;
  readonly changedAt: Date;
  readonly settingsVersion: number;
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
  }>(sql`
    select o.settings_version, v.key, v.value, v.changed_at
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
      settingsVersion,
    }));
  return { settingsVersion, values };
}

/** Keeps a value; the trigger on the table moves the settings version. */
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
