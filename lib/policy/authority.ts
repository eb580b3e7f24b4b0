import type { Permission } from './permissions';

/**
 * Nobody reaches further through another's account than through their own: whoever edits, suspends, resets or invites
 * somebody must hold every permission that this person holds (RESET-2: only an Administrator resets an Administrator).
 */
export function mayActOn(own: ReadonlySet<Permission>, theirs: Iterable<Permission>): boolean {
  return [...theirs].every((permission) => own.has(permission));
}
