import { setTimeout as wait } from 'node:timers/promises';
import { beforeAll, describe, expect, it } from 'vitest';
import { useDatabase } from '@/e2e/fixtures/database';
import {
  codeOf,
  enterPassword,
  identify,
  makeEnrolledPerson,
  makeOrganisation,
  refusalOf,
  tally,
  visitorAt,
  type EnrolledPerson,
} from '@/e2e/fixtures/people';
import type { Visitor } from '@/lib/actors/model';
import { hashToken, newToken } from '@/lib/crypto/tokens';
import { sealer } from '@/lib/crypto/keys';
import { inOrganisation } from '@/lib/db/in-organisation';
import { rememberDevice } from '@/lib/devices/store';
import type { Organisation } from '@/lib/organisations/model';
import { submitCode, submitPassword, submitRecoveryCode } from '@/lib/sign-in/service';
import { insertAttempt } from '@/lib/sign-in/store';
import { resetMfa } from './reset';
import { factorSecretContext } from './verify';

const database = useDatabase();

let organisation: Organisation;
beforeAll(async () => {
  database.useTwoInstances();
  organisation = await makeOrganisation();
});

/** Browsers that all wait for the person's code. Known ones have budgets of their own, so that every one is compared. */
async function waitingBrowsers(
  person: EnrolledPerson,
  count: number,
): Promise<{ visitor: Visitor; attempt: string }[]> {
  const browsers = await Promise.all(
    Array.from({ length: count }, async () => {
      const visitor = visitorAt(organisation, { deviceToken: newToken() });
      const attempt = await inOrganisation({ organisation }, async (transaction) => {
        await rememberDevice(transaction, {
          organisationId: organisation.id,
          accountId: person.id,
          tokenHash: hashToken(visitor.deviceToken!),
          userAgent: '',
          address: null,
          trustDays: 0,
        });
        return insertAttempt(transaction, {
          organisationId: organisation.id,
          browserHash: hashToken(visitor.browserToken!),
          accountId: person.id,
          identifier: person.email,
          returnPath: null,
          lifetimeMinutes: 10,
        });
      });
      return { visitor, attempt };
    }),
  );
  await database.owner`update sign_in_attempts set password_verified_at = now() where account_id = ${person.id}`;
  return browsers;
}

async function countSessions(accountId: string): Promise<number> {
  const [row] = await database.owner`select count(*)::int as n from sessions where account_id = ${accountId}`;
  return row!['n'] as number;
}

async function countSuccesses(accountId: string, action: string): Promise<number> {
  const [row] = await database.owner`
    select count(*)::int as n from audit_events
    where subject_id = ${accountId} and action = ${action} and outcome = 'success'`;
  return row!['n'] as number;
}

/** A sign-in up to the code in a browser of its own, and what the code leads to. */
async function signIn(person: EnrolledPerson, code: string): Promise<string> {
  const visitor = visitorAt(organisation);
  const { attempt } = await enterPassword(visitor, person);
  return refusalOf(submitCode(visitor, { attempt, code, trustDevice: false }));
}

