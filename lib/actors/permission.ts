import type { Permission } from '@/lib/policy/permissions';
import { Refusal } from '@/lib/refusals';
import type { Actor, Operator } from './model';

/**
 * The first line of a service that not everyone may call (ACC-4). The operator stands outside every role.
 *
 * @throws {Refusal} `permission.missing`
 */
export function requirePermission(actor: Actor | Operator, permission: Permission): void {
  if (actor.kind === 'account' && !actor.permissions.has(permission)) throw new Refusal('permission.missing');
}
