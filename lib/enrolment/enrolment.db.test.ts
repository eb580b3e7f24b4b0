import { beforeAll, describe, expect, it } from 'vitest';
import { useDatabase } from '@/e2e/fixtures/database';
import {
  codeOf,
  enterPassword,
  holderOf,
  identify,
  makeOrganisation,
  makePerson,
  refusalOf,
  tally,
  visitorAt,
  wrongCodeOf,
  type Person,
} from '@/e2e/fixtures/people';
import type { Visitor } from '@/lib/actors/model';
import { hashToken } from '@/lib/crypto/tokens';
import { settingsOf } from '@/lib/options/service';
import type { Organisation } from '@/lib/organisations/model';
import { findOpenSession } from '@/lib/sessions/store';
import {
  completeAfterEnrolment,
  findCurrentAttempt,
  postponeEnrolment,
  submitCode,
  submitRecoveryCode,
} from '@/lib/sign-in/service';
import type { StepOutcome } from '@/lib/sign-in/model';
import { confirmEnrolment } from './confirm';
import type { EnrolmentHolder } from './holder';
import { abandonEnrolment, beginEnrolment, chooseForEnrolment, findEnrolment, finishEnrolment } from './service';

const database = useDatabase();

let organisation: Organisation;
beforeAll(async () => {
  database.useTwoInstances();
  organisation = await makeOrganisation({ internalMFA: 'mandatory' });
});

interface Enrolling {
  person: Person;
  visitor: Visitor;
  attempt: string;
  holder: EnrolmentHolder;
}

/** Somebody whose password was right and who must now set a factor up. */
async function enrolling(at = organisation, someone?: Person): Promise<Enrolling> {
  const person = someone ?? (await makePerson(at));
  const visitor = visitorAt(at);
  const { attempt } = await enterPassword(visitor, person);
  return { person, visitor, attempt, holder: holderOf(visitor, person, attempt) };
}

async function secretOf(holder: EnrolmentHolder): Promise<string> {
  const view = await findEnrolment(holder);
  expect(view?.secret).toMatch(/^[A-Z2-7]{32}$/);
  return view!.secret!;
}

const confirm = (holder: EnrolmentHolder, code: string) => confirmEnrolment(holder, code, async () => true);

/** « Terminer ». */
async function finish({ holder, visitor, attempt }: Enrolling): Promise<StepOutcome> {
  const settings = await settingsOf(visitor.organisation);
  return finishEnrolment(holder, (transaction, confirmedAt) =>
    completeAfterEnrolment(transaction, visitor, attempt, confirmedAt, settings),
  );
}

/** The same person, half-way in another browser. */
async function enterPasswordElsewhere(person: Person) {
  const visitor = visitorAt(organisation);
  await enterPassword(visitor, person);
  return { visitor };
}

/** What is kept for an account. */
async function keptFor(accountId: string) {
  const [row] = await database.owner`
    select (select count(*) from sessions where account_id = ${accountId})::int as sessions,
      (select count(*) from factors where account_id = ${accountId})::int as factors,
      (select count(*) from recovery_codes where account_id = ${accountId})::int as codes,
      (select count(*) from enrolments where account_id = ${accountId} and finished_at is null)::int as enrolments`;
  return { ...row };
}

