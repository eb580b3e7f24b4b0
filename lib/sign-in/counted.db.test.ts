import { randomUUID } from 'node:crypto';
import { beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { useDatabase } from '@/e2e/fixtures/database';
import {
  codeOf,
  enterPassword,
  identify,
  makeEnrolledPerson,
  makeOrganisation,
  makePerson,
  refusalOf,
  visitorAt,
  wrongCodeOf,
  type EnrolledPerson,
} from '@/e2e/fixtures/people';
import { newToken } from '@/lib/crypto/tokens';
import * as totp from '@/lib/factors/totp';
import type { Organisation } from '@/lib/organisations/model';
import * as hashing from '@/lib/passwords/hash';
import * as throttle from '@/lib/throttle/store';
import { startAttempt, submitCode, submitPassword, submitRecoveryCode } from './service';
import * as store from './store';

vi.mock('@/lib/factors/totp', async (importOriginal) => {
  const actual = await importOriginal<typeof totp>();
  return { ...actual, matchTotp: vi.fn(actual.matchTotp) };
});
vi.mock('@/lib/passwords/hash', async (importOriginal) => {
  const actual = await importOriginal<typeof hashing>();
  return { ...actual, verifyPassword: vi.fn(actual.verifyPassword) };
});
vi.mock('@/lib/throttle/store', async (importOriginal) => {
  const actual = await importOriginal<typeof throttle>();
  return { ...actual, claimTry: vi.fn(actual.claimTry) };
});
vi.mock('./store', async (importOriginal) => {
  const actual = await importOriginal<typeof store>();
  return { ...actual, claimCodeTries: vi.fn(actual.claimCodeTries) };
});

const database = useDatabase();

let organisation: Organisation;
beforeAll(async () => {
  organisation = await makeOrganisation();
});

/** What happened, in its order: a statement once PostgreSQL has answered it. */
let happened: string[] = [];

function answered<A extends unknown[], T>(
  name: string,
  actual: (...given: A) => Promise<T>,
): (...given: A) => Promise<T> {
  return async (...given) => {
    const answer = await actual(...given);
    happened.push(name);
    return answer;
  };
}

beforeEach(async () => {
  const actualThrottle = await vi.importActual<typeof throttle>('@/lib/throttle/store');
  const actualStore = await vi.importActual<typeof store>('./store');
  const { matchTotp } = await vi.importActual<typeof totp>('@/lib/factors/totp');
  const { verifyPassword } = await vi.importActual<typeof hashing>('@/lib/passwords/hash');
  vi.mocked(throttle.claimTry).mockImplementation(answered('claimed', actualThrottle.claimTry));
  vi.mocked(store.claimCodeTries).mockImplementation(answered('counted', actualStore.claimCodeTries));
  vi.mocked(totp.matchTotp).mockImplementation((given) => {
    happened.push('compared');
    return matchTotp(given);
  });
  vi.mocked(hashing.verifyPassword).mockImplementation((...given) => {
    happened.push('compared');
    return verifyPassword(...given);
  });
});

/** What stands of a sign-in: tries that count, codes that count, and its events, the newest last. */
async function leftOf(person: { id: string }, purpose: 'password' | 'code') {
  const [tries] = await database.owner<{ failures: number }[]>`
    select coalesce(max(failures), 0)::int as failures from throttles
    where organisation_id = ${organisation.id} and purpose = ${purpose}`;
  const [attempt] = await database.owner<{ code_tries: number }[]>`
    select code_tries from sign_in_attempts where account_id = ${person.id}`;
  const events = await database.owner<{ what: string }[]>`
    select concat_ws(' ', action, outcome, reason) as what from audit_events
    where subject_id = ${person.id} and action like 'sign-in.%' order by occurred_at, what`;
  return { failures: tries!.failures, codes: attempt?.code_tries, events: events.map(({ what }) => what) };
}

const IDENTIFIED = 'sign-in.identify success';
const PROVED = 'sign-in.password success';

describe('SIGN-4 a try is counted first', () => {
  beforeEach(async () => {
    organisation = await makeOrganisation();
  });

  it('SIGN-4 before the hash is looked at; a wrong password leaves its count and its event', async () => {
    const person = await makePerson(organisation);
    const visitor = visitorAt(organisation);
    const attempt = await identify(visitor, person.email);
    happened = [];
    vi.mocked(hashing.verifyPassword).mockImplementationOnce(async () => {
      // Another connection sees it: it is counted whatever becomes of the comparison.
      happened.push(`compared after ${(await leftOf(person, 'password')).failures}`);
      return false;
    });
    expect(await refusalOf(submitPassword(visitor, { attempt, password: 'Pas-du-tout' }))).toBe(
      'sign-in.wrong-password',
    );
    expect(happened).toEqual(['claimed', 'compared after 1']);
    expect(await leftOf(person, 'password')).toEqual({
      failures: 1,
      codes: 0,
      events: [IDENTIFIED, 'sign-in.password failure wrong'],
    });
  });

  it('SIGN-4 before a code is compared, in the attempt too; a wrong code leaves both counts and its event', async () => {
    const person = await makeEnrolledPerson(organisation);
    const visitor = visitorAt(organisation);
    const { attempt } = await enterPassword(visitor, person);
    happened = [];
    const code = await wrongCodeOf(person.secret);
    expect(await refusalOf(submitCode(visitor, { attempt, code, trustDevice: false }))).toBe('code.wrong');
    expect(happened).toEqual(['claimed', 'counted', 'compared']);
    expect(await leftOf(person, 'code')).toEqual({
      failures: 1,
      codes: 1,
      events: [IDENTIFIED, PROVED, 'sign-in.code failure code.wrong'],
    });
  });

  it('SIGN-4 a code that was used already is a try as well, one that was right gives its own back', async () => {
    const person = await makeEnrolledPerson(organisation);
    const code = await codeOf(person.secret);
    for (const [left, failures] of [
      ['done', 0],
      ['code.reused', 1],
    ] as const) {
      const visitor = visitorAt(organisation);
      const { attempt } = await enterPassword(visitor, person);
      expect(await refusalOf(submitCode(visitor, { attempt, code, trustDevice: false }))).toBe(left);
      expect((await leftOf(person, 'code')).failures).toBe(failures);
    }
  });

  it('SIGN-3 SIGN-4 a right password for a sign-in that was used up meanwhile stays a try, and changes nothing else', async () => {
    const person = await makePerson(organisation);
    const visitor = visitorAt(organisation);
    const other = await identify(visitor, person.email);
    const attempt = await identify(visitor, person.email);
    const { verifyPassword } = await vi.importActual<typeof hashing>('@/lib/passwords/hash');
    vi.mocked(hashing.verifyPassword).mockImplementationOnce(async (...given) => {
      await database.owner`update sign_in_attempts set consumed_at = now() where id = ${attempt}`;
      return verifyPassword(...given);
    });
    expect(await refusalOf(submitPassword(visitor, { attempt, password: person.password }))).toBe('sign-in.expired');
    expect(await leftOf(person, 'password')).toMatchObject({ failures: 1, events: [IDENTIFIED, IDENTIFIED] });
    // The browser keeps its name, by which its other tab still finds what it began.
    expect(await refusalOf(submitPassword(visitor, { attempt: other, password: person.password }))).toBe('done');
    // Of the two tries at this address one was for nothing.
    expect((await leftOf(person, 'password')).failures).toBe(1);
  });

  it('SIGN-4 a right password of an account that was removed meanwhile says that the sign-in ran out', async () => {
    const person = await makePerson(organisation);
    const visitor = visitorAt(organisation);
    const attempt = await identify(visitor, person.email);
    const { verifyPassword } = await vi.importActual<typeof hashing>('@/lib/passwords/hash');
    vi.mocked(hashing.verifyPassword).mockImplementationOnce(async (...given) => {
      await database.owner`delete from accounts where id = ${person.id}`;
      return verifyPassword(...given);
    });
    expect(await refusalOf(submitPassword(visitor, { attempt, password: person.password }))).toBe('sign-in.expired');
    expect((await leftOf(person, 'password')).events).toEqual([IDENTIFIED]);
  });
});

describe('SIGN-4 whoever has to wait', () => {
  beforeEach(async () => {
    organisation = await makeOrganisation();
  });

  const here = { address: '203.0.113.51' };
  const waits = (action: string) => `${action} refused throttled`;
  const tally = (events: string[], event: string) => events.filter((one) => one === event).length;

  /** A sign-in that waits for a code, with `failures` wrong ones behind it. */
  async function behind(person: EnrolledPerson, failures: number) {
    const wrong = await wrongCodeOf(person.secret);
    for (let left = failures; left > 0; left -= 4) {
      const visitor = visitorAt(organisation, here);
      const { attempt } = await enterPassword(visitor, person);
      for (let n = 0; n < Math.min(left, 4); n++)
        await refusalOf(submitCode(visitor, { attempt, code: wrong, trustDevice: false }));
    }
    const visitor = visitorAt(organisation, here);
    return { visitor, wrong, ...(await enterPassword(visitor, person)) };
  }

  it('SIGN-4 AUD-1 leaves an event for each try at a password, and nothing else', async () => {
    const person = await makePerson(organisation);
    const visitor = visitorAt(organisation, here);
    const attempt = await identify(visitor, person.email);
    const ends = await Promise.all(
      Array.from({ length: 14 }, () => refusalOf(submitPassword(visitor, { attempt, password: 'Pas-du-tout' }))),
    );
    expect(ends.filter((end) => end === 'sign-in.throttled')).toHaveLength(4);
    const { failures, events } = await leftOf(person, 'password');
    expect([failures, tally(events, waits('sign-in.password'))]).toEqual([10, 4]);
  });

  it('SIGN-4 AUD-1 leaves an event for each try at a code or in its place; the attempt counts none of them', async () => {
    const person = await makeEnrolledPerson(organisation);
    const { visitor, attempt, wrong } = await behind(person, 10);
    for (const code of [wrong, wrong, await codeOf(person.secret)])
      expect(await refusalOf(submitCode(visitor, { attempt, code, trustDevice: false }))).toBe('code.throttled');
    const [code] = person.recoveryCodes;
    expect(await refusalOf(submitRecoveryCode(visitor, { attempt, code: code! }))).toBe('code.throttled');
    const { failures, events } = await leftOf(person, 'code');
    expect([failures, tally(events, waits('sign-in.code')), tally(events, waits('sign-in.recovery-code'))]).toEqual([
      10, 3, 1,
    ]);
    const tries = await database.owner`select from sign_in_attempts where id = ${attempt} and code_tries > 0`;
    expect(tries).toHaveLength(0);
  });

  it('ENROL-8 SIGN-4 two codes at once with one try left take it, and wait', async () => {
    const person = await makeEnrolledPerson(organisation);
    const { visitor, attempt, wrong } = await behind(person, 9);
    const given = { attempt, code: wrong, following: wrong, trustDevice: false };
    expect(await refusalOf(submitCode(visitor, given))).toBe('code.throttled');
    expect((await leftOf(person, 'code')).failures).toBe(10);
    const right = { attempt, code: await codeOf(person.secret), trustDevice: false };
    expect(await refusalOf(submitCode(visitor, right))).toBe('code.throttled');
  });
});

it('SIGN-1 ACC-6 at an organisation that is not there, or whose name can’t be one, each step says just that', async () => {
  const attempt = randomUUID();
  for (const slug of ['no-such-place', 'api', '', 'Petits-Pas', '../x', 'a\0b', '-a', 'x'.repeat(50)]) {
    for (const deviceToken of [null, newToken()]) {
      const visitor = visitorAt({ ...organisation, slug }, { deviceToken });
      const ends = await Promise.all([
        refusalOf(startAttempt(visitor, { identifier: 'lea@erables.test', returnPath: null })),
        refusalOf(submitPassword(visitor, { attempt, password: 'Tournesol-Rivage-88' })),
        refusalOf(submitCode(visitor, { attempt, code: '123456', trustDevice: false })),
        refusalOf(submitRecoveryCode(visitor, { attempt, code: 'ABCDE-FGHJK-MNPQR' })),
      ]);
      expect(new Set(ends.slice(0, 3))).toEqual(new Set(['organisation.not-found']));
      expect(['organisation.not-found', 'recovery-code.wrong']).toContain(ends[3]);
    }
  }
});
