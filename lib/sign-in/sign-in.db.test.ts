import { hash, type Algorithm } from '@node-rs/argon2';
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
  tally,
  visitorAt,
  wrongCodeOf,
  keepCookies,
  operatorOf,
  reread,
  type Person,
} from '@/e2e/fixtures/people';
import type { Actor, Visitor } from '@/lib/actors/model';
import { pepper } from '@/lib/crypto/keys';
import { hashToken, newToken } from '@/lib/crypto/tokens';
import { inOrganisation } from '@/lib/db/in-organisation';
import { rememberDevice } from '@/lib/devices/store';
import type { Organisation } from '@/lib/organisations/model';
import { parseOption, setOption } from '@/lib/options/service';
import * as hashing from '@/lib/passwords/hash';
import { changeOwnPassword } from '@/lib/passwords/service';
import { Refusal } from '@/lib/refusals';
import { findOpenSession } from '@/lib/sessions/store';
import { claimTry } from '@/lib/throttle/store';
import {
  findCurrentAttempt,
  startAttempt,
  submitCode,
  submitNewPassword,
  submitPassword,
  submitRecoveryCode,
} from './service';

vi.mock('@/lib/passwords/hash', async (importOriginal) => {
  const actual = await importOriginal<typeof hashing>();
  return { ...actual, verifyPassword: vi.fn(actual.verifyPassword) };
});
const hashLookedAt = vi.mocked(hashing.verifyPassword);

const database = useDatabase();

let organisation: Organisation;
beforeAll(async () => {
  database.useTwoInstances();
  organisation = await makeOrganisation();
});
beforeEach(() => {
  hashLookedAt.mockClear();
});

const WRONG = 'Pas-du-tout-le-bon-mot';

async function setMfa(value: string): Promise<void> {
  const option = parseOption('internalMFA', value);
  await setOption(operatorOf(organisation), option.key, option.value);
  organisation = await reread(organisation.slug);
}

/** The person behind a session, as a page would find them. */
async function actorOf(token: string): Promise<Actor> {
  const session = (await findOpenSession(hashToken(token)))!;
  const { permissions: _permissions, ...account } = session.account;
  return {
    kind: 'account',
    organisation,
    origin: { requestId: '', address: null, userAgent: '' },
    locale: 'fr',
    now: session.facts.now,
    sessionId: session.id,
    deviceId: session.deviceId,
    account: { ...account, kind: session.facts.account.kind, factorKinds: session.facts.account.factorKinds },
    permissions: new Set(),
    proofs: session.facts.proofs,
  };
}

async function sessionsOf(accountId: string): Promise<number> {
  const [row] = await database.owner`select count(*)::int as n from sessions where account_id = ${accountId}`;
  return row!['n'] as number;
}

async function eventsOf(accountId: string, action: string): Promise<Record<string, number>> {
  const rows = await database.owner`
    select outcome || coalesce(' ' || reason, '') as what from audit_events where subject_id = ${accountId} and action = ${action}`;
  return tally(rows.map(({ what }) => String(what)));
}

/** A browser in which the person has signed in before. */
async function knownBrowser(accountId: string, given: Parameters<typeof visitorAt>[1] = {}): Promise<Visitor> {
  const deviceToken = newToken();
  await inOrganisation({ organisation }, (transaction) =>
    rememberDevice(transaction, {
      organisationId: organisation.id,
      accountId,
      tokenHash: hashToken(deviceToken),
      userAgent: '',
      address: null,
      trustDays: 0,
    }),
  );
  return visitorAt(organisation, { deviceToken, ...given });
}

const submit = (visitor: Visitor, attempt: string, password: string) =>
  submitPassword(visitor, { attempt, password }).catch((error: unknown) => {
    if (error instanceof Refusal) return error;
    throw error;
  });

