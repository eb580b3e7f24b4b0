import { expect, it } from 'vitest';
import { signedInPerson } from '@/e2e/fixtures/actors';
import { useDatabase } from '@/e2e/fixtures/database';
import { assign, makeExternal } from '@/e2e/fixtures/external';
import {
  enterPassword,
  makeOrganisation,
  makePerson,
  operatorOf,
  refusalOf,
  reread,
  visitorAt,
} from '@/e2e/fixtures/people';
import { parseAddress } from '@/lib/network/address';
import { setOption, settingsOf } from '@/lib/options/service';
import { judgeNetwork } from '@/lib/policy/network';
import * as places from '../service';
import { previewFilter } from './service';

const database = useDatabase();

const HERE = '203.0.113.7';
const ELSEWHERE = '198.51.100.20';

async function house() {
  const organisation = await makeOrganisation({ internalMFA: 'off' });
  const { actor, token: _token } = await signedInPerson(organisation, 'administrator');
  await database.owner`update sessions set address = ${HERE} where account_id = ${actor.account.id}`;
  const nowhere = { country: '', latitude: '', longitude: '', timeZone: '' };
  const office = await places.saveLocation(actor, null, places.locationInput.parse({ ...nowhere, name: 'Bureau' }));
  const rule = places.ruleInput.parse({ name: 'Porte', type: 'list', definition: HERE });
  await places.saveRule(actor, office, null, rule);
  const comeIn = async (firstName: string, address: string, more = {}) => {
    const person = await makePerson(organisation, { firstName, lastName: 'Roy', ...more });
    const visitor = visitorAt(organisation);
    await enterPassword({ ...visitor, origin: { ...visitor.origin, address } }, person);
    return person;
  };
  return { organisation, actor, office, comeIn };
}

const filter = (locationIds: string[], more = {}) =>
  places.filterInput.parse({ mode: 'block', applies: 'request', locationIds, ...more });

it('GUARD-3 the preview tells whom a filter would stop now, and would have stopped in the last 30 days', async () => {
  const { organisation, actor, office, comeIn } = await house();
  await comeIn('Anne', HERE);
  const bruno = await comeIn('Bruno', ELSEWHERE);
  const carla = await comeIn('Carla', ELSEWHERE);
  const david = await comeIn('David', ELSEWHERE);
  await comeIn('Parent', ELSEWHERE, { kind: 'parent' });
  await database.owner`delete from sessions where account_id in (${carla.id}, ${david.id})`;
  const nobody = { total: 0, names: [] };
  const none = { ...nobody, signIns: 0, refused: 0 };
  const preview = (more = {}) => previewFilter(actor, { kind: 'employee' }, filter([office], more));
  // The administrator's own sign-in was made by hand, and is no event.
  const of = 4;

  expect(await preview()).toEqual({
    open: { total: 1, names: ['Bruno Roy'] },
    past: { total: 3, names: ['Bruno Roy', 'Carla Roy', 'David Roy'], signIns: 3, refused: 0, of },
  });
  expect(await preview({ mode: 'watch' }), 'whom a milder filter would note').toEqual(await preview());
  expect(await preview({ applies: 'sign-in' })).toMatchObject({ open: nobody, past: { total: 3 } });
  expect(await preview({ paused: 'on' })).toEqual({ open: nobody, past: { ...none, of } });
  expect(await previewFilter(actor, { kind: 'external' }, filter([office]))).toEqual({
    open: nobody,
    past: { ...none, of: 0 },
  });
  expect(await previewFilter(actor, { kind: 'parent' }, filter([office]))).toMatchObject({
    past: { total: 1, signIns: 1, of: 1 },
  });
  await places.grantException(actor, bruno.username, { minutes: 60, reason: 'Formation' });
  expect(await preview()).toMatchObject({ open: nobody, past: { total: 3 } });

  const { filters } = await places.listPlaces(actor);
  expect(filters, 'nothing was saved').toEqual([]);
  const [events] = await database.owner`
    select count(*)::int as count from audit_events
    where organisation_id = ${organisation.id} and action = 'filter.save'`;
  expect(events).toEqual({ count: 0 });
});

