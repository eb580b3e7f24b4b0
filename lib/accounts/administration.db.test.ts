import { describe, expect, it } from 'vitest';
import { signedInPerson } from '@/e2e/fixtures/actors';
import { useDatabase } from '@/e2e/fixtures/database';
import {
  makeEnrolledPerson,
  makeOrganisation,
  makePerson,
  refusalOf,
  tally,
  visitorAt,
  enterPassword,
} from '@/e2e/fixtures/people';
import { hashToken } from '@/lib/crypto/tokens';
import { findOpenSession } from '@/lib/sessions/store';
import {
  changeAccount,
  createInvitedAccount,
  findManagedAccount,
  listAssignableRoles,
  reactivateAccount,
  removeAccount,
  suspendAccount,
} from './administration';
import type { AccountProfile } from './model';

const database = useDatabase();

const ZOE: AccountProfile = {
  firstName: 'Zoë',
  lastName: 'Ó Näme',
  email: 'Zoe.O-Name@famille.test',
  username: null,
  kind: 'parent',
  roleId: null,
  locale: 'en',
};

const accountRow = async (id: string) => {
  const [row] = await database.owner`select * from accounts where id = ${id}`;
  return row;
};
const count = async (query: PromiseLike<readonly unknown[]>) => (await query).length;
const roleOf = async (organisationId: string, builtIn: string) => {
  const [row] =
    await database.owner`select id from roles where organisation_id = ${organisationId} and built_in = ${builtIn}`;
  return row!['id'] as string;
};

describe('ACC-2, ACC-3 a new account', () => {
  it('ACC-3 waits for its owner, with a username made of the e-mail, and an invitation in the outbox', async () => {
    const { actor } = await signedInPerson(await makeOrganisation(), 'administrator');
    const id = await createInvitedAccount(actor, ZOE);
    expect(await accountRow(id)).toMatchObject({
      status: 'invited',
      first_name: 'Zoë',
      last_name: 'Ó Näme',
      email: 'Zoe.O-Name@famille.test',
      email_key: 'zoe.o-name@famille.test',
      username: 'zoe.o-name',
      locale: 'en',
      role_id: null,
    });
    const mails = await database.owner`select template, locale, address from mails where account_id = ${id}`;
    expect(mails.map((row) => ({ ...row }))).toEqual([
      { template: 'invitation', locale: 'en', address: 'Zoe.O-Name@famille.test' },
    ]);
    expect(await count(database.owner`select from passwords where account_id = ${id}`)).toBe(0);
    expect(await findManagedAccount(actor, id)).toMatchObject({ status: 'invited', invitationUntil: expect.any(Date) });
  });

  it('ACC-2 takes the next free username, and says which name is taken', async () => {
    const { actor } = await signedInPerson(await makeOrganisation(), 'administrator');
    await createInvitedAccount(actor, ZOE);
    const second = await createInvitedAccount(actor, { ...ZOE, email: 'zoe.o-name@autre.test' });
    expect(await accountRow(second)).toMatchObject({ username: 'zoe.o-name2' });
    expect(await refusalOf(createInvitedAccount(actor, { ...ZOE, email: 'ZOE.o-name@FAMILLE.test' }))).toBe(
      'account.email-taken',
    );
    expect(await refusalOf(createInvitedAccount(actor, { ...ZOE, email: 'x@y.test', username: 'ZOE.O-name' }))).toBe(
      'account.username-taken',
    );
  });

  it('ACC-2 of a burst with one address one is made, with one letter', async () => {
    database.useTwoInstances();
    const organisation = await makeOrganisation();
    const { actor } = await signedInPerson(organisation, 'administrator');
    const made = await Promise.all(Array.from({ length: 6 }, () => refusalOf(createInvitedAccount(actor, ZOE))));
    const { done, ...others } = tally(made);
    expect(done).toBe(1);
    expect(Object.keys(others).every((code) => code.startsWith('account.'))).toBe(true);
    expect(await count(database.owner`select from mails where organisation_id = ${organisation.id}`)).toBe(1);
  });

  it('ACC-4 gets no role that the actor couldn’t hold, none of elsewhere, and none where it is no employee', async () => {
    const organisation = await makeOrganisation();
    const { actor } = await signedInPerson(organisation, 'account-manager');
    const elsewhere = await makeOrganisation();
    const employee = { ...ZOE, kind: 'employee' as const };
    const create = async (change: Partial<AccountProfile>) =>
      refusalOf(createInvitedAccount(actor, { ...employee, ...change }));
    expect(await create({ roleId: await roleOf(organisation.id, 'administrator') })).toBe('account.role-beyond');
    expect(await create({ roleId: await roleOf(elsewhere.id, 'account-manager') })).toBe('not-found');
    const manager = await roleOf(organisation.id, 'account-manager');
    expect(await create({ kind: 'parent', roleId: manager })).toBe('account.role-not-for-kind');
    expect(await create({ roleId: manager })).toBe('done');
    expect((await listAssignableRoles(actor)).map(({ builtIn }) => builtIn)).toEqual(['account-manager']);
  });
});