describe('SIGN-4 names typed', () => {
  const name = (visitor: Visitor, identifier: string) =>
    refusalOf(startAttempt(visitor, { identifier, returnPath: null }));
  const eventsAt = async (address: string) =>
    tally(
      (
        await database.owner<{ outcome: string }[]>`
          select outcome from audit_events where action = 'sign-in.identify' and address = ${address}`
      ).map(({ outcome }) => outcome),
    );
  const attemptsOf = async (identifier: string) => {
    const [row] = await database.owner`
      select count(*)::int as n from sign_in_attempts where identifier = ${identifier}`;
    return row!['n'] as number;
  };

  it('SIGN-4 of eighty at once from one address exactly sixty begin; the tables grow no further, whoever goes on', async () => {
    const address = '198.51.100.60';
    const stranger = () => visitorAt(organisation, { address });
    const outcomes = await Promise.all(Array.from({ length: 80 }, () => name(stranger(), 'personne-60@erables.test')));
    expect(tally(outcomes)).toEqual({ done: 60, 'identify.throttled': 20 });
    expect(await attemptsOf('personne-60@erables.test')).toBe(60);
    expect(await eventsAt(address), 'what is refused is noted once a minute').toEqual({ success: 60, refused: 1 });
    const refusal = await startAttempt(stranger(), { identifier: 'x', returnPath: null }).catch(
      (error: unknown) => error,
    );
    expect((refusal as Refusal).details['seconds']).toSatisfy((s: number) => s > 0 && s <= 30);
    // The same address of another subscriber, and another house.
    expect(await name(visitorAt(organisation, { address: '198.51.100.61' }), 'x')).toBe('done');
    expect(await name(visitorAt(await makeOrganisation(), { address }), 'x')).toBe('done');
  });

  it('SIGN-4 behind a full address whoever has signed in before goes on, in a browser of their own budget; a made-up name of a browser does not', async () => {
    const address = '198.51.100.62';
    const person = await makePerson(organisation);
    const owner = await knownBrowser(person.id, { address });
    for (let typed = 0; typed < 60; typed++) await name(visitorAt(organisation, { address }), 'personne');
    expect(await name(visitorAt(organisation, { address }), person.email)).toBe('identify.throttled');
    const madeUp = visitorAt(organisation, { address, deviceToken: newToken() });
    expect(await name(madeUp, person.email)).toBe('identify.throttled');
    const outcomes = await Promise.all(Array.from({ length: 70 }, () => name(owner, person.email)));
    expect(tally(outcomes)).toEqual({ done: 60, 'identify.throttled': 10 });
    const revoked = await knownBrowser(person.id, { address });
    await database.owner`
      update devices set revoked_at = now() where token_hash = ${hashToken(revoked.deviceToken!)}`;
    expect(await name(revoked, person.email)).toBe('identify.throttled');
  });

  it('SIGN-4 whoever signs in gives theirs back: an address that is almost full stays so', async () => {
    const address = '198.51.100.63';
    const person = await makePerson(organisation);
    for (let typed = 0; typed < 59; typed++) await name(visitorAt(organisation, { address }), 'personne');
    for (let signedIn = 0; signedIn < 3; signedIn++) {
      expect((await enterPassword(visitorAt(organisation, { address }), person)).outcome.session).toBeDefined();
    }
    expect(await name(visitorAt(organisation, { address }), 'personne')).toBe('done');
    expect(await name(visitorAt(organisation, { address }), 'personne')).toBe('identify.throttled');
  });
});

