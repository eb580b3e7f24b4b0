import { createHmac } from 'node:crypto';
import { beforeAll, describe, expect, it } from 'vitest';
import { actorOfToken, openSessionOf, signedInPerson } from '@/e2e/fixtures/actors';
import { useDatabase } from '@/e2e/fixtures/database';
import {
  actorWith,
  codeOf,
  enterPassword,
  holderOf,
  keepCookies,
  makeEnrolledPerson,
  makeOrganisation,
  makePerson,
  refusalOf,
  signInWithCode,
  tally,
  visitorAt,
  wrongCodeOf,
  type EnrolledPerson,
} from '@/e2e/fixtures/people';
import type { Actor } from '@/lib/actors/model';
import { sealer } from '@/lib/crypto/keys';
import { hashToken } from '@/lib/crypto/tokens';
import { inOrganisation } from '@/lib/db/in-organisation';
import { endTrust } from '@/lib/device-approval/service';
import { endOwnDeviceTrust } from '@/lib/devices/service';
import { confirmCard, confirmEnrolment, confirmToken } from '@/lib/enrolment/confirm';
import type { EnrolmentHolder } from '@/lib/enrolment/holder';
import { FACTORS_MAX } from '@/lib/enrolment/model';
import { beginEnrolment, chooseMethod, findEnrolment, offeredMethods } from '@/lib/enrolment/service';
import { setOption, settingsOf } from '@/lib/options/service';
import type { Organisation } from '@/lib/organisations/model';
import { changeOwnPassword } from '@/lib/passwords/service';
import { FACTOR_KINDS, type FactorKind, type Facts } from '@/lib/policy/decision';
import { resetAccount, revokeRecoveryCodes } from '@/lib/resets/service';
import { findOpenSession } from '@/lib/sessions/store';
import { listChallengeFactors } from '@/lib/sign-in/model';
import { findCurrentAttempt, submitCode, submitRecoveryCode } from '@/lib/sign-in/service';
import {
  assignTokenTo,
  checkTokenFile,
  importTokens,
  listTokens,
  registerToken,
  removeToken,
  takeTokenBack,
  viewTokenImport,
} from '@/lib/tokens/service';
import { waysOf } from './model';
import { removeOwnFactor, renameOwnFactor } from './service';
import { insertFactor } from './store';
import { newTotpSecret } from './totp';
import { factorSecretContext } from './verify';

const database = useDatabase();

let organisation: Organisation;
beforeAll(async () => {
  database.useTwoInstances();
  organisation = await makeOrganisation({ internalMFA: 'mandatory', mfaRememberDeviceDays: '30' });
});

const SEED_BYTES = Buffer.from('12345678901234567890');
const SEED = 'GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ';

/** RFC 4226 §5.3, written out. */
function hotp(counter: number, key: Uint8Array = SEED_BYTES): string {
  const message = Buffer.alloc(8);
  message.writeBigUInt64BE(BigInt(counter));
  const mac = createHmac('sha1', key).update(message).digest();
  return String((mac.readUInt32BE(mac[19]! & 15) & 0x7fffffff) % 1_000_000).padStart(6, '0');
}

/** RFC 4648 §6, written out. */
function bytesOf(base32: string): Buffer {
  const bits = [...base32].map((letter) =>
    'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567'.indexOf(letter).toString(2).padStart(5, '0'),
  );
  return Buffer.from(
    bits
      .join('')
      .match(/.{8}/g)!
      .map((byte) => parseInt(byte, 2)),
  );
}

const AUTHENTICATOR: Facts['authenticator'] = {
  type: 'system',
  active: true,
  mfaRequired: false,
  factorKinds: FACTOR_KINDS,
  externalMfa: 'trust',
};

/** An enrolment in My account of somebody who has just proved a factor. */
const ownHolder = (actor: Actor, given: Partial<EnrolmentHolder> = {}): EnrolmentHolder => ({
  actor,
  organisation: actor.organisation,
  accountId: actor.account.id,
  label: actor.account.email,
  anchor: { sessionId: actor.sessionId },
  allowedKinds: FACTOR_KINDS,
  factorProved: actor.proofs.factorAt !== null,
  ...given,
});

/** Somebody with a factor of their own, proved a moment ago. */
const withFactor = (actor: Actor): Actor => ({
  ...actor,
  account: { ...actor.account, factorKinds: ['totp'] },
  proofs: { ...actor.proofs, factorAt: actor.now },
});