describe('ACC-2 an account that is there', () => {
  it('ACC-2 a changed role ends its sessions at once; a changed name does not', async () => {
    const organisation = await makeOrganisation();
    const { actor } = await signedInPerson(organisation, 'administrator');
    const { actor: other, token } = await signedInPerson(organisation, 'auditor');
    const before = (await findManagedAccount(actor, other.account.id))!;
    const profile: AccountProfile = { ...before, roleId: before.role!.id };
    await changeAccount(actor, before.id, { ...profile, lastName: 'Autre' });
    expect(await findOpenSession(hashToken(token))).not.toBeNull();
    await changeAccount(actor, before.id, { ...profile, lastName: 'Autre', roleId: null });
    expect(await findOpenSession(hashToken(token))).toBeNull();
    const [event] = await database.owner`
      select details from audit_events where subject_id = ${before.id} and action = 'account.change' order by id desc limit 1`;
    expect(event!['details']).toEqual({ changed: ['roleId'], role: { before: before.role!.id, after: null } });
  });

  it('ACC-3 a changed address makes the links sent before worthless, and is told to the old one or invited anew', async () => {
    const organisation = await makeOrganisation();
    const { actor } = await signedInPerson(organisation, 'administrator');
    const invited = await createInvitedAccount(actor, ZOE);
    await changeAccount(actor, invited, { ...ZOE, email: 'neuve@famille.test' });
    const tickets = await database.owner`
      select email, revoked_at is null as open from tickets where account_id = ${invited} order by created_at, revoked_at nulls last`;
    expect(tickets.map((row) => ({ ...row }))).toEqual([
      { email: ZOE.email, open: false },
      { email: 'neuve@famille.test', open: true },
    ]);
    const active = await makePerson(organisation, { kind: 'parent' });
    const details = (await findManagedAccount(actor, active.id))!;
    await changeAccount(actor, active.id, { ...details, roleId: null, email: 'autre@famille.test' });
    const [mail] = await database.owner`select template, address from mails where account_id = ${active.id}`;
    expect({ ...mail }).toEqual({ template: 'email-changed', address: active.email });
  });

  it('ACC-2 suspension ends sessions and what is under way; reactivation brings back what was', async () => {
    const organisation = await makeOrganisation();
    const { actor } = await signedInPerson(organisation, 'administrator');
    const { actor: other, token } = await signedInPerson(organisation, 'auditor');
    const { id } = other.account;
    await suspendAccount(actor, id);
    expect(await findOpenSession(hashToken(token))).toBeNull();
    expect(await count(database.owner`select from sign_in_attempts where account_id = ${id}`)).toBe(0);
    expect(await refusalOf(suspendAccount(actor, id))).toBe('account.changed-meanwhile');
    await reactivateAccount(actor, id);
    expect(await accountRow(id)).toMatchObject({ status: 'active' });
    const invited = await createInvitedAccount(actor, ZOE);
    await suspendAccount(actor, invited);
    await reactivateAccount(actor, invited);
    expect(await accountRow(invited)).toMatchObject({ status: 'invited' });
  });

  it('ACC-2 what was finishing while the account was suspended does not come to life again; nobody is reactivated twice', async () => {
    const organisation = await makeOrganisation();
    const { actor } = await signedInPerson(organisation, 'administrator');
    const person = await makePerson(organisation, { kind: 'parent' });
    await suspendAccount(actor, person.id);
    // A sign-in that had looked before, and writes only now.
    await database.owner`update accounts set status = 'active' where id = ${person.id}`;
    const { session } = (await enterPassword(visitorAt(organisation), person)).outcome;
    await database.owner`update accounts set status = 'suspended' where id = ${person.id}`;
    await reactivateAccount(actor, person.id);
    expect(await findOpenSession(hashToken(session!.token))).toBeNull();
    expect(await refusalOf(reactivateAccount(actor, person.id))).toBe('account.changed-meanwhile');
    const events = await database.owner`
      select action from audit_events where subject_id = ${person.id} and actor_id = ${actor.account.id} order by id`;
    expect(events.map(({ action }) => action as string)).toEqual(['account.suspend', 'account.reactivate']);
  });

  it('ACC-3 nobody floods a mailbox by changing an address to and fro: the letter counts in the budget of the old one', async () => {
    const organisation = await makeOrganisation();
    const { actor } = await signedInPerson(organisation, 'administrator');
    const person = await makePerson(organisation, { kind: 'parent' });
    const details = { ...(await findManagedAccount(actor, person.id))!, roleId: null };
    const outcomes: string[] = [];
    for (let round = 0; round < 7; round += 1) {
      outcomes.push(await refusalOf(changeAccount(actor, person.id, { ...details, email: 'autre@famille.test' })));
      await database.owner`
        update accounts set email = ${person.email}, email_key = ${person.email} where id = ${person.id}`;
    }
    expect(tally(outcomes)).toEqual({ done: 5, 'letter.throttled': 2 });
  });

  it('ACC-2 nobody signs in past a suspension that comes at the same moment', async () => {
    database.useTwoInstances();
    const organisation = await makeOrganisation();
    const { actor } = await signedInPerson(organisation, 'administrator');
    for (let round = 0; round < 4; round += 1) {
      const person = await makePerson(organisation, { kind: 'parent' });
      // An attempt may be gone between two of its steps: however it ends, it must not arrive.
      const [, suspended] = await Promise.allSettled([
        enterPassword(visitorAt(organisation), person),
        suspendAccount(actor, person.id),
        enterPassword(visitorAt(organisation), person),
      ]);
      expect(suspended.status).toBe('fulfilled');
      await reactivateAccount(actor, person.id);
      expect(await count(database.owner`select from sessions where account_id = ${person.id}`)).toBe(0);
    }
  });
});

