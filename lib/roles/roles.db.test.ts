import { describe, expect, it } from 'vitest';
import { actorOfToken, giveRole, makeRole, openSessionOf, signedInPerson } from '@/e2e/fixtures/actors';
import { useDatabase } from '@/e2e/fixtures/database';
import { makeOrganisation, makePerson, refusalOf, tally } from '@/e2e/fixtures/people';
import { hashToken } from '@/lib/crypto/tokens';
import { PERMISSIONS } from '@/lib/policy/permissions';
import { findOpenSession } from '@/lib/sessions/store';
import { ROLES_MAX, type RoleContent } from './model';
import { changeRole, createRole, deleteRole, listRoles, loadRole, whoCanGrant } from './service';

const database = useDatabase();

const RECEPTION: RoleContent = { name: 'Réception', permissions: ['mfa.reset'] };

const eventsOf = (organisationId: string) => database.owner<{ action: string; details: Record<string, unknown> }[]>`
  select action, details from audit_events where organisation_id = ${organisationId} and action like 'role.%' order by id`;

describe('ACC-4 roles of the organisation’s own', () => {
  it('ACC-4 are made, listed behind the built-in ones, and written down', async () => {
    const organisation = await makeOrganisation();
    const { actor } = await signedInPerson(organisation, 'administrator');
    const id = await createRole(actor, RECEPTION);
    const listed = await listRoles(actor);
    expect(listed.map(({ builtIn, name, holders }) => [builtIn ?? name, holders])).toEqual([
      ['administrator', 1],
      ['account-manager', 0],
      ['auditor', 0],
      ['Réception', 0],
    ]);
    expect(await eventsOf(organisation.id)).toMatchObject([
      { action: 'role.create', details: { role: id, before: null, after: RECEPTION } },
    ]);
  });

  it('ACC-4 have a name of their own, whatever its case, and never that of a built-in one', async () => {
    const { actor } = await signedInPerson(await makeOrganisation(), 'administrator');
    await createRole(actor, RECEPTION);
    for (const name of ['réception', 'RÉCEPTION', 'Administrateur', 'administrator', 'Account manager', 'AUDITEUR']) {
      expect([name, await refusalOf(createRole(actor, { ...RECEPTION, name }))]).toEqual([name, 'role.name-taken']);
    }
    const other = await createRole(actor, { ...RECEPTION, name: 'Accueil' });
    const seen = { ...RECEPTION, name: 'Accueil' };
    expect(await refusalOf(changeRole(actor, other, seen, RECEPTION))).toBe('role.name-taken');
  });

  it('ACC-4 are at most fifty, under a burst too', async () => {
    const organisation = await makeOrganisation();
    const { actor } = await signedInPerson(organisation, 'administrator');
    for (let made = 0; made < ROLES_MAX - 3; made += 1) await makeRole(organisation, ['mfa.reset']);
    const burst = Array.from({ length: 8 }, (_, number) => createRole(actor, { ...RECEPTION, name: `Rôle ${number}` }));
    expect(tally(await Promise.all(burst.map(refusalOf)))).toEqual({ done: 3, 'role.too-many': 5 });
  });

  it('ACC-4 allow something', async () => {
    const { actor } = await signedInPerson(await makeOrganisation(), 'administrator');
    expect(await refusalOf(createRole(actor, { name: 'Vide', permissions: [] }))).toBe('role.empty');
  });
});

