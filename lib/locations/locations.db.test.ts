import { expect, it, describe } from 'vitest';
import { actorOfToken, giveRole, makeRole, openSessionOf, signedInPerson } from '@/e2e/fixtures/actors';
import { useDatabase } from '@/e2e/fixtures/database';
import { enterPassword, makeOrganisation, makePerson, operatorOf, reread, visitorAt } from '@/e2e/fixtures/people';
import type { Actor } from '@/lib/actors/model';
import { findPendingChange, keepChange, rollBackOverdueChanges, takeChangeBack } from '@/lib/changes/service';
import { hashToken } from '@/lib/crypto/tokens';
import { settingsOf } from '@/lib/options/service';
import type { Organisation } from '@/lib/organisations/model';
import { decide } from '@/lib/policy/decision';
import { sessionFacts } from '@/lib/sessions/facts';
import { findOpenSession } from '@/lib/sessions/store';
import * as service from './service';

const database = useDatabase();

const HERE = '203.0.113.7';
const ELSEWHERE = '198.51.100.20';

const fields = (name: string, more: Record<string, string> = {}) =>
  service.locationInput.parse({ name, country: '', latitude: '', longitude: '', timeZone: '', ...more });
const list = (name: string, definition: string) => service.ruleInput.parse({ name, type: 'list', definition });
const filter = (mode: 'watch' | 'warn' | 'block', locationIds: string[], more = {}) =>
  service.filterInput.parse({ mode, applies: 'request', locationIds, ...more });

async function house(): Promise<{ organisation: Organisation; actor: Actor; token: string; office: string }> {
  const organisation = await makeOrganisation({ internalMFA: 'off' });
  const { actor, token } = await signedInPerson(organisation, 'administrator');
  const office = await service.saveLocation(actor, null, fields('Bureau'));
  expect(await service.saveRule(actor, office, null, list('Porte', HERE))).toEqual({ saved: true, coveredBy: null });
  return { organisation, actor, token, office };
}

/** What the next request with this session is told, coming from there. */
async function stepFrom(token: string, address: string | null): Promise<string> {
  const session = await findOpenSession(hashToken(token));
  const settings = await settingsOf(session!.organisation);
  return decide(sessionFacts(session!, settings, address)).step;
}

const refusal = (work: Promise<unknown>) =>
  work.then(
    () => 'none',
    (error: { code?: string }) => error.code,
  );

describe('LOC-1 the limits', () => {
  it('LOC-1 twenty locations and not one more, also when thirty are made at the same moment', async () => {
    const { actor } = await house();
    const outcomes = await Promise.all(
      Array.from({ length: 30 }, (_, place) => refusal(service.saveLocation(actor, null, fields(`Lieu ${place}`)))),
    );
    expect(outcomes.filter((outcome) => outcome === 'none')).toHaveLength(19);
    expect(new Set(outcomes)).toEqual(new Set(['none', 'location.too-many']));
  });

  it('LOC-1 ten rules a location and not one more, also at the same moment; names are unique, whatever their case', async () => {
    const { actor, office } = await house();
    const outcomes = await Promise.all(
      Array.from({ length: 15 }, (_, place) =>
        refusal(service.saveRule(actor, office, null, list(`Règle ${place}`, `10.0.0.${place}`))),
      ),
    );
    expect(outcomes.filter((outcome) => outcome === 'none')).toHaveLength(9);
    expect(new Set(outcomes)).toEqual(new Set(['none', 'rule.too-many']));
    const other = await service.saveLocation(actor, null, fields('Annexe'));
    await service.saveRule(actor, other, null, list('Porte', '10.0.0.1'));
    expect(await refusal(service.saveRule(actor, other, null, list('PORTE', '10.0.0.2')))).toBe('rule.name-taken');
    expect(await refusal(service.saveLocation(actor, null, fields('ANNEXE')))).toBe('location.name-taken');
  });

  it('LOC-1 at most one default, also when ten are made so at the same moment', async () => {
    const { actor } = await house();
    await Promise.all(
      Array.from({ length: 10 }, (_, place) =>
        service.saveLocation(actor, null, fields(`L${place}`, { isDefault: 'on' })),
      ),
    );
    const { locations } = await service.listPlaces(actor);
    expect(locations.filter(({ isDefault }) => isDefault)).toHaveLength(1);
  });

  it('LOC-2 what can’t be read is told entry by entry and changes nothing; what is wide is asked again', async () => {
    const { actor, office } = await house();
    const outcome = await service.saveRule(actor, office, null, list('Faute', '10.0.0.1, 010.0.0.1'));
    expect(outcome).toMatchObject({ saved: false, issues: [{ code: 'octal', entry: '010.0.0.1' }] });
    const all = { name: 'Tout', type: 'subnet', definition: '0.0.0.0/0' };
    expect(await service.saveRule(actor, office, null, service.ruleInput.parse(all))).toEqual({
      saved: false,
      wide: true,
    });
    expect((await service.loadLocation(actor, office)).rules).toHaveLength(1);
    const meant = service.ruleInput.parse({ ...all, wide: 'on' });
    expect(await service.saveRule(actor, office, null, meant)).toEqual({ saved: true, coveredBy: null });
    const covered = await service.saveRule(actor, office, null, list('Dedans', '10.9.9.9'));
    expect(covered).toEqual({ saved: true, coveredBy: 'Tout' });
  });
});