describe('MFA-4 mandatory and not enrolled', () => {
  it('MFA-4 there is no session until enrolment is finished, whatever step one has reached', async () => {
    const one = await enrolling();
    const { person, visitor, holder } = one;
    const nothing = { sessions: 0, factors: 0, codes: 0, enrolments: 0 };
    expect((await findCurrentAttempt(visitor))?.step).toBe('enrol');
    expect(await keptFor(person.id)).toEqual(nothing);
    await beginEnrolment(holder);
    await chooseForEnrolment(holder, { phone: 'iphone', app: 'microsoft' });
    expect(await keptFor(person.id)).toEqual({ ...nothing, enrolments: 1 });
    await expect(finish(one)).rejects.toMatchObject({ code: 'enrolment.expired' });
    await confirm(holder, await codeOf(await secretOf(holder)));
    expect(await keptFor(person.id)).toEqual({ sessions: 0, factors: 1, codes: 10, enrolments: 1 });

    const outcome = await finish(one);
    expect(await keptFor(person.id)).toEqual({ sessions: 1, factors: 1, codes: 10, enrolments: 0 });
    const session = await findOpenSession(hashToken(outcome.session!.token));
    expect(session?.facts.proofs.factorAt).toBeInstanceOf(Date);
    // Once: neither « Terminer » nor the attempt opens another.
    await expect(finish(one)).rejects.toMatchObject({ code: 'enrolment.expired' });
    expect((await keptFor(person.id)).sessions).toBe(1);
  });

  it('ENROL-6 of two enrolments of one account at once one is confirmed: nobody plants a second factor unseen', async () => {
    const one = await enrolling();
    const { visitor } = await enterPasswordElsewhere(one.person);
    const other = { ...one.holder, actor: visitor, anchor: { attemptId: (await findCurrentAttempt(visitor))!.id } };
    await beginEnrolment(one.holder);
    await beginEnrolment(other);
    const [mine, theirs] = [await codeOf(await secretOf(one.holder)), await codeOf(await secretOf(other))];
    const outcomes = await Promise.all([refusalOf(confirm(one.holder, mine)), refusalOf(confirm(other, theirs))]);
    expect(outcomes.sort()).toEqual(['done', 'mfa.already-on']);
    expect((await keptFor(one.person.id)).factors).toBe(1);
  });

  it('MFA-4 « Terminer » in two tabs at once opens one session', async () => {
    const one = await enrolling();
    await beginEnrolment(one.holder);
    await confirm(one.holder, await codeOf(await secretOf(one.holder)));
    const outcomes = await Promise.all(Array.from({ length: 10 }, () => refusalOf(finish(one))));
    expect(tally(outcomes)).toEqual({ done: 1, 'enrolment.expired': 9 });
    expect((await keptFor(one.person.id)).sessions).toBe(1);
  });

  it('MFA-4 an enrolment without the password opens nothing', async () => {
    const person = await makePerson(organisation);
    const visitor = visitorAt(organisation);
    const attempt = await identify(visitor, person.email);
    const one = { person, visitor, attempt, holder: holderOf(visitor, person, attempt) };
    await beginEnrolment(one.holder);
    await confirm(one.holder, await codeOf(await secretOf(one.holder)));
    expect((await finish(one)).session).toBeUndefined();
    expect((await keptFor(person.id)).sessions).toBe(0);
  });

  it('MFA-4 « Plus tard » only within the grace, and the session says until when', async () => {
    const strict = await enrolling();
    await expect(postponeEnrolment(strict.visitor, strict.attempt)).rejects.toMatchObject({ code: 'mfa.mandatory' });
    expect((await keptFor(strict.person.id)).sessions).toBe(0);

    const lenient = await makeOrganisation({ internalMFA: 'mandatory', mfaGraceDays: '7' });
    const later = await enrolling(lenient);
    expect((await findCurrentAttempt(later.visitor))?.person?.postponableUntil).toBeInstanceOf(Date);
    const outcome = await postponeEnrolment(later.visitor, later.attempt);
    const session = await findOpenSession(hashToken(outcome.session!.token));
    expect(session?.facts.enrolmentPostponedAt).toBeInstanceOf(Date);

    const late = await enrolling(lenient);
    await database.owner`update accounts set created_at = now() - interval '8 days' where organisation_id = ${lenient.id}`;
    await database.owner`update option_values set changed_at = now() - interval '8 days' where organisation_id = ${lenient.id}`;
    const now = { ...late.visitor, organisation: { ...lenient, settingsVersion: -1 } };
    await expect(postponeEnrolment(now, late.attempt)).rejects.toMatchObject({ code: 'mfa.mandatory' });
  });
});