describe('ACC-4 nobody reaches further through a role than by their own', () => {
  it('ACC-4 nobody grants a permission that they lack, in a new role or in an old one', async () => {
    const organisation = await makeOrganisation();
    const { actor } = await signedInPerson(organisation, ['roles.manage', 'mfa.reset']);
    const id = await createRole(actor, RECEPTION);
    for (const permission of PERMISSIONS) {
      const allowed = actor.permissions.has(permission);
      const content: RoleContent = { name: `Un ${permission}`, permissions: [permission] };
      expect([permission, await refusalOf(createRole(actor, content))]).toEqual([
        permission,
        allowed ? 'done' : 'role.above',
      ]);
      if (!allowed) expect(await refusalOf(changeRole(actor, id, RECEPTION, content))).toBe('role.above');
    }
  });

  it('ACC-4 nobody edits or deletes a role that holds one they lack, whatever they say they saw', async () => {
    const organisation = await makeOrganisation();
    const { actor } = await signedInPerson(organisation, ['roles.manage', 'mfa.reset']);
    const id = await makeRole(organisation, ['mfa.reset', 'audit.read'], 'Les deux');
    for (const seen of [RECEPTION, { name: 'Les deux', permissions: ['mfa.reset', 'audit.read'] } as RoleContent]) {
      expect(await refusalOf(changeRole(actor, id, seen, RECEPTION))).toBe('role.above');
    }
    expect(await refusalOf(deleteRole(actor, id))).toBe('role.above');
  });

  it('ACC-4 built-in roles are neither changed nor deleted, by anyone', async () => {
    const { actor } = await signedInPerson(await makeOrganisation(), 'administrator');
    for (const { id, name, permissions } of await listRoles(actor)) {
      expect(await refusalOf(changeRole(actor, id, { name, permissions }, RECEPTION))).toBe('role.built-in');
      expect(await refusalOf(deleteRole(actor, id))).toBe('role.built-in');
    }
  });

  it('ACC-6 a role of another organisation is not found', async () => {
    const { actor } = await signedInPerson(await makeOrganisation(), 'administrator');
    const foreign = await makeRole(await makeOrganisation(), ['mfa.reset'], 'Réception');
    for (const id of [foreign, '00000000-0000-4000-8000-000000000000']) {
      expect(await refusalOf(loadRole(actor, id))).toBe('not-found');
      expect(await refusalOf(changeRole(actor, id, RECEPTION, { ...RECEPTION, name: 'À nous' }))).toBe('not-found');
      expect(await refusalOf(deleteRole(actor, id))).toBe('not-found');
    }
    expect(await refusalOf(loadRole(actor, "' or 1=1"))).toBe('not-found');
  });
});

describe('OPT-2 two administrators at once', () => {
  it('OPT-2 of those who saw the same role one changes it, and the others are told', async () => {
    database.useTwoInstances();
    const organisation = await makeOrganisation();
    const { actor } = await signedInPerson(organisation, 'administrator');
    const id = await createRole(actor, RECEPTION);
    const changes = Array.from({ length: 6 }, (_, number) =>
      changeRole(actor, id, RECEPTION, { name: `Réception ${number}`, permissions: ['mfa.reset', 'audit.read'] }),
    );
    expect(tally(await Promise.all(changes.map(refusalOf)))).toEqual({ done: 1, 'role.changed': 5 });
    expect((await eventsOf(organisation.id)).map(({ action }) => action)).toEqual(['role.create', 'role.change']);
  });
});

describe('ACC-5 roles in use', () => {
  it('ACC-5 a role that somebody holds is not deleted, suspended people count', async () => {
    const organisation = await makeOrganisation();
    const { actor } = await signedInPerson(organisation, 'administrator');
    const id = await createRole(actor, RECEPTION);
    const holder = await makePerson(organisation);
    await giveRole(organisation, holder.id, id);
    await database.owner`update accounts set status = 'suspended' where id = ${holder.id}`;
    expect(await refusalOf(deleteRole(actor, id))).toBe('role.in-use');
    expect(await loadRole(actor, id)).toMatchObject({ holderCount: 1, holders: [{ id: holder.id }], next: null });
    await giveRole(organisation, holder.id, null);
    expect(await refusalOf(deleteRole(actor, id))).toBe('done');
  });

  it('ACC-5 given and deleted in the same moment: nobody is left with a role that is gone, and nothing fails', async () => {
    const organisation = await makeOrganisation();
    const { actor } = await signedInPerson(organisation, 'administrator');
    const holder = await makePerson(organisation);
    for (let round = 0; round < 10; round += 1) {
      const id = await createRole(actor, { ...RECEPTION, name: `Réception ${round}` });
      const [given, deleted] = await Promise.all([
        giveRole(organisation, holder.id, id).then(
          () => 'given',
          () => 'gone',
        ),
        refusalOf(deleteRole(actor, id)),
      ]);
      expect(['given role.in-use', 'gone done']).toContain(`${given} ${deleted}`);
    }
  });

  it('ACC-5 a role of one’s own that allows everything keeps doing so while nobody else can do everything', async () => {
    const organisation = await makeOrganisation();
    const { actor } = await signedInPerson(organisation, PERMISSIONS);
    const role = (await listRoles(actor)).find(({ builtIn }) => builtIn === null)!;
    const less = { name: role.name, permissions: PERMISSIONS.slice(1) };
    expect(await refusalOf(changeRole(actor, role.id, role, less))).toBe('administrator.last');
    expect((await loadRole(actor, role.id)).role.permissions).toEqual(PERMISSIONS);
    expect(await refusalOf(changeRole(actor, role.id, role, { ...role, name: 'Direction' }))).toBe('done');
    await makePerson(organisation, { role: 'administrator' });
    expect(await refusalOf(changeRole(actor, role.id, { ...role, name: 'Direction' }, less))).toBe('done');
  });

  it('ACC-4 those who hold a role come a page at a time, each once', async () => {
    const organisation = await makeOrganisation();
    const { actor } = await signedInPerson(organisation, 'administrator');
    const id = await createRole(actor, RECEPTION);
    await database.owner`
      insert into accounts (organisation_id, kind, email, email_key, username, username_key, first_name, last_name, role_id, authenticator_id)
      select ${organisation.id}, 'employee', n || '@erables.test', n || '@erables.test', 'u' || n, 'u' || n, 'Anne', 'Roy', ${id}, a.id
      from generate_series(1, 120) n, authenticators a where a.organisation_id = ${organisation.id}`;
    const found: string[] = [];
    let after: string | null = null;
    do {
      const page: Awaited<ReturnType<typeof loadRole>> = await loadRole(actor, id, after);
      expect(page.holderCount).toBe(120);
      found.push(...page.holders.map((holder) => holder.id));
      after = page.next;
    } while (after !== null);
    expect([found.length, new Set(found).size]).toEqual([120, 120]);
  });
});

