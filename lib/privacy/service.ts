import type { Actor } from '@/lib/actors/model';
import { recordEvent } from '@/lib/audit/store';
import { inOrganisation } from '@/lib/db/in-organisation';
import { reading } from '@/lib/db/reading';
import { checkOwnPassword } from '@/lib/passwords/service';
import { Refusal } from '@/lib/refusals';
import { renewSession } from '@/lib/sessions/service';
import { collectOwnData, type DataPart, type HeldThing } from './store';

export { DATA_PARTS } from './store';

/** How old the proof may be by which somebody sees everything that is held about them. */
export const DATA_PROOF_SECONDS = 10 * 60;

/**
 * Everything that is held about the person who asks (PRIV-1): no password, code, secret or hash of one is in it.
 *
 * @throws {Refusal} `proof.too-old`
 */
export async function ownData(actor: Actor): Promise<Record<DataPart, readonly HeldThing[]>> {
  requireFreshProof(actor);
  return reading(actor, (transaction) => collectOwnData(transaction, actor.account.id));
}

/**
 * The same as a file, and the fact that it was taken.
 *
 * @throws {Refusal} `proof.too-old`
 */
export async function exportOwnData(actor: Actor): Promise<string> {
  requireFreshProof(actor);
  const data = await inOrganisation(actor, async (transaction) => {
    const collected = await collectOwnData(transaction, actor.account.id);
    await recordEvent(transaction, actor, { action: 'account.data-export', outcome: 'success' });
    return collected;
  });
  return JSON.stringify({ organisation: actor.organisation.name, ...data }, null, 2);
}

/**
 * A fresh proof for a session: the present password. The session goes on under a new token.
 *
 * @throws {Refusal} `password.wrong`, `code.throttled`, `server.busy`, `session.missing`
 */
export async function proveForOwnData(actor: Actor, password: string): Promise<{ token: string; expiresAt: Date }> {
  await checkOwnPassword(actor, password);
  const session = await inOrganisation(actor, (transaction) =>
    renewSession(transaction, actor.sessionId, { passwordVerified: true }),
  );
  if (session === null) throw new Refusal('session.missing');
  return session;
}

function requireFreshProof(actor: Actor): void {
  const { passwordAt, factorAt, externalAt } = actor.proofs;
  const newest = Math.max(...[passwordAt, factorAt, externalAt].map((at) => at?.getTime() ?? 0));
  if (actor.now.getTime() - newest > DATA_PROOF_SECONDS * 1000) throw new Refusal('proof.too-old');
}
