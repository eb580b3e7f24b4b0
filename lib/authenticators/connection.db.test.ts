import { randomBytes } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { actorOfToken, openSessionOf, signedInPerson } from '@/e2e/fixtures/actors';
import { useDatabase } from '@/e2e/fixtures/database';
import { assign, identityOf, makeExternal } from '@/e2e/fixtures/external';
import { makeOrganisation, makePerson, refusalOf, visitorAt } from '@/e2e/fixtures/people';
import { runProgram } from '@/e2e/fixtures/programs';
import type { Actor } from '@/lib/actors/model';
import { findPendingChange, keepChange, rollBackOverdueChanges, takeChangeBack } from '@/lib/changes/service';
import { createSealer, parseSealingKeys } from '@/lib/crypto/seal';
import { newToken } from '@/lib/crypto/tokens';
import { inOrganisation } from '@/lib/db/in-organisation';
import { completeFlow, openFlow, takeFlow } from '@/lib/external/service';
import { answerProposedKeys, fingerprintsOf } from '@/lib/saml/upkeep';
import { makeProviderKey } from '@/e2e/fixtures/saml-forge';
import { startOidcProvider, type OidcProvider } from '@/scripts/idp/oidc';
import { authenticatorSecretContext } from './sealing';
import { keepSecret, readSecret } from './secrets';
import { makeDefaultAuthenticator, replaceClientKey, saveAuthenticator, viewAuthenticator } from './service';

const database = useDatabase();
let before: OidcProvider;
let after: OidcProvider;
beforeAll(async () => {
  vi.stubEnv('ALLOW_PRIVATE_IDPS', '1');
  [before, after] = (await Promise.all([1, 2].map(() => startOidcProvider({ clients: [], people: [] })))) as [
    OidcProvider,
    OidcProvider,
  ];
});
afterAll(() => Promise.all([before.stop(), after.stop()]));

const settingsOf = ({ issuer }: OidcProvider) => ({
  issuer,
  authorizationEndpoint: `${issuer}/auth`,
  tokenEndpoint: `${issuer}/token`,
  jwksUri: `${issuer}/jwks`,
  clientId: 'vestibule',
});

/** Two administrators: one who comes in by the provider whose connection is changed, and one with a password. */
async function house() {
  const organisation = await makeOrganisation({ internalMFA: 'off' });
  const { actor: withPassword } = await signedInPerson(organisation, 'administrator');
  const sso = await makeExternal(database.owner, organisation, { settings: settingsOf(before) });
  await inOrganisation({ organisation }, (transaction) =>
    keepSecret(
      transaction,
      { organisationId: organisation.id, authenticatorId: sso, purpose: 'client-secret' },
      'ancien',
    ),
  );
  const person = await makePerson(organisation, { role: 'administrator' });
  await assign(database.owner, organisation, person.id, sso, `claim(email):${person.email}`);
  const token = await openSessionOf(organisation, person.id);
  await database.owner`
    update sessions set external_verified_at = now() - interval '1 hour', authenticator_id = ${sso}
    where account_id = ${person.id}`;
  const actor = await actorOfToken(token);
  const later = (who: Actor): Actor => ({ ...who, origin: { ...who.origin, requestId: newToken() } });
  const secretNow = () =>
    inOrganisation({ organisation }, (transaction) => readSecret(transaction, sso, 'client-secret'));
  return { organisation, withPassword, sso, person, token, actor, later, secretNow };
}

async function save(actor: Actor, id: string, settings: object, more: object = {}) {
  const { authenticator } = await viewAuthenticator(actor, id);
  const { name, description, mfaRequired, factorKinds, passwordExpiryDays, externalMfa, updatedAt } = authenticator;
  return saveAuthenticator(actor, id, updatedAt, {
    ...{ type: authenticator.type, name, description, mfaRequired, factorKinds, passwordExpiryDays, externalMfa },
    domains: [],
    settings,
    ...more,
  });
}