describe('SAFE-3 what a role allows holds for the next request', () => {
  it('SAFE-3 other permissions end the sessions of those who hold it; another name ends none', async () => {
    const organisation = await makeOrganisation();
    const { actor } = await signedInPerson(organisation, 'administrator');
    const id = await createRole(actor, RECEPTION);
    const [holder, other] = [await makePerson(organisation), await signedInPerson(organisation, 'auditor')];
    await giveRole(organisation, holder.id, id);
    const token = await openSessionOf(organisation, holder.id);
    const renamed = { ...RECEPTION, name: 'Accueil' };
    expect(await changeRole(actor, id, RECEPTION, renamed)).toBeNull();
    expect([...(await actorOfToken(token)).permissions]).toEqual(['mfa.reset']);
    expect(await changeRole(actor, id, renamed, { ...renamed, permissions: ['audit.read'] })).toBeNull();
    expect(await findOpenSession(hashToken(token))).toBeNull();
    for (const unconcerned of [other, { actor }]) {
      const [row] = await database.owner`select 1 from sessions where id = ${unconcerned.actor.sessionId}`;
      expect(row).toBeDefined();
    }
  });

  it('SAFE-3 whoever changes the role that they hold goes on under a new token, with what is left', async () => {
    const organisation = await makeOrganisation();
    const { actor, token, id } = await signedInPerson(organisation, ['roles.manage', 'mfa.reset']);
    const elsewhere = await openSessionOf(organisation, id);
    const role = (await listRoles(actor)).find(({ builtIn }) => builtIn === null)!;
    const renewed = await changeRole(actor, role.id, role, { name: role.name, permissions: ['mfa.reset'] });
    expect(await findOpenSession(hashToken(token))).toBeNull();
    expect(await findOpenSession(hashToken(elsewhere))).toBeNull();
    expect([...(await actorOfToken(renewed!.token)).permissions]).toEqual(['mfa.reset']);
    // The very next act of the same person is refused.
    expect(await refusalOf(listRoles(await actorOfToken(renewed!.token)))).toBe('permission.missing');
  });
});

it('ACC-4 whoever lacks a permission is told whom to ask: active people, Administrators first, never themselves', async () => {
  const organisation = await makeOrganisation();
  const { actor } = await signedInPerson(organisation, null);
  expect(await whoCanGrant(actor)).toEqual([]);
  const give = (lastName: string, role: 'administrator' | 'auditor' | null) =>
    makePerson(organisation, { firstName: 'Odile', lastName, role });
  await giveRole(
    organisation,
    (await give('Abel', null)).id,
    await makeRole(organisation, ['accounts.manage', 'roles.manage']),
  );
  await give('Tremblay', 'administrator');
  await give('Zoé', 'auditor');
  const gone = await give('Bélanger', 'administrator');
  await database.owner`update accounts set status = 'suspended' where id = ${gone.id}`;
  expect(await whoCanGrant(actor)).toEqual(['Odile Tremblay', 'Odile Abel']);
  await makePerson(await makeOrganisation(), { role: 'administrator', lastName: 'Ailleurs' });
  expect(await whoCanGrant(actor)).toEqual(['Odile Tremblay', 'Odile Abel']);
});
