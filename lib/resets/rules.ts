import { mayActOn } from '@/lib/policy/authority';
import type { Permission } from '@/lib/policy/permissions';

/** What decides between two accounts who may help whom. */
interface Standing {
  readonly id: string;
  readonly permissions: Iterable<Permission>;
}

/** Why somebody may not help an account, or null (RESET-2): it is their own, or it reaches further than theirs. */
export function obstacle(helper: Standing, subject: Standing): 'own' | 'out-of-reach' | null {
  if (subject.id === helper.id) return 'own';
  return mayActOn(new Set(helper.permissions), subject.permissions) ? null : 'out-of-reach';
}