async function plant(accountId: string, kind: FactorKind = 'totp', nextCounter: number | null = null): Promise<string> {
  const id = crypto.randomUUID();
  const secret = kind === 'hotp' ? SEED : newTotpSecret();
  await inOrganisation({ organisation }, (transaction) =>
    insertFactor(transaction, {
      id,
      organisationId: organisation.id,
      accountId,
      kind,
      name: `Autre ${id.slice(0, 4)}`,
      secretSealed: kind === 'card' ? null : sealer().seal(secret, factorSecretContext(accountId, id)),
      nextCounter,
    }),
  );
  return id;
}

const count = async (accountId: string) => {
  const [row] = await database.owner`
    select (select count(*) from factors where account_id = ${accountId})::int as factors,
      (select count(*) from recovery_codes where account_id = ${accountId} and used_at is null)::int as codes`;
  return { ...row };
};

const add = async (holder: EnrolmentHolder) => {
  await beginEnrolment(holder);
  await chooseMethod(holder, { method: 'app' });
  const { secret } = (await findEnrolment(holder))!;
  return confirmEnrolment(holder, await codeOf(secret!), async () => true);
};

const signedIn = async (person: EnrolledPerson) => actorWith(await signInWithCode(organisation, person));

describe('SELF-1 several factors', () => {
  it('SELF-1 a second app stands beside the first, under a name of its own; the recovery codes stay', async () => {
    const person = await makeEnrolledPerson(organisation);
    const actor = await signedIn(person);
    const holder = ownHolder(actor);
    expect(await add(holder)).toBe(true);
    expect(await count(person.id)).toEqual({ factors: 2, codes: 10 });
    expect((await findEnrolment(holder))?.recoveryCodes).toBeNull();
    // « Ajouter une autre méthode », in the same sitting: another key, and a name that differs.
    await chooseMethod(holder, { method: 'app' });
    const { secret } = (await findEnrolment(holder))!;
    await confirmEnrolment(holder, await codeOf(secret!), async () => true);
    const names = await database.owner`select name from factors where account_id = ${person.id} order by created_at`;
    expect(new Set(names.map(({ name }) => name as string))).toHaveLength(3);
    // Each of them signs in, also on two instances; a code of one is used up for it alone.
    const visitor = visitorAt(organisation);
    const { attempt } = await enterPassword(visitor, person);
    const code = await codeOf(secret!, 1);
    expect((await submitCode(visitor, { attempt, code, trustDevice: false })).session).toBeDefined();
  });

  it('SELF-1 five at most, exactly, under a burst over two instances', async () => {
    const person = await makeEnrolledPerson(organisation);
    await plant(person.id);
    await plant(person.id);
    const actors = await Promise.all(
      Array.from({ length: 6 }, async () => actorOfToken(await openSessionOf(organisation, person.id))),
    );
    const holders = actors.map((actor) => ownHolder(actor, { factorProved: true }));
    await Promise.all(holders.map((holder) => beginEnrolment(holder)));
    const codes = await Promise.all(holders.map(async (holder) => codeOf((await findEnrolment(holder))!.secret!)));
    const outcomes = await Promise.all(
      holders.map((holder, index) => refusalOf(confirmEnrolment(holder, codes[index]!, async () => true))),
    );
    expect(tally(outcomes)).toEqual({ done: 2, 'factor.too-many': 4 });
    expect((await count(person.id))['factors']).toBe(FACTORS_MAX);
  });

  it('SELF-1 where one is demanded the last one stays, also of two that are removed at once', async () => {
    const person = await makeEnrolledPerson(organisation);
    const other = await plant(person.id);
    const actor = await signedIn(person);
    const settings = await settingsOf(organisation);
    const remove = (factorId: string) => removeOwnFactor(actor, settings, AUTHENTICATOR, { factorId, code: '' });
    const outcomes = await Promise.all([refusalOf(remove(person.factorId)), refusalOf(remove(other))]);
    expect(outcomes.sort()).toEqual(['done', 'factor.last']);
    expect(await count(person.id)).toEqual({ factors: 1, codes: 10 });
  });

  it('SAFE-3 a removal gives its session a new token and ends the others; several at once wait in no circle', async () => {
    const settings = await settingsOf(organisation);
    const waited: number[] = [];
    for (let round = 0; round < 5; round++) {
      const person = await makeEnrolledPerson(organisation);
      const [one, two, three] = [await plant(person.id), await plant(person.id), await plant(person.id)];
      const tokens = [await signInWithCode(organisation, person), await openSessionOf(organisation, person.id)];
      const [here, there] = [await actorWith(tokens[0]!), await actorWith(tokens[1]!)];
      const began = performance.now();
      // Twice in one session, once in another: whoever comes first ends the others of the other session.
      const outcomes = await Promise.all([
        refusalOf(removeOwnFactor(here, settings, AUTHENTICATOR, { factorId: one, code: '' })),
        refusalOf(removeOwnFactor(here, settings, AUTHENTICATOR, { factorId: two, code: '' })),
        refusalOf(removeOwnFactor(withFactor(there), settings, AUTHENTICATOR, { factorId: three, code: '' })),
      ]);
      waited.push(performance.now() - began);
      expect([
        { done: 1, 'session.missing': 2 },
        { done: 2, 'session.missing': 1 },
      ]).toContainEqual(tally(outcomes));
      for (const token of tokens) expect(await findOpenSession(hashToken(token)), 'no old token is left').toBeNull();
      const [{ n }] = (await database.owner`
        select count(*)::int as n from sessions where account_id = ${person.id}`) as unknown as [{ n: number }];
      expect(n).toBe(1);
    }
    // PostgreSQL looks for a circle after a second: a lock that was taken the wrong way round would cost that each time.
    expect(waited.toSorted((a, b) => a - b)[2]).toBeLessThan(1000);
  });

  it('SELF-1 nobody names or removes somebody else’s, and an old proof asks for a code', async () => {
    const [person, other] = [await makeEnrolledPerson(organisation), await makeEnrolledPerson(organisation)];
    await plant(person.id);
    const actor = await signedIn(person);
    const settings = await settingsOf(organisation);
    expect(await refusalOf(renameOwnFactor(actor, other.factorId, 'x'))).toBe('not-found');
    const remove = (given: Actor, factorId: string) =>
      refusalOf(removeOwnFactor(given, settings, AUTHENTICATOR, { factorId, code: '' }));
    expect(await remove(actor, other.factorId)).toBe('not-found');
    const stale = { ...actor, proofs: { ...actor.proofs, factorAt: new Date(actor.now.getTime() - 700_000) } };
    expect(await remove(stale, person.factorId)).toBe('proof.code-missing');
    expect((await count(person.id))['factors']).toBe(2);
  });

  it('ENROL-6 without a proof of the first factor nobody adds a second', async () => {
    const person = await makeEnrolledPerson(organisation);
    const actor = await signedIn(person);
    expect(await refusalOf(add(ownHolder(actor, { factorProved: false })))).toBe('mfa.already-on');
    expect((await count(person.id))['factors']).toBe(1);
  });

  it('AUTH-3 the kinds that are allowed decide what is offered, and what is taken at the door', async () => {
    const person = await makeEnrolledPerson(organisation);
    const counter = await plant(person.id, 'hotp', 0);
    const [{ id: authenticatorId }] = (await database.owner`
      insert into authenticators (organisation_id, name, type, factor_kinds)
      values (${organisation.id}, 'Compteurs', 'system', '{hotp}') returning id`) as unknown as [{ id: string }];
    await database.owner`update accounts set authenticator_id = ${authenticatorId} where id = ${person.id}`;
    const visitor = visitorAt(organisation);
    const { attempt } = await enterPassword(visitor, person);
    expect(listChallengeFactors((await findCurrentAttempt(visitor))!).map(({ id }) => id)).toEqual([counter]);
    const type = (code: string) => refusalOf(submitCode(visitor, { attempt, code, trustDevice: false }));
    expect(await type(await codeOf(person.secret))).toBe('code.wrong');
    expect(await type(hotp(0))).toBe('done');

    const newcomer = await makePerson(organisation);
    const door = visitorAt(organisation);
    const entered = await enterPassword(door, newcomer);
    const holder = holderOf(door, newcomer, entered.attempt, { allowedKinds: ['passkey'] });
    await beginEnrolment(holder);
    expect((await offeredMethods(holder)).methods).not.toContain('app');
    expect(await refusalOf(chooseMethod(holder, { method: 'app' }))).toBe('enrolment.method');
    const code = await codeOf((await findEnrolment(holder))!.secret!);
    expect(await refusalOf(confirmEnrolment(holder, code, async () => true))).toBe('enrolment.method');
  });
});

