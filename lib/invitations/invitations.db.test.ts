import { describe, expect, it } from 'vitest';
import { signedInPerson } from '@/e2e/fixtures/actors';
import { useDatabase } from '@/e2e/fixtures/database';
import { assign, comeBack, identityOf, makeExternal } from '@/e2e/fixtures/external';
import { lettersTo, makeInvitedPerson, tokenTo } from '@/e2e/fixtures/letters';
import {
  enterPassword,
  keepCookies,
  makeOrganisation,
  makePerson,
  operatorOf,
  refusalOf,
  reread,
  tally,
  visitorAt,
} from '@/e2e/fixtures/people';
import { changeAccount, createInvitedAccount, removeAccount } from '@/lib/accounts/administration';
import { hashToken, newToken } from '@/lib/crypto/tokens';
import { completeFlow } from '@/lib/external/service';
import { requestPasswordReset } from '@/lib/forgotten/service';
import { findOpenSession } from '@/lib/sessions/store';
import { findCurrentAttempt } from '@/lib/sign-in/service';
import { acceptInvitation, findInvitation, renewInvitation, resendInvitation, revokeInvitation } from './service';

const database = useDatabase();
database.useTwoInstances();

const CHOSEN = 'Une longue phrase à soi';

const sessionsOf = async (accountId: string) =>
  Number((await database.owner`select count(*) as n from sessions where account_id = ${accountId}`)[0]!['n']);

let household = 0;
/** Another house each time: what one asks for is nobody else's budget. */
const elsewhere = () => ({ address: `198.51.100.${(household += 1)}` });

