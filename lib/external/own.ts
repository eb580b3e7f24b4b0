import type { Actor } from '@/lib/actors/model';
import { reading } from '@/lib/db/reading';
import { listOwnIdentities as list } from './store';

/** An external authenticator in force, and whether one's own identity there is bound. */
export interface OwnIdentity {
  readonly id: string;
  readonly name: string;
  readonly boundAt: Date | null;
}

/** The organisation's external authenticators, and who the actor is at each. */
export async function listOwnIdentities(actor: Actor): Promise<OwnIdentity[]> {
  return reading(actor, (transaction) => list(transaction, actor.account.id));
}
