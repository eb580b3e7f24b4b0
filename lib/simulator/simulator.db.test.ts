import { describe, expect, it } from 'vitest';
import { signedInPerson } from '@/e2e/fixtures/actors';
import { useDatabase } from '@/e2e/fixtures/database';
import {
  enterPassword,
  makeEnrolledPerson,
  makeOrganisation,
  makePerson,
  operatorOf,
  refusalOf,
  reread,
  visitorAt,
} from '@/e2e/fixtures/people';
import * as places from '@/lib/locations/service';
import { setOption } from '@/lib/options/service';
import { loadSimulator, simulate, simulationInput, type SimulationInput } from './service';

const database = useDatabase();

const HERE = '203.0.113.7';
const ELSEWHERE = '198.51.100.20';

async function house() {
  const organisation = await makeOrganisation({ internalMFA: 'on-demand' });
  const { actor } = await signedInPerson(organisation, 'administrator');
  const nowhere = { country: '', latitude: '', longitude: '', timeZone: '' };
  const office = await places.saveLocation(actor, null, places.locationInput.parse({ ...nowhere, name: 'Bureau' }));
  const rule = places.ruleInput.parse({ name: 'Porte', type: 'list', definition: HERE });
  await places.saveRule(actor, office, null, rule);
  const auditor = (await signedInPerson(organisation, 'auditor')).actor;
  // What the settings of this moment say, as a request of the auditor would find it.
  const ask = async (input: Partial<Record<keyof SimulationInput, unknown>>) =>
    simulate(
      { ...auditor, organisation: await reread(organisation.slug) },
      simulationInput.parse({ address: HERE, ...input }),
    );
  return { organisation, actor, office, auditor, ask };
}

const blocking = (locationIds: string[], more = {}) =>
  places.filterInput.parse({ mode: 'block', applies: 'request', locationIds, ...more });