const secret = { secret: { purpose: 'client-secret' as const, value: 'nouveau' } };
const waiting = async (actor: Actor) => (await findPendingChange(actor, 'authenticators'))!;
const issuerOf = async (actor: Actor, id: string) => {
  const { settings } = (await viewAuthenticator(actor, id)).authenticator;
  return 'issuer' in settings ? settings.issuer : null;
};

describe('GUARD-2 a changed connection of administrators', () => {
  it('GUARD-2 comes back by itself with its secret, and what else was saved meanwhile stays', async () => {
    const { actor, sso, secretNow } = await house();
    await save(actor, sso, settingsOf(after), secret);
    expect(await issuerOf(actor, sso)).toBe(after.issuer);
    expect(await secretNow()).toBe('nouveau');
    expect(await waiting(actor)).toMatchObject({ connectionOf: sso });
    // Whoever still mends what waits goes on with it; the one before stays what is put back.
    await save(actor, sso, { ...settingsOf(after), clientId: 'autre' }, secret);
    await save(actor, sso, { revocationEndpoint: `${after.issuer}/revoke` });
    await database.owner`update pending_changes set confirm_until = now()`;
    await rollBackOverdueChanges();
    const { settings } = (await viewAuthenticator(actor, sso)).authenticator;
    expect(settings).toMatchObject({ ...settingsOf(before), revocationEndpoint: `${after.issuer}/revoke` });
    expect(await secretNow()).toBe('ancien');
    const [row] = await database.owner`select before::text as text from pending_changes`;
    expect(row!['text']).not.toContain('secret_sealed');
  });

  it('GUARD-2 whoever comes in by it keeps it once « Tester » recognised them through what is saved now', async () => {
    const { organisation, actor, sso, person, token, later, secretNow } = await house();
    const visitor = visitorAt(organisation, { sessionToken: token });
    const tryIt = async (email: string) => {
      const state = newToken();
      const request = { protocol: 'oidc' as const, nonce: newToken(), verifier: newToken() };
      const flow = { authenticatorId: sso, purpose: 'test' as const, holder: { sessionId: actor.sessionId }, state };
      await inOrganisation(visitor, (transaction) =>
        openFlow(transaction, { ...flow, organisationId: organisation.id, request }),
      );
      const taken = (await takeFlow(visitor, sso, state))!;
      await completeFlow(visitor, taken, identityOf({ email, issuer: after.issuer }));
    };
    await tryIt(person.email);
    await save(actor, sso, settingsOf(after), secret);
    const { id } = await waiting(actor);
    const keep = () => refusalOf(keepChange(later(actor), 'authenticators', id));
    expect(await keep(), 'tried before the change').toBe('change.test-first');
    await tryIt('autre@erables.test');
    expect(await keep(), 'somebody else').toBe('change.test-first');
    await tryIt(person.email);
    await save(actor, sso, { ...settingsOf(after), clientId: 'autre' }, secret);
    expect(await keep(), 'changed since').toBe('change.test-first');
    await tryIt(person.email);
    expect(await keep()).toBe('done');
    await database.owner`update pending_changes set confirm_until = now()`;
    await rollBackOverdueChanges();
    expect(await issuerOf(actor, sso)).toBe(after.issuer);
    expect(await secretNow()).toBe('nouveau');
    const [row] = await database.owner`select before::text as text from pending_changes where id = ${id}`;
    expect(row!['text']).not.toContain('secret_sealed');
  });

  it('GUARD-2 or once they came in through it; whoever comes in another way needs no proof', async () => {
    const { actor, sso, withPassword, later } = await house();
    await save(actor, sso, settingsOf(after), secret);
    const since = { ...actor, proofs: { ...actor.proofs, externalAt: new Date(Date.now() + 1_000) } };
    expect(await refusalOf(keepChange(later(since), 'authenticators', (await waiting(actor)).id))).toBe('done');
    await save(withPassword, sso, settingsOf(before), secret);
    const { id } = await waiting(actor);
    expect(await refusalOf(keepChange(withPassword, 'authenticators', id)), 'the same request').toBe('change.over');
    expect(await refusalOf(keepChange(later(withPassword), 'authenticators', id))).toBe('done');
  });

  it('GUARD-2 taken back at once; another change waits its turn; a draft and what serves no administrator are no risk', async () => {
    const { organisation, actor, sso, person, withPassword, secretNow } = await house();
    await save(actor, sso, settingsOf(after), secret);
    const other = await makeExternal(database.owner, organisation, { settings: settingsOf(before) });
    expect(await refusalOf(makeDefaultAuthenticator(withPassword, sso))).toBe('change.pending');
    await database.owner`update accounts set authenticator_id = ${other} where id = ${withPassword.account.id}`;
    expect(await refusalOf(save(actor, other, settingsOf(after), secret))).toBe('change.pending');
    await takeChangeBack(actor, 'authenticators', (await waiting(actor)).id);
    expect(await issuerOf(actor, sso)).toBe(before.issuer);
    expect(await secretNow()).toBe('ancien');
    await save(actor, sso, { justInTime: null, endSessionEndpoint: `${before.issuer}/end` });
    expect(await findPendingChange(actor, 'authenticators')).toBeNull();
    await database.owner`update accounts set role_id = null where id = ${person.id}`;
    await save(withPassword, sso, settingsOf(after), secret);
    expect(await findPendingChange(withPassword, 'authenticators')).toBeNull();
  });

  it('GUARD-2 a new key of ours, and new keys of the provider that somebody said yes to, wait too', async () => {
    const { organisation, actor, sso, person } = await house();
    await database.owner`
      update authenticators set settings = settings || '{"clientAuthentication": "private_key_jwt"}' where id = ${sso}`;
    await replaceClientKey(actor, sso, 'clé');
    const { id, connectionOf } = await waiting(actor);
    expect(connectionOf).toBe(sso);
    await takeChangeBack(actor, 'authenticators', id);
    const [old, fresh] = [makeProviderKey().certificate, makeProviderKey().certificate];
    const saml = await makeExternal(database.owner, organisation, {
      type: 'saml',
      settings: { certificates: [old], proposedCertificates: [fresh] },
    });
    await assign(database.owner, organisation, person.id, saml, person.email);
    await answerProposedKeys(actor, saml, fingerprintsOf([fresh]), true);
    const change = await waiting(actor);
    await takeChangeBack(actor, 'authenticators', change.id);
    const { settings } = (await viewAuthenticator(actor, saml)).authenticator;
    expect(settings).toMatchObject({ certificates: [old] });
  });

  it('GUARD-2 RUN-7 a rotation of keys reaches the secret that a waiting change would put back', async () => {
    const { actor, sso } = await house();
    await save(actor, sso, settingsOf(after), secret);
    const key = `newer:${randomBytes(32).toString('base64')}`;
    const rotate = (keys: string) =>
      runProgram('operator/vestibule.ts', ['secret', 'rotate'], {
        environment: { ...database.environment, ENCRYPTION_KEYS: keys },
      });
    const old = database.environment['ENCRYPTION_KEYS']!;
    expect(await rotate(`${key},${old}`)).toMatchObject({ code: 0, errors: '' });
    await takeChangeBack(actor, 'authenticators', (await waiting(actor)).id);
    const rows = await database.owner<{ id: string; secret_sealed: Buffer }[]>`
      select id, secret_sealed from authenticator_secrets where authenticator_id = ${sso}`;
    const alone = createSealer(parseSealingKeys(key));
    expect(
      rows.map(({ id, secret_sealed }) => alone.open(secret_sealed, authenticatorSecretContext(id)).toString()),
    ).toEqual(['ancien']);
    // One that waits under a key which nobody has any more is told of, and where it lies.
    await save(actor, sso, settingsOf(before), secret);
    const doctor = await runProgram('operator/vestibule.ts', ['doctor'], {
      environment: { ...database.environment, ENCRYPTION_KEYS: `other:${randomBytes(32).toString('base64')}` },
    });
    expect(doctor.output).toMatch(/under key "newer" \(seen in .*pending_changes\.before/);
    expect((await rotate(`${old},${key}`)).code).toBe(0);
  }, 90_000);
});
