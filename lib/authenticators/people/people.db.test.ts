import { beforeAll, describe, expect, it } from 'vitest';
import { actorOfToken, makeRole, openSessionOf, signedInPerson } from '@/e2e/fixtures/actors';
import { useDatabase } from '@/e2e/fixtures/database';
import { makeOrganisation, makePerson, refusalOf, tally } from '@/e2e/fixtures/people';
import type { Actor } from '@/lib/actors/model';
import { directoryQuery } from '@/lib/directory/model';
import { Refusal } from '@/lib/refusals';
import { loadWayIn, saveWayIn, unbindIdentity } from '../identities/service';
import { writeWaitingNotices } from '../notices/service';
import { activateAuthenticator, createAuthenticator, listAuthenticators } from '../service';
import { crowd } from './model';
import { addPerson, listMoves, listServed, moveCrowd, previewMove, removePerson, undoMove } from './service';

const database = useDatabase();

/** An authenticator with a provider, in force, past all checks. */
async function external(actor: Actor, type: 'oidc' | 'saml' = 'oidc', name = 'SSO'): Promise<string> {
  const id = await createAuthenticator(actor, { name, type });
  await database.owner`update authenticators set active = true, activated_at = now() where id = ${id}`;
  return id;
}

async function house() {
  const organisation = await makeOrganisation({ internalMFA: 'off' });
  const { actor } = await signedInPerson(organisation, 'administrator');
  const sso = await external(actor);
  const [standard] = (await listAuthenticators(actor)).filter(({ isDefault }) => isDefault);
  const employees = await Promise.all([1, 2, 3].map(() => makePerson(organisation)));
  return { organisation, actor, sso, standard: standard!.id, employees };
}

const whereIs = async (accountId: string) => {
  const [row] = await database.owner<{ id: string }[]>`
    select authenticator_id as id from accounts where id = ${accountId}`;
  return row!.id;
};

describe('AUTH-1 assigned one by one', () => {
  it('AUTH-1 from the authenticator’s page: what was open ends, and the default one takes whoever is removed', async () => {
    const { organisation, actor, standard, employees } = await house();
    const other = await createAuthenticator(actor, { name: 'Autre', type: 'system' });
    const [one] = employees;
    expect(await refusalOf(addPerson(actor, other, one!.username))).toBe('authenticator.inactive');
    await activateAuthenticator(actor, other);
    await openSessionOf(organisation, one!.id);
    expect(await addPerson(actor, other, 'personne-ici')).toBe(false);
    expect(await addPerson(actor, other, one!.email.toUpperCase())).toBe(true);
    expect(await whereIs(one!.id)).toBe(other);
    expect(await database.owner`select 1 from sessions where account_id = ${one!.id}`).toHaveLength(0);
    const page = await listServed(actor, other, directoryQuery.parse({}));
    expect(page.rows.map(({ id }) => id)).toEqual([one!.id]);
    await removePerson(actor, other, one!.id);
    expect(await whereIs(one!.id)).toBe(standard);
    expect(await refusalOf(removePerson(actor, other, one!.id))).toBe('not-found');
    expect(await refusalOf(removePerson(actor, standard, one!.id))).toBe('authenticator.is-default');
  });

  it('GUARD-4, ACC-4 never oneself, and nobody who may do more', async () => {
    const { organisation, actor, sso } = await house();
    expect(await refusalOf(addPerson(actor, sso, actor.account.username))).toBe('account.own');
    const { id } = await signedInPerson(organisation, null);
    const role = await makeRole(organisation, ['authenticators.manage', 'accounts.manage']);
    await database.owner`update accounts set role_id = ${role} where id = ${id}`;
    const few = await actorOfToken(await openSessionOf(organisation, id));
    expect(await refusalOf(addPerson(few, sso, actor.account.username))).toBe('account.beyond');
    expect(await refusalOf(saveWayIn(few, actor.account.id, sso, 'claim(sub):x'))).toBe('account.beyond');
    expect(await previewMove(few, { kind: 'employee' }, sso)).toMatchObject({ moving: 3, beyond: 1, own: true });
  });

  it('ACC-5 the last administrator with a way in stays where they are', async () => {
    const { organisation, actor, sso } = await house();
    const other = await makePerson(organisation, { role: 'administrator' });
    const mover = await actorOfToken(await openSessionOf(organisation, other.id));
    await database.owner`update accounts set status = 'suspended' where id = ${other.id}`;
    // Whoever acts was suspended meanwhile: the one who is left would have no identity there.
    expect(await refusalOf(addPerson(mover, sso, actor.account.username))).toBe('administrator.last');
    expect(await saveWayIn(mover, actor.account.id, sso, 'claim(email):a@b.test')).toEqual({ saved: true });
    expect(await refusalOf(saveWayIn(mover, actor.account.id, sso, ''))).toBe('administrator.last');
  });
});

