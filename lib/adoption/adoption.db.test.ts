import { describe, expect, it } from 'vitest';
import { signedInPerson } from '@/e2e/fixtures/actors';
import { useDatabase } from '@/e2e/fixtures/database';
import { assign, makeExternal } from '@/e2e/fixtures/external';
import {
  makeEnrolledPerson,
  makeOrganisation,
  makePerson,
  operatorOf,
  refusalOf,
  reread,
  tally,
} from '@/e2e/fixtures/people';
import { inOrganisation } from '@/lib/db/in-organisation';
import { setOption, settingsOf } from '@/lib/options/service';
import type { Organisation } from '@/lib/organisations/model';
import { listStillToEnrol, remindToEnrol } from './service';
import { countAdoption } from './store';

const database = useDatabase();

const settings = async ({ slug }: Organisation) => settingsOf(await reread(slug));
const lettersOf = async (organisation: Organisation) =>
  database.owner<{ account_id: string; template: string; locale: string }[]>`
    select account_id, template, locale from mails where organisation_id = ${organisation.id}
    order by created_at`;

/** An organisation in which MFA is mandatory for employees, and somebody who resets factors. */
async function house() {
  const organisation = await makeOrganisation({ internalMFA: 'mandatory' });
  const { id, actor } = await signedInPerson(organisation, 'account-manager');
  const spare = await makeEnrolledPerson(organisation);
  await database.owner`update factors set account_id = ${id} where account_id = ${spare.id}`;
  await database.owner`update accounts set status = 'suspended' where id = ${spare.id}`;
  return { organisation, actor };
}

describe('MFA-9 the board of those still to enrol', () => {
  it('MFA-9 lists by name those who are asked and have none, of any kind or authenticator, and nobody else', async () => {
    const { organisation, actor } = await house();
    await makePerson(organisation, { firstName: 'Léa', lastName: 'Roy' });
    await makeEnrolledPerson(organisation);
    await makePerson(organisation, { kind: 'parent' });
    const invited = await makePerson(organisation, { firstName: 'Karim', lastName: 'Benali' });
    const strict = await makePerson(organisation, { kind: 'parent', firstName: 'Sophie', lastName: 'Lavoie' });
    const outside = await makePerson(organisation);
    await database.owner`update accounts set status = 'invited' where id = ${invited.id}`;
    await database.owner`
      with u as (insert into authenticators (organisation_id, name, type, mfa_required)
        values (${organisation.id}, 'Strict', 'system', true) returning id)
      update accounts set authenticator_id = (select id from u) where id = ${strict.id}`;
    await database.owner`
      with u as (insert into authenticators (organisation_id, name, type) values (${organisation.id}, 'Okta', 'oidc')
        returning id)
      update accounts set authenticator_id = (select id from u) where id = ${outside.id}`;
    const asked = await makePerson(organisation, { firstName: 'Zoé', lastName: 'Tessier' });
    await assign(
      database.owner,
      organisation,
      asked.id,
      await makeExternal(database.owner, organisation, { externalMfa: 'ask' }),
    );
    const proved = await makePerson(organisation, { firstName: 'Alex', lastName: 'Roy' });
    const demanding = await makeExternal(database.owner, organisation, { externalMfa: 'demand' });
    await assign(database.owner, organisation, proved.id, demanding);
    const board = await listStillToEnrol(actor, await settings(organisation), null);
    expect(board).toMatchObject({ total: 4, remindable: 3, next: null });
    expect(board.people.map(({ name, invited: is, mayRemind }) => ({ name, is, mayRemind }))).toEqual([
      { name: 'Karim Benali', is: true, mayRemind: false },
      { name: 'Sophie Lavoie', is: false, mayRemind: true },
      { name: 'Léa Roy', is: false, mayRemind: true },
      { name: 'Zoé Tessier', is: false, mayRemind: true },
    ]);
    const groups = await inOrganisation({ organisation }, (transaction) => countAdoption(transaction, ['employee']));
    expect(groups.find(({ standing }) => standing === 'external')).toMatchObject({ total: 2 });
    expect(groups.find(({ standing }) => standing === 'to-enrol')?.names).toContain('Zoé Tessier');
  });

  it('MFA-9 pages by key: everybody once, in order, namesakes too', async () => {
    const { organisation, actor } = await house();
    await database.owner`
      insert into accounts (organisation_id, kind, email, email_key, username, username_key, first_name, last_name, authenticator_id)
      select ${organisation.id}, 'employee', 'p' || n || '@erables.test', 'p' || n || '@erables.test', 'p' || n, 'p' || n,
        'Léa', 'Roy ' || (n % 7), (select id from authenticators where organisation_id = ${organisation.id} limit 1)
      from generate_series(1, 120) n`;
    const seen: string[] = [];
    let after: string | null = null;
    do {
      const page = await listStillToEnrol(actor, await settings(organisation), after);
      seen.push(...page.people.map(({ id }) => id));
      after = page.next;
    } while (after !== null);
    expect(seen).toHaveLength(120);
    expect(new Set(seen).size).toBe(120);
  });

  it('ACC-4 ACC-6 only who may reset sees it or reminds, and nobody of another organisation is reminded', async () => {
    const { organisation, actor } = await house();
    const auditor = await signedInPerson(organisation, 'auditor');
    expect(await refusalOf(listStillToEnrol(auditor.actor, await settings(organisation), null))).toBe(
      'permission.missing',
    );
    expect(await refusalOf(remindToEnrol(auditor.actor, await settings(organisation), null))).toBe(
      'permission.missing',
    );
    const other = await makeOrganisation({ internalMFA: 'mandatory' });
    const stranger = await makePerson(other);
    expect(await refusalOf(remindToEnrol(actor, await settings(organisation), stranger.id))).toBe('reminder.not-now');
    expect(await lettersOf(other)).toEqual([]);
  });
});

