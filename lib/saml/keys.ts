import { randomUUID } from 'node:crypto';
import { authenticatorSecretContext } from '@/lib/authenticators/sealing';
import { readSecret } from '@/lib/authenticators/secrets';
import { sealer } from '@/lib/crypto/keys';
import { inOrganisation, type WithinOrganisation } from '@/lib/db/in-organisation';
import { makeKeyPair, type KeyPair } from './self-signed';
import * as store from './store';

/**
 * Our own key at an authenticator, by which we sign and to which a provider encrypts. Made when it is first asked for; of
 * two instances that make one at the same moment, one is kept, and both use that.
 */
export async function keyPairOf(actor: WithinOrganisation, authenticatorId: string): Promise<KeyPair> {
  const read = () =>
    inOrganisation(actor, async (transaction) => {
      const kept = await readSecret(transaction, authenticatorId, 'saml-key');
      return kept === null ? null : (JSON.parse(kept) as KeyPair);
    });
  const known = await read();
  if (known !== null) return known;
  // Outside of a transaction: making one takes its time.
  const made = await makeKeyPair(`Vestibule ${authenticatorId.slice(0, 8)}`, new Date());
  const id = randomUUID();
  const secretSealed = sealer().seal(JSON.stringify(made), authenticatorSecretContext(id));
  await inOrganisation(actor, (transaction) =>
    store.insertKeyOnce(transaction, { id, organisationId: actor.organisation.id, authenticatorId, secretSealed }),
  );
  return (await read())!;
}