describe('AUTH-7 external identity', () => {
  it('AUTH-7 is exact, of one account an authenticator, and comes back with the account', async () => {
    const { actor, sso, standard, employees } = await house();
    const [one, two] = employees;
    const expected = 'claim(email):Nick.Carraway@Classics.com';
    expect(await saveWayIn(actor, one!.id, sso, 'nick@classics.com')).toEqual({ saved: false, issue: 'identity.form' });
    expect(await saveWayIn(actor, one!.id, sso, `${expected} `)).toEqual({ saved: false, issue: 'identity.value' });
    expect(await whereIs(one!.id)).toBe(standard);
    expect(await saveWayIn(actor, one!.id, sso, expected)).toEqual({ saved: true });
    expect((await loadWayIn(actor, one!.id, sso)).identity).toMatchObject({ expected, boundAt: null });
    expect(await refusalOf(saveWayIn(actor, two!.id, sso, expected))).toBe('identity.taken');
    expect(await saveWayIn(actor, two!.id, sso, expected.toLowerCase())).toEqual({ saved: true });
    const saml = await external(actor, 'saml', 'SAML');
    await saveWayIn(actor, one!.id, saml, 'nick');
    await saveWayIn(actor, one!.id, standard, '');
    expect((await loadWayIn(actor, one!.id, sso)).identity).toMatchObject({ expected });
    expect((await loadWayIn(actor, one!.id, saml)).identity).toMatchObject({ expected: 'nick' });
  });

  it('AUTH-7 unbound with a reason; another expected one unbinds too, and sessions end', async () => {
    const { organisation, actor, sso, employees } = await house();
    const [one] = employees;
    await saveWayIn(actor, one!.id, sso, 'claim(sub):a');
    const bind = () => database.owner`
      update external_identities set issuer = 'https://idp.example', subject = 'a', bound_at = now()
      where account_id = ${one!.id}`;
    await bind();
    await openSessionOf(organisation, one!.id);
    await unbindIdentity(actor, one!.id, 'Nouveau compte chez le fournisseur');
    expect((await loadWayIn(actor, one!.id, sso)).identity).toEqual({
      expected: 'claim(sub):a',
      issuer: null,
      subject: null,
      boundAt: null,
      nearSaid: null,
      nearAt: null,
    });
    expect(await database.owner`select 1 from sessions where account_id = ${one!.id}`).toHaveLength(0);
    expect(await refusalOf(unbindIdentity(actor, one!.id, 'encore'))).toBe('identity.not-bound');
    await bind();
    await saveWayIn(actor, one!.id, sso, 'claim(sub):a');
    expect((await loadWayIn(actor, one!.id, sso)).identity?.subject).toBe('a');
    await saveWayIn(actor, one!.id, sso, 'claim(sub):b');
    expect((await loadWayIn(actor, one!.id, sso)).identity?.subject).toBeNull();
    const details = await database.owner`
      select details::text as text from audit_events where organisation_id = ${organisation.id}
        and action like 'account.identity%'`;
    expect(details.map(({ text }) => text).join()).not.toContain('claim(');
  });

  it('ACC-6 another organisation’s account and authenticator are not found', async () => {
    const { sso: theirs, employees: others } = await house();
    const { actor, sso, employees } = await house();
    expect(await refusalOf(saveWayIn(actor, others[0]!.id, sso, 'claim(sub):x'))).toBe('not-found');
    expect(await refusalOf(saveWayIn(actor, employees[0]!.id, theirs, 'claim(sub):x'))).toBe('not-found');
    expect(await refusalOf(loadWayIn(actor, employees[0]!.id, theirs))).toBe('not-found');
    expect(await refusalOf(unbindIdentity(actor, others[0]!.id, 'x'))).toBe('not-found');
    expect(await refusalOf(moveCrowd(actor, { kind: 'employee' }, theirs, 'move'))).toBe('not-found');
    expect(await refusalOf(moveCrowd(actor, { authenticatorId: theirs }, sso, 'move'))).toBe('move.nobody');
  });
});