describe('ENROL-6 nothing counts until a code was confirmed', () => {
  it('ENROL-6 a reload, a second tab and a wrong code show the same key', async () => {
    const { holder, person } = await enrolling();
    await Promise.all(Array.from({ length: 8 }, () => beginEnrolment(holder)));
    const secret = await secretOf(holder);
    await beginEnrolment(holder);
    await expect(confirm(holder, await wrongCodeOf(secret))).rejects.toMatchObject({ code: 'code.wrong' });
    expect(await secretOf(holder)).toBe(secret);
    expect((await findEnrolment(holder))?.otpauthUri).toContain(`secret=${secret}`);
    const [row] = await database.owner`
      select count(*)::int as n from audit_events where subject_id = ${person.id} and action = 'mfa.enrolment-begin'`;
    expect(row!['n']).toBe(1);
  });

  it('ENROL-6 until then the account is as it was: no challenge elsewhere, no recovery codes', async () => {
    const { holder, person } = await enrolling();
    await beginEnrolment(holder);
    const elsewhere = await enrolling(organisation, person);
    expect((await findCurrentAttempt(elsewhere.visitor))?.step).toBe('enrol');
    expect(await keptFor(person.id)).toMatchObject({ factors: 0, codes: 0 });
    const code = await codeOf(await secretOf(holder));
    await expect(
      submitCode(elsewhere.visitor, { attempt: elsewhere.attempt, code, trustDevice: false }),
    ).rejects.toMatchObject({
      code: 'sign-in.expired',
    });
  });

  it('ENROL-6 each browser has a key of its own', async () => {
    const [first, second] = [await enrolling(), await enrolling()];
    await Promise.all([beginEnrolment(first.holder), beginEnrolment(second.holder)]);
    const other = await codeOf(await secretOf(first.holder));
    expect(await secretOf(second.holder)).not.toBe(await secretOf(first.holder));
    await expect(confirm(second.holder, other)).rejects.toMatchObject({ code: 'code.wrong' });
  });

  it('ENROL-6 abandoning leaves nothing but its line in the audit', async () => {
    const { holder, person } = await enrolling();
    await beginEnrolment(holder);
    const secret = await secretOf(holder);
    await abandonEnrolment(holder);
    expect(await findEnrolment(holder)).toBeNull();
    expect(await keptFor(person.id)).toEqual({ sessions: 0, factors: 0, codes: 0, enrolments: 0 });
    await expect(confirm(holder, await codeOf(secret))).rejects.toMatchObject({ code: 'enrolment.expired' });
    const events =
      await database.owner`select from audit_events where subject_id = ${person.id} and action = 'mfa.enrolment-begin'`;
    expect(events).toHaveLength(1);
  });

  it('ENROL-6 after an hour the key is gone, and another one begins', async () => {
    const { holder, person } = await enrolling();
    await beginEnrolment(holder);
    const secret = await secretOf(holder);
    await database.owner`update enrolments set expires_at = now() - interval '1 second' where account_id = ${person.id}`;
    expect(await findEnrolment(holder)).toBeNull();
    await expect(confirm(holder, await codeOf(secret))).rejects.toMatchObject({ code: 'enrolment.expired' });
    await beginEnrolment(holder);
    expect(await secretOf(holder)).not.toBe(secret);
  });

  it('ENROL-2 ENROL-7 once confirmed the key is wiped, the codes are shown until « Terminer », and a reload shows the same', async () => {
    const one = await enrolling();
    const { holder, person } = one;
    await beginEnrolment(holder);
    await confirm(holder, await codeOf(await secretOf(holder)));
    const shown = await findEnrolment(holder);
    expect(shown).toMatchObject({ secret: null, otpauthUri: null, confirmed: true });
    expect(new Set(shown?.recoveryCodes)).toHaveLength(10);
    expect(await findEnrolment(holder)).toEqual(shown);
    const kept = async () => {
      const [row] = await database.owner`
        select secret_sealed, recovery_codes_sealed from enrolments where account_id = ${person.id}`;
      return { secret: row!['secret_sealed'] as Buffer, codes: row!['recovery_codes_sealed'] as Buffer | null };
    };
    expect((await kept()).secret).toHaveLength(0);
    expect((await kept()).codes?.includes(shown!.recoveryCodes![0]!)).toBe(false);
    await finish(one);
    expect(await kept()).toMatchObject({ codes: null });
    expect(await findEnrolment(holder)).toBeNull();

    // They are the account's: one of them opens a door.
    const visitor = visitorAt(organisation);
    const { attempt } = await enterPassword(visitor, person);
    expect((await submitRecoveryCode(visitor, { attempt, code: shown!.recoveryCodes![9]! })).session).toBeDefined();
  });

  it('ENROL-6 confirmed in two tabs at once: one factor, one set of codes', async () => {
    const { holder, person } = await enrolling();
    await beginEnrolment(holder);
    const code = await codeOf(await secretOf(holder));
    const outcomes = await Promise.all(Array.from({ length: 10 }, () => refusalOf(confirm(holder, code))));
    expect(tally(outcomes)).toEqual({ done: 10 });
    expect(await keptFor(person.id)).toMatchObject({ factors: 1, codes: 10 });
  });

  it('ENROL-5 a clock that is off is told by how much, and refused', async () => {
    const { holder, person } = await enrolling();
    await beginEnrolment(holder);
    const secret = await secretOf(holder);
    for (const [steps, code, minutes] of [
      [-6, 'code.clock-late', 3],
      [10, 'code.clock-ahead', 5],
      [2, 'code.clock-ahead', 1],
    ] as const) {
      await expect(confirm(holder, await codeOf(secret, steps))).rejects.toMatchObject({ code, details: { minutes } });
    }
    expect(await keptFor(person.id)).toMatchObject({ factors: 0, codes: 0 });
  });

  it('ENROL-10 the code that confirmed the factor is used up: it opens no door afterwards', async () => {
    const one = await enrolling();
    await beginEnrolment(one.holder);
    const secret = await secretOf(one.holder);
    const code = await codeOf(secret);
    await confirm(one.holder, code);
    await finish(one);
    const visitor = visitorAt(organisation);
    const { attempt } = await enterPassword(visitor, one.person);
    const typed = { attempt, trustDevice: false };
    await expect(submitCode(visitor, { ...typed, code })).rejects.toMatchObject({ code: 'code.reused' });
    expect((await submitCode(visitor, { ...typed, code: await codeOf(secret, 1) })).session).toBeDefined();
  });
});
