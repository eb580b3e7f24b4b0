import { beforeAll, describe, expect, it } from 'vitest';
import { signedInPerson } from '@/e2e/fixtures/actors';
import { useDatabase } from '@/e2e/fixtures/database';
import {
  actorWith,
  enterPassword,
  makeEnrolledPerson,
  makeOrganisation,
  makePerson,
  refusalOf,
  signInWithCode,
  tally,
  visitorAt,
  type Person,
} from '@/e2e/fixtures/people';
import type { Actor, Visitor } from '@/lib/actors/model';
import { hashToken } from '@/lib/crypto/tokens';
import { inOrganisation } from '@/lib/db/in-organisation';
import { settingsOf } from '@/lib/options/service';
import type { Organisation } from '@/lib/organisations/model';
import { Refusal } from '@/lib/refusals';
import { findOpenSession } from '@/lib/sessions/store';
import { findCurrentAttempt, findForcedChoice, submitNewPassword } from '@/lib/sign-in/service';
import { approvePassword, findChoice, keepPassword } from './choosing';
import { demandNewPassword, demandNewPasswords, viewDemand } from './demand';
import { changeOwnPassword, loadOwnRequirements } from './service';

const database = useDatabase();

let organisation: Organisation;
beforeAll(async () => {
  database.useTwoInstances();
  organisation = await makeOrganisation();
});

/** Sets what the system authenticator of an organisation asks for. */
async function rule(
  of: Organisation,
  password: { lengthMin?: number; complexity?: string; history?: number },
  expiryDays: number | null = null,
) {
  await database.owner`
    update authenticators set settings = ${database.owner.json({ password })}, password_expiry_days = ${expiryDays}
    where organisation_id = ${of.id}`;
}

const daysPass = (person: Person, days: number) => database.owner`
  update passwords set changed_at = changed_at - make_interval(days => ${days}) where account_id = ${person.id}`;

async function own(of: Organisation, person: Person): Promise<Actor> {
  const { outcome } = await enterPassword(visitorAt(of), person);
  return actorWith(outcome.session!.token);
}

/** Changes one's password in My account; the code of the refusal, or `done`. */
async function change(actor: Actor, current: string, next: string): Promise<string> {
  return refusalOf(changeOwnPassword(actor, { current, next, code: null }));
}

/** Phrases that share nothing. */
const PHRASES = [
  'vélo brûlé sur le quai',
  'trois hiboux sous la grange',
  'une lampe verte au grenier',
  'le lac gelé de novembre',
  'six tulipes pour Marguerite',
  'la tempête du mardi gras',
  'des galets dans mes poches',
  'un piano désaccordé rit',
];

/** Somebody at the step of choosing another password. */
async function choosing(of: Organisation, person: Person): Promise<{ visitor: Visitor; attempt: string }> {
  const visitor = visitorAt(of);
  const { attempt, outcome } = await enterPassword(visitor, person);
  expect(outcome.next).toBe(`/${of.slug}/sign-in/new-password`);
  return { visitor, attempt };
}

const historyOf = async (person: Person): Promise<string[]> => {
  const rows = await database.owner<{ hash: string }[]>`
    select hash from password_history where account_id = ${person.id} order by replaced_at desc`;
  return rows.map(({ hash }) => hash);
};

