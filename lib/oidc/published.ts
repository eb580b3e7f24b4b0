import { readSecret } from '@/lib/authenticators/secrets';
import { inOrganisation } from '@/lib/db/in-organisation';
import { findDoor } from '@/lib/external/service';
import { algorithmsOf, publicJwkOf } from './client-key';

/** The public half of an authenticator's key, draft or not; null: there is no such OIDC authenticator. */
export async function publishedKeys(authenticatorId: string): Promise<readonly object[] | null> {
  const door = await findDoor(authenticatorId);
  if (door === null || door.type !== 'oidc') return null;
  const pem = await inOrganisation(door, (transaction) => readSecret(transaction, authenticatorId, 'client-key'));
  return pem === null
    ? []
    : algorithmsOf(pem).length === 1
      ? [{ ...publicJwkOf(pem), alg: 'ES256' }]
      : [publicJwkOf(pem)];
}