describe('ACC-3 an invitation', () => {
  it('ACC-3 opens the account, sets the password and leads in; the same password signs in afterwards', async () => {
    const organisation = await makeOrganisation();
    const person = await makeInvitedPerson(database.owner, organisation, { kind: 'parent' });
    const visitor = visitorAt(organisation);
    expect(await findInvitation(visitor, person.token)).toEqual({
      state: 'open',
      founding: false,
      email: person.email,
      firstName: 'Mireille',
      provider: null,
      requirements: expect.objectContaining({ lengthMin: 15, classes: 1, history: 0 }),
    });
    const outcome = await acceptInvitation(visitor, { token: person.token, password: CHOSEN });
    expect(outcome.next).toBe(`/${organisation.slug}`);
    const session = await findOpenSession(hashToken(outcome.session!.token));
    expect(session).toMatchObject({ account: { id: person.id }, facts: { account: { status: 'active' } } });
    expect(session!.facts.proofs.passwordAt).toBeInstanceOf(Date);
    const again = await enterPassword(visitorAt(organisation), { ...person, password: CHOSEN });
    expect(again.outcome.session).toBeDefined();
    expect(await findInvitation(visitorAt(organisation), person.token)).toEqual({ state: 'used' });
  });

  it('ACC-3 is opened fifty times by scanners and stays open, for the page writes nothing', async () => {
    const organisation = await makeOrganisation();
    const person = await makeInvitedPerson(database.owner, organisation);
    const looks = await Promise.all(
      Array.from({ length: 50 }, () => findInvitation(visitorAt(organisation), person.token)),
    );
    expect(tally(looks.map(({ state }) => state))).toEqual({ open: 50 });
    const accepted = acceptInvitation(visitorAt(organisation), { token: person.token, password: CHOSEN });
    expect(await refusalOf(accepted)).toBe('done');
  });

  it('ACC-3 works once: of twenty posts at once over two instances one opens the account, with its password', async () => {
    const organisation = await makeOrganisation();
    const person = await makeInvitedPerson(database.owner, organisation);
    const posts = Array.from({ length: 20 }, (_, index) => `${CHOSEN} ${index}`);
    const outcomes = await Promise.all(
      posts.map((password) => refusalOf(acceptInvitation(visitorAt(organisation), { token: person.token, password }))),
    );
    expect(tally(outcomes)).toEqual({ done: 1, 'link.gone': 19 });
    expect(await sessionsOf(person.id)).toBe(1);
    const winner = posts[outcomes.indexOf('done')]!;
    const { outcome } = await enterPassword(visitorAt(organisation), { ...person, password: winner });
    expect(outcome.session).toBeDefined();
  });

  it('MFA-4 leads to enrolment before anything else where a factor is mandatory, and a shorter password will do', async () => {
    const organisation = await makeOrganisation({ internalMFA: 'mandatory' });
    const person = await makeInvitedPerson(database.owner, organisation);
    const visitor = visitorAt(organisation);
    expect(await findInvitation(visitor, person.token)).toMatchObject({ requirements: { lengthMin: 12 } });
    const outcome = keepCookies(
      visitor,
      await acceptInvitation(visitor, { token: person.token, password: 'douze-carac-tères' }),
    );
    expect(outcome).toMatchObject({ next: `/${organisation.slug}/sign-in/enrol` });
    expect(outcome.session).toBeUndefined();
    expect(await sessionsOf(person.id)).toBe(0);
    expect(await findCurrentAttempt(visitor)).toMatchObject({ step: 'enrol', person: { accountId: person.id } });
  });

  it('AUTH-2 keeps the rules of passwords: a refused one leaves the link open and the account closed', async () => {
    const organisation = await makeOrganisation();
    const person = await makeInvitedPerson(database.owner, organisation);
    const tried = (password: string | null) =>
      refusalOf(acceptInvitation(visitorAt(organisation), { token: person.token, password }));
    expect(await tried('trop court')).toBe('password.too-short');
    expect(await tried(null)).toBe('password.too-short');
    expect(await tried(`Bien assez long, ${person.username}`)).toBe('password.contains');
    expect(await tried(`chez Garderie des Érables`)).toBe('password.contains');
    expect(await findInvitation(visitorAt(organisation), person.token)).toMatchObject({ state: 'open' });
    expect(await refusalOf(enterPassword(visitorAt(organisation), person))).toBe('sign-in.wrong-password');
  });

  it('ACC-3 is worth nothing once expired, revoked, for a suspended account, a closed authenticator or another address', async () => {
    const organisation = await makeOrganisation();
    const spoil = [
      (id: string) => database.owner`update tickets set expires_at = now() where account_id = ${id}`,
      (id: string) => database.owner`update tickets set revoked_at = now() where account_id = ${id}`,
      (id: string) => database.owner`update accounts set status = 'suspended' where id = ${id}`,
      (id: string) => database.owner`update accounts set email = 'autre@erables.test' where id = ${id}`,
      () => database.owner`update authenticators set active = false where organisation_id = ${organisation.id}`,
    ];
    for (const change of spoil) {
      const person = await makeInvitedPerson(database.owner, organisation);
      await change(person.id);
      const visitor = visitorAt(organisation);
      // Not told apart: whoever holds an old link learns nothing of what became of the account.
      expect(await findInvitation(visitor, person.token)).toEqual({ state: 'expired' });
      expect(await refusalOf(acceptInvitation(visitor, { token: person.token, password: CHOSEN }))).toBe('link.gone');
    }
  });

  it('ACC-6 is unknown in another organisation, and so is what never was a link', async () => {
    const [organisation, other] = await Promise.all([makeOrganisation(), makeOrganisation()]);
    const person = await makeInvitedPerson(database.owner, organisation);
    expect(await findInvitation(visitorAt(other), person.token)).toEqual({ state: 'unknown' });
    expect(await findInvitation(visitorAt(organisation), newToken())).toEqual({ state: 'unknown' });
    expect(await findInvitation(visitorAt(organisation), null)).toEqual({ state: 'unknown' });
    const accepted = acceptInvitation(visitorAt(other), { token: person.token, password: CHOSEN });
    expect(await refusalOf(accepted)).toBe('link.gone');
  });

  it('ACC-3 somebody with an identity provider goes there, and its word opens the account and uses the link up', async () => {
    const organisation = await makeOrganisation();
    const person = await makeInvitedPerson(database.owner, organisation);
    const authenticatorId = await makeExternal(database.owner, organisation);
    await assign(database.owner, organisation, person.id, authenticatorId, `claim(email):${person.email}`);
    const visitor = visitorAt(organisation);
    const [row] = await database.owner`select name from authenticators where id = ${authenticatorId}`;
    expect(await findInvitation(visitor, person.token)).toMatchObject({
      state: 'open',
      requirements: null,
      provider: row!['name'],
    });
    const outcome = await acceptInvitation(visitor, { token: person.token, password: null });
    expect(outcome.next).toBe(`/${organisation.slug}/sign-in/provider`);
    const stands = async () => {
      const [account] = await database.owner`
        select status, exists (select from passwords where account_id = id) as password
        from accounts where id = ${person.id}`;
      return [account, (await findInvitation(visitor, person.token)).state];
    };
    // Until the provider has spoken, nothing has happened: the link may be pressed again.
    expect(await stands()).toEqual([{ status: 'invited', password: false }, 'open']);
    const flow = await comeBack(visitor, authenticatorId, person.email);
    expect((await completeFlow(visitor, flow, identityOf({ email: person.email }))).session).toBeDefined();
    expect(await stands()).toEqual([{ status: 'active', password: false }, 'used']);
  });
});