describe('AUTH-3 a kind that is no longer allowed', () => {
  /** Moves somebody to an authenticator that allows these kinds alone. */
  async function allowOnly(accountId: string, kinds: readonly FactorKind[]) {
    await database.owner`
      with made as (insert into authenticators (organisation_id, name, type, factor_kinds)
        values (${organisation.id}, ${`Que ${crypto.randomUUID()}`}, 'system', ${kinds as string[]}) returning id)
      update accounts set authenticator_id = made.id from made where accounts.id = ${accountId}`;
  }

  it('AUTH-3 ENROL-8 is proved once more, and goes when its replacement, a counter in an app, is confirmed', async () => {
    const person = await makeEnrolledPerson(organisation);
    const other = await plant(person.id);
    await allowOnly(person.id, ['hotp']);
    const visitor = visitorAt(organisation);
    const { attempt, outcome } = await enterPassword(visitor, person);
    expect(outcome.next).toMatch(/verify$/);
    const alone = holderOf(visitor, person, attempt, { allowedKinds: ['hotp'] });
    expect(await refusalOf(add(alone)), 'a password alone replaces nothing').toBe('code.wrong');

    const proved = await submitCode(visitor, { attempt, code: await codeOf(person.secret), trustDevice: false });
    keepCookies(visitor, proved);
    expect(proved.session).toBeUndefined();
    expect(proved.next).toMatch(/enrol$/);
    const standing = (await findCurrentAttempt(visitor))!;
    expect(standing).toMatchObject({ step: 'enrol', person: { replaces: 'mfa.kind-not-allowed', factorProved: true } });

    const holder = holderOf(visitor, person, standing.id, { allowedKinds: ['hotp'], factorProved: true });
    await beginEnrolment(holder);
    expect((await offeredMethods(holder)).methods).toEqual(['app']);
    await chooseMethod(holder, { method: 'app' });
    const { kind, otpauthUri, secret } = (await findEnrolment(holder))!;
    expect(kind).toBe('hotp');
    expect(otpauthUri).toMatch(/^otpauth:\/\/hotp\/.*counter=0/);
    const key = bytesOf(secret!);
    expect(await refusalOf(confirmEnrolment(holder, hotp(9, key), async () => true)), 'too far ahead').toBe(
      'code.wrong',
    );
    expect(await refusalOf(confirmEnrolment(holder, hotp(1, key), async () => true))).toBe('done');

    const rows = await database.owner`select kind, next_counter::int as n from factors where account_id = ${person.id}`;
    expect(rows.map((row) => ({ ...row }))).toEqual([{ kind: 'hotp', n: 2 }]);
    expect((await count(person.id))['codes'], 'recovery codes stay').toBe(10);
    const [event] = await database.owner`
      select details from audit_events where subject_id = ${person.id} and action = 'mfa.enrolment-confirm'
      and outcome = 'success'`;
    expect([...event!['details'].replaced].sort()).toEqual([person.factorId, other].sort());

    // From now on its counter opens the door: the value that confirmed it does not, the next one does.
    const door = visitorAt(organisation);
    const entered = await enterPassword(door, person);
    const type = (code: string) => refusalOf(submitCode(door, { attempt: entered.attempt, code, trustDevice: false }));
    expect(await type(hotp(1, key))).toBe('code.reused');
    expect(await type(hotp(2, key))).toBe('done');
  });

  it('AUTH-3 stays beside what is added where something of it is still allowed, and proves nothing', async () => {
    const person = await makeEnrolledPerson(organisation);
    const counter = await plant(person.id, 'hotp', 0);
    await allowOnly(person.id, ['hotp']);
    const actor = await actorOfToken(await openSessionOf(organisation, person.id));
    const holder = ownHolder(actor, { allowedKinds: ['hotp'], factorProved: true });
    await beginEnrolment(holder);
    await chooseMethod(holder, { method: 'app' });
    const key = bytesOf((await findEnrolment(holder))!.secret!);
    await confirmEnrolment(holder, hotp(0, key), async () => true);
    expect((await count(person.id))['factors']).toBe(3);
    const visitor = visitorAt(organisation);
    await enterPassword(visitor, person);
    const ways = listChallengeFactors((await findCurrentAttempt(visitor))!).map(({ id }) => id);
    expect(ways).toContain(counter);
    expect(ways).not.toContain(person.factorId);
  });
});

