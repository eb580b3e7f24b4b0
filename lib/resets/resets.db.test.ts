import { beforeAll, describe, expect, it } from 'vitest';
import { signedInPerson } from '@/e2e/fixtures/actors';
import { useDatabase } from '@/e2e/fixtures/database';
import {
  actorWith,
  codeOf,
  enterPassword,
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
import { hashToken } from '@/lib/crypto/tokens';
import { inOrganisation } from '@/lib/db/in-organisation';
import type { Organisation } from '@/lib/organisations/model';
import { issuePass, revokePass } from '@/lib/passes/service';
import type { BuiltInRole } from '@/lib/policy/permissions';
import { findOpenSession } from '@/lib/sessions/store';
import { submitCode } from '@/lib/sign-in/service';
import { claimTry } from '@/lib/throttle/store';
import { clearCounters, listBlocked, loadHelp, resetAccount } from './service';

const database = useDatabase();

let organisation: Organisation;
beforeAll(async () => {
  database.useTwoInstances();
  organisation = await makeOrganisation({ internalMFA: 'mandatory' });
});

const enrolled = (role: BuiltInRole | null = null, given: { firstName?: string; lastName?: string } = {}) =>
  makeEnrolledPerson(organisation, { role, ...given });

/** Somebody at work, whose factor was proved a moment ago. */
async function atWork(person: EnrolledPerson): Promise<Actor> {
  return actorWith(await signInWithCode(organisation, person));
}

/** The same, whose proof is some minutes old. */
async function longAtWork(person: EnrolledPerson, minutes = 11): Promise<Actor> {
  const token = await signInWithCode(organisation, person);
  await database.owner`
    update sessions set factor_verified_at = now() - make_interval(mins => ${minutes}),
      password_verified_at = now() - make_interval(mins => ${minutes})
    where token_hash = ${hashToken(token)}`;
  return actorWith(token);
}

const lost = { reason: 'Téléphone perdu', code: '' };

async function count(table: string, accountId: string): Promise<number> {
  const [row] = await database.owner`
    select count(*)::int as n from ${database.owner(table)} where account_id = ${accountId}`;
  return row!['n'] as number;
}

async function eventsOn(accountId: string, action: string) {
  return database.owner`
    select actor_id, outcome, details from audit_events where subject_id = ${accountId} and action = ${action} order by id`;
}

async function lettersTo(accountId: string): Promise<string[]> {
  const rows = await database.owner`select template from mails where account_id = ${accountId} order by created_at`;
  return rows.map((row) => String(row['template']));
}

describe('RESET-1 another administrator resets', () => {
  it('RESET-1 factors, sessions and trusted devices end in one act, which is written down and told by mail', async () => {
    const [odile, lea] = await Promise.all([enrolled('administrator'), enrolled()]);
    const open = await signInWithCode(organisation, lea);
    await database.owner`update devices set trusted_until = now() + interval '9 days' where account_id = ${lea.id}`;
    const actor = await atWork(odile);

    expect(await resetAccount(actor, lea.id, lost)).toEqual({ factors: 1, sessions: 1 });

    expect(await findOpenSession(hashToken(open))).toBeNull();
    for (const table of ['factors', 'recovery_codes', 'sessions'])
      expect([table, await count(table, lea.id)]).toEqual([table, 0]);
    const trusted =
      await database.owner`select 1 from devices where account_id = ${lea.id} and trusted_until is not null`;
    expect(trusted).toHaveLength(0);
    const [event, ...more] = await eventsOn(lea.id, 'mfa.reset');
    expect(event).toMatchObject({
      actor_id: odile.id,
      outcome: 'success',
      details: { reason: 'Téléphone perdu', factors: 1 },
    });
    expect(more).toEqual([]);
    expect(await lettersTo(lea.id)).toEqual(['factors-reset']);
    expect(await lettersTo(odile.id)).toEqual([]);
    // The next sign-in leads to setting a factor up anew.
    const { outcome } = await enterPassword(visitorAt(organisation), lea);
    expect(outcome.next).toBe(`/${organisation.slug}/sign-in/enrol`);
  });

  it('RESET-1 a proof older than ten minutes asks for a code, which is used up, and for this act alone', async () => {
    const [odile, lea, paul] = await Promise.all([enrolled('administrator'), enrolled(), enrolled()]);
    const actor = await longAtWork(odile);
    expect((await loadHelp(actor, lea.id)).standing).toBe('prove');
    expect(await refusalOf(resetAccount(actor, lea.id, lost))).toBe('proof.code-missing');
    expect(await refusalOf(resetAccount(actor, lea.id, { ...lost, code: await wrongCodeOf(odile.secret) }))).toBe(
      'code.wrong',
    );
    const code = await codeOf(odile.secret, 1);
    expect(await refusalOf(resetAccount(actor, lea.id, { ...lost, code }))).toBe('done');
    expect(await refusalOf(resetAccount(actor, paul.id, { ...lost, code }))).toBe('code.reused');
    expect(await refusalOf(resetAccount(await actorWithSession(actor), paul.id, lost))).toBe('proof.code-missing');
    // A recovery code will do, once.
    const recovery = { ...lost, code: odile.recoveryCodes[0]! };
    expect(await refusalOf(resetAccount(actor, paul.id, recovery))).toBe('done');
    expect(await refusalOf(resetAccount(actor, paul.id, recovery))).toBe('recovery-code.wrong');
    expect(await count('factors', paul.id)).toBe(0);
  });

  it('RESET-1 wrong codes stay counted, though nothing was done', async () => {
    const [odile, lea] = await Promise.all([enrolled('administrator'), enrolled()]);
    const actor = await longAtWork(odile);
    const code = await wrongCodeOf(odile.secret);
    const outcomes: string[] = [];
    for (let n = 0; n < 12; n += 1) outcomes.push(await refusalOf(resetAccount(actor, lea.id, { ...lost, code })));
    expect(tally(outcomes)).toEqual({ 'code.wrong': 10, 'code.throttled': 2 });
    expect(await count('factors', lea.id)).toBe(1);
  });

  it('RESET-1 whoever has no factor must set one up first', async () => {
    const ungated = await makeOrganisation();
    const [odile, lea] = await Promise.all([
      makePerson(ungated, { role: 'administrator' }),
      makeEnrolledPerson(ungated),
    ]);
    const { outcome } = await enterPassword(visitorAt(ungated), odile);
    const actor = await actorWith(outcome.session!.token);
    expect((await loadHelp(actor, lea.id)).standing).toBe('no-factor');
    expect(await refusalOf(resetAccount(actor, lea.id, lost))).toBe('proof.factor-missing');
    expect(await refusalOf(issuePass(actor, lea.id, { ...lost, minutes: 15 }))).toBe('proof.factor-missing');
  });

  it('RESET-1 two who reset the same person at once both succeed, one event each', async () => {
    const [odile, marc, lea] = await Promise.all([enrolled('administrator'), enrolled('administrator'), enrolled()]);
    const [first, second] = await Promise.all([atWork(odile), atWork(marc)]);
    const outcomes = await Promise.all(
      [first, second, first, second].map((actor) => refusalOf(resetAccount(actor, lea.id, lost))),
    );
    expect(tally(outcomes)).toEqual({ done: 4 });
    expect(await eventsOn(lea.id, 'mfa.reset')).toHaveLength(4);
  });

  it('RESET-1 of two who reset each other at once, one does', async () => {
    const [odile, marc] = await Promise.all([enrolled('administrator'), enrolled('administrator')]);
    const [first, second] = await Promise.all([atWork(odile), atWork(marc)]);
    const outcomes = await Promise.all([
      refusalOf(resetAccount(first, marc.id, lost)),
      refusalOf(resetAccount(second, odile.id, lost)),
    ]);
    expect(tally(outcomes)).toEqual({ done: 1, 'session.missing': 1 });
    expect((await count('factors', odile.id)) + (await count('factors', marc.id))).toBe(1);
  });

  it('RESET-1 whoever signs in at the same moment is out as well', async () => {
    const odile = await enrolled('administrator');
    const actor = await atWork(odile);
    for (let round = 0; round < 5; round += 1) {
      const lea = await enrolled();
      const visitor = visitorAt(organisation);
      const { attempt } = await enterPassword(visitor, lea);
      const code = await codeOf(lea.secret);
      const [, signedIn] = await Promise.all([
        resetAccount(actor, lea.id, lost),
        submitCode(visitor, { attempt, code, trustDevice: false }).catch(() => null),
      ]);
      if (signedIn?.session) expect(await findOpenSession(hashToken(signedIn.session.token))).toBeNull();
      expect(await count('sessions', lea.id)).toBe(0);
      expect(await count('factors', lea.id)).toBe(0);
    }
  });
});

/** The actor as the next request finds them. */
async function actorWithSession(actor: Actor): Promise<Actor> {
  const [row] =
    await database.owner`select factor_verified_at, now() as now from sessions where id = ${actor.sessionId}`;
  const { factor_verified_at: factorAt, now } = row as { factor_verified_at: string; now: string };
  return { ...actor, now: new Date(now), proofs: { ...actor.proofs, factorAt: new Date(factorAt) } };
}

describe('RESET-2 never one’s own, and nobody above oneself', () => {
  it('RESET-2 whatever the act and however the id is written, with the names of those who can', async () => {
    const at = await makeOrganisation();
    const [odile] = await Promise.all([
      makeEnrolledPerson(at, { role: 'administrator', firstName: 'Odile', lastName: 'Tremblay' }),
      makeEnrolledPerson(at, { role: 'administrator', firstName: 'Marc', lastName: 'Gagnon' }),
      makeEnrolledPerson(at, { role: 'account-manager', firstName: 'Alex', lastName: 'Aubé' }),
      makeEnrolledPerson(at, { role: 'auditor', firstName: 'Karim', lastName: 'Benali' }),
    ]);
    const actor = await actorWith(await signInWithCode(at, odile));
    for (const id of [odile.id, odile.id.toUpperCase()]) {
      const acts = [
        () => resetAccount(actor, id, lost),
        () => issuePass(actor, id, { ...lost, minutes: 15 }),
        () => revokePass(actor, id),
        () => clearCounters(actor, id, 'password'),
        () => clearCounters(actor, id, 'code'),
      ];
      for (const act of acts) {
        await expect(act()).rejects.toMatchObject({ code: 'reset.own', details: { count: 1, names: 'Marc Gagnon' } });
      }
    }
    expect(await loadHelp(actor, odile.id)).toMatchObject({ standing: 'own', helpers: ['Marc Gagnon'] });
    expect(await count('factors', odile.id)).toBe(1);
  });

  it('RESET-2 only an Administrator resets an Administrator; an account manager resets the others', async () => {
    const [manager, odile, lea] = await Promise.all([
      enrolled('account-manager'),
      enrolled('administrator'),
      enrolled(),
    ]);
    const actor = await atWork(manager);
    expect(await refusalOf(resetAccount(actor, odile.id, lost))).toBe('reset.out-of-reach');
    expect(await refusalOf(issuePass(actor, odile.id, { ...lost, minutes: 15 }))).toBe('reset.out-of-reach');
    expect(await refusalOf(clearCounters(actor, odile.id, 'code'))).toBe('reset.out-of-reach');
    expect((await loadHelp(actor, odile.id)).standing).toBe('out-of-reach');
    expect(await refusalOf(resetAccount(actor, lea.id, lost))).toBe('done');
  });

  it('RESET-2 nobody without the permission, and nobody of another organisation', async () => {
    const elsewhere = await makeOrganisation();
    const [karim, parent, odile, lea, stranger] = await Promise.all([
      enrolled('auditor'),
      enrolled(null),
      enrolled('administrator'),
      enrolled(),
      makeEnrolledPerson(elsewhere),
    ]);
    const acts = (actor: Actor, id: string) => [
      () => resetAccount(actor, id, lost),
      () => issuePass(actor, id, { ...lost, minutes: 15 }),
      () => revokePass(actor, id),
      () => clearCounters(actor, id, 'password'),
      () => clearCounters(actor, id, 'code'),
      () => loadHelp(actor, id),
    ];
    for (const nobody of [await atWork(karim), await atWork(parent)]) {
      for (const act of acts(nobody, lea.id)) expect(await refusalOf(act())).toBe('permission.missing');
    }
    const administrator = await atWork(odile);
    for (const act of acts(administrator, stranger.id)) expect(await refusalOf(act())).toBe('not-found');
    expect(await count('factors', stranger.id)).toBe(1);
    expect(await count('factors', lea.id)).toBe(1);
  });
});

describe('SIGN-4 an administrator clears what stopped somebody', () => {
  it('SIGN-4 a hundred failures in a row stop a factor until then; passwords and codes are cleared apart', async () => {
    const [odile, lea] = await Promise.all([enrolled('administrator'), enrolled()]);
    const actor = await atWork(odile);
    const subject = { kind: 'account', accountId: lea.id } as const;
    const claim = (purpose: 'password' | 'code') =>
      inOrganisation({ organisation }, (transaction) => claimTry(transaction, purpose, [subject]));
    expect(await listBlocked(actor, lea.id)).toEqual([]);
    for (const purpose of ['password', 'code'] as const) expect(await claim(purpose)).toBe(0);
    expect(await listBlocked(actor, lea.id), 'a try is no block').toEqual([]);
    await database.owner`
      update throttles set consecutive_failures = 100, blocked_until = null where organisation_id = ${organisation.id}`;
    expect([await claim('password'), await claim('code')]).toEqual([900, 900]);
    expect((await listBlocked(actor, lea.id)).toSorted()).toEqual(['code', 'password']);
    const passwordsOnly = { ...actor, permissions: new Set(['passwords.manage'] as const) };
    expect(await listBlocked(passwordsOnly, lea.id), 'what one may clear').toEqual(['password']);
    expect(await refusalOf(listBlocked({ ...actor, permissions: new Set() }, lea.id))).toBe('permission.missing');
    await clearCounters(actor, lea.id, 'code');
    expect(await listBlocked(actor, lea.id)).toEqual(['password']);
    expect([await claim('password'), await claim('code')]).toEqual([900, 0]);
    await clearCounters(actor, lea.id, 'password');
    expect(await claim('password')).toBe(0);
    expect(await eventsOn(lea.id, 'account.unblock')).toMatchObject([
      { actor_id: odile.id, details: { purpose: 'code' } },
      { actor_id: odile.id, details: { purpose: 'password' } },
    ]);
  });
});

it('RESET-1, MFA-3 whoever comes by a provider proves themselves by signing in there anew, within ten minutes', async () => {
  const organisation = await makeOrganisation();
  const { actor } = await signedInPerson(organisation, 'administrator');
  const subject = await makeEnrolledPerson(organisation);
  const since = (minutes: number) => ({
    ...actor,
    proofs: { ...actor.proofs, factorAt: null, externalAt: new Date(actor.now.getTime() - minutes * 60_000) },
  });
  const order = { reason: 'Téléphone perdu', code: '' };
  expect((await loadHelp(since(11), subject.id)).standing).toBe('provider');
  expect(await refusalOf(resetAccount(since(11), subject.id, order))).toBe('proof.provider-old');
  expect((await loadHelp(since(9), subject.id)).standing).toBe('proved');
  expect(await refusalOf(resetAccount(since(9), subject.id, order))).toBe('done');
});
