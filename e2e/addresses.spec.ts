import { HandMadeClient, actionOfBuild } from './fixtures/hand-made';
import { startInstance } from './fixtures/instances';
import { makeOrganisation, makePerson } from './fixtures/people';
import { expect, test } from './fixtures/test';

const LOOPBACK = /^(127\.0\.0\.1|::1)$/;

/** Each a header by which somebody might be believed to be elsewhere. */
const FORGED: Record<string, string | string[]>[] = [
  { 'x-forwarded-for': '203.0.113.9' },
  { 'x-forwarded-for': ['203.0.113.9', '203.0.113.10'] },
  { 'x-forwarded-for': '' },
  { 'x-forwarded-for': '203.0.113.9, 127.0.0.1' },
  { forwarded: 'for=203.0.113.9;proto=https;host=evil.test' },
  { 'x-real-ip': '203.0.113.9' },
  { 'cf-connecting-ip': '203.0.113.9' },
  { 'true-client-ip': '203.0.113.9', 'x-client-ip': '203.0.113.9', 'x-cluster-client-ip': '203.0.113.9' },
  { 'x-vestibule-peer': '203.0.113.9' },
  { 'x-vestibule-peer': '203.0.113.9', 'x-vestibule-stamp': '0'.repeat(64) },
  { 'x-vestibule-peer': ['203.0.113.9', '203.0.113.10'], 'x-vestibule-stamp': ['', '1'] },
  { 'x-middleware-subrequest': 'proxy:proxy:proxy:proxy:proxy', 'x-forwarded-for': '203.0.113.9' },
  { 'x-action-forwarded': '1', 'x-vestibule-peer': '203.0.113.9' },
];

test('LOC-5 no header that a client sends changes the address that is written down', async ({ portal, database }) => {
  const organisation = await makeOrganisation();
  const { slug } = organisation;
  const person = await makePerson(organisation);
  for (const headers of FORGED) {
    const client = new HandMadeClient(portal.origin, { headers });
    await client.signIn(slug, person);
    const account = await client.get(`/${slug}/account`);
    expect(account.body, JSON.stringify(headers)).not.toMatch(/203\.0\.113/);
  }
  const written = await database<{ address: string | null }[]>`
    select host(address) as address from audit_events where organisation_id = ${organisation.id} and actor_kind <> 'operator'
    union all select host(address) from sessions where organisation_id = ${organisation.id}
    union all select host(last_address) from devices where organisation_id = ${organisation.id}`;
  expect(written.length).toBeGreaterThan(4 * FORGED.length);
  for (const { address } of written) expect(address).toMatch(LOOPBACK);
});

test('LOC-5 whoever comes from 127.0.0.2 is written down as that, in the request inside an action too', async ({
  portal,
  database,
}) => {
  const organisation = await makeOrganisation();
  const { slug } = organisation;
  const person = await makePerson(organisation);
  const client = new HandMadeClient(portal.origin, { from: '127.0.0.2' });
  // By the client runtime, whose redirect makes Next.js ask its own origin for the next page.
  await client.call(actionOfBuild('identify', /sign-in/).id, `/${slug}/sign-in`, {
    organisation: slug,
    identifier: person.email,
  });
  const { attempt } = (await client.formWith(`/${slug}/sign-in/password`, 'password')).fields;
  const answer = await client.call(actionOfBuild('enterPassword', /sign-in/).id, `/${slug}/sign-in/password`, {
    organisation: slug,
    attempt: attempt!,
    password: person.password,
  });
  expect(answer.headers['x-action-redirect']).toMatch(new RegExp(`^/${slug}(;|$)`));
  const saved = await client.call(actionOfBuild('changeProfile', /account/).id, `/${slug}/account`, {
    firstName: 'Mireille',
    lastName: 'Bérubé',
    language: 'fr',
    timeZone: '',
  });
  // The page that the inner request drew came along, and knows the address.
  expect(saved.body).toContain('Adresse 127.0.0.2');
  const written = await database<{ address: string | null }[]>`
    select host(address) as address from audit_events where organisation_id = ${organisation.id} and actor_kind <> 'operator'
    union all select host(address) from sessions where organisation_id = ${organisation.id}`;
  expect(new Set(written.map(({ address }) => address))).toEqual(new Set(['127.0.0.2']));
});

test('LOC-5 behind trusted proxies the right hop counts', async ({ portal, database, logs }) => {
  const proxied = await startInstance({
    ...portal.settings,
    TRUSTED_PROXIES: '127.0.0.1/32, 10.0.0.0/8',
  });
  logs.add(proxied.log);
  try {
    for (const [forwarded, expected] of [
      ['198.51.100.7', '198.51.100.7'],
      ['203.0.113.9, 198.51.100.7', '198.51.100.7'],
      ['203.0.113.9, 198.51.100.7, 10.1.2.3', '198.51.100.7'],
      ['::ffff:198.51.100.7', '198.51.100.7'],
      ['2001:db8::1', '2001:db8::1'],
      ['198.51.100.7, rubbish', null],
      ['', null],
      [undefined, null],
    ] as const) {
      const organisation = await makeOrganisation();
      const person = await makePerson(organisation);
      const client = new HandMadeClient(portal.origin, {
        at: proxied.address,
        headers: forwarded === undefined ? {} : { 'x-forwarded-for': forwarded },
      });
      await client.signIn(organisation.slug, person);
      const [session] = await database<{ address: string | null }[]>`
        select host(address) as address from sessions where account_id = ${person.id}`;
      expect([forwarded, session!.address]).toEqual([forwarded, expected]);
    }
    // Who is no proxy is not believed, even there.
    const organisation = await makeOrganisation();
    const person = await makePerson(organisation);
    const client = new HandMadeClient(portal.origin, {
      at: proxied.address,
      from: '127.0.0.2',
      headers: { 'x-forwarded-for': '198.51.100.7' },
    });
    await client.signIn(organisation.slug, person);
    const [session] = await database<{ address: string }[]>`
      select host(address) as address from sessions where account_id = ${person.id}`;
    expect(session!.address).toBe('127.0.0.2');
  } finally {
    await proxied.stop();
  }
});
