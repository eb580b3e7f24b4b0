import { randomUUID } from 'node:crypto';
import { setTimeout as wait } from 'node:timers/promises';
import type postgres from 'postgres';
import { TOTP } from 'totp-generator';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { actorOfToken, makeRole, openSessionOf, signedInOf } from '@/e2e/fixtures/actors';
import { useDatabase } from '@/e2e/fixtures/database';
import { assign, makeExternal } from '@/e2e/fixtures/external';
import {
  codeOf,
  enterPassword,
  holderOf,
  identify,
  makeEnrolledPerson,
  makeOrganisation,
  operatorOf,
  refusalOf,
  reread,
  visitorAt,
  type EnrolledPerson,
} from '@/e2e/fixtures/people';
import * as administration from '@/lib/accounts/administration';
import type { Actor, Visitor } from '@/lib/actors/model';
import { saveWayIn } from '@/lib/authenticators/identities/service';
import * as authenticators from '@/lib/authenticators/service';
import { requestEmailChange } from '@/lib/email-change/service';
import { confirmEnrolment } from '@/lib/enrolment/confirm';
import { beginEnrolment, chooseMethod, findEnrolment, renewRecoveryCodes } from '@/lib/enrolment/service';
import { requestPasswordReset } from '@/lib/forgotten/service';
import { grantException } from '@/lib/locations/service';
import { setOption } from '@/lib/options/service';
import type { Organisation } from '@/lib/organisations/model';
import { sendOrganisations } from '@/lib/organisations/service';
import { issuePass } from '@/lib/passes/service';
import { demandNewPasswords } from '@/lib/passwords/demand';
import { requestHelp } from '@/lib/reset-requests/service';
import { resetAccount, revokeRecoveryCodes } from '@/lib/resets/service';
import { deleteRole } from '@/lib/roles/service';
import { renewAfterEnrolment } from '@/lib/sessions/service';
import { startAttempt, submitCode } from '@/lib/sign-in/service';
import { assignTokenTo, registerToken } from '@/lib/tokens/service';
import type { Client } from './connection';
import { closePool, openPool, type Pool } from './pool';

const database = useDatabase();

/** The same moments in each run. @source xorshift32 */
let state = 0x5eed;
function random(): number {
  state ^= state << 13;
  state ^= state >>> 17;
  state ^= state << 5;
  return (state >>> 0) / 2 ** 32;
}

/** How long a statement may wait before it leaves, in milliseconds; 0 while things are prepared. */
let slowness = 0;
/** What PostgreSQL undid for the sake of another. */
const undone: string[] = [];

/** A client whose statements leave in their order, each after a moment: so acts that run at once meet anywhere in them. */
function slowly(client: Client): Client {
  let before: Promise<unknown> = Promise.resolve();
  const send = <T>(query: string, make: () => PromiseLike<T>): Promise<T> => {
    const sent = before
      .then(() => (slowness > 0 ? wait(random() * slowness) : undefined))
      .then(() => ({ answer: Promise.resolve(make()) }));
    before = sent.then(({ answer }) => {
      answer.catch((error: unknown) => {
        if ((error as { code?: string }).code === '40P01') undone.push(query.replace(/\s+/g, ' ').slice(0, 120));
      });
    });
    return sent.then(({ answer }) => answer);
  };
  return new Proxy(client, {
    apply(target, self, given: Parameters<Client>) {
      const [first] = given as readonly unknown[];
      const ask = () => Reflect.apply(target, self, given) as unknown as PromiseLike<unknown>;
      return Array.isArray(first) ? send(first.join('?'), ask) : ask();
    },
    get(target, key) {
      if (key === 'unsafe') {
        return (query: string, parameters?: never[]) => ({
          then: (...heard: Parameters<Promise<unknown>['then']>) =>
            send(query, () => target.unsafe(query, parameters)).then(...heard),
          values: () =>
            send(query, () => (target.unsafe(query, parameters) as unknown as postgres.PendingQuery<[]>).values()),
        });
      }
      if (key === 'keep') return () => void before.then(() => target.keep());
      return Reflect.get(target, key) as unknown;
    },
  });
}

/** Instances that PostgreSQL answers by different plans, in which rows come in different orders. */
const PLANS: readonly string[] = ['', '?enable_indexscan=off&enable_bitmapscan=off', '?enable_seqscan=off'];

let pools: Pool[] = [];

function takeTurns(instances: readonly Pool[]): void {
  let turn = 0;
  Object.defineProperty(globalThis, 'vestibulePool', {
    configurable: true,
    get: () => instances[turn++ % instances.length],
  });
}

function instance(size: number, plan = '', slow = true): Pool {
  const pool = openPool(`${database.url}${plan}`, size);
  pools.push(pool);
  if (!slow) return pool;
  return {
    ...pool,
    transaction: (work, options) =>
      pool.transaction((transaction) => {
        const session = transaction._.session as unknown as { client: Client };
        session.client = slowly(session.client);
        return work(transaction);
      }, options),
  };
}

const AT_ONCE = 6;
const REASON = { reason: 'Téléphone perdu', code: '' };

