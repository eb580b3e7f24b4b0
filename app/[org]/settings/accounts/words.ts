import type { AccountStatus } from '@/lib/accounts/model';

/** How loudly a state speaks; its word says the same. */
export const STATUS_TONES = { active: 'success', invited: 'plain', suspended: 'warning' } as const satisfies Record<
  AccountStatus,
  string
>;

export const fullName = ({ firstName, lastName }: { firstName: string; lastName: string }) =>
  `${firstName} ${lastName}`;
