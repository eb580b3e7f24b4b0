import http from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { discover } from './discovery';

let answer: (url: string) => { type?: string; body: string; status?: number } = () => ({ body: '{}' });
let stall = false;
const server = http.createServer((request, response) => {
  if (stall) return;
  const { type = 'application/json', body, status = 200 } = answer(request.url ?? '');
  response.writeHead(status, { 'Content-Type': type }).end(body);
});
let origin = '';
beforeAll(async () => {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});
afterAll(() => {
  server.closeAllConnections();
  server.close();
});

const OPEN = { allowPrivate: true };
const good = (issuer = origin) => ({
  issuer,
  authorization_endpoint: `${origin}/auth`,
  token_endpoint: `${origin}/token`,
  jwks_uri: `${origin}/jwks`,
  end_session_endpoint: `${origin}/end`,
  token_endpoint_auth_methods_supported: ['private_key_jwt', 'client_secret_post', 'tls_client_auth'],
  id_token_signing_alg_values_supported: ['HS256', 'ES256', 'RS256'],
});
const issueOf = async (typed: string, ways: Parameters<typeof discover>[1] = OPEN) => {
  const found = await discover(typed, ways);
  return 'issue' in found ? found.issue : 'found';
};

describe('OIDC-1 « Découvrir »', () => {
  it('OIDC-1 fills what the document says, by the issuer or by the document’s own address', async () => {
    answer = () => ({ body: JSON.stringify(good()) });
    for (const typed of [origin, `${origin}/`, ` ${origin}/.well-known/openid-configuration `]) {
      expect(await discover(typed, OPEN)).toEqual({
        issuer: origin,
        authorizationEndpoint: `${origin}/auth`,
        tokenEndpoint: `${origin}/token`,
        jwksUri: `${origin}/jwks`,
        userinfoEndpoint: null,
        revocationEndpoint: null,
        endSessionEndpoint: `${origin}/end`,
        issuerInResponse: false,
        clientAuthentications: ['client_secret_post', 'private_key_jwt'],
        idTokenAlgorithms: ['RS256', 'ES256'],
      });
    }
    const asked: string[] = [];
    answer = (url) => (asked.push(url), { body: JSON.stringify(good(`${origin}/realms/ecole`)) });
    expect(await issueOf(`${origin}/realms/ecole/`)).toBe('found');
    expect(asked).toEqual(['/realms/ecole/.well-known/openid-configuration']);
  });

  it('OIDC-1 believes nobody who calls themselves somebody else, whatever address was typed', async () => {
    answer = () => ({ body: JSON.stringify(good('https://accounts.google.com')) });
    expect(await issueOf(origin)).toBe('discovery.issuer');
    expect(await issueOf(`${origin}/.well-known/openid-configuration`)).toBe('discovery.issuer');
    answer = () => ({ body: JSON.stringify(good(`${origin}/other`)) });
    expect(await issueOf(origin)).toBe('discovery.issuer');
  });

  it('OIDC-1 refuses Microsoft’s addresses for everybody, and says why', async () => {
    for (const tenant of ['common', 'organizations', 'consumers', 'Common']) {
      expect(await issueOf(`https://login.microsoftonline.com/${tenant}/v2.0`)).toBe('discovery.tenant');
    }
    answer = () => ({ body: JSON.stringify(good('https://login.microsoftonline.com/{tenantid}/v2.0')) });
    expect(await issueOf(origin)).toMatch(/discovery\.(tenant|document)/);
  });

  it('OIDC-5 refuses a document whose endpoints lead inside, and addresses that do (bad inputs 65, 67)', async () => {
    answer = () => ({ body: JSON.stringify({ ...good(), jwks_uri: 'https://169.254.169.254/jwks' }) });
    expect(await issueOf(origin)).toBe('discovery.endpoint');
    for (const typed of [
      'https://127.1',
      'http://169.254.169.254/',
      'https://[::ffff:10.0.0.1]',
      'https://x@10.0.0.1',
    ]) {
      expect(await issueOf(typed, { allowPrivate: false })).toBe('discovery.address');
    }
    for (const typed of ['', 'ecole', 'https://', `${origin}?a=b`]) expect(await issueOf(typed)).toBe('discovery.form');
  });

  it('OIDC-1 refuses what is no document of a provider (bad input 67)', async () => {
    const text = JSON.stringify(good());
    for (const given of [
      { body: text, type: 'text/html' },
      { body: '<html>' },
      { body: '[]' },
      { body: 'null' },
      { body: JSON.stringify({ ...good(), token_endpoint: undefined }) },
      { body: JSON.stringify({ ...good(), token_endpoint: 'javascript:alert(1)' }) },
      { body: text.replace('{', `{"issuer":"https://evil.example",`) },
      { body: text, status: 302 },
      { body: text, status: 404 },
    ]) {
      answer = () => given;
      expect(await issueOf(origin)).toBe('discovery.document');
    }
    answer = () => ({ body: text.replace('{', '{"__proto__":{"issuer":"x"},"nested":{"issuer":1},') });
    expect(await issueOf(origin)).toBe('found');
    answer = () => ({ body: '', status: 503 });
    expect(await issueOf(origin)).toBe('discovery.away');
    answer = () => ({ body: `{"x":"${'x'.repeat(2_000_000)}"}` });
    expect(await issueOf(origin)).toBe('discovery.away');
    stall = true;
    const from = Date.now();
    expect(await issueOf(origin)).toBe('discovery.away');
    expect(Date.now() - from).toBeLessThan(6_000);
  });
});
