import { beforeAll, describe, expect, it } from 'vitest';
import { signedInPerson } from '@/e2e/fixtures/actors';
import { useDatabase } from '@/e2e/fixtures/database';
import { assign, makeExternal } from '@/e2e/fixtures/external';
import { makeEnrolledPerson, makeOrganisation, makePerson, refusalOf } from '@/e2e/fixtures/people';
import { KINDS } from '@/lib/accounts/model';
import type { Actor } from '@/lib/actors/model';
import { countAdoption } from '@/lib/adoption/store';
import { inOrganisation } from '@/lib/db/in-organisation';
import { directoryQuery } from './model';
import { listAccounts } from './service';

const database = useDatabase();

const list = (actor: Actor, asked: Record<string, string> = {}) => listAccounts(actor, directoryQuery.parse(asked));
const namesOf = async (actor: Actor, search: string) =>
  (await list(actor, { search })).rows.map(({ firstName, lastName }) => `${firstName} ${lastName}`);

/** Many accounts at once, past all services: `howMany` with names that repeat and one rare name. */
const fill = (organisationId: string, howMany: number) => database.owner`
  insert into accounts (organisation_id, kind, status, email, email_key, username, username_key, first_name, last_name,
    authenticator_id)
  select ${organisationId}, (array['parent', 'parent', 'employee', 'external'])[1 + i % 4],
    case when i % 500 = 0 then 'suspended' else 'active' end,
    'p' || i || '@famille.test', 'p' || i || '@famille.test', 'p' || i, 'p' || i,
    (array['Hélène', 'Zoë', 'Minh', 'Noémie', 'Étienne'])[1 + i % 5] || case when i % 20000 = 7 then ' Aurélienne' else '' end,
    (array['Tremblay', 'Gagnon', 'Côté', 'Lévesque', 'Boucher'])[1 + (i / 5) % 5] || '-' || substr(md5(i::text), 1, 4),
    (select id from authenticators where organisation_id = ${organisationId})
  from generate_series(1, ${howMany}) i`;

describe('ACC-2 search', () => {
  it('ACC-2 finds by parts of words of name, e-mail and username, whatever the accents and capitals', async () => {
    const organisation = await makeOrganisation();
    const { actor } = await signedInPerson(organisation, 'administrator');
    await makePerson(organisation, {
      firstName: 'Hélène',
      lastName: 'Bœuf-Saint-Ça',
      username: 'hbsc',
      email: 'lumiere@x.test',
    });
    await makePerson(organisation, { firstName: 'He\u0301le\u0300ne', lastName: 'Nguyễn' });
    await makePerson(organisation, { firstName: '李小龍', lastName: '100%_\\x' });
    const both = ['Hélène Bœuf-Saint-Ça', 'Hélène Nguyễn'];
    for (const search of ['helene', 'HÉLÈNE', 'elen', 'he', ' Helene  '])
      expect([search, await namesOf(actor, search)]).toEqual([search, both]);
    for (const search of ['boeuf', 'saint-ca', 'helene saint', 'hbsc', 'LUMIERE@', 'he bo']) {
      expect([search, await namesOf(actor, search)]).toEqual([search, both.slice(0, 1)]);
    }
    for (const search of ['100%', '%_\\', '小龍', '李'])
      expect([search, await namesOf(actor, search)]).toEqual([search, ['李小龍 100%_\\x']]);
    for (const search of ['%', '_', "'", '(a+)+$', 'zz%', 'x'.repeat(10_000), '\0\u0000']) {
      expect(await refusalOf(namesOf(actor, search))).toBe('done');
    }
  });

  it('ACC-2 filters by kind, state, factors and authenticator; what is no filter filters nothing', async () => {
    const organisation = await makeOrganisation();
    const { actor } = await signedInPerson(organisation, 'administrator');
    const parent = await makePerson(organisation, { kind: 'parent' });
    await database.owner`update accounts set status = 'suspended' where id = ${parent.id}`;
    const ids = async (asked: Record<string, string>) => (await list(actor, asked)).rows.map(({ id }) => id);
    expect(await ids({ kind: 'parent' })).toEqual([parent.id]);
    expect(await ids({ status: 'suspended' })).toEqual([parent.id]);
    expect(await ids({ kind: 'employee' })).toEqual([actor.account.id]);
    expect(await ids({ mfa: 'enrolled' })).toEqual([]);
    expect(await ids({ mfa: 'not-enrolled', status: 'active' })).toEqual([actor.account.id]);
    const { authenticators } = await list(actor);
    expect(await ids({ authenticator: authenticators[0]!.id })).toHaveLength(2);
    expect(await ids({ authenticator: organisation.id })).toEqual([]);
    const nonsense = { kind: 'x', status: "'; drop", mfa: '1', authenticator: '../', after: 'WyJh', before: '!' };
    expect(await ids(nonsense)).toHaveLength(2);
  });

  it('ACC-2 MFA-9 filters by the second factor as the board counts: whose provider sees to it is not still to enrol', async () => {
    const organisation = await makeOrganisation();
    const { actor } = await signedInPerson(organisation, 'administrator');
    const at = async (externalMfa: 'trust' | 'demand' | 'ask', enrolled = false) => {
      const { id } = enrolled ? await makeEnrolledPerson(organisation) : await makePerson(organisation);
      await assign(database.owner, organisation, id, await makeExternal(database.owner, organisation, { externalMfa }));
      return id;
    };
    const [trusted, demanded, asked, formerly, both] = [
      await at('trust'),
      await at('demand'),
      await at('ask'),
      await at('trust', true),
      await at('ask', true),
    ];
    const { id: here } = await makePerson(organisation);
    const { id: enrolled } = await makeEnrolledPerson(organisation);
    const expected = {
      'not-enrolled': [actor.account.id, here, asked],
      enrolled: [enrolled, both],
      provider: [trusted, demanded, formerly],
    };
    const groups = await inOrganisation({ organisation }, (transaction) => countAdoption(transaction, KINDS));
    for (const [mfa, ids] of Object.entries(expected)) {
      const { rows } = await list(actor, { mfa });
      expect([mfa, rows.map(({ id }) => id).toSorted()]).toEqual([mfa, ids.toSorted()]);
      // As the row says it, and as the board counts it.
      expect(new Set(rows.map((row) => row.mfa))).toEqual(new Set([mfa]));
      const standing = { 'not-enrolled': 'to-enrol', enrolled: 'enrolled', provider: 'external' }[mfa];
      expect([mfa, groups.find((group) => group.standing === standing)?.total]).toEqual([mfa, ids.length]);
    }
  });

  it('ACC-4, ACC-6 asks for the permission, and sees no other organisation', async () => {
    const organisation = await makeOrganisation();
    const { actor } = await signedInPerson(organisation, 'administrator');
    const { actor: auditor } = await signedInPerson(organisation, 'auditor');
    await makePerson(await makeOrganisation(), { firstName: 'Ailleurs' });
    expect(await refusalOf(list(auditor))).toBe('permission.missing');
    expect(await namesOf(actor, 'ailleurs')).toEqual([]);
    const past = await database.restricted`
      select account_page_by_mfa('{}', null, null, null, null, null, null, false, 26)`;
    expect(past).toEqual([]);
  });
});

