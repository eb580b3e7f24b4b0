import { makeOrganisation, makePerson, enterPassword, visitorAt } from './fixtures/people';
import { signedInPerson } from './fixtures/actors';
import { expect, test } from './fixtures/test';
import http from 'node:http';
import { filterInput, locationInput, ruleInput, saveFilter, saveLocation, saveRule } from '@/lib/locations/service';

/** Asks from one of this machine's own addresses: 127.0.0.1 and 127.0.0.2 are two places to the portal. */
function askFrom(
  localAddress: string,
  url: string,
  { method = 'GET', headers = {}, body }: { method?: string; headers?: Record<string, string>; body?: string } = {},
): Promise<{ status: number; text: string }> {
  return new Promise((resolve, reject) => {
    const target = new URL(url);
    const request = http.request(
      {
        host: '127.0.0.1',
        port: target.port,
        path: target.pathname + target.search,
        method,
        localAddress,
        agent: false,
        headers: { host: target.host, 'accept-language': 'fr', ...headers },
      },
      (response) => {
        let text = '';
        response.setEncoding('utf8');
        response.on('data', (chunk: string) => (text += chunk));
        response.on('end', () => resolve({ status: response.statusCode!, text }));
      },
    );
    request.on('error', reject);
    request.end(body);
  });
}

test.describe('LOC-4 from where', () => {
  test('LOC-4 a session opened in the office is refused outside at its next request: page, action, route, prefetch; no header changes it', async ({
    portal,
  }) => {
    const organisation = await makeOrganisation({ internalMFA: 'off' });
    const { actor } = await signedInPerson(organisation, 'administrator');
    const here = { ...actor, origin: { ...actor.origin, address: '127.0.0.1' } };
    const office = await saveLocation(
      here,
      null,
      locationInput.parse({ name: 'Bureau', country: '', latitude: '', longitude: '', timeZone: '' }),
    );
    await saveRule(here, office, null, ruleInput.parse({ name: 'Porte', type: 'list', definition: '127.0.0.1' }));
    const person = await makePerson(organisation);
    const { outcome } = await enterPassword(visitorAt(organisation), person);
    const cookie = `vestibule.session=${outcome.session!.token}`;
    const home = `${portal.origin}/${organisation.slug}`;

    expect((await askFrom('127.0.0.2', home, { headers: { cookie } })).status).toBe(200);
    await saveFilter(
      here,
      { kind: 'employee' },
      filterInput.parse({ mode: 'block', applies: 'request', locationIds: [office] }),
    );
    expect((await askFrom('127.0.0.1', home, { headers: { cookie } })).status).toBe(200);

    const refused = await askFrom('127.0.0.2', home, { headers: { cookie } });
    expect(refused.status).toBe(403);
    expect(refused.text).toContain('127.0.0.2');
    const forged = {
      'x-forwarded-for': '127.0.0.1',
      'x-real-ip': '127.0.0.1',
      forwarded: 'for=127.0.0.1',
      'x-client-ip': '127.0.0.1',
      'x-vestibule-peer': '127.0.0.1',
      'cf-connecting-ip': '127.0.0.1',
      'true-client-ip': '127.0.0.1',
    };
    for (const [path, more] of [
      ['', { ...forged }],
      ['/account', {}],
      ['/account/picture', {}],
      ['/nowhere/at/all', {}],
      ['?_rsc=1', { rsc: '1', 'next-router-prefetch': '1' }],
      ['', { purpose: 'prefetch' }],
      ['', { 'x-middleware-subrequest': 'proxy:proxy:proxy:proxy:proxy' }],
    ] as const) {
      const answer = await askFrom('127.0.0.2', `${home}${path}`, { headers: { cookie, ...more } });
      expect(answer.status, path).toBe(403);
      expect(answer.text, path).not.toContain(person.email);
    }
    const posted = await askFrom('127.0.0.2', home, {
      method: 'POST',
      headers: {
        cookie,
        origin: portal.origin,
        'content-type': 'text/plain;charset=UTF-8',
        'next-action': '00'.repeat(21),
      },
      body: '[]',
    });
    expect(posted.status).toBe(403);
    // What stands before a session stays open to all.
    expect((await askFrom('127.0.0.2', `${home}/sign-in`, { headers: { cookie } })).status).toBe(200);
    expect((await askFrom('127.0.0.2', `${portal.origin}/`, { headers: { cookie } })).status).toBe(200);
  });
});