describe('ENROL-10 a code is accepted once', () => {
  it('ENROL-10 fifty at once, in fifty browsers over two instances: one session', async () => {
    const person = await makeEnrolledPerson(organisation);
    const browsers = await waitingBrowsers(person, 50);
    const code = await codeOf(person.secret);
    const outcomes = await Promise.all(
      browsers.map(({ visitor, attempt }) => refusalOf(submitCode(visitor, { attempt, code, trustDevice: false }))),
    );
    expect(tally(outcomes)).toEqual({ done: 1, 'code.reused': 49 });
    expect(await countSessions(person.id)).toBe(1);
    expect(await countSuccesses(person.id, 'sign-in.code')).toBe(1);
    expect(await countSuccesses(person.id, 'sign-in.complete')).toBe(1);
  });

  it('ENROL-10 fifty at once in one browser: one session', async () => {
    const person = await makeEnrolledPerson(organisation);
    const [browser] = await waitingBrowsers(person, 1);
    const code = await codeOf(person.secret);
    const outcomes = await Promise.all(
      Array.from({ length: 50 }, () =>
        refusalOf(submitCode(browser!.visitor, { ...browser!, code, trustDevice: false })),
      ),
    );
    // Nobody is told of too many codes: the others find the attempt used up, or the budget empty.
    const { done, ...others } = tally(outcomes);
    expect(done).toBe(1);
    expect(Object.keys(others).join()).toMatch(/^(code.throttled,?|sign-in.expired,?)+$/);
    expect(await countSessions(person.id)).toBe(1);
  });

  it('ENROL-10 not later either, nor one of an earlier step', async () => {
    const person = await makeEnrolledPerson(organisation);
    const [before, now] = [await codeOf(person.secret, -1), await codeOf(person.secret)];
    expect(await signIn(person, now)).toBe('done');
    expect(await signIn(person, now)).toBe('code.reused');
    expect(await signIn(person, before)).toBe('code.reused');
    expect(await countSessions(person.id)).toBe(1);
  });

  it.each([
    [-1, 'done'],
    [0, 'done'],
    [1, 'done'],
    [-2, 'code.clock-late'],
    [-20, 'code.clock-late'],
    [-21, 'code.wrong'],
    [2, 'code.wrong'],
    [20, 'code.wrong'],
  ])('ENROL-10 the code of %i steps from now: %s', async (steps, expected) => {
    const person = await makeEnrolledPerson(organisation);
    expect(await signIn(person, await codeOf(person.secret, steps))).toBe(expected);
    expect(await countSessions(person.id)).toBe(expected === 'done' ? 1 : 0);
  });

  it('ENROL-10 the code of a neighbour opens nothing', async () => {
    const [person, neighbour] = [await makeEnrolledPerson(organisation), await makeEnrolledPerson(organisation)];
    expect(await signIn(person, await codeOf(neighbour.secret))).toBe('code.wrong');
  });

  it('SAFE-2 a secret moved to another account’s row opens nothing, and is no secret of that account', async () => {
    const [person, thief] = [await makeEnrolledPerson(organisation), await makeEnrolledPerson(organisation)];
    const [row] = await database.owner`select secret_sealed from factors where id = ${person.factorId}`;
    const sealed = row!['secret_sealed'] as Buffer;
    expect(sealed.includes(person.secret)).toBe(false);
    expect(sealer().open(sealed, factorSecretContext(person.id, person.factorId)).toString()).toBe(person.secret);
    await database.owner`update factors set secret_sealed = ${sealed} where id = ${thief.factorId}`;
    await expect(signIn(thief, await codeOf(person.secret))).rejects.toThrow();
    expect(await countSessions(thief.id)).toBe(0);
  });
});