describe('ENROL-8 counters at the door', () => {
  const waiting = async (person: EnrolledPerson) => {
    const visitor = visitorAt(organisation);
    const { attempt } = await enterPassword(visitor, person);
    return (code: string, following: string | null = null) =>
      refusalOf(submitCode(visitor, { attempt, code, following, trustDevice: false }));
  };

  it('ENROL-8 six values are taken, none before and none after; of nine at once on two instances one is', async () => {
    const person = await makeEnrolledPerson(organisation);
    const factorId = await plant(person.id, 'hotp', 10);
    expect(await (await waiting(person))(hotp(16))).toBe('code.wrong');
    expect(await (await waiting(person))(hotp(9))).toBe('code.reused');
    expect(await (await waiting(person))(hotp(8))).toBe('code.wrong');
    await database.owner`delete from throttles`;
    const doors = await Promise.all(Array.from({ length: 9 }, () => waiting(person)));
    expect(tally(await Promise.all(doors.map((type) => type(hotp(15)))))).toEqual({ done: 1, 'code.reused': 8 });
    const [row] = await database.owner`select next_counter::int as n from factors where id = ${factorId}`;
    expect(row!['n']).toBe(16);
  });

  it('ENROL-8 two codes in a row within fifty find a token again, count as two tries, and never go back', async () => {
    const person = await makeEnrolledPerson(organisation);
    const factorId = await plant(person.id, 'hotp', 0);
    const type = await waiting(person);
    expect(await type(hotp(40), hotp(42))).toBe('code.wrong');
    const [tried] =
      await database.owner`select code_tries from sign_in_attempts where account_id = ${person.id} order by created_at desc limit 1`;
    expect(tried!['code_tries']).toBe(2);
    expect(await type(hotp(50), hotp(51))).toBe('code.wrong');
    const second = await waiting(person);
    expect(await second(hotp(49), hotp(50))).toBe('done');
    const [row] = await database.owner`select next_counter::int as n from factors where id = ${factorId}`;
    expect(row!['n']).toBe(51);
    await database.owner`delete from throttles`;
    expect(await (await waiting(person))(hotp(49), hotp(50))).toBe('code.wrong');
  });
});