it('SAFE-5 Bad inputs 15–17: no text of a location or an exception is one that PostgreSQL can’t hold, or turns writing round', () => {
  for (const bad of ['a\0b', '\uD800', 'Bob\u202Enimda']) {
    for (const field of ['name', 'description', 'address', 'groups']) {
      const typed = { name: 'Bureau', country: '', latitude: '', longitude: '', timeZone: '', [field]: bad };
      expect(service.locationInput.safeParse(typed).success, field).toBe(false);
    }
    expect(service.exceptionInput.safeParse({ minutes: '60', reason: bad }).success).toBe(false);
  }
});

it('RUN-6 what PostgreSQL refuses is told without what was sent to it', async () => {
  const { actor, office } = await house();
  const secret = 'ce que personne ne doit lire';
  const failure = await service.saveLocation(actor, office, { ...fields('Bureau'), description: `${secret}\0` }).then(
    () => new Error('It was taken'),
    (error: Error) => error,
  );
  expect(failure.message).toContain('update "locations"');
  expect([failure.message, failure.stack, JSON.stringify(failure)].join()).not.toContain(secret);
});

describe('LOC-3 filters', () => {
  it('LOC-4 a session opened in the office stops working outside at its next request, and works again inside', async () => {
    const { organisation, actor, token, office } = await house();
    const educator = await makePerson(organisation);
    const { outcome } = await enterPassword(visitorAt(organisation), educator);
    await service.saveFilter(actor, { kind: 'employee' }, filter('block', [office]));
    const theirs = outcome.session!.token;
    expect(await stepFrom(theirs, HERE)).toBe('signed-in');
    expect(await stepFrom(theirs, ELSEWHERE)).toBe('blocked');
    expect(await stepFrom(theirs, null)).toBe('blocked');
    expect(await stepFrom(theirs, '::ffff:203.0.113.7')).toBe('signed-in');
    expect(await stepFrom(token, HERE)).toBe('signed-in');
  });

  it('LOC-3 of one kind only; a parent comes from anywhere', async () => {
    const { organisation, actor, office } = await house();
    await service.saveFilter(actor, { kind: 'employee' }, filter('block', [office]));
    const parent = await makePerson(organisation, { kind: 'parent' });
    const { token } = (await enterPassword(visitorAt(await reread(organisation.slug)), parent)).outcome.session!;
    expect(await stepFrom(token, ELSEWHERE)).toBe('signed-in');
  });

  it('LOC-4 at sign-in the decision falls once the password is right, before anything is said of a second factor', async () => {
    const { organisation, actor, office } = await house();
    await service.saveFilter(actor, { kind: 'employee' }, filter('block', [office]));
    const person = await makePerson(organisation);
    const outside = { ...visitorAt(await reread(organisation.slug)) };
    const from = { ...outside, origin: { ...outside.origin, address: ELSEWHERE } };
    const { outcome } = await enterPassword(from, person);
    expect(outcome.session).toBeUndefined();
    expect(outcome.next).toBe(`/${organisation.slug}/sign-in/refused`);
    const events = await database.owner`select outcome, reason, host(address) as address from audit_events
      where organisation_id = ${organisation.id} and subject_id = ${person.id} and action = 'filter.refuse'`;
    expect([...events]).toEqual([{ outcome: 'refused', reason: 'network.outside', address: ELSEWHERE }]);
  });

  it('LOC-3 a filter of sign-in alone leaves open sessions be', async () => {
    const { actor, token, office } = await house();
    await service.saveFilter(actor, { kind: 'employee' }, filter('block', [office], { applies: 'sign-in' }));
    expect(await stepFrom(token, ELSEWHERE)).toBe('signed-in');
  });

  it('LOC-9 one person comes from anywhere while the exception lasts, and not a moment longer', async () => {
    const { organisation, actor, office } = await house();
    await service.saveFilter(actor, { kind: 'employee' }, filter('block', [office]));
    const person = await makePerson(organisation);
    const { token } = (await enterPassword(visitorAt(await reread(organisation.slug)), person)).outcome.session!;
    expect(await stepFrom(token, ELSEWHERE)).toBe('blocked');
    expect(
      await service.grantException(actor, person.username, { minutes: 60, reason: 'Formation à l’extérieur' }),
    ).toBe('granted');
    expect(await stepFrom(token, ELSEWHERE)).toBe('signed-in');
    const { exceptions } = await service.listPlaces(actor);
    expect(exceptions).toMatchObject([{ accountId: person.id, reason: 'Formation à l’extérieur' }]);
    // Its end passes without anything being written.
    const session = await findOpenSession(hashToken(token));
    const settings = await settingsOf(session!.organisation);
    const later = { ...session!, facts: { ...session!.facts, now: new Date(exceptions[0]!.endsAt.getTime() + 1) } };
    expect(decide(sessionFacts(later, settings, ELSEWHERE)).step).toBe('blocked');
    await service.endException(actor, exceptions[0]!.id);
    expect(await stepFrom(token, ELSEWHERE)).toBe('blocked');
    expect(await refusal(service.endException(actor, exceptions[0]!.id))).toBe('not-found');
    expect((await service.listPlaces(actor)).exceptions).toEqual([]);
    // One that is over by itself is neither shown nor ended once more.
    await service.grantException(actor, person.username, { minutes: 60, reason: 'Encore' });
    const [over] = await database.owner`
      update filter_exceptions set ends_at = now() - interval '1 second' where account_id = ${person.id} and revoked_at is null returning id`;
    expect((await service.listPlaces(actor)).exceptions).toEqual([]);
    expect(await refusal(service.endException(actor, over!['id'] as string))).toBe('not-found');
  });

  it('LOC-9 AUD-1 whoever excepts themselves does so before the others’ eyes: a letter, an event of its own, a word in the list', async () => {
    const { organisation, actor, office } = await house();
    await service.saveFilter(actor, { kind: 'parent' }, filter('block', [office]));
    const other = await makePerson(organisation, { role: 'administrator' });
    const lesser = await makePerson(organisation);
    await giveRole(organisation, lesser.id, await makeRole(organisation, ['locations.manage']));
    await makePerson(organisation);
    const parent = await makePerson(organisation, { kind: 'parent' });
    const letters = () => database.owner<{ account_id: string; template: string }[]>`
      select account_id, template from mails where organisation_id = ${organisation.id}`;
    const [me] = await database.owner`select username from accounts where id = ${actor.account.id}`;
    const order = { minutes: 60, reason: 'Congrès' };
    expect(await service.grantException(actor, parent.username, order)).toBe('granted');
    expect(await letters()).toEqual([]);
    expect(await service.grantException(actor, me!['username'] as string, order)).toBe('own');
    // To whoever could end it, and to nobody else.
    expect(await letters()).toEqual([{ account_id: other.id, template: 'exception-own' }]);
    const { exceptions } = await service.listPlaces(actor);
    expect(exceptions.map(({ accountId, own }) => [accountId, own])).toEqual([
      [parent.id, false],
      [actor.account.id, true],
    ]);
    const events = await database.owner`
      select action, subject_id, details from audit_events
      where organisation_id = ${organisation.id} and action like 'filter.exception-%' order by id`;
    expect(events).toEqual([
      { action: 'filter.exception-grant', subject_id: parent.id, details: order },
      { action: 'filter.exception-own', subject_id: actor.account.id, details: order },
    ]);
  });

  it('LOC-9 nobody excepts, or ends the exception of, somebody who holds a permission that they lack', async () => {
    const { organisation, actor } = await house();
    const places = await makeRole(organisation, ['locations.manage']);
    const helper = await makePerson(organisation);
    await giveRole(organisation, helper.id, places);
    const lesser = await actorOfToken(await openSessionOf(organisation, helper.id));
    const chief = await makePerson(organisation, { role: 'administrator' });
    const order = { minutes: 60, reason: 'Déplacement' };
    expect(await refusal(service.grantException(lesser, chief.username, order))).toBe('account.beyond');
    await service.grantException(actor, chief.username, order);
    const [exception] = (await service.listPlaces(actor)).exceptions;
    expect(await refusal(service.endException(lesser, exception!.id))).toBe('account.beyond');
    expect((await service.listPlaces(actor)).exceptions).toHaveLength(1);
    expect(await service.grantException(lesser, helper.username, order)).toBe('own');
  });

  it('RUN-7 the operator switches all filters off; their rules stay', async () => {
    const { organisation, actor, token, office } = await house();
    await service.saveFilter(actor, { kind: 'employee' }, filter('block', [office]));
    expect(await stepFrom(token, ELSEWHERE)).toBe('blocked');
    expect(await service.switchFiltersOff(operatorOf(organisation))).toBe(1);
    expect(await stepFrom(token, ELSEWHERE)).toBe('signed-in');
    expect((await service.listPlaces(await actorOfToken(token))).filters).toMatchObject([
      { paused: true, mode: 'block' },
    ]);
  });
});