describe('PRIV-1 removal', () => {
  it('PRIV-1 takes the identity and all that hangs on it; its events stay under the id', async () => {
    const organisation = await makeOrganisation();
    const { actor } = await signedInPerson(organisation, 'administrator');
    const person = await makeEnrolledPerson(organisation, { firstName: 'Léa', lastName: 'Saint-Pré' });
    await enterPassword(visitorAt(organisation), person);
    expect(await refusalOf(removeAccount(actor, person.id, 'Léa Saint Pré'))).toBe('account.name-not-typed');
    const events = await count(database.owner`select from audit_events where subject_id = ${person.id}`);
    await removeAccount(actor, person.id, '  Léa  Saint-Pre\u0301 ');
    for (const table of [
      'passwords',
      'factors',
      'recovery_codes',
      'devices',
      'sessions',
      'sign_in_attempts',
      'tickets',
      'mails',
    ]) {
      const left = await count(database.owner`select from ${database.owner(table)} where account_id = ${person.id}`);
      expect({ table, left }).toEqual({ table, left: 0 });
    }
    expect(await accountRow(person.id)).toBeUndefined();
    expect(await count(database.owner`select from audit_events where subject_id = ${person.id}`)).toBe(events + 1);
    const [last] =
      await database.owner`select action from audit_events where subject_id = ${person.id} order by id desc limit 1`;
    expect(last!['action']).toBe('account.erase');
    const [everywhere] = await database.owner`select string_agg(e::text, '') as text from audit_events e`;
    expect(everywhere!['text']).not.toMatch(/Saint-Pr/);
  });
});

