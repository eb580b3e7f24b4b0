import { actionOfBuild, HandMadeClient } from './fixtures/hand-made';
import { makeOrganisation, makePerson } from './fixtures/people';
import { expect, test } from './fixtures/test';

/** Each class of answer that the portal gives. */
const ANSWERS = (slug: string, client: HandMadeClient) => ({
  'the front page': () => client.get('/'),
  'a page of signing in': () => client.get(`/${slug}/sign-in`),
  'a signed-in page': () => client.get(`/${slug}/account`),
  'a page for the client runtime': () => client.get(`/${slug}`, { rsc: '1' }),
  'a redirect': () => client.get(`/${slug}/sign-in`),
  'a step that is not hers': () => client.get(`/${slug}/sign-in/password`),
  'a page that is missing': () => client.get(`/${slug}/nowhere`),
  'an organisation that is missing': () => client.get('/no-such-place/sign-in'),
  'a route that says no': () => client.get(`/${slug}/account/picture`),
  'the session for machines': () => client.get('/api/auth/session'),
  'an address for machines that is missing': () => client.get('/api/nothing'),
  'a refused form of another site': () =>
    client.request('POST', `/${slug}/sign-in`, { headers: { origin: 'https://evil.test' }, body: 'x=1' }),
  'an action': () => client.call(actionOfBuild('switchMfa', /account/).id, `/${slug}/account`, { to: 'sideways' }),
  'a body that is too large': () =>
    client
      .request('POST', `/${slug}/sign-in`, {
        headers: { 'content-type': 'application/octet-stream', 'content-length': '5000000' },
      })
      .catch(() => client.get(`/${slug}`)),
  health: () => client.get('/healthz'),
  readiness: () => client.get('/readyz'),
});

test('SAFE-4 every class of answer carries the headers that keep a browser in bounds', async ({ portal }) => {
  const organisation = await makeOrganisation();
  const { slug } = organisation;
  const person = await makePerson(organisation);
  const client = new HandMadeClient(portal.origin);
  await client.signIn(slug, person);
  const nonces = new Set<string>();
  let policies = 0;
  for (const [name, ask] of Object.entries(ANSWERS(slug, client))) {
    const { headers, status } = await ask();
    const policy = String(headers['content-security-policy'] ?? '');
    const seen = `${name} (${status})`;
    expect.soft(policy, seen).toContain("default-src 'none'");
    expect.soft(policy, seen).toContain("frame-ancestors 'none'");
    expect.soft(policy, seen).toContain("base-uri 'none'");
    expect.soft(policy, seen).not.toMatch(/unsafe-inline|unsafe-eval|https?:|\*/);
    const nonce = /'nonce-([^']+)'/.exec(policy)?.[1];
    if (nonce !== undefined) {
      policies += 1;
      nonces.add(nonce);
    }
    expect.soft(headers['x-content-type-options'], seen).toBe('nosniff');
    expect.soft(headers['referrer-policy'], seen).toBe('same-origin');
    expect.soft(headers['cache-control'], seen).toContain('no-store');
    expect.soft(headers['x-powered-by'], seen).toBeUndefined();
    expect.soft(headers['server'], seen).toBeUndefined();
    expect.soft(headers['x-request-id'], seen).toMatch(/^[0-9a-f-]{36}$/);
  }
  expect(nonces.size, 'a nonce is used once').toBe(policies);
});

test('SAFE-4 no script stands in a page without its nonce, and no handler or style in a tag', async ({ portal }) => {
  const organisation = await makeOrganisation();
  const { slug } = organisation;
  const person = await makePerson(organisation);
  const client = new HandMadeClient(portal.origin);
  await client.signIn(slug, person);
  const stranger = new HandMadeClient(portal.origin);
  for (const [who, path] of [
    [stranger, '/'],
    [stranger, `/${slug}/sign-in`],
    [client, `/${slug}`],
    [client, `/${slug}/account`],
    [client, `/${slug}/nowhere`],
  ] as const) {
    const { body, headers } = await who.get(path);
    const nonce = /'nonce-([^']+)'/.exec(String(headers['content-security-policy']))?.[1];
    for (const [tag] of body.matchAll(/<script\b[^>]*>/g)) expect(tag, path).toContain(`nonce="${nonce}"`);
    expect(body, path).not.toMatch(/<[^>]+\son\w+="/);
    expect(body, path).not.toMatch(/<[^>]+\sstyle="/);
    expect(body, path).not.toContain('javascript:void');
  }
  // A client can't choose the nonce, and so allow a script of its own.
  const forged = await stranger.get(`/${slug}/sign-in`, {
    'x-nonce': 'mine',
    'content-security-policy': "script-src 'nonce-mine'",
  });
  expect(forged.body).not.toContain('nonce="mine"');
});

test('SAFE-4 an address by number is led to the one canonical origin; forged hosts lead nowhere', async ({
  portal,
}) => {
  const client = new HandMadeClient(portal.origin);
  const { port } = new URL(portal.origin);
  const byNumber = await client.get('/petits-pas/sign-in?next=%2Fpetits-pas', { host: `127.0.0.1:${port}` });
  expect([byNumber.status, byNumber.headers.location]).toEqual([
    308,
    `${portal.origin}/petits-pas/sign-in?next=%2Fpetits-pas`,
  ]);
  for (const headers of [
    { host: 'evil.test' },
    { 'x-forwarded-host': 'evil.test' },
    { 'x-forwarded-host': 'evil.test', 'x-forwarded-proto': 'https', 'x-forwarded-port': '444' },
    { forwarded: 'host=evil.test' },
  ]) {
    for (const path of ['/petits-pas', '/petits-pas/sign-in', '/api/auth/csrf', '/petits-pas/nowhere']) {
      const answer = await client.get(path, headers);
      expect(JSON.stringify([answer.headers, answer.body]), `${path} ${JSON.stringify(headers)}`).not.toContain(
        'evil.test',
      );
    }
  }
});
