import { sql } from 'drizzle-orm';
import { randomUUID } from 'node:crypto';
import { beforeAll, describe, expect, it } from 'vitest';
import { useDatabase } from '@/e2e/fixtures/database';
import { makeOrganisation, tally } from '@/e2e/fixtures/people';
import { inOrganisation, type OrganisationTransaction } from '@/lib/db/in-organisation';
import type { Organisation } from '@/lib/organisations/model';
import { claimTry, clearTries, type ThrottlePurpose, type ThrottleSubject } from './store';

const database = useDatabase();

let organisation: Organisation;
beforeAll(async () => {
  database.useTwoInstances();
  organisation = await makeOrganisation();
});

const person = (): ThrottleSubject => ({ kind: 'account', accountId: randomUUID() });
const stranger = (): ThrottleSubject => ({ kind: 'unknown', identifier: randomUUID() });
const browser = (): ThrottleSubject => ({ kind: 'device', deviceId: randomUUID() });
const place = (): ThrottleSubject => ({ kind: 'address', bucket: randomUUID() });

/** One try in a transaction of its own: 0, or the seconds to wait. */
const claim = (subjects: readonly ThrottleSubject[], purpose: ThrottlePurpose = 'password', at = organisation) =>
  inOrganisation({ organisation: at }, (transaction) => claimTry(transaction, purpose, subjects));

const clear = (subjects: readonly ThrottleSubject[], purpose: ThrottlePurpose = 'password') =>
  inOrganisation({ organisation }, (transaction) => clearTries(transaction, purpose, subjects));

/** Many tries at the same time: how many went on, and how long the others have to wait. */
async function burst(
  count: number,
  subjects: readonly ThrottleSubject[],
  purpose?: ThrottlePurpose,
  at?: Organisation,
) {
  const waits = await Promise.all(Array.from({ length: count }, () => claim(subjects, purpose, at)));
  return { through: waits.filter((wait) => wait === 0).length, waits: waits.filter((wait) => wait > 0) };
}

/** As if the last try had been some minutes earlier than it was. */
const minutesPass = (minutes: number) => database.owner`
  update throttles set window_started_at = window_started_at - make_interval(mins => ${minutes}),
    blocked_until = blocked_until - make_interval(mins => ${minutes}),
    updated_at = updated_at - make_interval(mins => ${minutes})`;

