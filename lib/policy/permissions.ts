/** Everything that a role can allow (ACC-4). */
export const PERMISSIONS = [
  'accounts.manage',
  'passwords.manage',
  'mfa.reset',
  'devices.manage',
  'locations.manage',
  'authenticators.manage',
  'authenticators.deactivate',
  'options.manage',
  'roles.manage',
  'audit.read',
  'privacy.manage',
] as const;

export type Permission = (typeof PERMISSIONS)[number];

/** The roles that every organisation has from the start, in the words of the demo data. */
export const BUILT_IN_ROLES = {
  administrator: { name: 'Administrator', permissions: PERMISSIONS },
  'account-manager': {
    name: 'Account manager',
    permissions: ['accounts.manage', 'passwords.manage', 'mfa.reset', 'devices.manage'],
  },
  auditor: { name: 'Auditor', permissions: ['audit.read'] },
} as const satisfies Record<string, { name: string; permissions: readonly Permission[] }>;

export type BuiltInRole = keyof typeof BUILT_IN_ROLES;