let organisation: Organisation;
/** Two Administrators for each meeting. */
let chiefs: Actor[];

async function enrolled(given: Parameters<typeof makeEnrolledPerson>[1] = {}) {
  const person = await makeEnrolledPerson(organisation, given);
  const token = await openSessionOf(organisation, person.id);
  return { person, token, actor: await actorOfToken(token) };
}

beforeAll(async () => {
  organisation = await makeOrganisation({ internalMFA: 'on-demand' });
  chiefs = await Promise.all(
    Array.from({ length: 2 * AT_ONCE }, async () => (await enrolled({ role: 'administrator' })).actor),
  );
  await closePool();
  takeTurns(PLANS.map((plan) => instance(AT_ONCE, plan)));
});

afterAll(async () => {
  await Promise.all(pools.map((pool) => pool.end(5)));
  pools = [];
});

const signingIn = async (person: EnrolledPerson) => {
  const visitor = visitorAt(organisation);
  const { attempt } = await enterPassword(visitor, person);
  return { visitor, attempt, holder: holderOf(visitor, person, attempt) };
};

const system = async (chief: Actor) => {
  const id = await authenticators.createAuthenticator(chief, { name: randomUUID(), type: 'system' });
  await authenticators.activateAuthenticator(chief, id);
  return id;
};

type Acts = readonly (() => Promise<unknown>)[];

/** What is done at once, by what it is called; each is prepared for two Administrators of its own. */
const MEETINGS: Record<string, (one: Actor, other: Actor) => Promise<Acts>> = {
  'two administrators who reset each other': async () => {
    const [a, b] = [await enrolled({ role: 'administrator' }), await enrolled({ role: 'administrator' })];
    return [() => resetAccount(a.actor, b.person.id, REASON), () => resetAccount(b.actor, a.person.id, REASON)];
  },
  'a factor that is confirmed, and its owner suspended': async (one) => {
    const { person, token } = await enrolled();
    const { actor, settings } = await signedInOf(token);
    const anchor = { sessionId: actor.sessionId };
    const holder = holderOf(visitorAt(organisation), person, '', { actor, anchor, factorProved: true });
    await beginEnrolment(holder);
    const { secret } = (await findEnrolment(holder))!;
    const { otp } = await TOTP.generate(secret!, { timestamp: Date.now() });
    return [
      () => confirmEnrolment(holder, otp, (transaction) => renewAfterEnrolment(transaction, actor, settings)),
      () => administration.suspendAccount(one, person.id),
    ];
  },
  'a method that is chosen, and the owner’s address changed': async (one) => {
    const { person } = await enrolled();
    const { holder } = await signingIn(person);
    await beginEnrolment(holder);
    const details = (await administration.findManagedAccount(one, person.id))!;
    const change = { ...details, roleId: null, email: `x${person.email}` };
    return [() => chooseMethod(holder, { method: 'app' }), () => administration.changeAccount(one, person.id, change)];
  },
  'a way in that is changed, and its authenticator switched off': async (one, other) => {
    const person = await makeEnrolledPerson(organisation);
    const id = await makeExternal(database.owner, organisation);
    await assign(database.owner, organisation, person.id, id, 'claim(email):a@ecole.test');
    return [
      () => saveWayIn(one, person.id, id, `claim(email):${person.email}`),
      () => authenticators.deactivateAuthenticator(other, id, 'Essai'),
    ];
  },
  'an account that is removed, and its authenticator switched off': async (one, other) => {
    const person = await makeEnrolledPerson(organisation);
    const id = await makeExternal(database.owner, organisation);
    await assign(database.owner, organisation, person.id, id);
    return [
      () => administration.removeAccount(one, person.id, 'Mireille Bérubé'),
      () => authenticators.deactivateAuthenticator(other, id, 'Essai'),
    ];
  },
  'a draft that is saved, and removed': async (one, other) => {
    const draft = await authenticators.createAuthenticator(one, { name: randomUUID(), type: 'system' });
    const { authenticator } = await authenticators.viewAuthenticator(one, draft);
    const { id, updatedAt, state: _state, isDefault: _isDefault, ...fields } = authenticator;
    const change = { ...fields, description: 'Autre', domains: [] };
    return [
      () => authenticators.saveAuthenticator(one, id, updatedAt, change),
      () => authenticators.removeDraft(other, id),
    ];
  },
  'new passwords that are asked of all, and some of them helped': async (one, other) => {
    const id = await system(one);
    const people = await Promise.all([enrolled(), enrolled(), enrolled()]);
    for (const { person } of people) await assign(database.owner, organisation, person.id, id);
    return [
      () => demandNewPasswords(one, id),
      ...people.map(
        ({ person }) =>
          () =>
            revokeRecoveryCodes(other, person.id, REASON),
      ),
      () => administration.suspendAccount(other, people[0]!.person.id),
    ];
  },
};