describe('SIGN-4 wrong passwords', () => {
  it.each(['known', 'unknown'])(
    'SIGN-4 of sixty at once exactly ten are looked at, for a %s identifier; the others are told how long to wait',
    async (which) => {
      const person = await makePerson(organisation);
      const identifier = which === 'known' ? person.email : 'personne@erables.test';
      const browsers = await Promise.all(
        Array.from({ length: 12 }, async (_, index) => {
          const visitor = visitorAt(organisation, { address: `203.0.113.${100 + index}` });
          return { visitor, attempt: await identify(visitor, identifier) };
        }),
      );
      const outcomes = await Promise.all(
        Array.from({ length: 60 }, (_, index) => {
          const { visitor, attempt } = browsers[index % browsers.length]!;
          return submit(visitor, attempt, WRONG);
        }),
      );
      expect(hashLookedAt).toHaveBeenCalledTimes(10);
      const refusals = outcomes.filter((outcome) => outcome instanceof Refusal);
      expect(tally(refusals.map(({ code }) => code))).toEqual({
        'sign-in.wrong-password': 10,
        'sign-in.throttled': 50,
      });
      for (const { code, details } of refusals) {
        if (code === 'sign-in.throttled') expect(details['seconds']).toSatisfy((s: number) => s > 0 && s <= 30);
      }
      // The right password is not looked at either: to say « wait » only where it is wrong would tell that it is right.
      const { visitor, attempt } = browsers[0]!;
      expect(await submit(visitor, attempt, person.password)).toMatchObject({ code: 'sign-in.throttled' });
      expect(hashLookedAt).toHaveBeenCalledTimes(10);
      if (which === 'known') {
        expect(await eventsOf(person.id, 'sign-in.password')).toEqual({ 'failure wrong': 10, 'refused throttled': 51 });
      }
    },
  );

  it('SIGN-4 a thousand from elsewhere don’t delay the owner in a browser that the account knows', async () => {
    const person = await makePerson(organisation);
    for (let round = 0; round < 10; round++) {
      await inOrganisation({ organisation }, async (transaction) => {
        for (let wrong = 0; wrong < 100; wrong++) {
          await claimTry(transaction, 'password', [
            { kind: 'account', accountId: person.id },
            { kind: 'address', bucket: '203.0.113.7' },
          ]);
        }
      });
    }
    const stranger = visitorAt(organisation);
    expect(await refusalOf(enterPassword(stranger, person))).toBe('sign-in.throttled');
    // From the very address that the wrong ones came from: families share one.
    const owner = await knownBrowser(person.id);
    expect((await enterPassword(owner, person)).outcome.session).toBeDefined();
  });

  it('SIGN-4 the known browser has ten of its own, and they are nobody else’s', async () => {
    const person = await makePerson(organisation);
    const owner = await knownBrowser(person.id, { address: '198.51.100.1' });
    const attempt = await identify(owner, person.email);
    const outcomes = await Promise.all(
      Array.from({ length: 30 }, () => refusalOf(submitPassword(owner, { attempt, password: WRONG }))),
    );
    expect(tally(outcomes)).toEqual({ 'sign-in.wrong-password': 10, 'sign-in.throttled': 20 });
    const elsewhere = visitorAt(organisation, { address: '198.51.100.2' });
    expect((await enterPassword(elsewhere, person)).outcome.session).toBeDefined();
  });

  it('SIGN-4 a browser that another account knows is unknown to this one', async () => {
    const [person, neighbour] = [await makePerson(organisation), await makePerson(organisation)];
    const { deviceToken } = await knownBrowser(neighbour.id);
    const visitors = Array.from({ length: 3 }, () => visitorAt(organisation, { deviceToken, address: '198.51.100.3' }));
    const attempts = await Promise.all(visitors.map((visitor) => identify(visitor, person.email)));
    const outcomes = await Promise.all(
      Array.from({ length: 30 }, (_, index) =>
        refusalOf(submitPassword(visitors[index % 3]!, { attempt: attempts[index % 3]!, password: WRONG })),
      ),
    );
    expect(tally(outcomes)).toEqual({ 'sign-in.wrong-password': 10, 'sign-in.throttled': 20 });
    // Said once more without the cookie: still the same ten.
    expect(await refusalOf(enterPassword(visitorAt(organisation, { address: '198.51.100.4' }), person))).toBe(
      'sign-in.throttled',
    );
  });

  it('SIGN-4 stopped after a hundred in a row, until the owner comes with a browser that is known', async () => {
    const person = await makePerson(organisation);
    await failHundredTimes('password', person.id);
    const stranger = () => enterPassword(visitorAt(organisation, { address: '198.51.100.5' }), person);
    expect(await refusalOf(stranger())).toBe('sign-in.throttled');
    expect((await enterPassword(await knownBrowser(person.id), person)).outcome.session).toBeDefined();
    expect((await stranger()).outcome.session).toBeDefined();
  });

  it('SIGN-4 passwords and codes are counted apart, and codes are stopped and lifted likewise', async () => {
    const person = await makeEnrolledPerson(organisation);
    await failHundredTimes('code', person.id);
    const stranger = visitorAt(organisation, { address: '198.51.100.6' });
    const { attempt } = await enterPassword(stranger, person);
    const typed = { attempt, code: await codeOf(person.secret, -1), trustDevice: false };
    expect(await refusalOf(submitCode(stranger, typed))).toBe('code.throttled');
    const [recovery] = person.recoveryCodes;
    expect(await refusalOf(submitRecoveryCode(stranger, { attempt, code: recovery! }))).toBe('code.throttled');

    const owner = await knownBrowser(person.id);
    const own = await enterPassword(owner, person);
    expect((await submitCode(owner, { ...typed, attempt: own.attempt })).session).toBeDefined();
    const next = { ...typed, code: await codeOf(person.secret) };
    expect((await submitCode(stranger, next)).session).toBeDefined();
  });

  it('SIGN-4 a success clears: nine wrong, one right, nine wrong again and nobody has to wait', async () => {
    const person = await makePerson(organisation);
    const visitor = visitorAt(organisation, { address: '198.51.100.8' });
    for (let round = 0; round < 2; round++) {
      const attempt = await identify(visitor, person.email);
      for (let wrong = 0; wrong < 9; wrong++) {
        expect(await refusalOf(submitPassword(visitor, { attempt, password: WRONG }))).toBe('sign-in.wrong-password');
      }
      expect(await refusalOf(submitPassword(visitor, { attempt, password: person.password }))).toBe('done');
    }
  });

  it('SIGN-4 fifty from one address, for whomever; the fifty-first waits, elsewhere nobody does', async () => {
    const here = { address: '2001:db8:7::1' };
    const people = await Promise.all(
      Array.from({ length: 7 }, async (_, index) => {
        const visitor = visitorAt(organisation, here);
        return { visitor, attempt: await identify(visitor, `inconnu${index}@erables.test`) };
      }),
    );
    const outcomes = await Promise.all(
      Array.from({ length: 63 }, (_, index) => {
        const { visitor, attempt } = people[index % people.length]!;
        return refusalOf(submitPassword(visitor, { attempt, password: WRONG }));
      }),
    );
    expect(tally(outcomes)).toEqual({ 'sign-in.wrong-password': 50, 'sign-in.throttled': 13 });
    const person = await makePerson(organisation);
    // One household has a whole /64: another address of it is the same place.
    expect(await refusalOf(enterPassword(visitorAt(organisation, { address: '2001:db8:7::2' }), person))).toBe(
      'sign-in.throttled',
    );
    expect(await refusalOf(enterPassword(visitorAt(organisation, { address: '2001:db8:8::1' }), person))).toBe('done');
  });

  it('SIGN-4 suspended, invited and deactivated get the sentence of a wrong password, with the right one too', async () => {
    const spoil = [
      (id: string) => database.owner`update accounts set status = 'suspended' where id = ${id}`,
      (id: string) => database.owner`update accounts set status = 'invited' where id = ${id}`,
    ];
    for (const change of spoil) {
      const person = await makePerson(organisation);
      await change(person.id);
      expect(await refusalOf(enterPassword(visitorAt(organisation, { address: null }), person))).toBe(
        'sign-in.wrong-password',
      );
      expect(await sessionsOf(person.id)).toBe(0);
    }
    const closed = await makeOrganisation();
    const person = await makePerson(closed);
    await database.owner`update authenticators set active = false where organisation_id = ${closed.id}`;
    expect(await refusalOf(enterPassword(visitorAt(closed), person))).toBe('sign-in.wrong-password');
  });

  async function failHundredTimes(purpose: 'password' | 'code', accountId: string): Promise<void> {
    const subject = { kind: 'account', accountId } as const;
    for (let window = 0; window < 10; window++) {
      await inOrganisation({ organisation }, async (transaction) => {
        for (let wrong = 0; wrong < 10; wrong++) expect(await claimTry(transaction, purpose, [subject])).toBe(0);
      });
      await database.owner`
        update throttles set window_started_at = window_started_at - interval '16 minutes', blocked_until = null
        where consecutive_failures >= 10`;
    }
  }
});

