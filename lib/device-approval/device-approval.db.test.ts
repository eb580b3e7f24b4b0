import { randomUUID } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { actorOfToken, giveRole, makeRole, openSessionOf, signedInPerson } from '@/e2e/fixtures/actors';
import { useDatabase } from '@/e2e/fixtures/database';
import {
  codeOf,
  enterPassword,
  keepCookies,
  makeEnrolledPerson,
  makeOrganisation,
  makePerson,
  operatorOf,
  refusalOf,
  reread,
  tally,
  visitorAt,
  type Person,
} from '@/e2e/fixtures/people';
import type { Actor, Visitor } from '@/lib/actors/model';
import { hashToken } from '@/lib/crypto/tokens';
import { setOption } from '@/lib/options/service';
import type { Organisation } from '@/lib/organisations/model';
import { judgeSession } from '@/lib/sessions/judge';
import { findOpenSession } from '@/lib/sessions/store';
import { issuePassByOperator } from '@/lib/passes/service';
import { submitCode, submitRecoveryCode } from '@/lib/sign-in/service';
import { approveDevice, countWaitingDevices, listManagedDevices, renameDevice, revokeDevice } from './service';
import { DEVICES_PER_PAGE, WAITING_PER_ACCOUNT_MAX } from './model';
import { forgetOwnDevice } from '@/lib/devices/service';
import { findOwnState } from './waiting';

const database = useDatabase();

const WAITING_PAGE = '/sign-in/waiting?code=';
const required = { internalMFA: 'off', internalDeviceApproval: 'required' };

/** A house whose administrator was in before approval was required. */
async function house(options: Record<string, string> = required): Promise<{
  organisation: Organisation;
  actor: Actor;
  token: string;
}> {
  const { slug } = await makeOrganisation(options);
  const organisation = await reread(slug);
  return { organisation, ...(await signedInPerson(organisation, 'administrator')) };
}

/** Types the password in a browser, and keeps what the browser is given. */
async function signIn(visitor: Visitor, person: Person) {
  const { outcome } = await enterPassword(visitor, person);
  const deviceToken = outcome.deviceToken ?? outcome.session?.deviceToken;
  if (deviceToken !== undefined) Object.assign(visitor, { deviceToken });
  return outcome;
}

const waitingOf = async (actor: Actor, person: Person) =>
  (await listManagedDevices(actor, null)).waiting.filter(({ accountId }) => accountId === person.id);

/** The id of the one browser of theirs that waits. */
async function oneWaiting(actor: Actor, person: Person): Promise<string> {
  const waiting = await waitingOf(actor, person);
  expect(waiting).toHaveLength(1);
  return waiting[0]!.id;
}

const lettersOf = async (accountId: string, template: string) =>
  (await database.owner`select 1 from mails where account_id = ${accountId} and template = ${template}`).length;

