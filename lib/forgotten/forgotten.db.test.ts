import { describe, expect, it } from 'vitest';
import { useDatabase } from '@/e2e/fixtures/database';
import { lettersTo, makeInvitedPerson, tokenTo } from '@/e2e/fixtures/letters';
import {
  codeOf,
  enterPassword,
  identify,
  keepCookies,
  makeEnrolledPerson,
  makeOrganisation,
  makePerson,
  refusalOf,
  tally,
  visitorAt,
} from '@/e2e/fixtures/people';
import type { Visitor } from '@/lib/actors/model';
import { hashToken, newToken } from '@/lib/crypto/tokens';
import { inOrganisation } from '@/lib/db/in-organisation';
import { findInvitation } from '@/lib/invitations/service';
import type { Organisation } from '@/lib/organisations/model';
import { findOpenSession } from '@/lib/sessions/store';
import { findCurrentAttempt, startAttempt, submitCode, submitPassword } from '@/lib/sign-in/service';
import { claimTry } from '@/lib/throttle/store';
import { findPasswordReset, requestPasswordReset, resetPassword } from './service';

const database = useDatabase();
database.useTwoInstances();

const CHOSEN = 'Une longue phrase à soi';

let household = 0;
/** Another house each time: what one asks for is nobody else's budget. */
const elsewhere = (organisation: Organisation) =>
  visitorAt(organisation, { address: `198.51.100.${(household += 1)}` });

/** Asks for a link and reads it in the mailbox. */
async function linkOf(organisation: Organisation, person: { email: string }): Promise<string> {
  await requestPasswordReset(elsewhere(organisation), person.email);
  return tokenTo(database.owner, person.email);
}

const reset = (visitor: Visitor, token: string, password = CHOSEN) => resetPassword(visitor, { token, password });

describe('SIGN-6 asking for a link', () => {
  it('SIGN-6 writes to the account by e-mail or by username, in any case of letters, and to nobody else', async () => {
    const organisation = await makeOrganisation();
    const person = await makePerson(organisation);
    await requestPasswordReset(elsewhere(organisation), person.email.toUpperCase());
    await requestPasswordReset(elsewhere(organisation), person.username);
    const letters = await lettersTo(database.owner, person.email);
    expect(letters.map(({ template }) => template)).toEqual(['password-reset', 'password-reset']);
  });

  it('SIGN-6 never for unknown, suspended, external or deactivated ones, and the answer is the same for all', async () => {
    const organisation = await makeOrganisation();
    const person = await makePerson(organisation);
    const suspended = await makePerson(organisation);
    await database.owner`update accounts set status = 'suspended' where id = ${suspended.id}`;
    const [external, closed] = await Promise.all([makeOrganisation(), makeOrganisation()]);
    const [abroad, locked] = await Promise.all([makePerson(external), makePerson(closed)]);
    await database.owner`update authenticators set type = 'saml' where organisation_id = ${external.id}`;
    await database.owner`update authenticators set active = false where organisation_id = ${closed.id}`;
    for (const [where, email] of [
      [organisation, person.email],
      [organisation, 'personne@erables.test'],
      [organisation, suspended.email],
      [external, abroad.email],
      [closed, locked.email],
    ] as const) {
      expect(await refusalOf(requestPasswordReset(elsewhere(where), email))).toBe('done');
    }
    for (const { email } of [suspended, abroad, locked]) expect(await lettersTo(database.owner, email)).toEqual([]);
    const [row] = await database.owner`
      select count(*)::int as n from tickets t join accounts a on a.id = t.account_id where t.kind = 'password-reset'
        and a.id not in (${person.id}) and t.organisation_id in (${organisation.id}, ${external.id}, ${closed.id})`;
    expect(row!['n']).toBe(0);
    // The audit knows; the visitor doesn't.
    const events = await database.owner`
      select reason from audit_events where action = 'account.password-reset-request'
        and organisation_id in (${organisation.id}, ${external.id}, ${closed.id}) order by id`;
    expect(events.map(({ reason }) => reason)).toEqual([
      'link',
      'unknown',
      'not-allowed',
      'not-allowed',
      'not-allowed',
    ]);
  });

  it('SIGN-6 takes the same time for a known address and an unknown one', async () => {
    const organisation = await makeOrganisation();
    const person = await makePerson(organisation);
    const timeOf = async (identifier: string) => {
      const startedAt = performance.now();
      await requestPasswordReset(elsewhere(organisation), identifier);
      return performance.now() - startedAt;
    };
    const known = await timeOf(person.email);
    const unknown = await timeOf('personne@erables.test');
    // Both end at a full step of a quarter of a second, whatever was done meanwhile.
    for (const taken of [known, unknown]) expect(taken % 250).toBeLessThan(60);
  });

  it('SIGN-6 nobody floods a mailbox: three letters an hour for an account, whoever asks and by whatever name', async () => {
    const organisation = await makeOrganisation();
    const person = await makePerson(organisation);
    const asked = await Promise.all(
      Array.from({ length: 12 }, (_, index) =>
        refusalOf(requestPasswordReset(elsewhere(organisation), index % 2 ? person.email : person.username)),
      ),
    );
    expect(tally(asked)).toEqual({ done: 12 });
    expect(await lettersTo(database.owner, person.email)).toHaveLength(3);
    await database.owner`update letter_budgets set window_started_at = window_started_at - interval '1 hour'`;
    await requestPasswordReset(elsewhere(organisation), person.email);
    expect(await lettersTo(database.owner, person.email)).toHaveLength(4);
  });

  it('SIGN-6 somebody who has not accepted the invitation gets another one, and no way to set a password beside it', async () => {
    const organisation = await makeOrganisation();
    const person = await makeInvitedPerson(database.owner, organisation);
    await requestPasswordReset(elsewhere(organisation), person.email);
    const letters = await lettersTo(database.owner, person.email);
    expect(letters.map(({ template }) => template)).toEqual(['invitation', 'invitation']);
    const token = await tokenTo(database.owner, person.email);
    expect(await findInvitation(visitorAt(organisation), token)).toMatchObject({ state: 'open' });
    expect(await findPasswordReset(visitorAt(organisation), token)).toBeNull();
  });
});

