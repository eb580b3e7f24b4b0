import { filterInput, locationInput, ruleInput, saveFilter, saveLocation, saveRule } from '@/lib/locations/service';
import { signedInPerson } from './fixtures/actors';
import { HandMadeClient } from './fixtures/hand-made';
import { startInstance } from './fixtures/instances';
import { makeOrganisation, makePerson } from './fixtures/people';
import { freePorts, hasIpv6, proxiesHere, type Hop } from './fixtures/proxies';
import { expect, test } from './fixtures/test';

/** Where the office's people come from; somebody else; the proxies that are named, and one that is not. */
const OFFICE = '127.0.0.2';
const ELSEWHERE = '127.0.0.5';
const INNER = '127.0.0.3';
const OUTER = '127.0.0.4';
const UNNAMED = '127.0.0.6';

const FORGED: (string | string[])[] = [
  OFFICE,
  `${OFFICE}, ${OFFICE}`,
  [OFFICE, INNER],
  `${OFFICE}, ${INNER}, ${OUTER}`,
  'unknown',
  `"${OFFICE}"`,
  '',
  `,,${OFFICE},`,
];

for (const proxy of proxiesHere()) {
  test(`LOC-5 behind a real proxy, ${proxy.name}: whom it saw counts, what a client forges in front of it never; without an address nobody is let in`, async ({
    portal,
    database,
    logs,
  }) => {
    const app = await startInstance({ ...portal.settings, TRUSTED_PROXIES: `${INNER}, ${OUTER}/32` });
    logs.add(app.log);
    const names = ['inner', 'outer', 'unnamed', 'behindUnnamed', 'silent', 'vague', 'six'] as const;
    const ports = await freePorts(names.length);
    const port = Object.fromEntries(names.map((name, index) => [name, ports[index]!])) as Record<
      (typeof names)[number],
      number
    >;
    const v4 = (at: number) => ({ host: '127.0.0.1', port: at }) as const;
    const hops: Hop[] = [
      { listen: v4(port.inner), to: app.port, from: INNER, forwarded: 'append' },
      { listen: v4(port.outer), to: port.inner, from: OUTER, forwarded: 'append' },
      { listen: v4(port.unnamed), to: app.port, from: UNNAMED, forwarded: 'append' },
      { listen: v4(port.behindUnnamed), to: port.inner, from: UNNAMED, forwarded: 'append' },
      { listen: v4(port.silent), to: app.port, from: INNER, forwarded: 'remove' },
      { listen: v4(port.vague), to: app.port, from: INNER, forwarded: { write: `${OFFICE}, unknown` } },
      ...(hasIpv6()
        ? [
            {
              listen: { host: '::1', port: port.six } as const,
              to: app.port,
              from: INNER,
              forwarded: 'append' as const,
            },
          ]
        : []),
    ];
    const running = await proxy.start(hops);
    try {
      const organisation = await makeOrganisation({ internalMFA: 'off' });
      const { slug } = organisation;
      const { host } = new URL(portal.origin);
      const clientAt = (at: number | string, from: string | undefined, forwarded?: string | string[]) =>
        new HandMadeClient(portal.origin, {
          at: typeof at === 'string' ? at : `http://127.0.0.1:${at}`,
          from,
          headers: { host, ...(forwarded === undefined ? {} : { 'x-forwarded-for': forwarded }) },
        });
      /** Signs in that way: the client, and the address that is written down of it. */
      const signIn = async (...way: Parameters<typeof clientAt>) => {
        const person = await makePerson(organisation);
        const client = clientAt(...way);
        await client.signIn(slug, person);
        const [session] = await database<{ address: string | null }[]>`
          select host(address) as address from sessions where account_id = ${person.id} order by created_at desc limit 1`;
        return { client, address: session!.address };
      };

      const inOffice = await signIn(port.inner, OFFICE);
      expect(inOffice.address).toBe(OFFICE);
      for (const forged of FORGED) {
        expect([forged, (await signIn(port.inner, ELSEWHERE, forged)).address]).toEqual([forged, ELSEWHERE]);
      }
      expect((await signIn(port.outer, OFFICE)).address, 'two in a row').toBe(OFFICE);
      expect((await signIn(port.outer, ELSEWHERE, `${OFFICE}, ${OUTER}`)).address, 'two, forged').toBe(ELSEWHERE);
      expect((await signIn(port.unnamed, OFFICE)).address, 'a proxy that nobody named is the client').toBe(UNNAMED);
      expect((await signIn(port.behindUnnamed, OFFICE)).address, 'so it is behind a named one').toBe(UNNAMED);
      expect((await signIn(app.port, ELSEWHERE, OFFICE)).address, 'round the proxy').toBe(ELSEWHERE);
      if (hasIpv6()) {
        const six = `http://[::1]:${port.six}`;
        expect((await signIn(six, undefined)).address, 'IPv6').toBe('::1');
        expect((await signIn(six, undefined, OFFICE)).address, 'IPv6, forged').toBe('::1');
      }
      const silent = await signIn(port.silent, OFFICE, OFFICE);
      expect(silent.address, 'no header').toBeNull();
      const vague = await signIn(port.vague, OFFICE);
      expect(vague.address, 'a header that can’t be read').toBeNull();

      const { actor } = await signedInPerson(organisation, 'administrator');
      const office = await saveLocation(
        actor,
        null,
        locationInput.parse({ country: '', latitude: '', longitude: '', timeZone: '', name: 'Bureau' }),
      );
      const definition = `${OFFICE}\n${actor.origin.address}`;
      await saveRule(actor, office, null, ruleInput.parse({ name: 'Porte', type: 'list', definition }));
      const input = filterInput.parse({ mode: 'block', applies: 'request', locationIds: [office] });
      await saveFilter(actor, { kind: 'employee' }, input);
      const home = `/${slug}`;
      expect((await inOffice.client.get(home)).status).toBe(200);
      for (const refused of [silent.client, vague.client]) {
        const answer = await refused.get(home);
        expect(answer.status, 'no address, no way in').toBe(403);
      }
      // The session of the office, carried elsewhere: nothing that is written in front of the proxy brings it back.
      for (const forged of FORGED) {
        const carried = clientAt(port.inner, ELSEWHERE, forged);
        for (const [name, value] of inOffice.client.cookies) carried.cookies.set(name, value);
        const answer = await carried.get(home);
        expect([forged, answer.status]).toEqual([forged, 403]);
        expect(answer.body).toContain(ELSEWHERE);
      }
    } finally {
      await running.stop();
      await app.stop();
    }
  });
}
