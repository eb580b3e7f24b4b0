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

/** What an answer is for: whom it goes to, and what it answers. */
interface Errand {
  readonly acs: string;
  readonly audience: string;
  readonly inResponseTo: string | null;
  readonly relayState: string;
}

/** @param given.port 0: any that is free */
export async function startSamlProvider(given: {
  readonly port?: number;
  readonly people: readonly SamlPerson[];
}): Promise<SamlProvider> {
  const keys: KeyPair[] = [await makeKeyPair('Fournisseur d’essai', new Date())];
  let signing = keys[0]!;
  const signedIn = new Map<string, SamlPerson>();
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
        const errand = errandOf(url.searchParams);
        const person = signedIn.get(session);
        if (person !== undefined && url.searchParams.get('force') !== '1')
          return html(await posted(errand, person, session));
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
        signedIn.set(fresh, person);
        return html(await posted(errand, person, fresh), { 'set-cookie': `idp=${fresh}; HttpOnly; Path=/` });
      }
      case '/slo': {
        signedIn.delete(session);
        return html(page('Déconnecté', '<p>La session est terminée.</p>'));
      }
      default:
        response.writeHead(404).end();
    }
  }

  function errandOf(query: URLSearchParams): Errand {
    const asked = query.get('SAMLRequest');
    if (asked === null) {
      return { acs: query.get('acs') ?? '', audience: query.get('audience') ?? '', inResponseTo: null, relayState: '' };
    }
    const xml = inflateRawSync(Buffer.from(asked, 'base64')).toString('utf8');
    return {
      acs: /AssertionConsumerServiceURL="([^"]+)"/.exec(xml)?.[1] ?? '',
      audience: /Issuer>([^<]+)</.exec(xml)?.[1] ?? '',
      inResponseTo: / ID="([^"]+)"/.exec(xml)?.[1] ?? null,
      relayState: query.get('RelayState') ?? '',
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
  async function posted(errand: Errand, person: SamlPerson, session: string): Promise<string> {
    const saml = await respond(errand, person, session);
    return page(
      'Un instant',
      `<form method="post" action="${escaped(errand.acs)}"><input type="hidden" name="SAMLResponse" value="${saml}">
<input type="hidden" name="RelayState" value="${escaped(errand.relayState)}"><button>Continuer</button></form>
<script>document.forms[0].submit()</script>`,
    );
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
      nameIdentifierFormat: 'urn:oasis:names:tc:SAML:1.1:nameid-format:emailAddress',
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
    const at = (name: string, path: string) =>
      `<${name} Binding="urn:oasis:names:tc:SAML:2.0:bindings:HTTP-Redirect" Location="${origin}${path}"/>`;
    return `<?xml version="1.0" encoding="UTF-8"?>\n<EntityDescriptor xmlns="urn:oasis:names:tc:SAML:2.0:metadata" entityID="${entityId}"><IDPSSODescriptor protocolSupportEnumeration="urn:oasis:names:tc:SAML:2.0:protocol">${descriptors.join('')}${at('SingleLogoutService', '/slo')}${at('SingleSignOnService', '/sso')}</IDPSSODescriptor></EntityDescriptor>`;
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