describe('AUTH-2 the rules of the authenticator that serves somebody', () => {
  it('AUTH-2 hold in My account: length, classes, common ones, own names, runs, each by its name', async () => {
    const house = await makeOrganisation();
    await rule(house, { lengthMin: 10, complexity: 'four-classes' });
    const person = await makePerson(house, { lastName: 'Bérubé' });
    const actor = await own(house, person);
    expect(await loadOwnRequirements(actor)).toMatchObject({ lengthMin: 10, classes: 4, history: 0 });
    const tried = (next: string) => change(actor, person.password, next);
    expect(await tried('Quai-9é')).toBe('password.too-short');
    expect(await tried('quai des brumes')).toBe('password.four-classes');
    expect(await tried('Quai-9-Bérubé')).toBe('password.contains');
    expect(await tried('Quai9-Quai9-Quai9-')).toBe('password.pattern');
    expect(await tried('Chocolat-24!')).toBe('password.common');
    expect(await tried(person.password)).toBe('password.same');
    expect(await tried('Quai-9-brumes')).toBe('done');
  });

  it('AUTH-2 ask for 12 where the option of the kind or the authenticator requires a factor, and for 15 where a factor is free', async () => {
    const lengthFor = async (of: Organisation, person: Person) => {
      const choice = await inOrganisation({ organisation: of }, async (transaction) =>
        findChoice(transaction, of, await settingsOf(of), person.id),
      );
      return choice!.requirements.lengthMin;
    };
    const [free, byOption, byAuthenticator, inGrace] = await Promise.all([
      makeOrganisation(),
      makeOrganisation({ internalMFA: 'mandatory' }),
      makeOrganisation(),
      makeOrganisation({ internalMFA: 'mandatory', mfaGraceDays: '7' }),
    ]);
    await database.owner`update authenticators set mfa_required = true where organisation_id = ${byAuthenticator.id}`;
    expect(await lengthFor(free, await makePerson(free))).toBe(15);
    // They may switch it off tomorrow, and the password stays.
    expect(await lengthFor(free, await makeEnrolledPerson(free))).toBe(15);
    expect(await lengthFor(byOption, await makePerson(byOption))).toBe(12);
    expect(await lengthFor(byOption, await makePerson(byOption, { kind: 'parent' }))).toBe(15);
    expect(await lengthFor(byAuthenticator, await makePerson(byAuthenticator, { kind: 'parent' }))).toBe(12);
    expect(await lengthFor(inGrace, await makePerson(inGrace))).toBe(15);
    expect(await lengthFor(inGrace, await makeEnrolledPerson(inGrace))).toBe(12);
  });

  it('AUTH-2 settings that can’t be read count as the initial ones', async () => {
    const house = await makeOrganisation();
    await database.owner`update authenticators set settings = '{"password": {"lengthMin": 3}}' where organisation_id = ${house.id}`;
    const actor = await own(house, await makePerson(house));
    expect(await loadOwnRequirements(actor)).toMatchObject({ lengthMin: 15, classes: 1, history: 0 });
  });
});

describe('AUTH-2 history', () => {
  it('AUTH-2 refuses the present one and as many earlier ones as is asked for; the one before those may come again', async () => {
    const house = await makeOrganisation();
    await rule(house, { history: 2 });
    const person = await makePerson(house);
    const actor = await own(house, person);
    let current = person.password;
    for (const next of PHRASES.slice(0, 3)) {
      expect(await change(actor, current, next)).toBe('done');
      current = next;
    }
    // Before the present one stand, newest first, the second, the first, and the very first that no history keeps any more.
    expect(await historyOf(person)).toHaveLength(2);
    expect(await change(actor, current, current)).toBe('password.same');
    expect(await change(actor, current, PHRASES[1]!)).toBe('password.earlier');
    expect(await change(actor, current, PHRASES[0]!)).toBe('password.earlier');
    expect(await change(actor, current, person.password)).toBe('done');
    expect(await historyOf(person)).toHaveLength(2);
  });

  it('AUTH-2 an earlier one with a space behind it is another', async () => {
    const house = await makeOrganisation();
    await rule(house, { history: 1 });
    const person = await makePerson(house, { password: PHRASES[0]! });
    const actor = await own(house, person);
    expect(await change(actor, PHRASES[0]!, PHRASES[1]!)).toBe('done');
    expect(await change(actor, PHRASES[1]!, `${PHRASES[0]} `)).toBe('done');
  });

  it('AUTH-2 is forgotten where it is no longer asked for, and erased with the account', async () => {
    const house = await makeOrganisation();
    await rule(house, { history: 3 });
    const person = await makePerson(house);
    const actor = await own(house, person);
    expect(await change(actor, person.password, PHRASES[0]!)).toBe('done');
    expect(await historyOf(person)).toHaveLength(1);
    await rule(house, {});
    expect(await change(actor, PHRASES[0]!, PHRASES[1]!)).toBe('done');
    expect(await historyOf(person)).toEqual([]);
    await rule(house, { history: 3 });
    expect(await change(actor, PHRASES[1]!, PHRASES[2]!)).toBe('done');
    await database.owner`delete from accounts where id = ${person.id}`;
    expect(await historyOf(person)).toEqual([]);
  });

  it('AUTH-2 a flood of tries costs ten comparisons in a quarter of an hour, and no more, over two instances', async () => {
    const house = await makeOrganisation();
    await rule(house, { history: 1 });
    const person = await makePerson(house);
    const actor = await own(house, person);
    expect(await change(actor, person.password, PHRASES[0]!)).toBe('done');
    await database.owner`update passwords set must_change = true where account_id = ${person.id}`;
    const { visitor, attempt } = await choosing(house, { ...person, password: PHRASES[0]! });
    const tries = Array.from({ length: 14 }, () =>
      refusalOf(submitNewPassword(visitor, { attempt, password: person.password })),
    );
    expect(tally(await Promise.all(tries))).toEqual({ 'password.earlier': 10, 'code.throttled': 4 });
    // What the rules refuse at a glance is no try.
    expect(await refusalOf(submitNewPassword(visitor, { attempt, password: 'court' }))).toBe('password.too-short');
    await database.owner`delete from throttles where organisation_id = ${house.id}`;
    expect(await refusalOf(submitNewPassword(visitor, { attempt, password: PHRASES[1]! }))).toBe('done');
    const [left] = await database.owner`
      select count(*)::int as n from throttles where organisation_id = ${house.id} and purpose = 'password'`;
    expect(left!['n']).toBe(0);
  });

  it('AUTH-2 two approved at the same moment: one counts, and the other is told that it changed', async () => {
    const house = await makeOrganisation();
    await rule(house, { history: 5 });
    const person = await makePerson(house);
    const actor = await own(house, person);
    const settings = await settingsOf(house);
    const approved = await Promise.all(
      PHRASES.slice(0, 5).map(async (password) => {
        const choice = await inOrganisation(actor, (transaction) =>
          findChoice(transaction, house, settings, person.id),
        );
        return approvePassword(actor, choice!, password);
      }),
    );
    const kept = approved.map((one) =>
      refusalOf(inOrganisation(actor, (transaction) => keepPassword(transaction, house, one))),
    );
    expect(tally(await Promise.all(kept))).toEqual({ done: 1, 'password.changed-meanwhile': 4 });
    expect(await historyOf(person)).toHaveLength(1);
  });
});