describe('ACC-3 « M’envoyer un nouveau lien »', () => {
  it('ACC-3 sends a new link to the same address, three an hour at most, and the earlier one stops', async () => {
    const organisation = await makeOrganisation();
    const person = await makeInvitedPerson(database.owner, organisation);
    await database.owner`update tickets set expires_at = now() where account_id = ${person.id}`;
    const here = elsewhere();
    await renewInvitation(visitorAt(organisation, here), person.token);
    const fresh = await tokenTo(database.owner, person.email);
    expect(fresh).not.toBe(person.token);
    expect(await findInvitation(visitorAt(organisation), fresh)).toMatchObject({ state: 'open' });
    await Promise.all(Array.from({ length: 12 }, () => renewInvitation(visitorAt(organisation, here), fresh)));
    // The first invitation, and three that were asked for.
    expect(await lettersTo(database.owner, person.email)).toHaveLength(4);
    expect(await findInvitation(visitorAt(organisation), fresh)).toEqual({ state: 'expired' });
  });

  it('ACC-3 answers alike for who may have one, who is open, who is suspended and who never was', async () => {
    const organisation = await makeOrganisation();
    const open = await makeInvitedPerson(database.owner, organisation);
    await acceptInvitation(visitorAt(organisation), { token: open.token, password: CHOSEN });
    const suspended = await makeInvitedPerson(database.owner, organisation);
    await database.owner`update accounts set status = 'suspended' where id = ${suspended.id}`;
    const waiting = await makeInvitedPerson(database.owner, organisation);
    for (const token of [open.token, suspended.token, waiting.token, newToken()]) {
      expect(await refusalOf(renewInvitation(visitorAt(organisation, elsewhere()), token))).toBe('done');
    }
    expect(await lettersTo(database.owner, open.email)).toHaveLength(1);
    expect(await lettersTo(database.owner, suspended.email)).toHaveLength(1);
    expect(await lettersTo(database.owner, waiting.email)).toHaveLength(2);
  });

  it('SIGN-4 an address asks for thirty letters an hour, whomever they are for; the next house may go on', async () => {
    const organisation = await makeOrganisation();
    const here = elsewhere();
    const asked = await Promise.all(
      Array.from({ length: 33 }, () => refusalOf(renewInvitation(visitorAt(organisation, here), newToken()))),
    );
    expect(tally(asked)).toEqual({ done: 30, 'letter.throttled': 3 });
    expect(await refusalOf(renewInvitation(visitorAt(organisation, elsewhere()), newToken()))).toBe('done');
  });
});