/** What somebody does, or has done to them, in the very moment in which their account is removed. */
async function lastActs(chief: Actor): Promise<{ person: EnrolledPerson; acts: Acts }> {
  const { person, actor } = await enrolled();
  const { holder, visitor, attempt } = await signingIn(person);
  const { organisation: _organisation, ...passerby } = visitorAt(organisation, { address: null });
  const serial = randomUUID().slice(0, 8);
  await registerToken(chief, { serial, seed: 'GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ', kind: 'totp', counter: '' });
  const [token] = await database.owner<{ id: string }[]>`select id from tokens where serial = ${serial}`;
  const acts = [
    () => startAttempt(visitorAt(organisation), { identifier: person.email, returnPath: null }),
    () => requestEmailChange(actor, `x${person.email}`),
    () => requestPasswordReset(visitorAt(organisation, { address: null }), person.email),
    () => sendOrganisations(passerby, person.email),
    () => beginEnrolment(holder),
    () => requestHelp(visitor, attempt),
    () => renewRecoveryCodes(actor, person.recoveryCodes[0]!),
    () => issuePass(chief, person.id, { ...REASON, minutes: 15 }),
    () => assignTokenTo(chief, token!.id, person.email),
    () => grantException(chief, person.username, { minutes: 60, reason: 'Formation' }),
  ];
  return { person, acts };
}

async function meet(prepare: (one: Actor, other: Actor) => Promise<Acts>): Promise<string[]> {
  const meetings = [];
  for (let place = 0; place < AT_ONCE; place++) meetings.push(prepare(chiefs[2 * place]!, chiefs[2 * place + 1]!));
  const acts = (await Promise.all(meetings)).flat();
  undone.length = 0;
  slowness = 8;
  try {
    return await Promise.all(acts.map((act) => refusalOf(act())));
  } finally {
    slowness = 0;
  }
}

describe('SAFE-7 people who act in the same moment', () => {
  it.each(Object.entries(MEETINGS))('SAFE-7 %s: nobody waits in a circle', async (_what, prepare) => {
    expect(await meet(prepare)).toContain('done');
    expect(undone).toEqual([]);
  });

  it('SAFE-7 whatever is under way while an account is removed is done, or refused in words', async () => {
    const ends = await meet(async (one, other) => {
      const { person, acts } = await lastActs(one);
      return [...acts, () => administration.removeAccount(other, person.id, 'Mireille Bérubé')];
    });
    expect(ends.filter((end) => end === 'done').length).toBeGreaterThanOrEqual(AT_ONCE);
    expect(undone).toEqual([]);
  });

  it('SAFE-7 a role that is given while it is deleted is in use, or not there', async () => {
    const ends = await meet(async (one, other) => {
      const roleId = await makeRole(organisation, ['audit.read']);
      const email = `${randomUUID()}@erables.test`;
      const name = { firstName: 'A', lastName: 'B', username: null, locale: null };
      const id = await system(one);
      return [
        () => administration.createInvitedAccount(one, { ...name, email, kind: 'employee', roleId }),
        () => authenticators.saveDefaults(one, id, { kinds: [], roleIds: [roleId] }),
        () => deleteRole(other, roleId),
      ];
    });
    expect(ends.filter((end) => !['done', 'not-found', 'role.in-use'].includes(end))).toEqual([]);
    expect(undone).toEqual([]);
  });

  it('SAFE-7 sweepers pass over what somebody holds, and take the rest', async () => {
    const visitor = visitorAt(organisation);
    const [held, free] = [await identify(visitor, 'une@erables.test'), await identify(visitor, 'autre@erables.test')];
    await database.owner`
      update sign_in_attempts set expires_at = now() - interval '2 hours' where id in ${database.owner([held, free])}`;
    await database.owner.begin(async (holder) => {
      await holder`select 1 from sign_in_attempts where id = ${held} for update`;
      await pools[0]!.sql`select sweep_expired()`;
    });
    const left = await database.owner`select id from sign_in_attempts where id in ${database.owner([held, free])}`;
    expect(left).toEqual([{ id: held }]);
  });

  it.each<[string, (visitor: Visitor, attempt: string, person: EnrolledPerson) => Promise<unknown>]>([
    ['ask for help', (visitor, attempt) => requestHelp(visitor, attempt)],
    [
      'type their code',
      async (visitor, attempt, { secret }) =>
        submitCode(visitor, { attempt, code: await codeOf(secret), trustDevice: false }),
    ],
  ])(
    'SAFE-7 who holds a connection waits for no second one: many %s after the settings changed',
    async (_what, act) => {
      const people = await Promise.all(Array.from({ length: 4 }, () => makeEnrolledPerson(organisation)));
      const waiting: { visitor: Visitor; attempt: string; person: EnrolledPerson }[] = [];
      for (const person of people) waiting.push({ ...(await signingIn(person)), person });
      await setOption(operatorOf(organisation), 'mfaGraceDays', 1 + Math.floor(random() * 30));
      const now = await reread(organisation.slug);
      takeTurns([instance(2, '', false)]);
      const ends = await Promise.all(
        waiting.map(({ visitor, attempt, person }) =>
          refusalOf(act({ ...visitor, organisation: now }, attempt, person)),
        ),
      );
      expect(ends).toEqual(['done', 'done', 'done', 'done']);
    },
  );
});
