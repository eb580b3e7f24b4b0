import { z } from 'zod';
import type { Actor } from '@/lib/actors/model';
import { requirePermission } from '@/lib/actors/permission';
import type { OrganisationTransaction } from '@/lib/db/in-organisation';
import { pipelined } from '@/lib/db/pipelined';
import { reading } from '@/lib/db/reading';
import type { DirectoryPage, DirectoryQuery } from './model';
import { findPage, listAuthenticators, type Position } from './store';

const ROWS_PER_PAGE = 25;

/**
 * A page of the organisation's accounts, by last and first name (ACC-2). Pages are counted from a row and not from the
 * beginning: accounts that come and go meanwhile neither repeat nor hide others, and the last page costs what the first does.
 *
 * @throws {Refusal} `permission.missing`
 */
export async function listAccounts(
  actor: Actor,
  query: DirectoryQuery,
): Promise<DirectoryPage & { readonly authenticators: readonly { readonly id: string; readonly name: string }[] }> {
  requirePermission(actor, 'accounts.manage');
  return reading(actor, async (transaction) => {
    const [page, authenticators] = await pipelined([readPage(transaction, query), listAuthenticators(transaction)]);
    return { ...page, authenticators };
  });
}

/** A page of the list, within a larger act that has asked for its own permission. */
export async function readPage(transaction: OrganisationTransaction, query: DirectoryQuery): Promise<DirectoryPage> {
  const before = readPosition(query.before);
  const backwards = before !== null;
  const from = before ?? readPosition(query.after);
  const found = await findPage(transaction, {
    words: query.search.split(/\s+/).filter(Boolean),
    kind: query.kind,
    status: query.status,
    authenticatorId: query.authenticator,
    mfa: query.mfa,
    from,
    backwards,
    rows: ROWS_PER_PAGE + 1,
  });
  const more = found.length > ROWS_PER_PAGE;
  const rows = backwards ? found.slice(-ROWS_PER_PAGE) : found.slice(0, ROWS_PER_PAGE);
  const [first, last] = [rows[0], rows.at(-1)];
  return {
    rows: rows.map(({ nameKey: _, ...row }) => row),
    previous: first && (backwards ? more : from !== null) ? writePosition(first) : null,
    next: last && (backwards || more) ? writePosition(last) : null,
  };
}

const position = z.tuple([z.string().max(1500), z.uuid()]);

function writePosition({ nameKey, id }: Position): string {
  return Buffer.from(JSON.stringify([nameKey, id])).toString('base64url');
}

/** Null where somebody made it up: the list then begins at its beginning. */
function readPosition(written: string | null): Position | null {
  if (written === null) return null;
  try {
    const parsed = position.safeParse(JSON.parse(Buffer.from(written, 'base64url').toString('utf8')));
    if (!parsed.success || parsed.data[0].includes('\0')) return null;
    const [nameKey, id] = parsed.data;
    return { nameKey, id };
  } catch {
    return null;
  }
}