describe('AUTH-9 many at once', () => {
  it('AUTH-9 the dry run tells who lacks an identity; then all move or none, and it can be taken back', async () => {
    const { organisation, actor, sso, standard, employees } = await house();
    const [one] = employees;
    await saveWayIn(actor, one!.id, sso, `claim(email):${one!.email}`);
    await saveWayIn(actor, one!.id, standard, '');
    expect(await previewMove(actor, { kind: 'employee' }, sso)).toEqual({
      moving: 3,
      there: 0,
      own: true,
      beyond: 0,
      lacking: 2,
      lackingNames: ['Mireille Bérubé', 'Mireille Bérubé'],
      withoutPassword: 0,
    });
    const refused = await moveCrowd(actor, { kind: 'employee' }, sso, 'refuse').catch((error: unknown) => error);
    expect(refused).toMatchObject({ code: 'move.lacks-identity', details: { count: 2 } });
    expect(refused).toBeInstanceOf(Refusal);
    expect(await whereIs(one!.id)).toBe(standard);
    await openSessionOf(organisation, one!.id);
    expect(await moveCrowd(actor, { kind: 'employee' }, sso, 'from-email')).toBe(3);
    for (const { id, email } of employees) {
      expect(await whereIs(id)).toBe(sso);
      const [row] = await database.owner`select expected from external_identities where account_id = ${id}`;
      expect(row).toEqual({ expected: `claim(email):${email}` });
    }
    expect(await database.owner`select 1 from sessions where account_id = ${one!.id}`).toHaveLength(0);
    expect(await whereIs(actor.account.id)).toBe(standard);
    const [move] = await listMoves(actor);
    expect(move).toMatchObject({ to: sso, accounts: 3 });
    // Whoever has moved on since stays there.
    await saveWayIn(actor, one!.id, standard, '');
    const third = await external(actor, 'saml', 'Ailleurs');
    await saveWayIn(actor, one!.id, third, 'x');
    expect(await undoMove(actor, move!.id)).toBe(2);
    expect(await whereIs(employees[1]!.id)).toBe(standard);
    expect(await whereIs(one!.id)).toBe(third);
    expect(await refusalOf(undoMove(actor, move!.id))).toBe('move.over');
    const events = await database.owner`
      select subject_id from audit_events where organisation_id = ${organisation.id} and action = 'account.assign'
        and details ? 'move'`;
    expect(events).toHaveLength(5);
  });

  it('AUTH-9 from addresses: whoever was emptied is expected anew, whoever is bound stays so, and no address is taken', async () => {
    const { actor, sso, standard, employees } = await house();
    const [emptied, bound, robbed] = employees;
    for (const one of [emptied, bound]) await saveWayIn(actor, one!.id, sso, `claim(sub):${one!.id}`);
    await saveWayIn(actor, emptied!.id, sso, '');
    await database.owner`
      update external_identities set issuer = 'https://idp.example', subject = 'b', bound_at = now() where account_id = ${bound!.id}`;
    const other = await makePerson(actor.organisation, { kind: 'parent' });
    await saveWayIn(actor, other.id, sso, `claim(email):${robbed!.email}`);
    for (const one of [emptied, bound]) await saveWayIn(actor, one!.id, standard, '');
    const move = () => moveCrowd(actor, { kind: 'employee' }, sso, 'from-email');
    expect(await refusalOf(move())).toBe('move.lacks-identity');
    await saveWayIn(actor, other.id, sso, '');
    expect(await move()).toBe(3);
    const rows = await database.owner`
      select account_id, expected, subject from external_identities where account_id in ${database.owner(
        employees.map(({ id }) => id),
      )}`;
    expect(new Map(rows.map(({ account_id, expected, subject }) => [account_id, { expected, subject }]))).toEqual(
      new Map([
        [emptied!.id, { expected: `claim(email):${emptied!.email}`, subject: null }],
        [bound!.id, { expected: `claim(sub):${bound!.id}`, subject: 'b' }],
        [robbed!.id, { expected: `claim(email):${robbed!.email}`, subject: null }],
      ]),
    );
  });

  it('AUTH-9 those who come to a password without one get a letter with which to choose it', async () => {
    const { actor, sso, standard, employees } = await house();
    await moveCrowd(actor, { kind: 'employee' }, sso, 'from-email');
    await database.owner`delete from passwords where account_id = ${employees[0]!.id}`;
    expect(await previewMove(actor, { authenticatorId: sso }, standard)).toMatchObject({
      moving: 3,
      withoutPassword: 1,
    });
    expect(await moveCrowd(actor, { authenticatorId: sso }, standard, 'refuse')).toBe(3);
    await writeWaitingNotices();
    const letters = await database.owner`
      select account_id, template from mails where account_id in ${database.owner(employees.map(({ id }) => id))}`;
    expect(letters).toEqual([{ account_id: employees[0]!.id, template: 'password-needed' }]);
    const [ticket] = await database.owner`select kind from tickets where account_id = ${employees[0]!.id}`;
    expect(ticket).toEqual({ kind: 'password-reset' });
  });

  it('AUTH-9 a move is taken back once, in time, and never into what lets nobody in', async () => {
    database.useTwoInstances();
    const { actor, sso, employees } = await house();
    await moveCrowd(actor, { kind: 'employee' }, sso, 'from-email');
    const [move] = await listMoves(actor);
    const outcomes = await Promise.all([1, 2, 3].map(() => refusalOf(undoMove(actor, move!.id))));
    expect(tally(outcomes)).toEqual({ done: 1, 'move.over': 2 });
    const saml = await external(actor, 'saml', 'SAML');
    await moveCrowd(actor, { kind: 'employee' }, sso, 'from-email');
    await moveCrowd(actor, { authenticatorId: sso }, saml, 'from-email');
    const [newest, earlier] = await listMoves(actor);
    await database.owner`update authenticators set active = false where id = ${sso}`;
    expect(await refusalOf(undoMove(actor, newest!.id))).toBe('authenticator.inactive');
    expect(await whereIs(employees[0]!.id)).toBe(saml);
    await database.owner`update authenticator_moves set created_at = now() - interval '25 hours' where id = ${earlier!.id}`;
    expect(await refusalOf(undoMove(actor, earlier!.id))).toBe('move.over');
    await database.owner`select sweep_moves()`;
    expect(await database.owner`select 1 from authenticator_moves where id = ${earlier!.id}`).toHaveLength(0);
  });

  it('AUTH-9 reads whom by kind, role or authenticator, and nothing else', () => {
    const id = '00000000-0000-4000-8000-000000000000';
    expect(crowd.parse('kind:parent')).toEqual({ kind: 'parent' });
    expect(crowd.parse(`role:${id}`)).toEqual({ roleId: id });
    expect(crowd.parse(`from:${id}`)).toEqual({ authenticatorId: id });
    for (const text of ['', 'kind:', 'kind:boss', 'role:1', `to:${id}`, `kind:${id}`, 'from:\0']) {
      expect([text, crowd.safeParse(text).success]).toEqual([text, false]);
    }
  });
});

