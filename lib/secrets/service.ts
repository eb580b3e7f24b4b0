import type postgres from 'postgres';
import type { Operator } from '@/lib/actors/model';
import { recordEvent } from '@/lib/audit/store';
import { sealer } from '@/lib/crypto/keys';
import { SealError } from '@/lib/crypto/seal';
import { inOrganisation } from '@/lib/db/in-organisation';
import { SEALED_COLUMNS, type SealedColumn } from './model';
import { countByKey, listOtherwiseSealed, listSamples, replaceSealed, type SealedRow } from './store';

const PORTION_VALUES = 200;
const FIRST_ID = '00000000-0000-0000-0000-000000000000';

export interface Rotation {
  readonly resealed: number;
  /** Values that no key opens: they were left as they are. */
  readonly unreadable: number;
}

/**
 * Seals every value of an organisation anew that isn't sealed under the first of ENCRYPTION_KEYS, in portions: stopped at
 * any moment, it goes on where it stood. A value that changes meanwhile is left to whoever changed it, who seals under the
 * first key already. Each portion is an event.
 */
export async function rotateSecrets(operator: Operator): Promise<Rotation> {
  let resealed = 0;
  let unreadable = 0;
  for (const column of SEALED_COLUMNS) {
    for (let after = FIRST_ID; ;) {
      const portion = await rotatePortion(operator, column, after);
      resealed += portion.resealed;
      unreadable += portion.unreadable;
      if (portion.last === null) break;
      after = portion.last;
    }
  }
  return { resealed, unreadable };
}

async function rotatePortion(
  operator: Operator,
  column: SealedColumn,
  after: string,
): Promise<Rotation & { last: string | null }> {
  return inOrganisation(operator, async (transaction) => {
    const rows = await listOtherwiseSealed(transaction, column, {
      prefix: currentPrefix(),
      after,
      limit: PORTION_VALUES,
    });
    let resealed = 0;
    let unreadable = 0;
    for (const row of rows) {
      const plain = open(column, row);
      if (plain === null) unreadable += 1;
      else if (await replaceSealed(transaction, column, row, sealer().seal(plain, contextOf(column, row))))
        resealed += 1;
    }
    if (resealed > 0) {
      await recordEvent(transaction, operator, {
        action: 'secret.rotate',
        outcome: 'success',
        details: { table: column.table, column: column.column, resealed },
      });
    }
    return { resealed, unreadable, last: rows.length === PORTION_VALUES ? rows.at(-1)!.id : null };
  });
}

export interface SealedUnder {
  readonly key: string;
  readonly values: number;
  /** Whether one of ENCRYPTION_KEYS has this id, and opens what was tried. */
  readonly opens: boolean;
  /** Where what was tried did not open: `table.column`. */
  readonly closedIn: readonly string[];
}

/** How many values are sealed under each key in all organisations, and whether our keys open them: one of each is tried. */
export async function surveySecrets(owner: postgres.Sql): Promise<readonly SealedUnder[]> {
  const found = new Map<string, { values: number; closedIn: string[] }>();
  for (const column of SEALED_COLUMNS) {
    for (const { key, values } of await countByKey(owner, column)) {
      const before = found.get(key) ?? { values: 0, closedIn: [] };
      found.set(key, { ...before, values: before.values + values });
    }
    for (const row of await listSamples(owner, column)) {
      const key = row.sealed.subarray(2, 2 + (row.sealed[1] ?? 0)).toString('latin1');
      const known = found.get(key);
      if (known !== undefined && open(column, row) === null) known.closedIn.push(`${column.table}.${column.column}`);
    }
  }
  return [...found].map(([key, known]) => ({ key, ...known, opens: known.closedIn.length === 0 }));
}

/** The id of the key that seals now. */
export function currentKey(): string {
  return currentPrefix().subarray(2).toString('latin1');
}

/** What every value sealed under the first key begins with: version, length of the key's id, the id. */
function currentPrefix(): Buffer {
  const sealed = sealer().seal('', 'prefix');
  return sealed.subarray(0, 2 + sealed[1]!);
}

const contextOf = (column: SealedColumn, row: SealedRow) => column.context(row.id, row.owner);

function open(column: SealedColumn, row: SealedRow): Buffer | null {
  try {
    return sealer().open(row.sealed, contextOf(column, row));
  } catch (error) {
    if (error instanceof SealError) return null;
    throw error;
  }
}
