import { username } from './text';

const PROPOSALS = 50;

/**
 * Usernames for an address, the best first: what stands before the `@` without accents and signs, then the same with a
 * number. All of them are such as `username` takes, and in lower case: each is its own key.
 *
 * @param address as `email` gives it
 */
export function proposeUsernames(address: string, howMany = PROPOSALS): string[] {
  const local = address.slice(0, address.lastIndexOf('@'));
  const letters = local
    .replace(/\+.*$/, '')
    .replace(/[^A-Za-z0-9._-]/g, '')
    .replace(/^[._-]+|[._-]+$/g, '')
    .slice(0, 58)
    .replace(/[._-]+$/, '')
    .toLowerCase();
  const base = username.safeParse(letters).success ? letters : `compte${letters}`;
  return [base, ...Array.from({ length: howMany - 1 }, (_, index) => `${base}${index + 2}`)];
}