describe('GUARD nobody locks themselves out', () => {
  it('GUARD-1 a filter that would shut out whoever saves it is refused, and nothing changes', async () => {
    const { actor, token } = await house();
    const home = await service.saveLocation(actor, null, fields('Ailleurs'));
    await service.saveRule(actor, home, null, list('Loin', ELSEWHERE));
    expect(await refusal(service.saveFilter(actor, { kind: 'employee' }, filter('block', [home])))).toBe(
      'guard.shuts-you-out',
    );
    expect((await service.listPlaces(actor)).filters).toEqual([]);
    await service.saveFilter(actor, { kind: 'employee' }, filter('watch', [home]));
    await service.saveFilter(actor, { kind: 'parent' }, filter('block', [home]));
    expect(await stepFrom(token, HERE)).toBe('signed-in');
  });

  it('GUARD-1 nor does taking a rule away shut out whoever does it', async () => {
    const { actor, office } = await house();
    await service.saveFilter(actor, { kind: 'employee' }, filter('block', [office]));
    const change = await findPendingChange(actor, 'places');
    await keepChange({ ...actor, origin: { ...actor.origin, requestId: 'another' } }, 'places', change!.id);
    const { rules } = await service.loadLocation(actor, office);
    expect(await refusal(service.removeRule(actor, office, rules[0]!.id))).toBe('guard.shuts-you-out');
    expect(await refusal(service.removeLocation(actor, office))).toBe('location.in-use');
    const empty = await service.saveLocation(actor, null, fields('Vide'));
    expect(await refusal(service.saveFilter(actor, { kind: 'parent' }, filter('block', [empty])))).toBe(
      'location.empty',
    );
  });

  it('GUARD-4 an exception, which ends by itself, lets nobody save a filter that shuts them out without it', async () => {
    const { organisation, actor } = await house();
    const home = await service.saveLocation(actor, null, fields('Ailleurs'));
    await service.saveRule(actor, home, null, list('Loin', ELSEWHERE));
    const own = await database.owner`select username from accounts where id = ${actor.account.id}`;
    await service.grantException(actor, own[0]!['username'] as string, { minutes: 60, reason: 'Télétravail' });
    const block = () => service.saveFilter(actor, { kind: 'employee' }, filter('block', [home]));
    expect(await refusal(block())).toBe('guard.shuts-you-out');
    expect((await service.listPlaces(actor)).filters).toEqual([]);
    // What bars no administrator is still theirs to change, and so is a filter that already stands, to loosen it.
    await service.saveFilter(actor, { kind: 'parent' }, filter('block', [home]));
    await database.owner`insert into network_filters (organisation_id, kind, mode, applies, paused)
      values (${organisation.id}, 'employee', 'block', 'request', false)`;
    await database.owner`insert into network_filter_locations (filter_id, location_id, organisation_id)
      select id, ${home}, organisation_id from network_filters where organisation_id = ${organisation.id} and kind = 'employee'`;
    expect(await refusal(service.saveFilter(actor, { kind: 'parent' }, null))).toBe('none');
    expect(await refusal(service.saveFilter(actor, { kind: 'employee' }, null))).toBe('none');
  });

  it('GUARD-2 no location goes that a change may yet be put back to', async () => {
    const { organisation, actor, office } = await house();
    const annex = await service.saveLocation(actor, null, fields('Annexe'));
    await service.saveRule(actor, annex, null, list('Porte', '10.0.0.1'));
    await service.saveFilter(actor, { kind: 'employee' }, filter('block', [office, annex]));
    const first = await findPendingChange(actor, 'places');
    await keepChange({ ...actor, origin: { ...actor.origin, requestId: 'another' } }, 'places', first!.id);
    await service.saveFilter(actor, { kind: 'employee' }, filter('block', [office]));
    expect(await refusal(service.removeLocation(actor, annex))).toBe('change.pending');
    await database.owner`update pending_changes set confirm_until = now() - interval '1 second' where organisation_id = ${organisation.id}`;
    expect(await rollBackOverdueChanges()).toBe(1);
    expect((await service.listPlaces(actor)).filters[0]!.locationIds.toSorted()).toEqual([office, annex].toSorted());
  });

  it('GUARD-2 changes that can’t be put back keep no other organisation waiting', async () => {
    const houses = [];
    for (let number = 0; number < 6; number++) houses.push(await house());
    const broken = houses.filter((_, number) => number % 2 === 0).map(({ organisation }) => organisation.id);
    for (const { actor, office } of houses) {
      await service.saveFilter(actor, { kind: 'employee' }, filter('block', [office]));
    }
    await database.owner`update pending_changes set before = jsonb_set(before, '{network_filters}', '[{"id": "none"}]')
      where organisation_id = any(${broken})`;
    const all = houses.map(({ organisation }) => organisation.id);
    await database.owner`update pending_changes set confirm_until = now() - interval '1 second' where organisation_id = any(${all})`;
    expect(await refusal(rollBackOverdueChanges())).not.toBe('none');
    const steps = [];
    for (const { token } of houses) steps.push(await stepFrom(token, ELSEWHERE));
    expect(steps).toEqual(['blocked', 'signed-in', 'blocked', 'signed-in', 'blocked', 'signed-in']);
    await database.owner`delete from pending_changes where organisation_id = any(${broken})`;
  });

  it('GUARD-2 what nobody confirms in time is put back, once, whichever of two instances does it', async () => {
    const { organisation, actor, token, office } = await house();
    await service.saveFilter(actor, { kind: 'employee' }, filter('block', [office]));
    expect(await stepFrom(token, ELSEWHERE)).toBe('blocked');
    expect(await findPendingChange(actor, 'places')).toMatchObject({ madeBy: actor.account.id });
    // Meanwhile nobody builds on it.
    expect(await refusal(service.saveFilter(actor, { kind: 'parent' }, filter('watch', [office])))).toBe(
      'change.pending',
    );
    expect(await rollBackOverdueChanges()).toBe(0);
    await database.owner`update pending_changes set confirm_until = now() - interval '1 second' where organisation_id = ${organisation.id}`;
    const restored = await Promise.all([rollBackOverdueChanges(), rollBackOverdueChanges()]);
    expect(restored.reduce((sum, count) => sum + count, 0)).toBe(1);
    expect(await stepFrom(token, ELSEWHERE)).toBe('signed-in');
    const after = await service.listPlaces(actor);
    expect(after.filters).toEqual([]);
    expect(after.locations[0]!.rules).toMatchObject([{ name: 'Porte', definition: HERE }]);
  });

  it('GUARD-2 a confirmation counts from another request only, and keeps the change for good', async () => {
    const { organisation, actor, token, office } = await house();
    await service.saveFilter(actor, { kind: 'employee' }, filter('block', [office]));
    const change = await findPendingChange(actor, 'places');
    expect(await refusal(keepChange(actor, 'places', change!.id))).toBe('change.over');
    const fresh = { ...actor, origin: { ...actor.origin, requestId: 'another' } };
    await keepChange(fresh, 'places', change!.id);
    await database.owner`update pending_changes set confirm_until = now() - interval '1 second' where organisation_id = ${organisation.id}`;
    expect(await rollBackOverdueChanges()).toBe(0);
    expect(await stepFrom(token, ELSEWHERE)).toBe('blocked');
    expect(await refusal(takeChangeBack(fresh, 'places', change!.id))).toBe('change.over');
  });

  it('GUARD-2 whoever may only manage locations can’t keep a filter that may bar administrators', async () => {
    const { organisation, actor, office } = await house();
    const { actor: keeper } = await signedInPerson(organisation, ['locations.manage']);
    await service.saveFilter(keeper, { kind: 'employee' }, filter('block', [office]));
    const change = await findPendingChange(actor, 'places');
    const later = (who: Actor) => ({ ...who, origin: { ...who.origin, requestId: 'another' } });
    expect(await refusal(keepChange(later(keeper), 'places', change!.id))).toBe('change.by-administrator');
    await keepChange(later(actor), 'places', change!.id);
  });

  it('GUARD-2 taken back by hand, what was before is in force again', async () => {
    const { actor, token, office } = await house();
    await service.saveFilter(actor, { kind: 'employee' }, filter('warn', [office]));
    expect(await findPendingChange(actor, 'places')).toBeNull();
    await service.saveFilter(actor, { kind: 'employee' }, filter('block', [office]));
    const change = await findPendingChange(actor, 'places');
    await takeChangeBack(actor, 'places', change!.id);
    expect((await service.listPlaces(actor)).filters).toMatchObject([{ mode: 'warn' }]);
    expect(await stepFrom(token, ELSEWHERE)).toBe('signed-in');
  });
});

