import { randomBytes } from 'node:crypto';
import http from 'node:http';
import type { AddressInfo } from 'node:net';
import { inflateRawSync } from 'node:zlib';
import samlp from 'samlp';
import { makeKeyPair, type KeyPair } from '@/lib/saml/self-signed';

/**
 * A real SAML provider, Auth0's `samlp`, behind a small login page of ours: for the demo and for the tests, which also
 * change its keys, begin at it, and sign out there.
 */

/** Somebody whom the provider knows. */
export interface SamlPerson {
  readonly email: string;
  readonly password: string;
  readonly firstName: string;
  readonly lastName: string;
}

/** A portal at which somebody of a session was vouched for, in samlp's own words: by these it ends sessions there. */
interface Participant {
  readonly serviceProviderId: string;
  readonly serviceProviderLogoutURL: string;
  readonly sessionIndex: string;
  readonly nameId: string;
  readonly nameIdFormat: string;
  readonly binding: string;
  readonly cert: string;
}

interface Session {
  readonly person: SamlPerson;
  readonly participants: Participant[];
}

export interface SamlProvider {
  readonly origin: string;
  readonly entityId: string;
  readonly metadataUrl: string;
  /** Those that it publishes; the last one signs. */
  readonly keys: readonly KeyPair[];
  /** The page from which somebody begins at the provider. */
  startUrl(service: { readonly entityId: string; readonly acs: string }): string;
  /** Publishes a second key beside the present one; with `sign` it signs with it from now on. */
  addKey(): Promise<void>;
  signWithNewest(): void;
  /** Its metadata name this binding for sign-outs from now on, and it answers by it. */
  signOutBy(binding: 'redirect' | 'post'): void;
  /** The page by which somebody signs out at the provider, everywhere. */
  readonly signOutUrl: string;
  /** Everything that was asked for. */
  readonly seen: { readonly path: string; readonly query: URLSearchParams }[];
  stop(): Promise<void>;
}

