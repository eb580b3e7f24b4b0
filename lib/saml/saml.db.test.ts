import { inflateRawSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { useDatabase } from '@/e2e/fixtures/database';
import { assign, goOut, makeExternal, refusalsOf } from '@/e2e/fixtures/external';
import { actorWith, keepCookies, makeOrganisation, makePerson, tally, visitorAt } from '@/e2e/fixtures/people';
import { encrypt, forgeResponse, makeProviderKey, signXml, type Forgery } from '@/e2e/fixtures/saml-forge';
import type { Visitor } from '@/lib/actors/model';
import type { SamlSettings } from '@/lib/authenticators/model';
import { findAuthenticator } from '@/lib/authenticators/store';
import { urlsOf } from '@/lib/authenticators/urls';
import { config } from '@/lib/config';
import { hashToken } from '@/lib/crypto/tokens';
import { inOrganisation } from '@/lib/db/in-organisation';
import { findSignedOut, leaveProvider, signOut } from '@/lib/external/sign-out';
import type { Organisation } from '@/lib/organisations/model';
import { findOpenSession } from '@/lib/sessions/store';
import { finishSamlAnswer, publishedMetadata, takeLogoutAnswer, takeLogoutRequest, takeSamlAnswer } from './answer';
import { logoutRequestXml, logoutResponseXml, newMessageId, sendMessage } from './messages';
import type { KeyPair } from './self-signed';
import { beginSaml, beginSamlLogout, type LogoutMessage, type SamlAuthenticator } from './service';

const database = useDatabase();
database.useTwoInstances();

const key = makeProviderKey();
const stranger = makeProviderKey();
const issuer = 'https://idp.test/shared';

/** A SAML authenticator in force, with an employee whom its provider knows by the e-mail. */
async function made(given: Partial<SamlSettings> = {}) {
  const organisation = await makeOrganisation();
  const settings = {
    entityId: issuer,
    ssoUrl: 'https://idp.test/sso',
    sloUrl: 'https://idp.test/slo',
    certificates: [key.certificate],
    ...given,
  };
  const id = await makeExternal(database.owner, organisation, { type: 'saml', settings });
  const person = await makePerson(organisation);
  await assign(database.owner, organisation, person.id, id, person.email);
  const urls = urlsOf(config().APP_ORIGIN, organisation.slug, { id, type: 'saml' }).saml!;
  const forge = (requestId: string | null, change: Partial<Forgery> = {}) =>
    forgeResponse({
      issuer,
      acsUrl: urls.acs,
      audience: urls.entityId,
      key,
      requestId,
      nameId: person.email,
      ...change,
    });
  const authenticator = async () =>
    (await inOrganisation({ organisation }, (transaction) => findAuthenticator(transaction, id))) as SamlAuthenticator;
  return { organisation, id, person, urls, forge, authenticator };
}

/** Types an identifier and goes to the provider; gives back what the answer must name. */
async function ask({ organisation, id, person }: Awaited<ReturnType<typeof made>>, visitor = visitorAt(organisation)) {
  const requestId = newMessageId();
  const state = await goOut(visitor, id, person.email, { protocol: 'saml', requestId });
  return { visitor, requestId, state };
}

/** The provider's page posts without any cookie of ours. */
const bare = (organisation: Organisation): Visitor => ({
  ...visitorAt(organisation),
  browserToken: null,
  deviceToken: null,
  sessionToken: null,
});

async function answer(at: Awaited<ReturnType<typeof made>>, encoded: string, relayState: string | null) {
  return takeSamlAnswer(bare(at.organisation), at.id, { encoded, relayState });
}

describe('SAML-1 a sign-in that we begin', () => {
  it('SAML-1 from the identifier to a session, in the browser that began it', async () => {
    const at = await made();
    const { visitor, requestId, state } = await ask(at);
    const taken = await answer(at, at.forge(requestId), state);
    if (!('ticket' in taken)) throw new Error(taken.next);
    // The ticket alone is worth nothing: another browser is turned away, and this one still gets in.
    const thief = await finishSamlAnswer(visitorAt(at.organisation), taken.ticket);
    expect(thief.session).toBeUndefined();
    const outcome = keepCookies(visitor, await finishSamlAnswer(visitor, taken.ticket));
    expect(outcome.next).toBe(`/${at.organisation.slug}`);
    const session = await findOpenSession(hashToken(outcome.session!.token));
    expect(session).toMatchObject({ account: { id: at.person.id } });
    expect(session!.facts.proofs.externalAt).toBeInstanceOf(Date);
  });

  it('SAML-2 the same response twice, and ten times at once over two instances: once', async () => {
    const at = await made();
    const { requestId, state } = await ask(at);
    const encoded = at.forge(requestId);
    const all = await Promise.all(Array.from({ length: 10 }, () => answer(at, encoded, state)));
    expect(tally(all.map((one) => ('ticket' in one ? 'taken' : 'refused')))).toEqual({ taken: 1, refused: 9 });
    // And in the clothes of an answer that nobody asked for, or to another request.
    await database.owner`update authenticators set settings = settings || '{"idpInitiated": true}' where id = ${at.id}`;
    expect('ticket' in (await answer(at, encoded, null))).toBe(false);
    const again = await ask(at);
    expect('ticket' in (await answer(at, encoded, again.state))).toBe(false);
    expect([...new Set(await refusalsOf(database.owner, at.id))].toSorted()).toEqual(['saml.replayed', 'saml.request']);
  });

  it('SAML-2 the same assertion under another request, ten times at once: once', async () => {
    const at = await made({ idpInitiated: true });
    const encoded = at.forge(null);
    const all = await Promise.all(Array.from({ length: 10 }, () => answer(at, encoded, null)));
    expect(tally(all.map((one) => ('ticket' in one ? 'taken' : 'refused')))).toEqual({ taken: 1, refused: 9 });
    expect(tally(await refusalsOf(database.owner, at.id))).toEqual({ 'saml.replayed': 9 });
  });

  it('SAML-2 each fault stands in the audit by its own code', async () => {
    const at = await made();
    const faults: [string, Partial<Forgery>][] = [
      ['saml.unsigned', { sign: 'none' }],
      ['saml.key', { key: stranger }],
      ['saml.issuer', { assertionIssuer: 'https://evil.test' }],
      ['saml.audience', { audiences: [[`${at.urls.entityId}.evil.test`]] }],
      ['saml.recipient', { recipient: 'https://evil.test/acs' }],
      ['saml.expired', { confirmationNotOnOrAfter: new Date(Date.now() - 120_000).toISOString() }],
      ['saml.identity', { nameIdFormat: 'urn:oasis:names:tc:SAML:2.0:nameid-format:transient' }],
      ['saml.identity', { nameId: '' }],
      ['saml.identity', { nameId: 'l\uFFFDa@fournisseur.test' }],
    ];
    for (const [, change] of faults) {
      const { requestId, state } = await ask(at);
      expect('ticket' in (await answer(at, at.forge(requestId, change), state))).toBe(false);
    }
    expect(await refusalsOf(database.owner, at.id)).toEqual(faults.map(([code]) => code));
  });

  it('SAML-2 an authenticator that is switched off while somebody is at the provider: it ends outside', async () => {
    const at = await made();
    const first = await ask(at);
    await database.owner`update authenticators set active = false where id = ${at.id}`;
    expect('ticket' in (await answer(at, at.forge(first.requestId), first.state))).toBe(false);
    await database.owner`update authenticators set active = true where id = ${at.id}`;
    const second = await ask(at);
    const taken = await answer(at, at.forge(second.requestId), second.state);
    await database.owner`update authenticators set active = false where id = ${at.id}`;
    const outcome = await finishSamlAnswer(second.visitor, (taken as { ticket: string }).ticket);
    expect(outcome.session).toBeUndefined();
    expect(await refusalsOf(database.owner, at.id)).toEqual(['external.inactive', 'external.inactive']);
  });

  it('AUTH-7 an attribute may say who somebody is: one value, exactly', async () => {
    const at = await made({ identityAttribute: 'employeeNumber' });
    await assign(database.owner, at.organisation, (await makePerson(at.organisation)).id, at.id, 'E-17');
    await database.owner`update external_identities set expected = 'E-18' where account_id = ${at.person.id}`;
    for (const [values, code] of [
      [['E-18'], 'in'],
      [['E-18', 'E-17'], 'saml.identity'],
      [['E-1\uFFFD'], 'saml.identity'],
      [[], 'saml.identity'],
    ] as const) {
      const { visitor, requestId, state } = await ask(at);
      // The NameID says nothing then, be it another each time, or none.
      const change = { nameId: null, attributes: { employeeNumber: values, givenName: ['L\uFFFDa'] } };
      const taken = await answer(at, at.forge(requestId, change), state);
      const outcome = 'ticket' in taken ? await finishSamlAnswer(visitor, taken.ticket) : null;
      expect(outcome?.session === undefined ? (await refusalsOf(database.owner, at.id)).at(-1) : 'in').toBe(code);
    }
  });
});

describe('SAML-1 a sign-in that the provider begins', () => {
  it('SAML-1 is refused where the authenticator does not allow it', async () => {
    const at = await made();
    expect('ticket' in (await answer(at, at.forge(null), null))).toBe(false);
    expect(await refusalsOf(database.owner, at.id)).toEqual(['saml.unsolicited']);
  });

  it('SAML-1 opens nothing before the person says that it is them; the RelayState leads nowhere', async () => {
    const at = await made({ idpInitiated: true });
    const taken = await answer(at, at.forge(null), 'https://evil.test/');
    if (!('ticket' in taken)) throw new Error(taken.next);
    const outcome = await finishSamlAnswer(visitorAt(at.organisation), taken.ticket);
    expect(outcome.session).toBeUndefined();
    expect(outcome.next).toMatch(new RegExp(`^/${at.organisation.slug}/sign-in/`));
    expect(outcome.next).not.toContain('evil');
  });
});

describe('SAML-5 two organisations behind one provider', () => {
  it('SAML-5 each lets in its own people, by the same entity ID and key', async () => {
    const [one, other] = [await made(), await made()];
    for (const at of [one, other]) {
      const { visitor, requestId, state } = await ask(at);
      const taken = await answer(at, at.forge(requestId), state);
      const outcome = await finishSamlAnswer(visitor, (taken as { ticket: string }).ticket);
      const session = await findOpenSession(hashToken(outcome.session!.token));
      expect(session).toMatchObject({ account: { id: at.person.id }, organisation: { id: at.organisation.id } });
    }
  });

  it('SAML-5 what is meant for the one opens nothing at the other, wherever it is posted', async () => {
    const [one, other] = [await made({ idpInitiated: true }), await made({ idpInitiated: true })];
    const email = one.person.email;
    await database.owner`update external_identities set expected = ${email} where account_id = ${other.person.id}`;
    // Signed by the provider that both trust, for the other one's address.
    expect('ticket' in (await answer(one, other.forge(null, { nameId: email }), null))).toBe(false);
    const mixed = { acsUrl: one.urls.acs, recipient: one.urls.acs, destination: one.urls.acs };
    expect('ticket' in (await answer(one, other.forge(null, { nameId: email, ...mixed }), null))).toBe(false);
    const asked = await ask(other);
    expect('ticket' in (await answer(one, one.forge(asked.requestId), asked.state))).toBe(false);
    const reasons = await refusalsOf(database.owner, one.id);
    expect(reasons).toEqual(['saml.destination', 'saml.audience']);
  });

  it('SAML-5 a hostile administrator with the same entity ID and a key of their own gains nothing at the other', async () => {
    const victim = await made();
    const hostile = await made({ certificates: [stranger.certificate], idpInitiated: true });
    // At home their own key opens their own door.
    expect(
      'ticket' in (await answer(hostile, hostile.forge(null, { key: stranger, nameId: victim.person.email }), null)),
    ).toBe(true);
    // Next door it opens nothing, before and after the hostile one was used.
    const { requestId, state } = await ask(victim);
    const forged = victim.forge(requestId, { key: stranger });
    expect('ticket' in (await answer(victim, forged, state))).toBe(false);
    const { visitor, ...good } = await ask(victim);
    const taken = await answer(victim, victim.forge(good.requestId), good.state);
    const outcome = await finishSamlAnswer(visitor, (taken as { ticket: string }).ticket);
    expect(outcome.session).toBeDefined();
    expect(await refusalsOf(database.owner, victim.id)).toEqual(['saml.key']);
  });
});

describe('SAML-4 requests and sign-out', () => {
  it('SAML-4 metadata and requests carry one key of the authenticator’s own, on every instance, also when first asked at once', async () => {
    const at = await made({ signRequests: true });
    const published = await Promise.all(Array.from({ length: 4 }, () => publishedMetadata(at.id)));
    expect(new Set(published).size).toBe(1);
    expect(published[0]).toContain(`entityID="${at.urls.entityId}"`);
    expect(published[0]).toContain('AuthnRequestsSigned="true"');
    const rows =
      await database.owner`select secret_sealed from authenticator_secrets where authenticator_id = ${at.id}`;
    expect(rows).toHaveLength(1);
    expect(rows[0]!['secret_sealed'].toString('latin1')).not.toContain('PRIVATE KEY');
    const begun = await beginSaml(at.organisation, await at.authenticator(), { state: 's' });
    expect(begun.way).toMatchObject({ kind: 'redirect', url: expect.stringContaining('&Signature=') });
    const other = await made();
    expect(await publishedMetadata(other.id)).not.toContain(/X509Certificate>([^<]+)/.exec(published[0]!)![1]!);
  });

  it('SAML-4 what is encrypted to our published key is opened', async () => {
    const at = await made();
    const body = /X509Certificate>([^<]+)/.exec(await publishedMetadata(at.id))![1]!;
    const encryptTo = `-----BEGIN CERTIFICATE-----\n${body}\n-----END CERTIFICATE-----\n`;
    const { requestId, state } = await ask(at);
    expect('ticket' in (await answer(at, at.forge(requestId, { encryptTo }), state))).toBe(true);
  });

  async function signedIn(given: Partial<SamlSettings> = {}) {
    const at = await made(given);
    const { visitor, requestId, state } = await ask(at);
    const taken = await answer(at, at.forge(requestId, { sessionIndex: '_session1' }), state);
    const outcome = keepCookies(visitor, await finishSamlAnswer(visitor, (taken as { ticket: string }).ticket));
    const { token } = outcome.session!;
    const isOpen = async () => (await findOpenSession(hashToken(token))) !== null;
    const request = (change: { nameId?: string; sessionIndex?: string | null; entityId?: string; now?: Date } = {}) => {
      const id = newMessageId();
      const { nameId = at.person.email, sessionIndex = '_session1', entityId = issuer, now = new Date() } = change;
      const subject = { nameId, format: null, nameQualifier: null, spNameQualifier: null, sessionIndex };
      return {
        kind: 'SAMLRequest',
        id,
        xml: logoutRequestXml({ id, now, destination: at.urls.slo, entityId, subject }),
      } as const;
    };
    const send = async (message: ReturnType<typeof request>, by = key) => {
      const way = sendMessage('redirect', at.urls.slo, message, 'r', by);
      if (way.kind !== 'redirect') throw new Error('no redirect');
      const url = new URL(way.url);
      const encoded = url.searchParams.get('SAMLRequest')!;
      const given = { binding: 'redirect', query: url.search.slice(1), encoded, relayState: 'r' } as const;
      return takeLogoutRequest(bare(at.organisation), at.id, given);
    };
    return { at, token, isOpen, request, send };
  }

  it('SAML-4 a sign-out at the provider ends the session that it names, and is answered', async () => {
    const { at, isOpen, request, send } = await signedIn();
    const message = request();
    const way = await send(message);
    expect(await isOpen()).toBe(false);
    if (way === null || !('kind' in way) || way.kind !== 'redirect') throw new Error('no answer');
    const url = new URL(way.url);
    expect([url.origin + url.pathname, url.searchParams.get('RelayState')]).toEqual(['https://idp.test/slo', 'r']);
    const xml = inflateRawSync(Buffer.from(url.searchParams.get('SAMLResponse')!, 'base64')).toString();
    expect(xml).toContain(`InResponseTo="${message.id}"`);
    expect(url.searchParams.has('Signature')).toBe(true);
    const [event] = await database.owner`
      select reason from audit_events where action = 'session.end' and subject_id = ${at.person.id}`;
    expect(event).toEqual({ reason: 'ended-by-provider' });
  });

  it('SAML-4 it is answered where its metadata want answers, also where it names somebody by an encrypted name', async () => {
    const { at, isOpen, request } = await signedIn({ sloResponseUrl: 'https://idp.test/slo/return' });
    const body = /X509Certificate>([^<]+)/.exec(await publishedMetadata(at.id))![1]!;
    const ours = `-----BEGIN CERTIFICATE-----\n${body}\n-----END CERTIFICATE-----\n`;
    const { id, xml } = request();
    const named = `<saml:NameID xmlns:saml="urn:oasis:names:tc:SAML:2.0:assertion">${at.person.email}</saml:NameID>`;
    const hidden = xml.replace(/<saml:NameID.*<\/saml:NameID>/, encrypt(named, ours, 'aes-256-gcm', 'EncryptedID'));
    const encoded = Buffer.from(signXml(hidden, id, { key })).toString('base64');
    const way = await takeLogoutRequest(bare(at.organisation), at.id, { binding: 'post', encoded, relayState: null });
    expect(await isOpen()).toBe(false);
    expect(way).toMatchObject({ url: expect.stringMatching(/^https:\/\/idp\.test\/slo\/return\?SAMLResponse=/) });
  });

  it('SAML-4 a sign-out that names somebody else, or comes from somebody else, ends nothing', async () => {
    const { at, isOpen, request, send } = await signedIn();
    await send(request({ nameId: 'marc@elsewhere.test' }));
    await send(request({ sessionIndex: '_another' }));
    // The person is told calmly, the journal why.
    const told = { next: expect.stringContaining('/sign-in/provider/refused?why=sign-out&') };
    expect(await send(request(), stranger)).toEqual(told);
    expect(await send(request({ entityId: 'https://evil.test' }))).toEqual(told);
    expect(await send(request({ now: new Date(Date.now() - 20 * 60_000) }))).toEqual(told);
    const { id, xml } = request();
    const unsigned = { binding: 'post', encoded: Buffer.from(xml).toString('base64'), relayState: null } as const;
    expect(await takeLogoutRequest(bare(at.organisation), at.id, unsigned)).toEqual(told);
    expect(await isOpen()).toBe(true);
    // Whoever knocks again and again fills no table.
    expect(await takeLogoutRequest(bare(at.organisation), at.id, unsigned)).toEqual(told);
    const noted = await database.owner`
      select reason from audit_events where action = 'external.sign-out' and details->>'authenticator' = ${at.id}
      order by occurred_at`;
    expect(noted.map(({ reason }) => reason)).toEqual(['saml.key', 'saml.issuer', 'saml.expired', 'saml.unsigned']);
    const signed = { ...unsigned, encoded: Buffer.from(signXml(xml, id, { key })).toString('base64') };
    await takeLogoutRequest(bare(at.organisation), at.id, signed);
    expect(await isOpen()).toBe(false);
  });

  it('SAML-4 our sign-out asks the provider to end its own session, signed, in its own words', async () => {
    const { at } = await signedIn();
    const [row] =
      await database.owner`select provider_session, tokens_sealed from external_sessions where authenticator_id = ${at.id}`;
    expect(row!['provider_session']).toBe('_session1');
    const way = await beginSamlLogout(at.organisation, await at.authenticator(), {
      tokens: { nameId: 'Léa & co', nameIdFormat: 'urn:x', spNameQualifier: 'https://sp' },
      providerSession: '_session1',
      state: 'state',
    });
    if (way?.kind !== 'redirect') throw new Error('no way');
    const url = new URL(way.url);
    const xml = inflateRawSync(Buffer.from(url.searchParams.get('SAMLRequest')!, 'base64')).toString();
    expect(xml).toContain(
      '<saml:NameID Format="urn:x" SPNameQualifier="https://sp">Léa &amp; co</saml:NameID><samlp:SessionIndex>_session1',
    );
    expect(url.searchParams.has('Signature')).toBe(true);
    const none = await made({ sloUrl: null });
    expect(
      await beginSamlLogout(none.organisation, await none.authenticator(), {
        tokens: { nameId: 'x' },
        providerSession: null,
        state: 'state',
      }),
    ).toBeNull();
  });

  /** Signed in, out again, and on the way to the provider: what it was asked, and what may answer it. */
  async function leaving(given: Partial<SamlSettings> = {}) {
    const { at, token } = await signedIn(given);
    const { next } = await signOut(await actorWith(token));
    const visitor = visitorAt(at.organisation);
    const way = await leaveProvider(visitor, new URLSearchParams(next.split('?')[1]).get('ticket')!);
    const sent =
      way!.kind === 'post' ? way!.fields : Object.fromEntries(new URL((way as { url: string }).url).searchParams);
    const bytes = Buffer.from(sent['SAMLRequest']!, 'base64');
    const asked = (way!.kind === 'post' ? bytes : inflateRawSync(bytes)).toString();
    const state = sent['RelayState']!;
    const respond = (change: { by?: KeyPair; inResponseTo?: string; state?: string; code?: string } = {}) => {
      const { by = key, inResponseTo = / ID="([^"]+)"/.exec(asked)![1]!, code = '' } = change;
      const id = newMessageId();
      const written = { id, now: new Date(), destination: at.urls.slo, entityId: issuer, inResponseTo };
      const xml = logoutResponseXml(written).replace(':status:Success"/>', `:status:Success"${code || '/>'}`);
      const back = sendMessage('redirect', at.urls.slo, { kind: 'SAMLResponse', id, xml }, change.state ?? state, by);
      const { search, searchParams } = new URL((back as { url: string }).url);
      const encoded = searchParams.get('SAMLResponse')!;
      const message = {
        binding: 'redirect',
        query: search.slice(1),
        encoded,
        relayState: change.state ?? state,
      } as const;
      return { message, xml, id };
    };
    const endsOn = async (message: LogoutMessage) => {
      const page = await takeLogoutAnswer(bare(at.organisation), at.id, message);
      const query = new URLSearchParams(page.split('?')[1]);
      const view = { ticket: null, state: query.get('state'), unsure: query.has('unsure') };
      return (await findSignedOut(visitor, view)).state;
    };
    return { at, way: way!, asked, state, respond, endsOn };
  }

  it('SAML-4 our sign-out goes by either binding, always signed, and its answer leads to the page that says so', async () => {
    for (const sloBinding of ['redirect', 'post'] as const) {
      const { at, way, asked, respond, endsOn } = await leaving({ sloBinding });
      expect(way.kind).toBe(sloBinding);
      expect(way.kind === 'post' ? asked : (way as { url: string }).url).toContain('Signature');
      expect(asked).toContain(`>${at.person.email}</saml:NameID><samlp:SessionIndex>_session1<`);
      const { message, xml, id } = respond();
      expect(await endsOn(message)).toBe('back');
      const encoded = Buffer.from(signXml(xml, id, { key })).toString('base64');
      expect(await endsOn({ binding: 'post', encoded, relayState: message.relayState })).toBe('back');
    }
  });

  it('SAML-4 an answer that confirms nothing is told as one: of another key, unsigned, partial, to another request', async () => {
    const [mine, other] = [await leaving(), await leaving()];
    const partial = '><samlp:StatusCode Value="urn:oasis:names:tc:SAML:2.0:status:PartialLogout"/></samlp:StatusCode>';
    const { message, xml } = mine.respond();
    const unsigned = { binding: 'post', encoded: Buffer.from(xml).toString('base64'), relayState: mine.state } as const;
    for (const one of [
      mine.respond({ by: stranger }).message,
      mine.respond({ code: partial }).message,
      mine.respond({ inResponseTo: newMessageId() }).message,
      { ...message, query: message.query.replace('SAMLResponse=', 'SAMLResponse=A') },
      unsigned,
    ]) {
      expect(await mine.endsOn(one)).toBe('unsure');
    }
    // What another door asked, and no state at all, says nothing of anybody here.
    expect(await mine.endsOn(other.respond().message)).toBe('done');
    expect(await mine.endsOn({ ...message, relayState: null })).toBe('done');
    expect(await mine.endsOn(message)).toBe('back');
  });
});