describe('AUTH-2 expiry', () => {
  it('AUTH-2 asks for another password at the next sign-in, after the code, and the page says why; open sessions live on', async () => {
    const house = await makeOrganisation();
    const person = await makeEnrolledPerson(house);
    const session = await signInWithCode(house, person);
    await rule(house, {}, 90);
    await daysPass(person, 91);
    expect(await findOpenSession(hashToken(session))).toMatchObject({
      facts: { account: { mustChangePassword: false } },
    });
    const visitor = visitorAt(house);
    const { outcome } = await enterPassword(visitor, person);
    expect(outcome.next).toBe(`/${house.slug}/sign-in/verify`);
    expect(await findForcedChoice(visitor, (await findCurrentAttempt(visitor))!.id)).toBeNull();

    const parent = await makePerson(house, { kind: 'parent' });
    await daysPass(parent, 91);
    const { visitor: door, attempt } = await choosing(house, parent);
    expect(await findForcedChoice(door, attempt)).toMatchObject({ expired: true, requirements: { lengthMin: 15 } });
    expect(await refusalOf(submitNewPassword(door, { attempt, password: parent.password }))).toBe('password.same');
    const chosen = await submitNewPassword(door, { attempt, password: PHRASES[0]! });
    expect(chosen.session).toBeDefined();
    // The new one is young.
    const again = await enterPassword(visitorAt(house), { ...parent, password: PHRASES[0]! });
    expect(again.outcome.session).toBeDefined();
  });

  it('AUTH-2 comes with the day and not before, and never where it was not asked for', async () => {
    const house = await makeOrganisation();
    const person = await makePerson(house);
    await daysPass(person, 4_000);
    expect((await enterPassword(visitorAt(house), person)).outcome.session).toBeDefined();
    await rule(house, {}, 3_650);
    await choosing(house, person);
    await database.owner`
      update passwords set changed_at = now() - interval '3650 days' + interval '1 minute' where account_id = ${person.id}`;
    expect((await enterPassword(visitorAt(house), person)).outcome.session).toBeDefined();
  });

  it('AUTH-2 from 90 to 3650 days, by the database itself', async () => {
    for (const days of [89, 3_651, 0, -1]) {
      await expect(rule(organisation, {}, days)).rejects.toMatchObject({ code: '23514' });
    }
  });
});

