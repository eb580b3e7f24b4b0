import { beforeAll, describe, expect, it } from 'vitest';
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
  type EnrolledPerson,
} from '@/e2e/fixtures/people';
import type { Actor } from '@/lib/actors/model';
import { hashToken } from '@/lib/crypto/tokens';
import type { Organisation } from '@/lib/organisations/model';
import { changeOwnPassword } from '@/lib/passwords/service';
import { countRequests, findOwnRequest, listRequests, refuseRequest, requestHelp } from '@/lib/reset-requests/service';
import { resetAccount } from '@/lib/resets/service';
import { findOpenSession } from '@/lib/sessions/store';
import { submitRecoveryCode } from '@/lib/sign-in/service';
import { findPass, issuePass, revokePass } from './service';

const database = useDatabase();

let organisation: Organisation;
let odile: EnrolledPerson;
let actor: Actor;
beforeAll(async () => {
  database.useTwoInstances();
  organisation = await makeOrganisation({ internalMFA: 'mandatory' });
  odile = await makeEnrolledPerson(organisation, { role: 'administrator' });
  actor = await actorWith(await signInWithCode(organisation, odile));
});

const order = { minutes: 60, reason: 'Téléphone à la maison', code: '' };

/** A browser that waits for the person's code. */
async function waiting(person: EnrolledPerson) {
  const visitor = visitorAt(organisation);
  const { attempt } = await enterPassword(visitor, person);
  return { visitor, attempt };
}

async function signInWithPass(person: EnrolledPerson, code: string): Promise<string> {
  const { visitor, attempt } = await waiting(person);
  const { session } = await submitRecoveryCode(visitor, { attempt, code });
  return session!.token;
}

async function lettersTo(accountId: string, template: string): Promise<number> {
  const rows = await database.owner`select 1 from mails where account_id = ${accountId} and template = ${template}`;
  return rows.length;
}

describe('RESET-3 a phone left at home', () => {
  it('RESET-3 typed in ten browsers over two instances at once, a pass opens one session', async () => {
    const lea = await makeEnrolledPerson(organisation);
    const { code } = await issuePass(actor, lea.id, order);
    const browsers = [];
    for (let n = 0; n < 10; n += 1) browsers.push(await waiting(lea));
    const outcomes = await Promise.all(
      browsers.map(({ visitor, attempt }) => refusalOf(submitRecoveryCode(visitor, { attempt, code }))),
    );
    expect(outcomes.filter((outcome) => outcome === 'done')).toHaveLength(1);
    expect(Object.keys(tally(outcomes)).sort()).toEqual(expect.arrayContaining(['done', 'pass.wrong']));
    const open = await database.owner`select 1 from sessions where account_id = ${lea.id}`;
    expect(open).toHaveLength(1);
  });

  it('RESET-3 its session ends with it, the factors stay, the person is told, and the pass lies nowhere', async () => {
    const lea = await makeEnrolledPerson(organisation);
    const { code, validUntil } = await issuePass(actor, lea.id, { ...order, minutes: 15 });
    const token = await signInWithPass(lea, code.toLowerCase().replaceAll('-', ' '));
    const session = await findOpenSession(hashToken(token));
    expect(session!.expiresAt).toEqual(validUntil);
    expect(session!.facts.proofs).toMatchObject({ factorAt: null, passUntil: validUntil });
    expect(session!.facts.account.factorKinds).toEqual(['totp']);
    expect(await lettersTo(lea.id, 'pass-issued')).toBe(1);
    const everything = await database.owner<{ row: string }[]>`
      select t::text as row from passes t union all select t::text from audit_events t union all select t::text from mails t`;
    const text = everything.map(({ row }) => row).join('\n');
    expect(text).not.toContain(code);
    expect(text).not.toContain(code.replaceAll('-', ''));
    await database.owner`
      update passes set created_at = created_at - interval '1 hour', valid_until = now() - interval '1 second'
      where account_id = ${lea.id}`;
    await database.owner`update sessions set absolute_until = now() - interval '1 second' where account_id = ${lea.id}`;
    expect(await findOpenSession(hashToken(token))).toBeNull();
  });

  it('RESET-3 a session that a pass opened proves nothing: no reset, no pass, no new password', async () => {
    const [marc, lea] = await Promise.all([
      makeEnrolledPerson(organisation, { role: 'administrator' }),
      makeEnrolledPerson(organisation),
    ]);
    const { code } = await issuePass(actor, marc.id, order);
    const withPass = await actorWith(await signInWithPass(marc, code));
    expect(await refusalOf(resetAccount(withPass, lea.id, order))).toBe('proof.code-missing');
    expect(await refusalOf(issuePass(withPass, lea.id, order))).toBe('proof.code-missing');
    expect(await refusalOf(issuePass(withPass, lea.id, { ...order, code }))).toBe('code.wrong');
    const change = { current: marc.password, next: 'Une phrase tout à fait neuve', code: null };
    expect(await refusalOf(changeOwnPassword(withPass, change))).toBe('code.wrong');
  });

  it('RESET-3 a new pass, « Révoquer » and a reset end the old one and what it opened', async () => {
    for (const end of [
      (id: string) => issuePass(actor, id, order),
      (id: string) => revokePass(actor, id),
      (id: string) => resetAccount(actor, id, order),
    ]) {
      const lea = await makeEnrolledPerson(organisation);
      const used = await issuePass(actor, lea.id, order);
      const token = await signInWithPass(lea, used.code);
      await end(lea.id);
      expect(await findOpenSession(hashToken(token))).toBeNull();
    }
    const lea = await makeEnrolledPerson(organisation);
    const { code } = await issuePass(actor, lea.id, order);
    await revokePass(actor, lea.id);
    const { visitor, attempt } = await waiting(lea);
    expect(await refusalOf(submitRecoveryCode(visitor, { attempt, code }))).toBe('pass.wrong');
    expect(await findPass(actor, lea.id)).toBeNull();
    expect(await refusalOf(revokePass(actor, lea.id))).toBe('not-found');
  });

  it('RESET-3 issued several times at once, one pass is good; without a factor there is none', async () => {
    const lea = await makeEnrolledPerson(organisation);
    await Promise.all([1, 2, 3, 4].map(() => issuePass(actor, lea.id, order)));
    const good = await database.owner`select 1 from passes where account_id = ${lea.id} and revoked_at is null`;
    expect(good).toHaveLength(1);
    const bare = await makePerson(organisation);
    expect(await refusalOf(issuePass(actor, bare.id, order))).toBe('pass.no-factor');
  });
});