describe('ACC-3 resend and revoke', () => {
  it('ACC-3 an administrator sends a new link or takes it back; each is an event', async () => {
    const organisation = await makeOrganisation();
    const administrator = (await signedInPerson(organisation, 'administrator')).actor;
    const person = await makeInvitedPerson(database.owner, organisation);
    await resendInvitation(administrator, person.id);
    const fresh = await tokenTo(database.owner, person.email);
    expect(await findInvitation(visitorAt(organisation), person.token)).toEqual({ state: 'expired' });
    expect(await findInvitation(visitorAt(organisation), fresh)).toMatchObject({ state: 'open' });
    await revokeInvitation(administrator, person.id);
    expect(await findInvitation(visitorAt(organisation), fresh)).toEqual({ state: 'expired' });
    const events = await database.owner`
      select action, actor_kind from audit_events where subject_id = ${person.id} and action like 'invitation.%' order by id`;
    expect(events.map((event) => ({ ...event }))).toEqual([
      { action: 'invitation.send', actor_kind: 'operator' },
      { action: 'invitation.send', actor_kind: 'account' },
      { action: 'invitation.revoke', actor_kind: 'account' },
    ]);
  });

  it('ACC-3 taken back, neither the old link nor a forgotten password brings a new one: only an administrator does', async () => {
    const organisation = await makeOrganisation();
    const administrator = (await signedInPerson(organisation, 'administrator')).actor;
    const person = await makeInvitedPerson(database.owner, organisation);
    await resendInvitation(administrator, person.id);
    const fresh = await tokenTo(database.owner, person.email);
    await revokeInvitation(administrator, person.id);
    for (const token of [person.token, fresh]) {
      await renewInvitation(visitorAt(organisation, elsewhere()), token);
      await requestPasswordReset(visitorAt(organisation, elsewhere()), person.email);
    }
    expect(await lettersTo(database.owner, person.email)).toHaveLength(2);
    await resendInvitation(administrator, person.id);
    const last = await tokenTo(database.owner, person.email);
    expect(await findInvitation(visitorAt(organisation), last)).toMatchObject({ state: 'open' });
  });

  it('ACC-3 administrators flood no mailbox: five letters an hour, by whatever act, also where the account is made anew', async () => {
    const [organisation, other] = [await makeOrganisation(), await makeOrganisation()];
    const administrator = (await signedInPerson(organisation, 'administrator')).actor;
    const email = `cible-${newToken().slice(0, 8)}@ailleurs.test`;
    const profile = (address: string) =>
      ({
        firstName: 'Ci',
        lastName: 'Ble',
        email: address,
        username: null,
        kind: 'parent',
        roleId: null,
        locale: null,
      }) as const;
    const first = await createInvitedAccount(administrator, profile(email));
    const again = await Promise.all([1, 2, 3].map(() => refusalOf(resendInvitation(administrator, first))));
    expect(again).toEqual(['done', 'done', 'done']);
    await removeAccount(administrator, first, 'Ci Ble');
    const second = await createInvitedAccount(administrator, profile(email.toUpperCase().replace('.TEST', '.test')));
    expect(await refusalOf(resendInvitation(administrator, second))).toBe('letter.throttled');
    await removeAccount(administrator, second, 'Ci Ble');
    expect(await refusalOf(createInvitedAccount(administrator, profile(email)))).toBe('letter.throttled');
    const third = await createInvitedAccount(administrator, profile(`x${email}`));
    expect(await refusalOf(changeAccount(administrator, third, profile(email)))).toBe('letter.throttled');
    // Another organisation knows nothing of it.
    const elsewhereToo = (await signedInPerson(other, 'administrator')).actor;
    expect(await refusalOf(createInvitedAccount(elsewhereToo, profile(email)))).toBe('done');
  });

  it('ACC-4 is refused without the permission, above one’s own reach, for open accounts and in other organisations', async () => {
    const [organisation, other] = await Promise.all([makeOrganisation(), makeOrganisation()]);
    const [{ actor: manager }, { actor: auditor }] = await Promise.all([
      signedInPerson(organisation, 'account-manager'),
      signedInPerson(organisation, 'auditor'),
    ]);
    const parent = await makeInvitedPerson(database.owner, organisation, { kind: 'parent' });
    const administrator = await makeInvitedPerson(database.owner, organisation, { role: 'administrator' });
    const stranger = await makeInvitedPerson(database.owner, other);
    const open = await makePerson(organisation);
    for (const act of [resendInvitation, revokeInvitation]) {
      expect(await refusalOf(act(auditor, parent.id))).toBe('permission.missing');
      expect(await refusalOf(act(manager, administrator.id))).toBe('permission.missing');
      expect(await refusalOf(act(manager, stranger.id))).toBe('not-found');
      expect(await refusalOf(act(manager, open.id))).toBe('invitation.not-waiting');
      expect(await refusalOf(act(operatorOf(await reread(organisation.slug)), administrator.id))).toBe('done');
      expect(await refusalOf(act(manager, parent.id))).toBe('done');
    }
  });
});