describe('ENROL-8 the register of tokens', () => {
  const given = (serial: string, kind: 'totp' | 'hotp' = 'hotp') => ({
    serial,
    seed: SEED,
    kind,
    counter: '',
  });

  async function newcomerHolder() {
    const person = await makePerson(organisation);
    const visitor = visitorAt(organisation);
    const { attempt } = await enterPassword(visitor, person);
    const holder = holderOf(visitor, person, attempt);
    await beginEnrolment(holder);
    return { person, holder };
  }

  it('ENROL-8 a token is one person’s: of two who type its number and code at once, one has it', async () => {
    const { actor } = await signedInPerson(organisation, 'administrator');
    await registerToken(actor, given('T100'));
    const both = await Promise.all([newcomerHolder(), newcomerHolder()]);
    const typed = { serial: 't-100', code: hotp(2) };
    const outcomes = await Promise.all(
      both.map(async ({ holder }) => {
        await chooseMethod(holder, { method: 'token' });
        return refusalOf(confirmToken(holder, typed, async () => true));
      }),
    );
    expect(outcomes.sort()).toEqual(['done', 'token.wrong']);
    // An unknown number says the same.
    const { holder } = await newcomerHolder();
    expect(await refusalOf(confirmToken(holder, { serial: 'NONE', code: hotp(2) }, async () => true))).toBe(
      'token.wrong',
    );
    const [row] =
      await database.owner`select encode(seed_sealed, 'escape') as sealed from tokens where serial_key = 'T100'`;
    expect(row!['sealed']).not.toContain(SEED);
    expect(JSON.stringify(await listTokens(actor, { after: null, begins: 'T100' }))).not.toContain(SEED);
  });

  it('ENROL-8 taken back, it is no factor any more; the next one starts where the last one stopped', async () => {
    const { actor } = await signedInPerson(organisation, 'administrator');
    await registerToken(actor, given('T200'));
    const { person, holder } = await newcomerHolder();
    await confirmToken(holder, { serial: 'T200', code: hotp(4) }, async () => true);
    const [{ id }] = (await listTokens(actor, { after: null, begins: 'T200' })).tokens as unknown as [{ id: string }];
    expect(await refusalOf(removeToken(actor, id))).toBe('token.assigned');
    const proved = withFactor(actor);
    await takeTokenBack(proved, id, { code: '' });
    expect(await count(person.id)).toEqual({ factors: 0, codes: 0 });
    const next = await newcomerHolder();
    await assignTokenTo(actor, id, next.person.email);
    expect((await offeredMethods(next.holder)).serials).toEqual(['T200']);
    // Somebody else can't have it, and a code that was used is used.
    const thief = await newcomerHolder();
    expect(await refusalOf(confirmToken(thief.holder, { serial: 'T200', code: hotp(5) }, async () => true))).toBe(
      'token.wrong',
    );
    expect(await refusalOf(confirmToken(next.holder, { serial: 'T200', code: hotp(4) }, async () => true))).toBe(
      'token.wrong',
    );
    expect(
      await refusalOf(
        confirmToken(next.holder, { serial: 'T200', code: hotp(30), following: hotp(31) }, async () => true),
      ),
    ).toBe('done');
    const [row] = await database.owner`select next_counter::int as n from factors where account_id = ${next.person.id}`;
    expect(row!['n']).toBe(32);
  });

  it('ENROL-8 ACC-6 a file is checked first, then registered whole, once, and by whoever brought it', async () => {
    const { actor } = await signedInPerson(organisation, 'administrator');
    const stranger = (await signedInPerson(await makeOrganisation(), 'administrator')).actor;
    const bad = await checkTokenFile(actor, new Blob([`serial,seed\nF1,${SEED}\nF1,${SEED}\nF2,short`]));
    expect(await viewTokenImport(actor, bad)).toMatchObject({ ready: 1, wrong: 2 });
    expect(await viewTokenImport(stranger, bad)).toBeNull();
    expect(await refusalOf(importTokens(actor, bad))).toBe('import.not-ready');
    const good = await checkTokenFile(actor, new Blob([`serial,seed,type\nF1,${SEED},hotp\nF2,${SEED},`]));
    expect(JSON.stringify(await viewTokenImport(actor, good))).not.toContain(SEED);
    expect(await refusalOf(importTokens(stranger, good))).toBe('import.expired');
    const outcomes = await Promise.all(Array.from({ length: 5 }, () => refusalOf(importTokens(actor, good))));
    expect(tally(outcomes)).toEqual({ done: 1, 'import.expired': 4 });
    expect((await listTokens(actor, { after: null, begins: 'F' })).tokens).toHaveLength(2);
    expect((await listTokens(stranger, { after: null, begins: null })).tokens).toHaveLength(0);
    const [{ id }] = (await listTokens(actor, { after: null, begins: 'F1' })).tokens as unknown as [{ id: string }];
    expect(await refusalOf(removeToken(stranger, id))).toBe('not-found');
    expect(await refusalOf(registerToken(actor, given('F1')))).toBe('token.serial-taken');
  });
});