const escaped = (text: string) => text.replace(/[&<>"']/g, (character) => `&#${character.charCodeAt(0)};`);

const page = (title: string, body: string) => `<!doctype html><html lang="fr"><meta charset="utf-8">
<meta name="viewport" content="width=device-width"><title>${title}</title>
<style>body{font:1rem/1.5 system-ui;max-width:24rem;margin:12vh auto;padding:0 1rem;color:#222;background:#f4f4f1}
label{display:block;margin:.75rem 0 .25rem}input{width:100%;box-sizing:border-box;font:inherit;padding:.5rem}
button{font:inherit;padding:.6rem 1rem;margin:1rem .5rem 0 0}</style><h1>${title}</h1>${body}</html>`;

const BINDINGS = {
  redirect: 'urn:oasis:names:tc:SAML:2.0:bindings:HTTP-Redirect',
  post: 'urn:oasis:names:tc:SAML:2.0:bindings:HTTP-POST',
} as const;
const EMAIL_FORMAT = 'urn:oasis:names:tc:SAML:1.1:nameid-format:emailAddress';

/** The portals of one session, as samlp asks for them. */
function participantsOf(list: Participant[]) {
  const find = (issuer: string | undefined, indexes: string | readonly string[], nameId: string) =>
    list.find(
      (one) =>
        (issuer === undefined || one.serviceProviderId === issuer) &&
        [indexes].flat().includes(one.sessionIndex) &&
        one.nameId === nameId,
    );
  return {
    hasElements: () => list.length > 0,
    getFirst: (found: (error: null, one?: Participant) => void) => found(null, list[0]),
    get: (
      issuer: string,
      indexes: readonly string[],
      nameId: string,
      found: (error: null, one?: Participant) => void,
    ) => found(null, find(issuer, indexes, nameId)),
    remove(issuer: string, index: string, nameId: string, removed: (error: null) => void) {
      const one = find(issuer, index, nameId);
      if (one !== undefined) list.splice(list.indexOf(one), 1);
      removed(null);
    },
  };
}

interface SignOutRequest {
  readonly query: Readonly<Record<string, string>>;
  readonly body: Readonly<Record<string, string>>;
  readonly url: string;
}

/** What an answer is for: whom it goes to, and what it answers. */
interface Errand {
  readonly acs: string;
  readonly audience: string;
  readonly inResponseTo: string | null;
  readonly relayState: string;
  /** Whoever is signed in proves it once more (ForceAuthn). */
  readonly again: boolean;
}

/** @param given.port 0: any that is free */
export async function startSamlProvider(given: {
  readonly port?: number;
  readonly people: readonly SamlPerson[];
}): Promise<SamlProvider> {
  const keys: KeyPair[] = [await makeKeyPair('Fournisseur d’essai', new Date())];
  let signing = keys[0]!;
  const signedIn = new Map<string, Session>();
  /** What samlp keeps between the steps of a sign-out. */
  const states = new Map<string, object>();
  let signOutBinding: 'redirect' | 'post' = 'redirect';
  const seen: { path: string; query: URLSearchParams }[] = [];
  const server = http.createServer((request, response) => {
    answer(request, response).catch((error: unknown) => {
      response.writeHead(500, { 'content-type': 'text/plain' }).end(String(error));
    });
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(given.port ?? 0, '127.0.0.1', resolve);
  });
  const origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const entityId = `${origin}/metadata`;

  async function answer(request: http.IncomingMessage, response: http.ServerResponse): Promise<void> {
    const url = new URL(request.url ?? '/', origin);
    seen.push({ path: url.pathname, query: url.searchParams });
    const html = (body: string, headers: http.OutgoingHttpHeaders = {}): void => {
      response.writeHead(200, { 'content-type': 'text/html; charset=utf-8', ...headers }).end(body);
    };
    const session = /(?:^|; )idp=([0-9a-f]+)/.exec(request.headers.cookie ?? '')?.[1] ?? '';
    switch (url.pathname) {
      case '/metadata':
        response.writeHead(200, { 'content-type': 'application/samlmetadata+xml' }).end(metadata());
        return;
      case '/sso':
      case '/start': {
        const errand = errandOf(
          request.method === 'POST' ? new URLSearchParams(await readBody(request)) : url.searchParams,
        );
        const known = signedIn.get(session);
        if (known !== undefined && !errand.again) return html(await posted(errand, known, session));
        return html(loginForm(errand, false));
      }
      case '/login': {
        const typed = new URLSearchParams(await readBody(request));
        const errand = JSON.parse(typed.get('errand') ?? '{}') as Errand;
        const person = given.people.find(
          ({ email, password }) => email === typed.get('email') && password === typed.get('password'),
        );
        if (person === undefined) return html(loginForm(errand, true));
        const fresh = randomBytes(16).toString('hex');
        const made: Session = { person, participants: [] };
        signedIn.set(fresh, made);
        return html(await posted(errand, made, fresh), { 'set-cookie': `idp=${fresh}; HttpOnly; Path=/` });
      }
      case '/slo': {
        const body = Object.fromEntries(new URLSearchParams(await readBody(request)));
        return signOut(session, { query: Object.fromEntries(url.searchParams), body, url: url.href }, response);
      }
      default:
        response.writeHead(404).end();
    }
  }

  function errandOf(query: URLSearchParams): Errand {
    const asked = query.get('SAMLRequest');
    if (asked === null) {
      const to = { acs: query.get('acs') ?? '', audience: query.get('audience') ?? '' };
      return { ...to, inResponseTo: null, relayState: '', again: false };
    }
    const bytes = Buffer.from(asked, 'base64');
    // In a form it comes as it is, in a URL deflated.
    const xml = (bytes[0] === 0x3c ? bytes : inflateRawSync(bytes)).toString('utf8');
    return {
      acs: /AssertionConsumerServiceURL="([^"]+)"/.exec(xml)?.[1] ?? '',
      audience: /Issuer>([^<]+)</.exec(xml)?.[1] ?? '',
      inResponseTo: / ID="([^"]+)"/.exec(xml)?.[1] ?? null,
      relayState: query.get('RelayState') ?? '',
      again: xml.includes('ForceAuthn="true"'),
    };
  }

  const loginForm = (errand: Errand, wrong: boolean) =>
    page(
      'Fournisseur d’essai',
      `<p>SAML identity provider of the demo</p>${wrong ? '<p role="alert">Courriel ou mot de passe inexact.</p>' : ''}
<form method="post" action="/login"><input type="hidden" name="errand" value="${escaped(JSON.stringify(errand))}">
<label for="email">Courriel</label><input id="email" name="email" type="email">
<label for="password">Mot de passe</label><input id="password" name="password" type="password"><button>Entrer</button></form>`,
    );

  /** A page that posts the answer to whoever asked, as providers do. */
  async function posted(errand: Errand, { person, participants }: Session, session: string): Promise<string> {
    const participant = await participantOf(errand, person, session);
    if (participant !== null) participants.push(participant);
    const saml = await respond(errand, person, session);
    return page(
      'Un instant',
      `<form method="post" action="${escaped(errand.acs)}"><input type="hidden" name="SAMLResponse" value="${saml}">
<input type="hidden" name="RelayState" value="${escaped(errand.relayState)}"><button>Continuer</button></form>
<script>document.forms[0].submit()</script>`,
    );
  }

  /** Whom to tell of a sign-out, as the portal's own metadata say it; null where they can't be had. */
  async function participantOf(
    { audience }: Errand,
    { email }: SamlPerson,
    session: string,
  ): Promise<Participant | null> {
    const xml = await fetch(audience).then(
      (found) => (found.ok ? found.text() : ''),
      () => '',
    );
    const binding = BINDINGS[signOutBinding];
    const location = new RegExp(`SingleLogoutService Binding="${binding}" Location="([^"]+)"`).exec(xml)?.[1];
    const body = /X509Certificate>([^<]+)</.exec(xml)?.[1];
    if (location === undefined || body === undefined) return null;
    return {
      serviceProviderId: audience,
      serviceProviderLogoutURL: location,
      sessionIndex: `_${session}`,
      nameId: email,
      nameIdFormat: EMAIL_FORMAT,
      binding,
      cert: body,
    };
  }

  /** Both ways: what a portal asks, whose signature samlp looks at, and what somebody asks here, of which it tells every portal. */
  function signOut(session: string, request: SignOutRequest, response: http.ServerResponse): Promise<void> {
    const { participants } = signedIn.get(session) ?? { participants: [] };
    return new Promise((resolve, reject) => {
      const done = (status: number, headers: http.OutgoingHttpHeaders, body = '') => {
        response.writeHead(status, headers).end(body);
        resolve();
      };
      const asHtml = { 'content-type': 'text/html; charset=utf-8' };
      const options = {
        issuer: entityId,
        cert: signing.certificate,
        key: signing.privateKey,
        deflate: true,
        protocolBinding: BINDINGS[signOutBinding],
        sessionParticipants: participantsOf(participants),
        clearIdPSession: (cleared: () => void) => {
          signedIn.delete(session);
          cleared();
        },
        store: {
          save(_request: unknown, state: object, saved: (error: null, id: string) => void) {
            const id = randomBytes(16).toString('hex');
            states.set(id, state);
            saved(null, id);
          },
          load(_request: unknown, id: string, ...rest: unknown[]) {
            (rest.at(-1) as (error: null, state?: object) => void)(null, states.get(id));
          },
          update(_request: unknown, id: string, state: object, updated: (error: null) => void) {
            states.set(id, state);
            updated(null);
          },
        },
      };
      // Of Express it needs no more than this.
      const answer = {
        set: () => {},
        send: (body: string | number) =>
          typeof body === 'string'
            ? done(200, asHtml, body)
            : done(200, asHtml, page('Déconnecté', '<p>La session est terminée partout.</p>')),
        redirect: (location: string) => done(302, { location }),
      };
      const run = (samlp as unknown as { logout: (o: object) => (...given: unknown[]) => void }).logout(options);
      run({ ...request, originalUrl: request.url }, answer, reject);
    });
  }

  function respond(errand: Errand, { email, firstName, lastName }: SamlPerson, session: string): Promise<string> {
    const claims = 'http://schemas.xmlsoap.org/ws/2005/05/identity/claims';
    const options = {
      issuer: entityId,
      cert: signing.certificate,
      key: signing.privateKey,
      audience: errand.audience,
      recipient: errand.acs,
      destination: errand.acs,
      ...(errand.inResponseTo === null ? {} : { inResponseTo: errand.inResponseTo }),
      lifetimeInSeconds: 240,
      signatureAlgorithm: 'rsa-sha256',
      digestAlgorithm: 'sha256',
      sessionIndex: `_${session}`,
      nameIdentifierFormat: EMAIL_FORMAT,
      authnContextClassRef: 'urn:oasis:names:tc:SAML:2.0:ac:classes:PasswordProtectedTransport',
      profileMapper: () => ({
        getClaims: () => ({
          [`${claims}/emailaddress`]: email,
          [`${claims}/givenname`]: firstName,
          [`${claims}/surname`]: lastName,
        }),
        getNameIdentifier: () => ({ nameIdentifier: email }),
      }),
    };
    return new Promise((resolve, reject) => {
      (
        samlp as unknown as {
          getSamlResponse: (o: object, u: object, done: (error: unknown, xml: string) => void) => void;
        }
      ).getSamlResponse(options, {}, (error, xml) =>
        error ? reject(error) : resolve(Buffer.from(xml, 'utf8').toString('base64')),
      );
    });
  }

  function metadata(): string {
    const body = (pem: string) => pem.replace(/-----[A-Z ]+-----|\s/g, '');
    const descriptors = keys.map(
      ({ certificate }) =>
        `<KeyDescriptor use="signing"><KeyInfo xmlns="http://www.w3.org/2000/09/xmldsig#"><X509Data><X509Certificate>${body(certificate)}</X509Certificate></X509Data></KeyInfo></KeyDescriptor>`,
    );
    const at = (name: string, path: string, binding: 'redirect' | 'post' = 'redirect') =>
      `<${name} Binding="${BINDINGS[binding]}" Location="${origin}${path}"/>`;
    return `<?xml version="1.0" encoding="UTF-8"?>\n<EntityDescriptor xmlns="urn:oasis:names:tc:SAML:2.0:metadata" entityID="${entityId}"><IDPSSODescriptor protocolSupportEnumeration="urn:oasis:names:tc:SAML:2.0:protocol">${descriptors.join('')}${at('SingleLogoutService', '/slo', signOutBinding)}${at('SingleSignOnService', '/sso')}</IDPSSODescriptor></EntityDescriptor>`;
  }

  return {
    origin,
    entityId,
    metadataUrl: `${origin}/metadata`,
    keys,
    seen,
    startUrl: (service) => `${origin}/start?${new URLSearchParams({ acs: service.acs, audience: service.entityId })}`,
    async addKey() {
      keys.push(await makeKeyPair('Fournisseur d’essai (suivant)', new Date()));
    },
    signWithNewest() {
      signing = keys.at(-1)!;
    },
    signOutBy(binding) {
      signOutBinding = binding;
    },
    signOutUrl: `${origin}/slo`,
    async stop() {
      server.closeAllConnections();
      await new Promise<void>((resolve) => server.close(() => resolve()));
    },
  };
}

async function readBody(request: http.IncomingMessage): Promise<string> {
  let body = '';
  for await (const part of request) {
    body += String(part);
    if (body.length > 20_000) throw new Error('The form is too long');
  }
  return body;
}