describe('RESET-4 a request that reaches the administrators', () => {
  it('RESET-4 a flood of them is one request, one letter to each who can help; a refusal is told by mail', async () => {
    const at = organisation;
    const lea = await makeEnrolledPerson(at);
    const before = await lettersTo(odile.id, 'reset-requested');
    const { visitor, attempt } = await waiting(lea);
    const outcomes = await Promise.all(Array.from({ length: 20 }, () => refusalOf(requestHelp(visitor, attempt))));
    expect(tally(outcomes)).toEqual({ done: 20 });
    expect(await lettersTo(odile.id, 'reset-requested')).toBe(before + 1);
    expect(await findOwnRequest(visitor, attempt)).not.toBeNull();
    const [request, ...more] = (await listRequests(actor)).filter(({ accountId }) => accountId === lea.id);
    expect(more).toEqual([]);
    expect(request).toMatchObject({
      knownBrowser: false,
      knownAddress: false,
      address: '203.0.113.7',
      mayAnswer: true,
    });
    const answers = await Promise.all([1, 2].map(() => refusalOf(refuseRequest(actor, request!.id))));
    expect(tally(answers)).toEqual({ done: 1, 'not-found': 1 });
    expect(await lettersTo(lea.id, 'reset-refused')).toBe(1);
    // Asking again within the hour reaches the page, not the mailboxes; five a day are enough.
    for (let n = 0; n < 4; n += 1) {
      await requestHelp(visitor, attempt);
      const [again] = (await listRequests(actor)).filter(({ accountId }) => accountId === lea.id);
      await refuseRequest(actor, again!.id);
    }
    expect(await lettersTo(odile.id, 'reset-requested')).toBe(before + 1);
    expect(await refusalOf(requestHelp(visitor, attempt))).toBe('request.too-many');
  });

  it('RESET-4 only after the password, in that browser; it closes when the person got in or was helped', async () => {
    const lea = await makeEnrolledPerson(organisation);
    const { visitor, attempt } = await waiting(lea);
    expect(await refusalOf(requestHelp(visitorAt(organisation), attempt))).toBe('sign-in.expired');
    const isOpen = async () => (await listRequests(actor)).some(({ accountId }) => accountId === lea.id);
    await requestHelp(visitor, attempt);
    expect(await isOpen()).toBe(true);
    await submitRecoveryCode(visitor, { attempt, code: lea.recoveryCodes[0]! });
    expect(await isOpen()).toBe(false);
    const second = await waiting(lea);
    await requestHelp(second.visitor, second.attempt);
    expect(await isOpen()).toBe(true);
    await resetAccount(actor, lea.id, order);
    expect(await isOpen()).toBe(false);
  });

  it('RESET-4 nobody answers from another organisation, without the permission, or for an Administrator above', async () => {
    const [karim, manager, marc] = await Promise.all([
      makeEnrolledPerson(organisation, { role: 'auditor' }),
      makeEnrolledPerson(organisation, { role: 'account-manager' }),
      makeEnrolledPerson(organisation, { role: 'administrator' }),
    ]);
    const { visitor, attempt } = await waiting(marc);
    await requestHelp(visitor, attempt);
    const request = (await listRequests(actor)).find(({ accountId }) => accountId === marc.id)!;
    const auditor = await actorWith(await signInWithCode(organisation, karim));
    expect(await refusalOf(listRequests(auditor))).toBe('permission.missing');
    expect(await refusalOf(countRequests(auditor))).toBe('permission.missing');
    expect(await refusalOf(refuseRequest(auditor, request.id))).toBe('permission.missing');
    const below = await actorWith(await signInWithCode(organisation, manager));
    expect((await listRequests(below)).find(({ id }) => id === request.id)).toMatchObject({ mayAnswer: false });
    const answerable = async (one: Actor) => (await listRequests(one)).filter(({ mayAnswer }) => mayAnswer).length;
    expect(await countRequests(below), 'counted are those one may answer').toBe(await answerable(below));
    expect(await countRequests(actor)).toBe(await answerable(actor));
    expect(await countRequests(actor)).toBeGreaterThan(await countRequests(below));
    expect(await refusalOf(refuseRequest(below, request.id))).toBe('reset.out-of-reach');
    const elsewhere = await makeOrganisation();
    const stranger = await makeEnrolledPerson(elsewhere, { role: 'administrator' });
    const outside = await actorWith(await signInWithCode(elsewhere, stranger));
    expect(await listRequests(outside)).toEqual([]);
    expect(await refusalOf(refuseRequest(outside, request.id))).toBe('not-found');
  });
});