describe('ENROL-1 a card for those without a phone', () => {
  it('ENROL-1 counts once one of its codes was typed, which is used up; each sign-in takes another', async () => {
    const person = await makePerson(organisation);
    const visitor = visitorAt(organisation);
    const { attempt } = await enterPassword(visitor, person);
    const holder = holderOf(visitor, person, attempt);
    await beginEnrolment(holder);
    expect((await offeredMethods(holder)).methods).toContain('card');
    await chooseMethod(holder, { method: 'card' });
    const codes = (await findEnrolment(holder))!.recoveryCodes!;
    expect(codes).toHaveLength(20);
    expect(await count(person.id)).toEqual({ factors: 0, codes: 0 });
    await chooseMethod(holder, { method: 'card' });
    expect((await findEnrolment(holder))!.recoveryCodes).toEqual(codes);
    expect(await refusalOf(confirmCard(holder, 'AAAA-AAAA-AAAA-AAAA', async () => true))).toBe('card.wrong');
    await confirmCard(holder, codes[3]!.toLowerCase(), async () => true);
    expect(await count(person.id)).toEqual({ factors: 1, codes: 19 });

    const door = visitorAt(organisation);
    const again = await enterPassword(door, person);
    expect(waysOf(listChallengeFactors((await findCurrentAttempt(door))!))).toEqual(['card']);
    const type = (code: string) => refusalOf(submitRecoveryCode(door, { attempt: again.attempt, code }));
    expect(await type(codes[3]!)).toBe('recovery-code.wrong');
    expect(await type(codes[0]!)).toBe('done');
    expect((await count(person.id))['codes']).toBe(18);

    // Lost: an administrator makes it worthless, and she sets another up.
    const { actor } = await signedInPerson(organisation, 'administrator');
    const proved = withFactor(actor);
    await revokeRecoveryCodes(proved, person.id, { reason: 'Perdue', code: '' });
    expect(await count(person.id)).toEqual({ factors: 0, codes: 0 });
    const later = visitorAt(organisation);
    await enterPassword(later, person);
    expect((await findCurrentAttempt(later))?.step).toBe('enrol');
  });
});