describe('SIGN-3 attempts', () => {
  it('SIGN-3 are used up once: of ten right passwords at once one opens a session', async () => {
    const person = await makePerson(organisation);
    const visitor = await knownBrowser(person.id);
    const attempt = await identify(visitor, person.email);
    const outcomes = await Promise.all(
      Array.from({ length: 10 }, () => refusalOf(submitPassword(visitor, { attempt, password: person.password }))),
    );
    expect(tally(outcomes)).toEqual({ done: 1, 'sign-in.expired': 9 });
    expect(await sessionsOf(person.id)).toBe(1);
    expect(await refusalOf(submitPassword(visitor, { attempt, password: person.password }))).toBe('sign-in.expired');
    expect(await findCurrentAttempt(visitor)).toBeNull();
  });

  it('SIGN-3 belong to their browser: an id is worth nothing in another one', async () => {
    const person = await makeEnrolledPerson(organisation);
    const owner = visitorAt(organisation);
    const { attempt } = await enterPassword(owner, person);
    const code = await codeOf(person.secret);
    for (const thief of [visitorAt(organisation), visitorAt(organisation, { browserToken: null })]) {
      expect(await refusalOf(submitPassword(thief, { attempt, password: person.password }))).toBe('sign-in.expired');
      expect(await refusalOf(submitCode(thief, { attempt, code, trustDevice: false }))).toBe('sign-in.expired');
      expect(await findCurrentAttempt(thief)).toBeNull();
    }
    expect(await refusalOf(submitCode(owner, { attempt, code, trustDevice: false }))).toBe('done');
  });

  it('SIGN-3 ACC-6 belong to their organisation, even in the same browser', async () => {
    const other = await makeOrganisation();
    const person = await makePerson(organisation);
    const visitor = visitorAt(organisation);
    const attempt = await identify(visitor, person.email);
    const there = { ...visitor, organisation: other };
    expect(await refusalOf(submitPassword(there, { attempt, password: person.password }))).toBe('sign-in.expired');
    expect(await findCurrentAttempt(there)).toBeNull();
  });

  it('SIGN-3 last ten minutes, and sixty once enrolment is what comes next', async () => {
    const strict = await makeOrganisation({ internalMFA: 'mandatory' });
    const person = await makePerson(strict);
    const minutesLeft = async (attempt: string) => {
      const [row] = await database.owner`
        select round(extract(epoch from expires_at - now()) / 60)::int as minutes from sign_in_attempts where id = ${attempt}`;
      return row!['minutes'] as number;
    };
    const visitor = visitorAt(strict);
    const attempt = await identify(visitor, person.email);
    expect(await minutesLeft(attempt)).toBe(10);
    keepCookies(visitor, await submitPassword(visitor, { attempt, password: person.password }));
    expect(await minutesLeft(attempt)).toBe(60);

    const late = visitorAt(strict);
    const expired = await identify(late, person.email);
    await database.owner`update sign_in_attempts set expires_at = now() where id = ${expired}`;
    expect(await findCurrentAttempt(late)).toBeNull();
    expect(await refusalOf(submitPassword(late, { attempt: expired, password: person.password }))).toBe(
      'sign-in.expired',
    );
  });

  it('SIGN-3 an attempt that ran out while a code was typed opens nothing', async () => {
    const person = await makeEnrolledPerson(organisation);
    const visitor = visitorAt(organisation);
    const { attempt } = await enterPassword(visitor, person);
    await database.owner`update sign_in_attempts set expires_at = now() where id = ${attempt}`;
    const code = await codeOf(person.secret);
    expect(await refusalOf(submitCode(visitor, { attempt, code, trustDevice: false }))).toBe('sign-in.expired');
    expect(await sessionsOf(person.id)).toBe(0);
  });

  it('SIGN-3 after five wrong codes the password is asked again', async () => {
    const person = await makeEnrolledPerson(organisation);
    const visitor = await knownBrowser(person.id);
    const { attempt } = await enterPassword(visitor, person);
    const code = await wrongCodeOf(person.secret);
    const outcomes = [];
    for (let wrong = 0; wrong < 6; wrong++) {
      outcomes.push(await refusalOf(submitCode(visitor, { attempt, code, trustDevice: false })));
    }
    expect(outcomes).toEqual([...Array<string>(5).fill('code.wrong'), 'sign-in.too-many-codes']);
    expect((await findCurrentAttempt(visitor))?.step).toBe('password');
    expect(
      await refusalOf(submitCode(visitor, { attempt, code: await codeOf(person.secret), trustDevice: false })),
    ).toBe('sign-in.expired');
    keepCookies(visitor, await submitPassword(visitor, { attempt, password: person.password }));
    expect(
      (await submitCode(visitor, { attempt, code: await codeOf(person.secret), trustDevice: false })).session,
    ).toBeDefined();
    expect(await eventsOf(person.id, 'sign-in.code')).toEqual({
      'failure code.wrong': 5,
      'refused too-many': 1,
      success: 1,
    });
  });

  it('SIGN-3 what can’t be a code costs no try', async () => {
    const person = await makeEnrolledPerson(organisation);
    const visitor = await knownBrowser(person.id);
    const { attempt } = await enterPassword(visitor, person);
    for (const code of ['', '12345', 'abcdef', '1234567']) {
      for (let again = 0; again < 4; again++) {
        expect(await refusalOf(submitCode(visitor, { attempt, code, trustDevice: false }))).toBe('code.wrong');
      }
    }
    expect(
      await refusalOf(submitCode(visitor, { attempt, code: await codeOf(person.secret), trustDevice: false })),
    ).toBe('done');
  });
});