describe('LOC-6 approval', () => {
  it('LOC-6 a new browser waits, is approved, and then lets in; revoked, it is out at once and stays out', async () => {
    const { organisation, actor } = await house();
    const person = await makePerson(organisation);
    const visitor = visitorAt(organisation);
    const held = await signIn(visitor, person);
    expect(held.next).toContain(WAITING_PAGE);
    expect(held.session).toBeUndefined();
    expect(await database.owner`select 1 from sessions where account_id = ${person.id}`).toHaveLength(0);
    expect(await findOwnState(visitor)).toBe('waiting');
    // The same browser comes again under another name, and is still one.
    expect((await signIn(visitor, person)).session).toBeUndefined();
    const waiting = await waitingOf(actor, person);
    expect(waiting).toMatchObject([{ state: 'waiting', address: '203.0.113.7', mayAnswer: true, current: false }]);
    expect(await countWaitingDevices(actor)).toBe(1);
    expect(await refusalOf(countWaitingDevices({ ...actor, permissions: new Set() }))).toBe('permission.missing');
    expect(await lettersOf(actor.account.id, 'device-waiting')).toBe(1);

    const { id } = waiting[0]!;
    await approveDevice(actor, id, 'waiting');
    expect(await lettersOf(person.id, 'device-approved')).toBe(1);
    expect(await findOwnState(visitor)).toBe('approved');
    const { session } = await signIn(visitor, person);
    expect((await judgeSession(session!.token, null))!.decision.step).toBe('signed-in');
    // Only this browser: another one of the same person waits.
    expect((await signIn(visitorAt(organisation), person)).session).toBeUndefined();

    await revokeDevice(actor, id, 'approved');
    expect(await findOpenSession(hashToken(session!.token))).toBeNull();
    expect((await signIn(visitor, person)).next).toContain(WAITING_PAGE);
    expect(await findOwnState(visitor)).toBe('revoked');
    const events = await database.owner`
      select action, outcome, reason from audit_events
      where subject_id = ${person.id} and action like 'device.%' order by id`;
    expect(events.map(({ action, reason }) => `${action} ${reason ?? ''}`.trim())).toEqual([
      'device.wait device.waiting',
      'device.wait device.waiting',
      'device.approve',
      'device.wait device.waiting',
      'device.revoke',
      'device.wait device.revoked',
    ]);
  });

  it('LOC-6 the browser is asked for after the second factor, never before', async () => {
    const { organisation } = await house({ internalMFA: 'mandatory', internalDeviceApproval: 'required' });
    const person = await makeEnrolledPerson(organisation);
    const visitor = visitorAt(organisation);
    const { attempt, outcome } = await enterPassword(visitor, person);
    expect(outcome.next).toBe(`/${organisation.slug}/sign-in/verify`);
    expect(await database.owner`select 1 from devices where account_id = ${person.id}`).toHaveLength(0);
    const code = await codeOf(person.secret);
    const held = keepCookies(visitor, await submitCode(visitor, { attempt, code, trustDevice: true }));
    expect(held.next).toContain(WAITING_PAGE);
    const [device] = await database.owner`select trusted_until from devices where account_id = ${person.id}`;
    expect(device!['trusted_until']).toBeNull();
  });

  it('LOC-6 ENROL-7 RESET-3 a recovery code or a pass that leads to waiting is not used up, and lets in once approved; a wrong one asks nobody', async () => {
    const { organisation, actor } = await house({ internalMFA: 'mandatory' });
    const person = await makeEnrolledPerson(organisation);
    await setOption(operatorOf(organisation), 'internalDeviceApproval', 'required');
    const pass = (await issuePassByOperator(operatorOf(await reread(organisation.slug)), person.email, {
      minutes: 60,
      reason: 'Téléphone à la maison',
    }))!;
    for (const code of [person.recoveryCodes[0]!, pass.code]) {
      const visitor = visitorAt(await reread(organisation.slug));
      const letters = await lettersOf(person.id, 'recovery-code-used');
      const type = async (typed: string) => {
        const { attempt } = await enterPassword(visitor, person);
        return keepCookies(visitor, await submitRecoveryCode(visitor, { attempt, code: typed }));
      };
      const wrong = code.replace(/[A-Z0-9](?=[^A-Z0-9]*$)/, (last) => (last === '2' ? '3' : '2'));
      await expect(type(wrong)).rejects.toThrow();
      expect(
        await database.owner`select 1 from devices where account_id = ${person.id} and approved_at is null`,
      ).toEqual([]);
      const held = await type(code);
      expect(held.next).toContain(WAITING_PAGE);
      expect(await lettersOf(person.id, 'recovery-code-used')).toBe(letters);
      // Typed again while it waits.
      Object.assign(visitor, { deviceToken: held.deviceToken });
      const again = await type(code);
      expect(again.next).toContain(WAITING_PAGE);
      Object.assign(visitor, { deviceToken: again.deviceToken });

      await approveDevice(actor, await oneWaiting(actor, person), 'waiting');
      const opened = await type(code);
      expect(opened.session).toBeDefined();
      Object.assign(visitor, { deviceToken: opened.session!.deviceToken });
      await expect(type(code), 'used up now').rejects.toThrow();
      await database.owner`delete from devices where account_id = ${person.id}`;
    }
    expect(await lettersOf(person.id, 'recovery-code-used')).toBe(1);
  });

  it('LOC-6 from a browser that waits nobody enrols a factor with the password alone', async () => {
    const { organisation } = await house({ internalMFA: 'mandatory', internalDeviceApproval: 'required' });
    const held = await signIn(visitorAt(organisation), await makePerson(organisation));
    expect(held.next).toContain(WAITING_PAGE);
  });

  it('LOC-6 GUARD-1 browsers known before the option stay approved, and so does whoever switches it on', async () => {
    const { organisation, token } = await house({ internalMFA: 'off' });
    const person = await makePerson(organisation);
    const visitor = visitorAt(organisation);
    const before = (await signIn(visitor, person)).session!;
    await setOption(operatorOf(organisation), 'internalDeviceApproval', 'required');
    Object.assign(visitor, { organisation: await reread(organisation.slug) });
    for (const one of [token, before.token]) {
      expect((await judgeSession(one, null))!.decision.step).toBe('signed-in');
    }
    expect((await signIn(visitor, person)).session).toBeDefined();
  });

  it('LOC-6 a browser that waited and signed in once nobody had to be asked counts as approved from then on', async () => {
    const { organisation } = await house();
    const person = await makePerson(organisation);
    const visitor = visitorAt(organisation);
    const choose = async (value: string) => {
      await setOption(operatorOf(organisation), 'internalDeviceApproval', value);
      Object.assign(visitor, { organisation: await reread(organisation.slug) });
    };
    expect((await signIn(visitor, person)).session).toBeUndefined();
    await choose('off');
    expect((await signIn(visitor, person)).session).toBeDefined();
    await choose('required');
    expect((await signIn(visitor, person)).session).toBeDefined();
  });

  it('LOC-6 a session that is still open in a revoked browser is refused at its next request, whatever the option', async () => {
    const { organisation } = await house({ internalMFA: 'off' });
    const person = await makePerson(organisation);
    const token = await openSessionOf(organisation, person.id);
    await database.owner`update devices set revoked_at = now() where account_id = ${person.id}`;
    expect((await judgeSession(token, null))!.decision).toEqual({ step: 'blocked', reasons: ['device.revoked'] });
  });

  it('LOC-6 notify: lets in, and tells those who approve devices, once an hour for an account', async () => {
    const { organisation, actor } = await house({ internalMFA: 'off', internalDeviceApproval: 'notify' });
    const person = await makePerson(organisation);
    await signIn(visitorAt(organisation), person);
    expect(await lettersOf(actor.account.id, 'device-new')).toBe(0);
    const burst = await Promise.all(Array.from({ length: 4 }, () => signIn(visitorAt(organisation), person)));
    expect(burst.every(({ session }) => session !== undefined)).toBe(true);
    expect(await lettersOf(actor.account.id, 'device-new')).toBe(1);
    await database.owner`update devices set notified_at = notified_at - interval '61 minutes'`;
    await signIn(visitorAt(organisation), person);
    expect(await lettersOf(actor.account.id, 'device-new')).toBe(2);
  });

  it('LOC-6 an account has so many waiting browsers and no more', async () => {
    const { organisation, actor } = await house();
    const person = await makePerson(organisation);
    for (let n = 0; n < WAITING_PER_ACCOUNT_MAX + 2; n += 1) await signIn(visitorAt(organisation), person);
    expect(await waitingOf(actor, person)).toHaveLength(WAITING_PER_ACCOUNT_MAX);
    expect(await lettersOf(actor.account.id, 'device-waiting')).toBe(1);
  });

  it('SIGN-4 neither a waiting nor a revoked browser has a budget of tries of its own', async () => {
    const { organisation, actor } = await house();
    const person = await makePerson(organisation);
    const visitor = visitorAt(organisation);
    await signIn(visitor, person);
    const fail = () => refusalOf(enterPassword(visitor, { ...person, password: 'Ce n’est pas ça du tout' }));
    await fail();
    const id = await oneWaiting(actor, person);
    await revokeDevice(actor, id, 'waiting');
    await fail();
    const budgets = await database.owner<{ failures: number }[]>`
      select failures from throttles where organisation_id = ${organisation.id} and purpose = 'password' order by failures`;
    expect(budgets.map(({ failures }) => failures)).toEqual([2, 2]);
  });
});

