const LONGEST_PATH_BYTES = 2048;

/**
 * Where to go after signing in: the path (with query and fragment) that `next` asks for, if it is a page of this site, or
 * else `fallback`. The result always begins with a single `/`, is plain ASCII of at most 2,048 bytes, and stays on
 * `origin` however often it is resolved again: it can go into a Location header as it is.
 *
 * Taken are paths only, as one of our own pages wrote them. Everything that one program reads as a path and another as a
 * host is refused: `//`, backslashes, blanks and controls, a character at the start that is or has to be encoded, dot
 * segments that lead to `//`. So is everything under `/api` and `/_next`, which are for machines.
 * @param next anything that a request may hold
 * @param origin the site's own, from the configuration, never from a header: `https://app.example.test`
 * @param fallback a path of our own, given back as it is
 * @source SPEC.md SIGN-5; SECURITY.md, Design rules 24, Bad inputs 70; WHATWG URL §4.4; RFC 9700 §4.11
 */
export function safeReturnPath(next: unknown, origin: string, fallback: string): string {
  if (typeof next !== 'string' || next.length > LONGEST_PATH_BYTES) return fallback;
  if (!/^\/(?![/%])[^\\\s\p{C}]*$/u.test(next)) return fallback;
  if (!URL.canParse(next, origin)) return fallback;
  const url = new URL(next, origin);
  const path = url.pathname + url.search + url.hash;
  if (url.origin !== new URL(origin).origin) return fallback;
  if (/^\/[/%]/.test(path) || path.length > LONGEST_PATH_BYTES) return fallback;
  return isForMachines(url.pathname) ? fallback : path;
}

/**
 * Where to go after signing in to an organisation: what {@link safeReturnPath} takes of `next`, if it lies within that
 * organisation; elsewhere another session would be needed. Null: to its home.
 */
export function returnPathWithin(slug: string, next: unknown, origin: string): string | null {
  const home = `/${slug}`;
  const path = safeReturnPath(next, origin, home);
  return path.startsWith(`${home}/`) || path.startsWith(`${home}?`) ? path : null;
}

function isForMachines(pathname: string): boolean {
  try {
    return /^\/(api|_next)(\/|$)/i.test(decodeURIComponent(pathname));
  } catch {
    return true;
  }
}