describe('SIGN-6 the link', () => {
  it('SIGN-6 sets the password and leads in; sessions, sign-ins under way, trust and the counter end; a letter tells', async () => {
    const organisation = await makeOrganisation();
    const person = await makePerson(organisation);
    const before = (await enterPassword(visitorAt(organisation), person)).outcome.session!;
    await database.owner`update devices set trusted_until = now() + interval '1 day' where account_id = ${person.id}`;
    const begun = visitorAt(organisation);
    const attempt = await identify(begun, person.email);
    const subject = { kind: 'account', accountId: person.id } as const;
    await inOrganisation({ organisation }, async (transaction) => {
      for (let wrong = 0; wrong < 10; wrong++) await claimTry(transaction, 'password', [subject]);
    });
    const token = await linkOf(organisation, person);
    const visitor = visitorAt(organisation);
    const outcome = await reset(visitor, token);
    expect(outcome.next).toBe(`/${organisation.slug}`);
    expect(await findOpenSession(hashToken(outcome.session!.token))).not.toBeNull();
    expect(await findOpenSession(hashToken(before.token))).toBeNull();
    expect(await findCurrentAttempt(begun)).toBeNull();
    expect(await refusalOf(submitPassword(begun, { attempt, password: person.password }))).toBe('sign-in.expired');
    const [trusted] = await database.owner`
      select count(*)::int as n from devices where account_id = ${person.id} and trusted_until is not null`;
    expect(trusted!['n']).toBe(0);
    const letters = await lettersTo(database.owner, person.email);
    expect(letters.map(({ template }) => template)).toContain('password-changed');
    expect(await refusalOf(enterPassword(visitorAt(organisation), person))).toBe('sign-in.wrong-password');
    const again = await enterPassword(visitorAt(organisation), { ...person, password: CHOSEN });
    expect(again.outcome.session).toBeDefined();
  });

  it('SIGN-6 works once: of twenty posts at once over two instances one counts, and opening it uses nothing up', async () => {
    const organisation = await makeOrganisation();
    const person = await makePerson(organisation);
    const token = await linkOf(organisation, person);
    const looks = await Promise.all(
      Array.from({ length: 50 }, () => findPasswordReset(visitorAt(organisation), token)),
    );
    expect(looks.filter((view) => view?.email === person.email)).toHaveLength(50);
    const passwords = Array.from({ length: 20 }, (_, index) => `${CHOSEN} ${index}`);
    const outcomes = await Promise.all(
      passwords.map((password) => refusalOf(reset(visitorAt(organisation), token, password))),
    );
    expect(tally(outcomes)).toEqual({ done: 1, 'link.gone': 19 });
    const winner = passwords[outcomes.indexOf('done')]!;
    const { outcome } = await enterPassword(visitorAt(organisation), { ...person, password: winner });
    expect(outcome.session).toBeDefined();
  });

  it('SIGN-6 does not skip the second factor', async () => {
    const organisation = await makeOrganisation();
    const person = await makeEnrolledPerson(organisation);
    const token = await linkOf(organisation, person);
    const visitor = visitorAt(organisation);
    expect(await findPasswordReset(visitor, token)).toMatchObject({ requirements: { lengthMin: 15 } });
    const outcome = keepCookies(visitor, await reset(visitor, token, 'douze-carac-tères'));
    expect(outcome).toMatchObject({ next: `/${organisation.slug}/sign-in/verify` });
    expect(outcome.session).toBeUndefined();
    const attempt = (await findCurrentAttempt(visitor))!;
    const code = await codeOf(person.secret);
    expect((await submitCode(visitor, { attempt: attempt.id, code, trustDevice: false })).session).toBeDefined();
  });

  it('MFA-4 leads to enrolment where a factor is mandatory', async () => {
    const organisation = await makeOrganisation({ internalMFA: 'mandatory' });
    const person = await makePerson(organisation);
    const outcome = await reset(visitorAt(organisation), await linkOf(organisation, person));
    expect(outcome).toMatchObject({ next: `/${organisation.slug}/sign-in/enrol` });
    expect(outcome.session).toBeUndefined();
  });

  it('SIGN-6 AUTH-2 the present password and what the rules refuse can’t be chosen, and cost nothing', async () => {
    const organisation = await makeOrganisation();
    const person = await makePerson(organisation);
    const token = await linkOf(organisation, person);
    const tried = (password: string) => refusalOf(reset(visitorAt(organisation), token, password));
    expect(await tried(person.password)).toBe('password.same');
    expect(await tried('trop court')).toBe('password.too-short');
    expect(await tried(`Bien assez long, ${person.username}`)).toBe('password.contains');
    expect(await tried(CHOSEN)).toBe('done');
  });

  it('SIGN-6 ends after 60 minutes, with a newer one, a suspension, another address or another authenticator', async () => {
    const organisation = await makeOrganisation();
    const spoil = [
      (id: string) =>
        database.owner`update tickets set expires_at = expires_at - interval '60 minutes' where account_id = ${id}`,
      (id: string) => database.owner`update accounts set status = 'suspended' where id = ${id}`,
      (id: string) => database.owner`update accounts set email = 'autre@erables.test' where id = ${id}`,
      () => database.owner`update authenticators set type = 'oidc' where organisation_id = ${organisation.id}`,
    ];
    for (const change of spoil) {
      const person = await makePerson(organisation);
      const token = await linkOf(organisation, person);
      await change(person.id);
      expect(await findPasswordReset(visitorAt(organisation), token)).toBeNull();
      expect(await refusalOf(reset(visitorAt(organisation), token))).toBe('link.gone');
    }
    const other = await makeOrganisation();
    const person = await makePerson(other);
    const first = await linkOf(other, person);
    const second = await linkOf(other, person);
    expect(await refusalOf(reset(visitorAt(other), first))).toBe('link.gone');
    // ACC-6: in another organisation, and for what never was a link, there is nothing.
    expect(await refusalOf(reset(visitorAt(organisation), second))).toBe('link.gone');
    expect(await refusalOf(reset(visitorAt(other), newToken()))).toBe('link.gone');
    expect(await refusalOf(reset(visitorAt(other), second))).toBe('done');
  });

  it('SIGN-5 still leads to where the person was going when the password was forgotten', async () => {
    const organisation = await makeOrganisation();
    const person = await makePerson(organisation);
    const visitor = visitorAt(organisation);
    const returnPath = `/${organisation.slug}/account`;
    keepCookies(visitor, await startAttempt(visitor, { identifier: person.email, returnPath }));
    const token = await linkOf(organisation, person);
    expect((await reset(visitor, token)).next).toBe(returnPath);
  });
});