describe('AUTH-2 a password that somebody else chose', () => {
  const CHOSEN = 'Une longue phrase à soi';

  /** Somebody at the step of choosing a new password. */
  async function choosing(person: Person): Promise<{ visitor: Visitor; attempt: string }> {
    await database.owner`update passwords set must_change = true where account_id = ${person.id}`;
    const visitor = visitorAt(organisation);
    const { attempt, outcome } = await enterPassword(visitor, person);
    expect(outcome).toMatchObject({ next: `/${organisation.slug}/sign-in/new-password` });
    return { visitor, attempt };
  }

  it('AUTH-2 is changed before a session exists; afterwards it opens nothing and earlier sessions have ended', async () => {
    const person = await makePerson(organisation);
    const earlier = (await enterPassword(visitorAt(organisation), person)).outcome.session!;
    const { visitor, attempt } = await choosing(person);
    expect((await findCurrentAttempt(visitor))?.step).toBe('change-password');
    const { session } = await submitNewPassword(visitor, { attempt, password: CHOSEN });
    expect(await findOpenSession(hashToken(session!.token))).not.toBeNull();
    expect(await findOpenSession(hashToken(earlier.token))).toBeNull();
    expect(await refusalOf(enterPassword(visitorAt(organisation), person))).toBe('sign-in.wrong-password');
    const again = await enterPassword(visitorAt(organisation), { ...person, password: CHOSEN });
    expect(again.outcome.session).toBeDefined();
  });

  it('AUTH-2 MFA-5 with it end other sign-ins under way and the trust in devices of this person, and of nobody else', async () => {
    const [person, neighbour] = [await makeEnrolledPerson(organisation), await makePerson(organisation)];
    const trusted = await knownBrowser(person.id);
    await database.owner`
      update devices set trusted_until = now() + interval '1 hour' where account_id = ${person.id}`;
    const [begun, beside] = [visitorAt(organisation), visitorAt(organisation)];
    await identify(begun, person.email);
    await identify(beside, neighbour.email);
    const visitor = visitorAt(organisation);
    await database.owner`update passwords set must_change = true where account_id = ${person.id}`;
    const { attempt } = await enterPassword(visitor, person);
    keepCookies(visitor, await submitCode(visitor, { attempt, code: await codeOf(person.secret), trustDevice: false }));
    const { session } = await submitNewPassword(visitor, { attempt, password: CHOSEN });
    expect(await findOpenSession(hashToken(session!.token))).not.toBeNull();
    expect(await findCurrentAttempt(begun)).toBeNull();
    expect(await findCurrentAttempt(beside)).not.toBeNull();
    const devices = await database.owner`
      select trusted_until from devices
      where account_id = ${person.id} and token_hash = ${hashToken(trusted.deviceToken!)}`;
    expect(devices).toEqual([{ trusted_until: null }]);
  });

  it('AUTH-2 can’t be kept, nor replaced by one that the rules refuse', async () => {
    const person = await makePerson(organisation);
    const choice = await choosing(person);
    const submitted = (password: string) =>
      refusalOf(submitNewPassword(choice.visitor, { attempt: choice.attempt, password }));
    expect(await submitted(person.password)).toBe('password.same');
    expect(await submitted('trop court')).toBe('password.too-short');
    expect(await submitted(`Bien assez long, ${person.username}`)).toBe('password.contains');
    expect(await sessionsOf(person.id)).toBe(0);
    expect(await submitted(CHOSEN)).toBe('done');
  });

  it('AUTH-2 is not changed before the second factor was proved, nor by whoever was not asked to', async () => {
    const enrolled = await makeEnrolledPerson(organisation);
    await database.owner`update passwords set must_change = true where account_id = ${enrolled.id}`;
    const visitor = visitorAt(organisation);
    const { attempt, outcome } = await enterPassword(visitor, enrolled);
    expect(outcome.next).toMatch(/verify$/);
    const change = () => submitNewPassword(visitor, { attempt, password: CHOSEN });
    expect(await refusalOf(change())).toBe('sign-in.expired');
    const code = await codeOf(enrolled.secret);
    const next = await submitCode(visitor, { attempt, code, trustDevice: false });
    expect(next).toMatchObject({ next: `/${organisation.slug}/sign-in/new-password` });
    const session = await findOpenSession(hashToken((await change()).session!.token));
    expect(session?.facts.proofs.factorAt).toBeInstanceOf(Date);

    const person = await makePerson(organisation);
    const begun = visitorAt(organisation);
    const own = await identify(begun, person.email);
    expect(await refusalOf(submitNewPassword(begun, { attempt: own, password: CHOSEN }))).toBe('sign-in.expired');
  });

  it('SIGN-3 of many choices at once one counts: it is the password, and its session lives', async () => {
    const person = await makePerson(organisation);
    const { visitor, attempt } = await choosing(person);
    const choices = Array.from({ length: 6 }, (_, index) => `${CHOSEN} ${index}`);
    const outcomes = await Promise.allSettled(
      choices.map((password) => submitNewPassword(visitor, { attempt, password })),
    );
    const winner = outcomes.findIndex(({ status }) => status === 'fulfilled');
    const [opened] = outcomes.flatMap((outcome) => (outcome.status === 'fulfilled' ? [outcome.value.session!] : []));
    expect(outcomes.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
    expect(await findOpenSession(hashToken(opened!.token))).not.toBeNull();
    const { outcome } = await enterPassword(visitorAt(organisation), { ...person, password: choices[winner]! });
    expect(outcome.session).toBeDefined();
  });
});

describe('SAFE-1 hashing', () => {
  it('SAFE-1 a hash made with less is renewed by a sign-in, and the password stays the same', async () => {
    const person = await makePerson(organisation);
    const weak = await hash(person.password, {
      algorithm: 2 as Algorithm.Argon2id,
      memoryCost: 8_192,
      timeCost: 1,
      parallelism: 1,
      secret: pepper(),
    });
    await database.owner`update passwords set hash = ${weak} where account_id = ${person.id}`;
    const stored = async () => {
      const [row] = await database.owner`select hash, changed_at from passwords where account_id = ${person.id}`;
      return { hash: row!['hash'] as string, changedAt: String(row!['changed_at']) };
    };
    const before = await stored();
    expect(await refusalOf(enterPassword(visitorAt(organisation), { ...person, password: WRONG }))).toBe(
      'sign-in.wrong-password',
    );
    expect(await stored()).toEqual(before);
    expect(await refusalOf(enterPassword(visitorAt(organisation), person))).toBe('done');
    const after = await stored();
    expect(after.hash).toMatch(/^\$argon2id\$v=19\$m=19456,t=2,p=1\$/);
    expect(after.changedAt).toBe(before.changedAt);
    expect(await refusalOf(enterPassword(visitorAt(organisation), person))).toBe('done');
    expect((await stored()).hash).toBe(after.hash);
  });
});

describe('SAFE-3 a password that is changed while it is being compared', () => {
  /** Between the comparison of the next password and what follows from it. */
  const meanwhile = (work: () => Promise<unknown>) =>
    hashLookedAt.mockImplementationOnce(async (stored, password) => {
      const { verifyPassword } = await vi.importActual<typeof hashing>('@/lib/passwords/hash');
      const fits = await verifyPassword(stored, password);
      await work();
      return fits;
    });

  it('SAFE-3 opens nothing, and a renewal of its hash does not bring it back', async () => {
    const person = await makePerson(organisation);
    const next = await hashing.hashPassword('Un tout autre mot de passe');
    const weak = await hash(person.password, { memoryCost: 8_192, timeCost: 1, parallelism: 1, secret: pepper() });
    await database.owner`update passwords set hash = ${weak} where account_id = ${person.id}`;
    meanwhile(() => database.owner`update passwords set hash = ${next} where account_id = ${person.id}`);
    expect(await refusalOf(enterPassword(visitorAt(organisation), person))).toBe('sign-in.expired');
    expect(await sessionsOf(person.id)).toBe(0);
    const [row] = await database.owner`select hash from passwords where account_id = ${person.id}`;
    expect(row!['hash']).toBe(next);
  });

  it('SAFE-3 a change that is under way is waited for: it ends the session, or the session is refused', async () => {
    for (let round = 0; round < 6; round++) {
      const person = await makePerson(organisation);
      const next = await hashing.hashPassword('Un tout autre mot de passe');
      let change: Promise<unknown> | undefined;
      meanwhile(async () => {
        // As a change of password does it: first the password, then the sessions.
        change = database.owner.begin(async (sql) => {
          await sql`update passwords set hash = ${next} where account_id = ${person.id}`;
          await sql`select pg_sleep(${round / 100})`;
          await sql`delete from sessions where account_id = ${person.id}`;
        });
      });
      await refusalOf(enterPassword(visitorAt(organisation), person));
      await change;
      expect(await sessionsOf(person.id)).toBe(0);
    }
  });
});

describe('SAFE-3 the session that a sign-in opens', () => {
  it('SAFE-3 replaces the one that this browser had, and leaves those of other browsers', async () => {
    const person = await makePerson(organisation);
    const elsewhere = (await enterPassword(visitorAt(organisation), person)).outcome.session!;
    const browser = visitorAt(organisation);
    const first = (await enterPassword(browser, person)).outcome.session!;
    const returning = visitorAt(organisation, { sessionToken: first.token, deviceToken: first.deviceToken });
    const second = (await enterPassword(returning, person)).outcome.session!;
    expect(second.token).not.toBe(first.token);
    // The browser is the same device under a new name: one that somebody planted is worth nothing afterwards.
    expect(second.deviceToken).not.toBe(first.deviceToken);
    const known = await database.owner`select token_hash from devices where account_id = ${person.id}`;
    expect(known).toHaveLength(2);
    expect(known.some((row) => hashToken(first.deviceToken).equals(row['token_hash'] as Buffer))).toBe(false);
    expect(await findOpenSession(hashToken(first.token))).toBeNull();
    expect(await findOpenSession(hashToken(second.token))).not.toBeNull();
    expect(await findOpenSession(hashToken(elsewhere.token))).not.toBeNull();
  });

  it('SIGN-3 a name that the browser had before the password is worth nothing after it', async () => {
    const enrolled = await makeEnrolledPerson(organisation);
    const victim = visitorAt(organisation);
    const attempt = await identify(victim, enrolled.email);
    const planted = { ...victim };
    keepCookies(victim, await submitPassword(victim, { attempt, password: enrolled.password }));
    expect((await findCurrentAttempt(victim))?.step).toBe('challenge');
    expect(await findCurrentAttempt(planted)).toBeNull();
    const code = await codeOf(enrolled.secret);
    expect(await refusalOf(submitCode(planted, { attempt, code, trustDevice: false }))).toBe('sign-in.expired');
    expect(await refusalOf(submitCode(victim, { attempt, code, trustDevice: false }))).toBe('done');
  });

  it('SIGN-3 a changed password ends what was begun with the old one', async () => {
    const person = await makePerson(organisation);
    const stranger = visitorAt(organisation);
    await setMfa('mandatory');
    await enterPassword(stranger, person);
    expect((await findCurrentAttempt(stranger))?.step).toBe('enrol');
    await setMfa('on-demand');
    const owner = visitorAt(organisation);
    const { outcome } = await enterPassword(owner, person);
    const actor = await actorOf(outcome.session!.token);
    await changeOwnPassword(actor, { current: person.password, next: 'Une tout autre phrase, longue', code: null });
    expect(await findCurrentAttempt(stranger)).toBeNull();
  });
});
