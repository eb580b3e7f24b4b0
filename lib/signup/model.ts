/** The address of an organisation, proposed from its name: « Garderie des Érables » becomes `garderie-des-erables`. */
export function proposeSlug(name: string): string {
  return name
    .normalize('NFKD')
    .replace(/\p{M}/gu, '')
    .replace(/œ/gi, 'oe')
    .replace(/æ/gi, 'ae')
    .toLowerCase()
    .replace(/[’']/g, '-')
    .replace(/[^a-z0-9]+/g, '-')
    .slice(0, SLUG_LENGTH_MAX)
    .replace(/^-+|-+$/g, '');
}

const SLUG_LENGTH_MAX = 40;

const USERNAME_LENGTH_MAX = 64;

/** A username for a founder, who is asked for an e-mail alone: what stands before the @, as far as a username can hold it. */
export function proposeUsername(email: string): string {
  const proposed = email
    .split('@')[0]!
    .replace(/[^A-Za-z0-9._-]+/g, '-')
    .slice(0, USERNAME_LENGTH_MAX)
    .replace(/^[^A-Za-z0-9]+|[^A-Za-z0-9]+$/g, '');
  return proposed.length < 2 ? 'admin' : proposed;
}