describe('ACC-2, FAST-4 a hundred thousand accounts', () => {
  let actor: Actor;

  beforeAll(async () => {
    const organisation = await makeOrganisation();
    ({ actor } = await signedInPerson(organisation, 'administrator'));
    await fill(organisation.id, 100_000);
    for (let index = 0; index < 20; index += 1) await fill((await makeOrganisation()).id, 500);
    await database.owner`vacuum (analyze) accounts`;
  }, 60_000);

  it.each([
    ['nothing at all', {}],
    ['a name that every fifth has', { search: 'helene' }],
    ['two words', { search: 'noemie tremb' }],
    ['a rare name', { search: 'aurelienne' }],
    ['a name that nobody has', { search: 'wxyzq' }],
    ['two letters that begin no word', { search: 'zq' }],
    ['what all have', { search: '.test' }],
    ['a state', { status: 'suspended' }],
    ['a kind and a state', { kind: 'external', status: 'suspended' }],
    ['a factor that nobody has', { mfa: 'enrolled' }],
    ['a provider that nobody has', { mfa: 'provider' }],
  ])('ACC-2 by %s: a page takes less than 50 ms of the database', async (_, asked) => {
    let best = Infinity;
    // Other tests share the machine: it counts what it takes while they let it.
    for (let round = 0; round < 40 && best >= 50; round += 1) {
      const begun = performance.now();
      await list(actor, asked);
      best = Math.min(best, performance.now() - begun);
    }
    expect(best).toBeLessThan(50);
  });

  it('ACC-2 the rare name is found by the index over words, within the organisation', async () => {
    const plan = await database.owner`
      explain select id from accounts where organisation_id = ${actor.organisation.id} and search_text like '%aurelienne%'`;
    expect(plan.map((row) => row['QUERY PLAN']).join('\n')).toMatch(/Bitmap Index Scan on accounts_search/);
  });

  it('ACC-2 pages lead on and back without a gap, while accounts come and go', async () => {
    const first = await list(actor, { search: 'cote' });
    const second = await list(actor, { search: 'cote', after: first.next! });
    expect(first.previous).toBeNull();
    // The row that the page was counted from goes, and one comes before it.
    await database.owner`delete from accounts where id = ${first.rows.at(-1)!.id}`;
    await makePerson(actor.organisation, { kind: 'parent', lastName: 'Cote-0000' });
    const again = await list(actor, { search: 'cote', after: first.next! });
    expect(again.rows).toEqual(second.rows);
    const back = await list(actor, { search: 'cote', before: second.previous! });
    expect(back.rows.map(({ lastName }) => lastName)).toContain('Cote-0000');
    expect(back.rows).toHaveLength(25);
    expect(back.rows.slice(1).map(({ id }) => id)).toEqual(first.rows.slice(0, 24).map(({ id }) => id));
  });
});
