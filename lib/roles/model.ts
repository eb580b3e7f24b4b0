import { PERMISSIONS, type BuiltInRole, type Permission } from '@/lib/policy/permissions';

/** Roles of its own that an organisation may have, beside the built-in ones. */
export const ROLES_MAX = 50;

export interface Role {
  readonly id: string;
  /** Of a built-in role: its name in the demo data; on screen it stands in the reader's language. */
  readonly name: string;
  /** Null for a role of the organisation's own, which alone can be changed. */
  readonly builtIn: BuiltInRole | null;
  /** In the order of `PERMISSIONS`. */
  readonly permissions: readonly Permission[];
}

export interface ListedRole extends Role {
  /** Accounts of any status that hold it. */
  readonly holders: number;
}

/** What somebody decides about a role: what it is called, and what it allows. */
export interface RoleContent {
  readonly name: string;
  readonly permissions: readonly Permission[];
}

export interface Holder {
  readonly id: string;
  readonly firstName: string;
  readonly lastName: string;
  readonly status: 'invited' | 'active' | 'suspended';
}

/** Keeps what this version knows, once each, in the one order: two equal sets are then equal lists. */
export function orderedPermissions(given: Iterable<string>): Permission[] {
  const wanted = new Set(given);
  return PERMISSIONS.filter((permission) => wanted.has(permission));
}

/** What a change of permissions adds, and what it takes away. */
export function permissionsBetween(
  before: readonly Permission[],
  after: readonly Permission[],
): { added: Permission[]; removed: Permission[] } {
  return {
    added: after.filter((permission) => !before.includes(permission)),
    removed: before.filter((permission) => !after.includes(permission)),
  };
}
