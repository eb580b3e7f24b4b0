import postgres from 'postgres';
import { ownerUrl } from '@/lib/config';

/** The connection that was given for the owner of the tables is somebody else's. */
export class NotTheOwner extends Error {
  constructor() {
    super('This looks at all organisations: set DATABASE_OWNER_URL to the owner of the tables');
  }
}

/**
 * Works as the owner of the tables, before whom no wall stands: for the operator's command alone, never in a server.
 *
 * @throws {NotTheOwner} where the login owns nothing
 */
export async function asOwner<T>(work: (owner: postgres.Sql) => Promise<T>): Promise<T> {
  const owner = postgres(ownerUrl(), { max: 1, connect_timeout: 10, onnotice: () => {} });
  try {
    const [row] = await owner<{ owns: boolean }[]>`
      select pg_has_role(c.relowner, 'usage') as owns from pg_class c where c.oid = 'public.organisations'::regclass`;
    if (row?.owns !== true) throw new NotTheOwner();
    return await work(owner);
  } finally {
    await owner.end({ timeout: 5 });
  }
}