describe('AUTH-2 a new password is demanded', () => {
  it('AUTH-2 of one: sessions end, the old one leads to the choice, the page says why, the audit knows', async () => {
    const house = await makeOrganisation();
    const { actor } = await signedInPerson(house, 'account-manager');
    const person = await makePerson(house);
    const session = (await enterPassword(visitorAt(house), person)).outcome.session!;
    await demandNewPassword(actor, person.id);
    expect(await findOpenSession(hashToken(session.token))).toBeNull();
    const { visitor, attempt } = await choosing(house, person);
    expect(await findForcedChoice(visitor, attempt)).toMatchObject({ expired: false });
    expect((await submitNewPassword(visitor, { attempt, password: PHRASES[0]! })).session).toBeDefined();
    const events = await database.owner`
      select actor_id, details from audit_events where action = 'account.password-demand' and subject_id = ${person.id}`;
    expect(events.map((row) => ({ ...row }))).toEqual([{ actor_id: actor.account.id, details: { endedSessions: 1 } }]);
  });

  it('AUTH-2 not of oneself, of who may do more, of who has no password, of nobody, and not without the permission', async () => {
    const house = await makeOrganisation();
    const { actor } = await signedInPerson(house, 'account-manager');
    const administrator = await makePerson(house, { role: 'administrator' });
    const invited = await makePerson(house);
    await database.owner`delete from passwords where account_id = ${invited.id}`;
    const stranger = await makePerson(await makeOrganisation());
    const demanded = (id: string, by = actor) => refusalOf(demandNewPassword(by, id));
    expect(await demanded(actor.account.id)).toBe('account.own');
    expect(await demanded(administrator.id)).toBe('account.beyond');
    expect(await demanded(invited.id)).toBe('password.none');
    expect(await demanded(stranger.id)).toBe('not-found');
    expect(await demanded('nobody')).toBe('not-found');
    const { actor: auditor } = await signedInPerson(house, 'auditor');
    expect(await demanded(administrator.id, auditor)).toBe('permission.missing');
    const [row] = await database.owner`
      select count(*)::int as n from passwords p join accounts a on a.id = p.account_id
      where p.must_change and a.id in ${database.owner([administrator.id, stranger.id, actor.account.id])}`;
    expect(row!['n']).toBe(0);
  });

  it('AUTH-2 of all whom an authenticator serves: in reach, but not of oneself nor elsewhere, and in one act', async () => {
    const house = await makeOrganisation();
    const other = await makeOrganisation();
    const { actor, token } = await signedInPerson(house, 'account-manager');
    const people = await Promise.all([makePerson(house), makePerson(house, { kind: 'parent' })]);
    const administrator = await makePerson(house, { role: 'administrator' });
    const stranger = await makePerson(other);
    const sessions = await Promise.all(
      [...people, administrator].map(
        async (one) => (await enterPassword(visitorAt(house), one)).outcome.session!.token,
      ),
    );
    const authenticatorId = actor.account.authenticatorId;
    expect(await viewDemand(actor, authenticatorId)).toMatchObject({ concerned: 2, beyond: 1 });
    expect(await demandNewPasswords(actor, authenticatorId)).toBe(2);
    const open = await Promise.all(sessions.map(async (one) => (await findOpenSession(hashToken(one))) !== null));
    expect(open).toEqual([false, false, true]);
    expect(await findOpenSession(hashToken(token))).toMatchObject({
      facts: { account: { mustChangePassword: false } },
    });
    for (const person of people) await choosing(house, person);
    expect((await enterPassword(visitorAt(other), stranger)).outcome.session).toBeDefined();
    const [event] = await database.owner`
      select details from audit_events where action = 'authenticator.password-demand' and organisation_id = ${house.id}`;
    expect(event!['details']).toEqual({ authenticator: authenticatorId, accounts: 2, endedSessions: 2 });

    // ACC-6: another organisation's authenticator is as little there as nobody's, and one without passwords is none.
    const elsewhere = await signedInPerson(other, 'administrator');
    expect(await refusalOf(demandNewPasswords(elsewhere.actor, authenticatorId))).toBe('not-found');
    expect(await refusalOf(demandNewPasswords(elsewhere.actor, 'nothing'))).toBe('not-found');
    await database.owner`update authenticators set type = 'oidc' where organisation_id = ${other.id}`;
    expect(await refusalOf(viewDemand(elsewhere.actor, elsewhere.actor.account.authenticatorId))).toBe('not-found');
    const { actor: auditor } = await signedInPerson(house, 'auditor');
    expect(await refusalOf(demandNewPasswords(auditor, authenticatorId))).toBe('permission.missing');
  });

  it('AUTH-2 a sign-in that is under way meanwhile ends at the choice, or its session with the next request', async () => {
    const house = await makeOrganisation();
    const { actor } = await signedInPerson(house, 'administrator');
    for (let round = 0; round < 4; round += 1) {
      const person = await makePerson(house);
      const [, entered] = await Promise.all([
        demandNewPassword(actor, person.id),
        enterPassword(visitorAt(house), person).catch((error: unknown) => {
          if (!(error instanceof Refusal)) throw error;
          return null;
        }),
      ]);
      const session = entered?.outcome.session;
      if (session === undefined) continue;
      const found = await findOpenSession(hashToken(session.token));
      expect(found === null || found.facts.account.mustChangePassword).toBe(true);
    }
  });
});
