import { mayActOn } from '@/lib/policy/authority';
import type { Permission } from '@/lib/policy/permissions';
import type { ResettingRole } from './model';

/**
 * Those whom nobody else could reset if they lost their phone (RESET-2), among the people who reset others: where there
 * are none, at least two administrators can reset each other (MFA-9). Gives a name each.
 */
export function beyondHelp(roles: readonly ResettingRole[]): readonly string[] {
  return roles
    .filter((role) => {
      if (role.total > 1) return false;
      const theirs = role.permissions as readonly Permission[];
      return !roles.some((other) => other !== role && mayActOn(new Set(other.permissions as Permission[]), theirs));
    })
    .map(({ name }) => name);
}