it('LOC-1 a rule is changed and taken away at its own location alone', async () => {
  const { actor, office } = await house();
  const other = await service.saveLocation(actor, null, fields('Annexe'));
  const [rule] = (await service.loadLocation(actor, office)).rules;
  expect(await refusal(service.saveRule(actor, other, rule!.id, list('Prise', '10.0.0.1')))).toBe('not-found');
  expect(await refusal(service.removeRule(actor, other, rule!.id))).toBe('not-found');
  expect((await service.loadLocation(actor, office)).rules).toEqual([rule]);
});

it('AUD-1 each act on places, filters and exceptions stands in the audit by its own name', async () => {
  const { organisation, actor, office } = await house();
  const [rule] = (await service.loadLocation(actor, office)).rules;
  await service.saveFilter(actor, { kind: 'parent' }, filter('watch', [office]));
  const person = await makePerson(organisation);
  await service.grantException(actor, person.username, { minutes: 60, reason: 'Formation' });
  await service.endException(actor, (await service.listPlaces(actor)).exceptions[0]!.id);
  await service.switchFiltersOff(operatorOf(organisation));
  await service.saveFilter(actor, { kind: 'parent' }, null);
  await service.removeRule(actor, office, rule!.id);
  await service.removeLocation(actor, office);
  const events = await database.owner<{ action: string; subject_id: string | null }[]>`
    select action, subject_id from audit_events
    where organisation_id = ${organisation.id} and (action like 'location.%' or action like 'filter.%') order by id`;
  const own = actor.account.id;
  expect(events.map(({ action, subject_id }) => [action, subject_id])).toEqual([
    ['location.save', own],
    ['location.rule-save', own],
    ['filter.save', own],
    ['filter.exception-grant', person.id],
    ['filter.exception-revoke', person.id],
    ['filter.pause-all', null],
    ['filter.save', own],
    ['location.rule-remove', own],
    ['location.remove', own],
  ]);
});

