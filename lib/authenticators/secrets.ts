import { randomUUID } from 'node:crypto';
import { sealer } from '@/lib/crypto/keys';
import type { OrganisationTransaction } from '@/lib/db/in-organisation';
import { authenticatorSecretContext } from './sealing';
import * as store from './store';

/** What we prove ourselves to a provider with; null: none is kept. Never to be shown, logged or sent back (OIDC-2). */
export async function readSecret(
  transaction: OrganisationTransaction,
  authenticatorId: string,
  purpose: store.SecretPurpose,
): Promise<string | null> {
  const found = await store.findSealedSecret(transaction, authenticatorId, purpose);
  return found === null ? null : sealer().open(found.sealed, authenticatorSecretContext(found.id)).toString('utf8');
}

/** Keeps a secret, sealed and bound to its row (SAFE-2); the one before is gone. */
export async function keepSecret(
  transaction: OrganisationTransaction,
  of: { readonly organisationId: string; readonly authenticatorId: string; readonly purpose: store.SecretPurpose },
  secret: string,
): Promise<void> {
  const id = randomUUID();
  await store.deleteSecret(transaction, of.authenticatorId, of.purpose);
  const secretSealed = sealer().seal(secret, authenticatorSecretContext(id));
  await store.insertSecret(transaction, { ...of, id, secretSealed });
}