describe('SIGN-4 tries are counted before a secret is compared', () => {
  it.each([
    ['a known account', person],
    ['an identifier that nobody has', stranger],
    ['a known browser', browser],
  ])(
    'SIGN-4 exactly ten of a parallel burst over two instances go on for %s; the others wait half a minute',
    async (_, who) => {
      const { through, waits } = await burst(60, [who(), place()]);
      expect(through).toBe(10);
      expect(waits).toHaveLength(50);
      expect(Math.max(...waits)).toBeLessThanOrEqual(30);
    },
  );

  it('SIGN-4 fifty go on from one address, whoever they are for; another address is not touched', async () => {
    const here = place();
    const waits = await Promise.all(Array.from({ length: 80 }, () => claim([stranger(), here])));
    expect(waits.filter((wait) => wait === 0)).toHaveLength(50);
    expect(await claim([stranger(), here])).toBeGreaterThan(0);
    expect(await claim([stranger(), place()])).toBe(0);
  });

  it('SIGN-4 who has to wait at one place is counted nowhere: an address can’t be used up by a throttled account', async () => {
    const here = place();
    const throttled = person();
    await burst(60, [throttled, here]);
    await burst(60, [throttled, here]);
    expect((await burst(45, [here])).through).toBe(40);
  });

  it('SIGN-4 subjects named in any order never wait for each other in a circle', async () => {
    const all = [person(), place(), person(), place()];
    const waits = await Promise.all(
      Array.from({ length: 40 }, (_, index) => claim(index % 2 ? all : all.toReversed())),
    );
    expect(tally(waits.map((wait) => (wait === 0 ? 'through' : 'waits')))).toEqual({ through: 10, waits: 30 });
  });

  it('SIGN-4 SAFE-7 people of one address who sign in at the same moment never wait for each other in a circle', async () => {
    const here = place();
    const people = Array.from({ length: 24 }, () => [person(), here] as const);
    let begun = 0;
    const once = (work: (transaction: OrganisationTransaction) => Promise<unknown>) =>
      inOrganisation({ organisation }, (transaction) => {
        begun += 1;
        return work(transaction);
      });
    for (let round = 0; round < 32; round++) {
      await Promise.all(
        people.map(async (who) => {
          await once((transaction) => claimTry(transaction, 'identify', [here]));
          await once((transaction) => claimTry(transaction, 'password', who));
          await once(async (transaction) => {
            // PostgreSQL may find the rows in the order in which they lie in the table, which changes with each update.
            await transaction.execute(sql`select set_config('enable_indexscan', 'off', true)`);
            await clearTries(transaction, 'password', who);
          });
        }),
      );
    }
    // A deadlock is undone and tried again after a second: each act ran once.
    expect(begun).toBe(32 * 24 * 3);
  });

  it('SIGN-4 waits grow with each further failure up to a quarter of an hour, and a quarter of an hour forgives', async () => {
    const who = [person()];
    await burst(10, who);
    const waits: number[] = [];
    for (let further = 0; further < 6; further++) {
      const wait = await claim(who);
      waits.push(wait);
      // The clock is turned for the wait only: the window in which failures are counted stays.
      await database.owner`update throttles set blocked_until = clock_timestamp() where blocked_until > clock_timestamp()`;
      expect(await claim(who)).toBe(0);
    }
    expect(waits).toEqual([30, 60, 120, 240, 480, 900]);
    expect(await claim(who)).toBe(900);
    await minutesPass(16);
    expect((await burst(15, who)).through).toBe(10);
  });

  it('SIGN-4 passwords and codes are counted apart', async () => {
    const who = [person()];
    await burst(12, who, 'password');
    expect(await claim(who, 'password')).toBeGreaterThan(0);
    expect((await burst(12, who, 'code')).through).toBe(10);
  });

  it('SIGN-4 a success clears the person’s own count, and gives an address back only the try that was none', async () => {
    const who = person();
    const here = place();
    await burst(9, [who, here]);
    expect(await claim([who, here])).toBe(0);
    const [neighbour, there] = [person(), place()];
    await Promise.all([burst(10, [neighbour]), burst(50, [there])]);
    await clear([who, here]);
    // Nobody else's count is cleared by it, at the same secret or at another.
    expect(await claim([neighbour])).toBeGreaterThan(0);
    expect(await claim([there])).toBeGreaterThan(0);
    expect((await burst(20, [who])).through).toBe(10);
    // Ten were counted at the address and one of them came back: somebody who signs in well now and then frees nobody.
    expect((await burst(60, [here])).through).toBe(41);
  });

  it('SIGN-4 a success at an address that was just full lets the next one try', async () => {
    const here = place();
    await burst(50, [here]);
    await clear([here]);
    expect((await burst(5, [here])).through).toBe(1);
  });

  it('SIGN-4 ACC-6 the same person in another organisation is counted apart', async () => {
    const other = await makeOrganisation();
    const who = [person()];
    await burst(12, who);
    expect(await claim(who, 'password', other)).toBe(0);
  });
});

describe('SIGN-4 a hundred failures in a row stop a factor for unknown browsers', () => {
  async function failHundredTimes(subjects: readonly ThrottleSubject[], at?: Organisation): Promise<void> {
    for (let window = 0; window < 10; window++) {
      expect((await burst(10, subjects, 'password', at)).through).toBe(10);
      await minutesPass(16);
    }
  }

  it.each([
    ['an account', person],
    ['an identifier that nobody has', stranger],
  ])('SIGN-4 %s: stopped however long one waits, and the housekeeping leaves it so', async (_, who) => {
    const subjects = [who()];
    await failHundredTimes(subjects);
    expect(await claim(subjects)).toBe(900);
    await minutesPass(60 * 24 * 40);
    expect(await claim(subjects)).toBe(900);
    await database.restricted`select sweep_expired()`;
    expect(await claim(subjects)).toBe(900);
    await clear(subjects);
    expect(await claim(subjects)).toBe(0);
  });

  it('SIGN-4 a success in between starts the hundred anew', async () => {
    const subjects = [person()];
    for (let round = 0; round < 12; round++) {
      expect((await burst(9, subjects)).through).toBe(9);
      if (round === 5) await clear(subjects);
      await minutesPass(16);
    }
    expect(await claim(subjects)).toBe(0);
  });

  it('SIGN-4 neither a known browser nor an address is ever stopped, and old counts of theirs are swept out', async () => {
    const elsewhere = await makeOrganisation();
    const subjects = [browser(), place()];
    await failHundredTimes(subjects, elsewhere);
    expect(await claim(subjects, 'password', elsewhere)).toBe(0);
    const counts = () => database.owner`select from throttles where organisation_id = ${elsewhere.id}`;
    expect(await counts()).toHaveLength(2);
    await minutesPass(60 * 24 * 31);
    await database.restricted`select sweep_expired()`;
    expect(await counts()).toHaveLength(0);
  });
});