describe('LOC-6 the administrators', () => {
  it('LOC-6 of a burst of answers one counts, and the others are told', async () => {
    const { organisation, actor } = await house();
    const second = await signedInPerson(organisation, 'administrator');
    const person = await makePerson(organisation);
    await signIn(visitorAt(organisation), person);
    const id = await oneWaiting(actor, person);
    const ends = await Promise.all(
      [actor, second.actor, actor, second.actor].flatMap((one) => [
        refusalOf(approveDevice(one, id, 'waiting')),
        refusalOf(revokeDevice(one, id, 'waiting')),
      ]),
    );
    expect(tally(ends)).toEqual({ done: 1, 'device.answered': 7 });
  });

  it('ACC-6 a device of another organisation, or none, is not found', async () => {
    const [mine, theirs] = [await house(), await house()];
    const person = await makePerson(theirs.organisation);
    await signIn(visitorAt(theirs.organisation), person);
    const id = await oneWaiting(theirs.actor, person);
    for (const one of [id, randomUUID()]) {
      expect(await refusalOf(approveDevice(mine.actor, one, 'waiting'))).toBe('not-found');
      expect(await refusalOf(revokeDevice(mine.actor, one, 'waiting'))).toBe('not-found');
      expect(await refusalOf(renameDevice(mine.actor, one, 'Accueil'))).toBe('not-found');
    }
    expect(JSON.stringify(await listManagedDevices(mine.actor, null))).not.toContain(id);
    expect((await listManagedDevices(mine.actor, id)).settled).toEqual([]);
  });

  it('ACC-4 RESET-2 asks for the permission, and nobody answers for who may do more', async () => {
    const { organisation, actor } = await house();
    const roleId = await makeRole(organisation, ['devices.manage']);
    const helper = await makePerson(organisation);
    await giveRole(organisation, helper.id, roleId);
    const small = await actorOfToken(await openSessionOf(organisation, helper.id));
    const chief = await makePerson(organisation, { role: 'administrator' });
    await signIn(visitorAt(organisation), chief);
    const [device] = await waitingOf(small, chief);
    expect(device).toMatchObject({ mayAnswer: false });
    expect(await refusalOf(approveDevice(small, device!.id, 'waiting'))).toBe('account.beyond');
    expect(await refusalOf(revokeDevice(small, device!.id, 'waiting'))).toBe('account.beyond');
    expect(await refusalOf(renameDevice(small, device!.id, 'x'))).toBe('account.beyond');
    // Told by mail: who could do it, and nobody else.
    expect(await lettersOf(actor.account.id, 'device-waiting')).toBe(1);
    expect(await lettersOf(small.account.id, 'device-waiting')).toBe(0);
    const nobody = { ...actor, permissions: new Set([...actor.permissions].filter((one) => one !== 'devices.manage')) };
    for (const work of [
      listManagedDevices(nobody, null),
      approveDevice(nobody, device!.id, 'waiting'),
      revokeDevice(nobody, device!.id, 'waiting'),
      renameDevice(nobody, device!.id, 'x'),
    ]) {
      expect(await refusalOf(work)).toBe('permission.missing');
    }
  });

  it('GUARD-1 nobody revokes the browser that they sit at; two who revoke each other: one does', async () => {
    const { organisation, actor } = await house();
    expect(await refusalOf(revokeDevice(actor, actor.deviceId!, 'approved'))).toBe('device.own');
    const { actor: other } = await signedInPerson(organisation, 'administrator');
    const ends = await Promise.all([
      refusalOf(revokeDevice(actor, other.deviceId!, 'approved')),
      refusalOf(revokeDevice(other, actor.deviceId!, 'approved')),
    ]);
    expect(tally(ends)).toEqual({ done: 1, 'session.missing': 1 });
  });

  it('LOC-6 a revoked browser is not let in by its owner, only by an administrator', async () => {
    const { organisation, actor } = await house();
    const person = await makePerson(organisation);
    const own = await actorOfToken(await openSessionOf(organisation, person.id));
    const visitor = visitorAt(organisation);
    await signIn(visitor, person);
    const id = await oneWaiting(actor, person);
    await revokeDevice(actor, id, 'waiting');
    expect(await refusalOf(forgetOwnDevice(own, id))).toBe('not-found');
    await approveDevice(actor, id, 'revoked');
    expect((await signIn(visitor, person)).session).toBeDefined();
  });

  it('LOC-6 is named, and paged by key without losing or repeating one', async () => {
    const { organisation, actor } = await house();
    const person = await makePerson(organisation);
    await database.owner`
      insert into devices (organisation_id, account_id, token_hash, last_seen_at)
      select ${organisation.id}, ${person.id}, sha256(n::text::bytea), date_trunc('hour', now()) - make_interval(hours => n / 3)
      from generate_series(1, ${DEVICES_PER_PAGE * 2}) n`;
    await renameDevice(actor, actor.deviceId!, 'Accueil');
    const seen: string[] = [];
    let after: string | null = null;
    for (let pages = 0; pages < 5; pages += 1) {
      const page: Awaited<ReturnType<typeof listManagedDevices>> = await listManagedDevices(actor, after);
      if (after === null) expect(page.settled[0]).toMatchObject({ name: 'Accueil', current: true });
      seen.push(...page.settled.map(({ id }) => id));
      after = page.next;
      if (after === null) break;
    }
    expect(new Set(seen).size).toBe(seen.length);
    expect(seen).toHaveLength(DEVICES_PER_PAGE * 2 + 1);
  });
});