describe('ACC-4, ACC-5, ACC-6 who may do it, and on whom', () => {
  const acts = {
    change: (actor: Parameters<typeof changeAccount>[0], id: string) =>
      changeAccount(actor, id, { ...ZOE, kind: 'parent' }),
    suspend: suspendAccount,
    reactivate: reactivateAccount,
    remove: (actor: Parameters<typeof removeAccount>[0], id: string) => removeAccount(actor, id, 'Mireille Bérubé'),
  };

  it.each(Object.entries(acts))(
    'ACC-4 %s: not without the permission, not on oneself, not on somebody who may do more',
    async (_, act) => {
      const organisation = await makeOrganisation();
      const administrator = await makePerson(organisation, { role: 'administrator' });
      const { actor } = await signedInPerson(organisation, 'account-manager');
      const { actor: auditor } = await signedInPerson(organisation, 'auditor');
      expect(await refusalOf(act(auditor, administrator.id))).toBe('permission.missing');
      expect(await refusalOf(act(actor, administrator.id))).toBe('account.beyond');
      expect(await refusalOf(act(actor, actor.account.id))).toBe('account.own');
    },
  );

  it.each(Object.entries(acts))('ACC-6 %s: another organisation’s account is not found', async (_, act) => {
    const { actor } = await signedInPerson(await makeOrganisation(), 'administrator');
    const stranger = await makePerson(await makeOrganisation());
    expect(await refusalOf(act(actor, stranger.id))).toBe('not-found');
    expect(await findManagedAccount(actor, stranger.id)).toBeNull();
    expect(await accountRow(stranger.id)).toMatchObject({ status: 'active', first_name: 'Mireille' });
  });

  it('ACC-5 two administrators who act on each other at the same moment: one is refused', async () => {
    database.useTwoInstances();
    const pairs = { suspend: suspendAccount, remove: acts.remove };
    for (const act of Object.values(pairs)) {
      const organisation = await makeOrganisation();
      const [{ actor: one }, { actor: two }] = [
        await signedInPerson(organisation, 'administrator'),
        await signedInPerson(organisation, 'administrator'),
      ];
      const outcomes = await Promise.all([refusalOf(act(one, two.account.id)), refusalOf(act(two, one.account.id))]);
      expect(tally(outcomes)).toEqual({ done: 1, 'administrator.last': 1 });
    }
  });

  it('ACC-5 the last administrator can’t be made anything else by another who holds every permission elsewhere suspended', async () => {
    const organisation = await makeOrganisation();
    const { actor } = await signedInPerson(organisation, 'administrator');
    const { actor: last } = await signedInPerson(organisation, 'administrator');
    // Suspended after the request of this session had begun: what it still does must not leave the house empty.
    await database.owner`update accounts set status = 'suspended' where id = ${actor.account.id}`;
    const details = (await findManagedAccount(actor, last.account.id))!;
    expect(await refusalOf(changeAccount(actor, last.account.id, { ...details, roleId: null }))).toBe(
      'administrator.last',
    );
    expect(await refusalOf(suspendAccount(actor, last.account.id))).toBe('administrator.last');
    expect(await refusalOf(removeAccount(actor, last.account.id, `${details.firstName} ${details.lastName}`))).toBe(
      'administrator.last',
    );
    expect(await accountRow(last.account.id)).toMatchObject({ status: 'active', kind: 'employee' });
  });
});