describe('ENROL-7 recovery codes', () => {
  it('ENROL-7 one code, fifty at once over two instances: one session; the others stay good', async () => {
    const person = await makeEnrolledPerson(organisation);
    const browsers = await waitingBrowsers(person, 51);
    const last = browsers.pop()!;
    const [code, another] = person.recoveryCodes as [string, string];
    const outcomes = await Promise.all(
      browsers.map(({ visitor, attempt }) => refusalOf(submitRecoveryCode(visitor, { attempt, code }))),
    );
    expect(tally(outcomes)).toEqual({ done: 1, 'recovery-code.wrong': 49 });
    expect(await countSessions(person.id)).toBe(1);
    expect(await refusalOf(submitRecoveryCode(last.visitor, { attempt: last.attempt, code }))).toBe(
      'recovery-code.wrong',
    );
    // As it may be typed: small letters, spaces.
    const typed = another.toLowerCase().replaceAll('-', ' ');
    expect(await refusalOf(submitRecoveryCode(last.visitor, { attempt: last.attempt, code: typed }))).toBe('done');
    const [row] = await database.owner`
      select count(*) filter (where used_at is null)::int as left from recovery_codes where account_id = ${person.id}`;
    expect(row!['left']).toBe(8);
  });

  it('ENROL-7 are kept as hashes of one account: the text is nowhere, and nobody else’s code fits', async () => {
    const [person, neighbour] = [await makeEnrolledPerson(organisation), await makeEnrolledPerson(organisation)];
    const rows = await database.owner`select code_hash from recovery_codes where account_id = ${person.id}`;
    expect(rows).toHaveLength(10);
    for (const { code_hash: hash } of rows) expect(hash).toHaveLength(32);
    // Even the very hash under another account is not found: it is bound to its own.
    await database.owner`
      update recovery_codes set code_hash = ${rows[0]!['code_hash']}
      where id = (select id from recovery_codes where account_id = ${neighbour.id} limit 1)`;
    const [browser] = await waitingBrowsers(neighbour, 1);
    for (const code of person.recoveryCodes.slice(0, 4)) {
      expect(await refusalOf(submitRecoveryCode(browser!.visitor, { attempt: browser!.attempt, code }))).toBe(
        'recovery-code.wrong',
      );
    }
  });
});

describe('RESET-1 a reset in the middle of things', () => {
  const left = async (accountId: string) => {
    const [row] = await database.owner`
      select (select count(*) from factors where account_id = ${accountId})::int as factors,
        (select count(*) from recovery_codes where account_id = ${accountId})::int as codes,
        (select count(*) from sessions where account_id = ${accountId})::int as sessions,
        (select count(*) from sign_in_attempts where account_id = ${accountId})::int as attempts,
        (select count(*) from devices where account_id = ${accountId} and trusted_until > now())::int as trusted`;
    return { ...row };
  };
  const NOTHING = { factors: 0, codes: 0, sessions: 0, attempts: 0, trusted: 0 };
  const reset = (person: EnrolledPerson) =>
    resetMfa({ kind: 'operator', organisation }, person.email, 'Téléphone perdu');

  it('RESET-1 whatever is being signed in or tried meanwhile: afterwards there is no factor and no session', async () => {
    for (let round = 0; round < 8; round++) {
      const person = await makeEnrolledPerson(organisation);
      const browsers = await waitingBrowsers(person, 20);
      const code = await codeOf(person.secret);
      const signingIn = browsers.map(({ visitor, attempt }, index) =>
        refusalOf(
          index % 2
            ? submitCode(visitor, { attempt, code, trustDevice: true })
            : submitRecoveryCode(visitor, { attempt, code: person.recoveryCodes[index / 2]! }),
        ),
      );
      expect(await wait(round * 8).then(() => reset(person))).toMatchObject({ factors: 1 });
      await Promise.all(signingIn);
      expect(await left(person.id)).toEqual(NOTHING);
    }
  });

  it('RESET-1 also while passwords are typed, right ones and wrong ones, in browsers that are known and not', async () => {
    for (let round = 0; round < 8; round++) {
      const person = await makeEnrolledPerson(organisation);
      const known = await waitingBrowsers(person, 6);
      await database.owner`update devices set trusted_until = now() + interval '1 day' where account_id = ${person.id}`;
      const browsers = await Promise.all(
        Array.from({ length: 12 }, async (_, index) => {
          const visitor = index % 2 ? visitorAt(organisation) : known[index / 2]!.visitor;
          return { visitor, attempt: await identify(visitor, person.email) };
        }),
      );
      const signingIn = browsers.map(({ visitor, attempt }, index) =>
        refusalOf(submitPassword(visitor, { attempt, password: index % 3 ? person.password : 'Faux mot de passe' })),
      );
      await wait(10 + round * 12);
      await reset(person);
      await Promise.all(signingIn);
      expect(await left(person.id)).toEqual(NOTHING);
    }
  });
});
