import type { Actor } from './model';

/** Whoever acts, as a letter names them. */
export const nameOf = ({ account }: Pick<Actor, 'account'>): string => `${account.firstName} ${account.lastName}`;