it('ACC-6 another organisation’s locations, rules and people can’t be named', async () => {
  const [mine, theirs] = [await house(), await house()];
  const [rule] = (await service.loadLocation(theirs.actor, theirs.office)).rules;
  const person = await makePerson(theirs.organisation);
  for (const work of [
    () => service.loadLocation(mine.actor, theirs.office),
    () => service.saveLocation(mine.actor, theirs.office, fields('Pris')),
    () => service.removeLocation(mine.actor, theirs.office),
    () => service.saveRule(mine.actor, theirs.office, null, list('Prise', '10.0.0.1')),
    () => service.saveRule(mine.actor, mine.office, rule!.id, list('Prise', '10.0.0.1')),
    () => service.removeRule(mine.actor, mine.office, rule!.id),
    () => service.saveFilter(mine.actor, { kind: 'parent' }, filter('block', [theirs.office])),
    () =>
      service.saveFilter(
        mine.actor,
        { authenticatorId: theirs.actor.account.authenticatorId },
        filter('watch', [mine.office]),
      ),
  ]) {
    expect(await refusal(work())).toBe('not-found');
  }
  expect(await service.grantException(mine.actor, person.username, { minutes: 60, reason: 'Non' })).toBe('nobody');
});

it('ACC-4 nobody without locations.manage touches a place', async () => {
  const { organisation, office } = await house();
  const { actor } = await signedInPerson(organisation, 'account-manager');
  for (const work of [
    () => service.listPlaces(actor),
    () => service.saveLocation(actor, null, fields('X')),
    () => service.removeLocation(actor, office),
    () => service.saveFilter(actor, { kind: 'parent' }, null),
    () => service.grantException(actor, actor.account.username, { minutes: 60, reason: 'moi' }),
  ]) {
    expect(await refusal(work())).toBe('permission.missing');
  }
});