describe('MFA-9 the reminder', () => {
  it('MFA-9 goes to one person or to all, once a day, in their language, and is written down', async () => {
    const { organisation, actor } = await house();
    const [lea, tom] = [await makePerson(organisation), await makePerson(organisation)];
    await makeEnrolledPerson(organisation);
    await database.owner`update accounts set locale = 'en' where id = ${tom.id}`;
    expect(await remindToEnrol(actor, await settings(organisation), lea.id)).toBe(1);
    expect(await refusalOf(remindToEnrol(actor, await settings(organisation), lea.id))).toBe('reminder.not-now');
    expect(await remindToEnrol(actor, await settings(organisation), null)).toBe(1);
    const letters = await lettersOf(organisation);
    expect(letters.map(({ account_id, locale }) => [account_id, locale])).toEqual([
      [lea.id, 'fr'],
      [tom.id, 'en'],
    ]);
    expect(new Set(letters.map(({ template }) => template))).toEqual(new Set(['enrolment-reminder']));
    const events = await database.owner<{ actor_id: string; subject_id: string }[]>`
      select actor_id, subject_id from audit_events
      where organisation_id = ${organisation.id} and action = 'mfa.reminder' order by id`;
    expect(events).toEqual([lea, tom].map(({ id }) => ({ actor_id: actor.account.id, subject_id: id })));
    await database.owner`update accounts set enrolment_reminded_at = now() - interval '25 hours' where id = ${lea.id}`;
    expect(await remindToEnrol(actor, await settings(organisation), null)).toBe(1);
  });

  it('MFA-9 twenty presses at the same moment send one letter to each', async () => {
    const { organisation, actor } = await house();
    for (let index = 0; index < 5; index += 1) await makePerson(organisation);
    const now = await settings(organisation);
    const presses = await Promise.all(Array.from({ length: 20 }, () => remindToEnrol(actor, now, null).catch(() => 0)));
    expect(presses.reduce((sum, sent) => sum + sent, 0)).toBe(5);
    const letters = await lettersOf(organisation);
    expect(Object.values(tally(letters.map(({ account_id }) => account_id)))).toEqual([1, 1, 1, 1, 1]);
  });
});

it('MFA-9 FAST-4 counts, names and lists a hundred thousand people within the deadline of a request', async () => {
  const organisation = await makeOrganisation();
  await database.owner`
    insert into accounts (organisation_id, kind, email, email_key, username, username_key, first_name, last_name, authenticator_id)
    select ${organisation.id}, 'parent', 'q' || n || '@erables.test', 'q' || n || '@erables.test', 'q' || n, 'q' || n,
      'Léa', 'Roy ' || n, (select id from authenticators where organisation_id = ${organisation.id} limit 1)
    from generate_series(1, 100000) n`;
  await database.owner`
    insert into factors (organisation_id, account_id, kind, name, secret_sealed, last_step)
    select organisation_id, id, 'totp', 'x', '\\x00', 0 from accounts
    where organisation_id = ${organisation.id} and right(last_name, 1) in ('1', '2', '3')`;
  await database.owner`analyze accounts, factors`;
  const startedAt = performance.now();
  const groups = await inOrganisation({ organisation }, (transaction) => countAdoption(transaction, ['parent']));
  const tookMs = performance.now() - startedAt;
  expect(Object.fromEntries(groups.map(({ standing, total }) => [standing, total]))).toEqual({
    enrolled: 30_000,
    'to-enrol': 70_000,
  });
  expect(tookMs).toBeLessThan(2_500);

  await setOption(operatorOf(organisation), 'portalMFA', 'mandatory');
  const { actor } = await signedInPerson(organisation, 'account-manager');
  const listedAt = performance.now();
  const board = await listStillToEnrol(actor, await settings(organisation), null);
  expect(board).toMatchObject({ total: 70_000, remindable: 70_000 });
  expect(performance.now() - listedAt).toBeLessThan(2_500);
}, 60_000);