describe('AUTH-9, FAST-4 twenty thousand accounts', () => {
  let actor: Actor;
  let sso: string;

  beforeAll(async () => {
    const organisation = await makeOrganisation();
    ({ actor } = await signedInPerson(organisation, 'administrator'));
    sso = await external(actor);
    await database.owner`
      insert into accounts (organisation_id, kind, status, email, email_key, username, username_key, first_name,
        last_name, authenticator_id)
      select ${organisation.id}, 'parent', 'active', 'p' || i || '@famille.test', 'p' || i || '@famille.test',
        'p' || i, 'p' || i, 'Hélène', 'Tremblay-' || i,
        (select id from authenticators where organisation_id = ${organisation.id} and is_default)
      from generate_series(1, 20000) i`;
    await database.owner`vacuum (analyze) accounts`;
  }, 120_000);

  it('AUTH-9 move and come back in seconds, and the page of the last of them is as quick as any', async () => {
    const begun = performance.now();
    expect(await previewMove(actor, { kind: 'parent' }, sso)).toMatchObject({ moving: 20_000, lacking: 20_000 });
    const seen = performance.now();
    expect(await moveCrowd(actor, { kind: 'parent' }, sso, 'from-email')).toBe(20_000);
    const moved = performance.now();
    const [move] = await listMoves(actor);
    expect(await undoMove(actor, move!.id)).toBe(20_000);
    const returned = performance.now();
    const page = await listServed(actor, sso, directoryQuery.parse({}));
    expect(page.rows).toEqual([]);
    const listed = performance.now();
    expect(seen - begun).toBeLessThan(3_000);
    expect(moved - seen).toBeLessThan(20_000);
    expect(returned - moved).toBeLessThan(20_000);
    expect(listed - returned).toBeLessThan(1_000);
  }, 90_000);
});