describe('MFA-5 the end of trust in devices', () => {
  async function trusted(at = organisation) {
    const person = await makeEnrolledPerson(at);
    const visitor = visitorAt(at);
    const { attempt } = await enterPassword(visitor, person);
    const { session } = await submitCode(visitor, { attempt, code: await codeOf(person.secret), trustDevice: true });
    const actor = await actorWith(session!.token);
    const isTrusted = async () => {
      const back = visitorAt(at, { deviceToken: session!.deviceToken });
      const outcome = (await enterPassword(back, person)).outcome;
      return outcome.session !== undefined;
    };
    return { person, actor, isTrusted };
  }

  const trustOf = async (accountId: string) => {
    const [row] = await database.owner`
      select count(*)::int as n from devices where account_id = ${accountId} and trusted_until > now()`;
    return row!['n'] as number;
  };

  it('MFA-5 one by one, by its owner and by an administrator; nobody else’s', async () => {
    const one = await trusted();
    expect(await one.isTrusted()).toBe(true);
    const two = await trusted();
    await database.owner`update devices set trusted_until = now() + interval '1 day' where account_id = ${one.person.id}`;
    expect(await refusalOf(endOwnDeviceTrust(two.actor, one.actor.deviceId!))).toBe('not-found');
    await endOwnDeviceTrust(one.actor, one.actor.deviceId!);
    expect(await trustOf(one.person.id)).toBe(0);
    const { actor } = await signedInPerson(organisation, 'administrator');
    await endTrust(actor, two.actor.deviceId!);
    expect(await two.isTrusted()).toBe(false);
    const stranger = (await signedInPerson(await makeOrganisation(), 'administrator')).actor;
    expect(await refusalOf(endTrust(stranger, two.actor.deviceId!))).toBe('not-found');
  });

  it('MFA-5 by a reset, a new password, a removed factor, and by switching MFA for everybody of the kind', async () => {
    const reset = await trusted();
    const { actor } = await signedInPerson(organisation, 'administrator');
    const proved = withFactor(actor);
    await resetAccount(proved, reset.person.id, { reason: 'Perdu', code: '' });
    expect(await trustOf(reset.person.id)).toBe(0);

    const password = await trusted();
    await changeOwnPassword(password.actor, {
      current: password.person.password,
      next: 'Une-Toute-Autre-Phrase-9',
      code: password.person.recoveryCodes[0]!,
    });
    expect(await trustOf(password.person.id)).toBe(0);

    const removed = await trusted();
    const other = await plant(removed.person.id);
    await removeOwnFactor(removed.actor, await settingsOf(organisation), AUTHENTICATOR, { factorId: other, code: '' });
    expect(await trustOf(removed.person.id)).toBe(0);

    const elsewhere = await makeOrganisation({ internalMFA: 'on-demand', mfaRememberDeviceDays: '30' });
    const switched = await trusted(elsewhere);
    await setOption({ kind: 'operator', organisation: elsewhere }, 'internalMFA', 'mandatory');
    expect(await trustOf(switched.person.id)).toBe(1);
    await setOption({ kind: 'operator', organisation: elsewhere }, 'internalMFA', 'off');
    expect(await trustOf(switched.person.id)).toBe(0);
  });

  it('MFA-5 a wrong code trusts nothing', async () => {
    const person = await makeEnrolledPerson(organisation);
    const visitor = visitorAt(organisation);
    const { attempt } = await enterPassword(visitor, person);
    const code = await wrongCodeOf(person.secret);
    expect(await refusalOf(submitCode(visitor, { attempt, code, trustDevice: true }))).toBe('code.wrong');
    expect(await trustOf(person.id)).toBe(0);
  });
});