it('GUARD-3 the replay counts every sign-in, those too that were refused for their place or their browser, and none from before', async () => {
  const { organisation, actor, office, comeIn } = await house();
  const emma = await comeIn('Emma', ELSEWHERE);
  const again = async (address: string) => {
    const visitor = visitorAt(await reread(organisation.slug));
    return enterPassword({ ...visitor, origin: { ...visitor.origin, address } }, emma);
  };
  await again(ELSEWHERE);
  await again(HERE);
  const past = async (at = office) => (await previewFilter(actor, { kind: 'employee' }, filter([at]))).past;
  expect(await past()).toMatchObject({ total: 1, names: ['Emma Roy'], signIns: 2, refused: 0, of: 3 });

  await places.saveFilter(actor, { kind: 'employee' }, filter([office], { applies: 'sign-in' }));
  expect((await again(ELSEWHERE)).outcome.session).toBeUndefined();
  await setOption(operatorOf(organisation), 'internalDeviceApproval', 'required');
  expect((await again(HERE)).outcome.session).toBeUndefined();
  expect(await past()).toMatchObject({ total: 1, signIns: 3, refused: 1, of: 5 });
  const nowhere = { country: '', latitude: '', longitude: '', timeZone: '' };
  const other = await places.saveLocation(actor, null, places.locationInput.parse({ ...nowhere, name: 'Ailleurs' }));
  expect(await past(other), 'all of them').toMatchObject({ total: 1, signIns: 5, refused: 2, of: 5 });

  await database.owner`alter table audit_events disable trigger user`;
  await database.owner`
    update audit_events set occurred_at = occurred_at - interval '31 days'
    where organisation_id = ${organisation.id} and action = 'filter.refuse'`;
  expect(await past()).toMatchObject({ signIns: 2, refused: 0, of: 4 });
});

it('LOC-3 GUARD-3 of an authenticator’s filter: those whom it serves now, whatever their kind, by number and by name', async () => {
  const { organisation, actor, office, comeIn } = await house();
  const sso = await makeExternal(database.owner, organisation);
  const anne = await comeIn('Anne', HERE);
  const bruno = await comeIn('Bruno', ELSEWHERE);
  const carla = await comeIn('Carla', ELSEWHERE, { kind: 'parent' });
  await comeIn('David', ELSEWHERE);
  const preview = (at = sso, more = {}) => previewFilter(actor, { authenticatorId: at }, filter([office], more));
  const nobody = { total: 0, names: [] };
  expect(await preview(), 'nobody yet').toMatchObject({ open: nobody, past: { total: 0, signIns: 0, of: 0 } });

  for (const { id } of [anne, bruno, carla]) await assign(database.owner, organisation, id, sso);
  expect(await preview()).toEqual({
    open: { total: 2, names: ['Bruno Roy', 'Carla Roy'] },
    past: { total: 2, names: ['Bruno Roy', 'Carla Roy'], signIns: 2, refused: 0, of: 3 },
  });
  expect(await preview(sso, { applies: 'sign-in' })).toMatchObject({ open: nobody, past: { total: 2 } });
  await places.grantException(actor, bruno.username, { minutes: 60, reason: 'Formation' });
  expect(await preview()).toMatchObject({ open: { total: 1, names: ['Carla Roy'] } });

  // What was shown is what happens: of those who are in, whoever is outside is refused from the next request on.
  await places.saveFilter(actor, { authenticatorId: sso }, filter([office]));
  const settings = await settingsOf(await reread(organisation.slug));
  const facts = (kind: 'employee' | 'parent', accountId: string, address: string, authenticatorId = sso) =>
    settings.places.factsFor({ accountId, kind, authenticatorId }, parseAddress(address), 'request');
  const now = new Date();
  expect(judgeNetwork(facts('parent', carla.id, ELSEWHERE), now)).toBe('refused');
  expect(judgeNetwork(facts('employee', anne.id, HERE), now)).toBe('inside');
  expect(judgeNetwork(facts('employee', bruno.id, ELSEWHERE), now)).toBe('excepted');
});

it('GUARD-3 ACC-4 ACC-6 nobody without locations.manage; another house’s people and places don’t count', async () => {
  const [mine, theirs] = [await house(), await house()];
  await theirs.comeIn('Bruno', ELSEWHERE);
  const { actor } = await signedInPerson(mine.organisation, 'auditor');
  expect(await refusalOf(previewFilter(actor, { kind: 'employee' }, filter([mine.office])))).toBe('permission.missing');
  expect(await previewFilter(mine.actor, { kind: 'employee' }, filter([mine.office]))).toMatchObject({
    past: { total: 0 },
  });
});
