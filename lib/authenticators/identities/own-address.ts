import { sql, type SQL } from 'drizzle-orm';

/**
 * Whom a provider is to name where nobody said it otherwise: whoever has the account's own address there (AUTH-7).
 *
 * @param type of the authenticator; the account is `a` in the statement
 */
export const ownAddressAt = (type: SQL): SQL =>
  sql`case ${type} when 'oidc' then 'claim(email):' else '' end || a.email`;