describe('GUARD-3 the simulator', () => {
  it('GUARD-3 says what the sign-in itself then says, inside and outside', async () => {
    const { organisation, actor, office, ask } = await house();
    const person = await makePerson(organisation);
    await places.saveFilter(actor, { kind: 'employee' }, blocking([office]));
    const visitor = visitorAt(await reread(organisation.slug));
    for (const [address, step, next] of [
      [HERE, 'signed-in', `/${organisation.slug}`],
      [ELSEWHERE, 'blocked', `/${organisation.slug}/sign-in/refused`],
    ] as const) {
      expect(await ask({ person: person.username, address })).toMatchObject({ decision: { step } });
      const { outcome } = await enterPassword({ ...visitor, origin: { ...visitor.origin, address } }, person);
      expect(outcome.next).toBe(next);
    }
    expect(await ask({ person: person.email, address: ELSEWHERE })).toMatchObject({
      places: [],
      decision: { reasons: ['network.outside'] },
    });
    expect(await ask({ person: person.email })).toMatchObject({ places: ['Bureau'] });
  });

  it('GUARD-3 a draft takes the place of the filter of the person’s kind, and of no other; nothing is written', async () => {
    const { organisation, office, ask } = await house();
    const person = (await makePerson(organisation)).username;
    const step = async (input: object) => {
      const outcome = await ask({ person, address: ELSEWHERE, ...input });
      return 'decision' in outcome ? [outcome.decision.step, ...outcome.decision.reasons].join(' ') : 'invalid';
    };
    const [before] = await database.owner`select count(*)::int as count from audit_events`;
    const version = (await reread(organisation.slug)).settingsVersion;
    expect(await step({})).toBe('signed-in mfa.not-enrolled proof.complete');
    expect(await step({ filter: 'block', at: [office] })).toBe('blocked network.outside');
    expect(await step({ filter: 'warn', at: [office] })).toContain('network.warned');
    expect(await step({ filter: 'watch', at: [office] })).toContain('network.watched');
    expect(await step({ filter: 'block', at: [office], address: HERE })).toContain('signed-in');
    const atSignIn = { filter: 'block', applies: 'sign-in', at: [office] };
    expect(await step({ ...atSignIn, moment: 'request' })).toContain('signed-in');
    expect(await step({ ...atSignIn, moment: 'sign-in' })).toContain('blocked');
    expect(await step({ filter: 'block', at: [] }), 'a filter without a place lets nobody in').toContain('blocked');
    expect((await reread(organisation.slug)).settingsVersion).toBe(version);
    expect(await database.owner`select count(*)::int as count from audit_events`).toEqual([before]);
  });

  it('GUARD-3 without the filter in force, and with an exception', async () => {
    const { organisation, actor, office, ask } = await house();
    const person = (await makePerson(organisation)).username;
    await places.saveFilter(actor, { kind: 'employee' }, blocking([office]));
    expect(await ask({ person, address: ELSEWHERE })).toMatchObject({ decision: { step: 'blocked' } });
    expect(await ask({ person, address: ELSEWHERE, filter: 'none' })).toMatchObject({
      decision: { step: 'signed-in' },
    });
    await places.grantException(actor, person, { minutes: 60, reason: 'Formation' });
    const excepted = await ask({ person, address: ELSEWHERE });
    expect(excepted).toMatchObject({
      decision: { step: 'signed-in', reasons: expect.arrayContaining(['network.excepted']) },
    });
  });

  it('GUARD-3 the second factor at sign-in, with a session, and on a device that is excused', async () => {
    const { organisation, ask } = await house();
    const person = (await makeEnrolledPerson(organisation)).username;
    expect(await ask({ person })).toMatchObject({ decision: { step: 'challenge' } });
    expect(await ask({ person, device: 'trusted' }), 'the option allows no device').toMatchObject({
      decision: { step: 'challenge' },
    });
    expect(await ask({ person, moment: 'request' })).toMatchObject({ decision: { step: 'signed-in' } });
    const lenient = await makeOrganisation();
    await setOption(operatorOf(lenient), 'mfaRememberDeviceDays', 30);
    const auditor = (await signedInPerson(await reread(lenient.slug), 'auditor')).actor;
    const excused = (await makeEnrolledPerson(lenient)).username;
    expect(
      await simulate(auditor, simulationInput.parse({ person: excused, address: HERE, device: 'trusted' })),
    ).toMatchObject({ decision: { step: 'signed-in', reasons: ['mfa.device-trusted', 'proof.complete'] } });
  });

  it('GUARD-3 ACC-6 what can’t be found is said; another house’s people and places are not there', async () => {
    const [mine, theirs] = [await house(), await house()];
    const person = (await makePerson(theirs.organisation)).username;
    expect(await mine.ask({ person, address: 'ici' })).toEqual({ invalid: { person: true, address: true } });
    expect(await mine.ask({ person: '', address: '010.0.0.1' })).toEqual({ invalid: { person: true, address: true } });
    const own = (await makePerson(mine.organisation)).username;
    expect(await mine.ask({ person: own, filter: 'block', at: [theirs.office] })).toMatchObject({
      decision: { step: 'blocked' },
    });
    expect((await loadSimulator(mine.auditor)).locations).toMatchObject([{ id: mine.office, ruled: true }]);
  });

  it('ACC-4 nobody without audit.read', async () => {
    const { organisation } = await house();
    const { actor } = await signedInPerson(organisation, ['locations.manage']);
    expect(await refusalOf(loadSimulator(actor))).toBe('permission.missing');
    expect(await refusalOf(simulate(actor, simulationInput.parse({})))).toBe('permission.missing');
  });

  it('SAFE-5 what nobody could be called is nobody, and never an error', async () => {
    const { ask } = await house();
    for (const person of ['\0', 'a\0b@erables.test', '\uD800', 'x'.repeat(5_000), ['a', 'b'], undefined]) {
      expect(await ask({ person })).toEqual({ invalid: { person: true } });
    }
    expect(await ask({ person: 'x', address: '203.0.113.7\0' })).toEqual({ invalid: { person: true, address: true } });
  });
});
