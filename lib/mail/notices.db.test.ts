import { describe, expect, it } from 'vitest';
import { actorOfToken, openSessionOf, signedInPerson } from '@/e2e/fixtures/actors';
import { useDatabase } from '@/e2e/fixtures/database';
import { runProgram } from '@/e2e/fixtures/programs';
import {
  codeOf,
  enterPassword,
  holderOf,
  keepCookies,
  makeEnrolledPerson,
  makeOrganisation,
  makePerson,
  refusalOf,
  visitorAt,
  wrongCodeOf,
  type Person,
} from '@/e2e/fixtures/people';
import type { Actor, Visitor } from '@/lib/actors/model';
import { inOrganisation } from '@/lib/db/in-organisation';
import { FACTOR_KINDS } from '@/lib/policy/decision';
import { writeWaitingNotices } from '@/lib/authenticators/notices/service';
import { endTrust } from '@/lib/device-approval/service';
import { confirmEnrolment } from '@/lib/enrolment/confirm';
import type { EnrolmentHolder } from '@/lib/enrolment/holder';
import { beginEnrolment, findEnrolment, renewRecoveryCodes } from '@/lib/enrolment/service';
import { resetMfaWithin } from '@/lib/factors/reset';
import { removeOwnFactor, switchOffOwnMfa } from '@/lib/factors/service';
import { settingsOf } from '@/lib/options/service';
import type { Organisation } from '@/lib/organisations/model';
import { demandNewPassword, demandNewPasswords } from '@/lib/passwords/demand';
import { changeOwnPassword } from '@/lib/passwords/service';
import { revokeRecoveryCodes } from '@/lib/resets/service';
import { submitCode, submitNewPassword, submitRecoveryCode } from '@/lib/sign-in/service';
import { assignTokenTo, listTokens, registerToken, takeTokenBack } from '@/lib/tokens/service';
import type { Letter } from './model';
import { openLetter } from './outbox';

const database = useDatabase();

const AUTHENTICATOR = {
  type: 'system',
  active: true,
  mfaRequired: false,
  factorKinds: FACTOR_KINDS,
  externalMfa: 'trust',
} as const;

const NEXT_PASSWORD = 'Orage-Lanterne-Verger-8';

interface Queued {
  readonly letter: Letter;
  readonly locale: string;
  readonly address: string;
}

/** What waits in the outbox for an account, the oldest first. */
async function lettersFor(accountId: string): Promise<Queued[]> {
  const rows = await database.owner<
    { id: string; template: string; locale: string; address: string; contentSealed: Buffer }[]
  >`select id, template, locale, address, content_sealed as "contentSealed" from mails
    where account_id = ${accountId} order by created_at`;
  return rows.map((row) => ({ letter: openLetter(row), locale: row.locale, address: row.address }));
}

const noticesFor = async (accountId: string) => (await lettersFor(accountId)).map(({ letter }) => letter.template);

async function signIn(organisation: Organisation, person: Person, given: Parameters<typeof visitorAt>[1] = {}) {
  const { outcome } = await enterPassword(visitorAt(organisation, given), person);
  return outcome.session!;
}

async function actorFor(organisation: Organisation, accountId: string): Promise<Actor> {
  return actorOfToken(await openSessionOf(organisation, accountId));
}

describe('SELF-3 a person is told by mail what happens to the account', () => {
  it('SELF-3 a new password: at one’s own wish, and where one had to choose it; not where it was refused', async () => {
    const organisation = await makeOrganisation();
    const person = await makePerson(organisation);
    const actor = await actorFor(organisation, person.id);
    const change = { current: person.password, next: NEXT_PASSWORD, code: null };
    expect(await refusalOf(changeOwnPassword(actor, { ...change, current: 'wrong' }))).toBe('password.wrong');
    expect(await noticesFor(person.id)).toEqual([]);
    await changeOwnPassword(actor, change);
    expect(await lettersFor(person.id)).toEqual([
      { letter: { template: 'password-changed' }, locale: 'fr', address: person.email },
    ]);

    const other = await makePerson(organisation, { mustChangePassword: true });
    const visitor = visitorAt(organisation);
    const { attempt } = await enterPassword(visitor, other);
    await submitNewPassword(visitor, { attempt, password: NEXT_PASSWORD });
    expect(await noticesFor(other.id)).toEqual(['password-changed']);
  });

  it('SELF-3 a factor added: once, however often its code is sent', async () => {
    const organisation = await makeOrganisation({ internalMFA: 'mandatory' });
    const person = await makePerson(organisation);
    const visitor = visitorAt(organisation);
    const { attempt } = await enterPassword(visitor, person);
    const holder = holderOf(visitor, person, attempt);
    await beginEnrolment(holder);
    const secret = (await findEnrolment(holder))!.secret!;
    expect(await refusalOf(confirmEnrolment(holder, await wrongCodeOf(secret), async () => null))).toBe('code.wrong');
    expect(await noticesFor(person.id)).toEqual([]);
    const code = await codeOf(secret);
    await Promise.allSettled([1, 2, 3].map(() => confirmEnrolment(holder, code, async () => null)));
    expect(await noticesFor(person.id)).toEqual(['factor-added']);
  });

  it('SELF-3 factors removed, and recovery codes renewed', async () => {
    const organisation = await makeOrganisation();
    const person = await makeEnrolledPerson(organisation);
    const actor = await actorFor(organisation, person.id);
    await renewRecoveryCodes(actor, await codeOf(person.secret, -1));
    expect(await noticesFor(person.id)).toEqual(['recovery-codes-renewed']);
    const settings = await settingsOf(organisation);
    const input = { password: person.password, code: await codeOf(person.secret) };
    expect(await refusalOf(switchOffOwnMfa(actor, settings, AUTHENTICATOR, { ...input, password: 'wrong' }))).toBe(
      'password.wrong',
    );
    await switchOffOwnMfa(actor, settings, AUTHENTICATOR, input);
    expect(await noticesFor(person.id)).toEqual(['recovery-codes-renewed', 'mfa-off']);
  });

  it('SELF-3 one method more, one fewer: by its name, with how many are left', async () => {
    const organisation = await makeOrganisation();
    const person = await makeEnrolledPerson(organisation);
    const signedIn = await actorFor(organisation, person.id);
    const actor = { ...signedIn, proofs: { ...signedIn.proofs, factorAt: signedIn.now } };
    const holder: EnrolmentHolder = {
      actor,
      organisation,
      accountId: person.id,
      label: person.email,
      anchor: { sessionId: actor.sessionId },
      allowedKinds: FACTOR_KINDS,
      factorProved: true,
    };
    await beginEnrolment(holder);
    const secret = (await findEnrolment(holder))!.secret!;
    await confirmEnrolment(holder, await codeOf(secret), async () => null);
    await removeOwnFactor(actor, await settingsOf(organisation), AUTHENTICATOR, {
      factorId: person.factorId,
      code: '',
    });
    const [added, removed] = (await lettersFor(person.id)).map(({ letter }) => letter);
    expect(added).toMatchObject({ template: 'factor-another', replaces: false });
    expect(removed).toEqual({ template: 'factor-removed', factor: 'Microsoft Authenticator', by: null, left: 1 });
  });

  it('SELF-3 what an administrator does to it: a token handed out and taken back, codes revoked, trust ended', async () => {
    const organisation = await makeOrganisation({ mfaRememberDeviceDays: '30' });
    const { actor: unproved } = await signedInPerson(organisation, 'administrator');
    const actor: Actor = {
      ...unproved,
      account: { ...unproved.account, factorKinds: ['totp'] },
      proofs: { ...unproved.proofs, factorAt: unproved.now },
    };
    const by = `${actor.account.firstName} ${actor.account.lastName}`;
    const person = await makeEnrolledPerson(organisation);
    const told = async () => (await lettersFor(person.id)).map(({ letter }) => letter).at(-1);

    await registerToken(actor, {
      serial: 'N-417',
      seed: 'GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ',
      kind: 'hotp',
      counter: '',
    });
    const [{ id }] = (await listTokens(actor, { after: null, begins: 'N417' })).tokens as unknown as [{ id: string }];
    await assignTokenTo(actor, id, person.email);
    expect(await told()).toEqual({ template: 'token-assigned', serial: 'N-417', by });
    await takeTokenBack(actor, id, { code: '' });
    expect(await noticesFor(person.id), 'it never counted: nothing changed').toEqual(['token-assigned']);
    await assignTokenTo(actor, id, person.email);
    const [factor] = await database.owner`
      insert into factors (organisation_id, account_id, kind, name, secret_sealed, next_counter, token_id)
      values (${organisation.id}, ${person.id}, 'hotp', 'Jeton N-417', '\\x00', 0, ${id}) returning id`;
    expect(factor).toBeDefined();
    await takeTokenBack(actor, id, { code: '' });
    expect(await told()).toEqual({ template: 'factor-removed', factor: 'Jeton N-417', by, left: 1 });

    await revokeRecoveryCodes(actor, person.id, { reason: 'Perdus', code: '' });
    expect(await told()).toEqual({ template: 'codes-revoked', by, card: false });

    const visitor = visitorAt(organisation);
    const { attempt } = await enterPassword(visitor, person);
    const { session } = await submitCode(visitor, { attempt, code: await codeOf(person.secret), trustDevice: true });
    const { deviceId } = await actorOfToken(session!.token);
    await endTrust(actor, deviceId!);
    expect(await told()).toMatchObject({ template: 'trust-ended', by });
    const count = (await noticesFor(person.id)).length;
    await endTrust(actor, deviceId!);
    expect(await noticesFor(person.id), 'nothing was left to end').toHaveLength(count);
  });

  it('SELF-3 AUTH-2 a password that an administrator demands: of one, and of everybody, a letter each', async () => {
    const organisation = await makeOrganisation();
    const { actor } = await signedInPerson(organisation, 'administrator');
    const [one, two] = [await makePerson(organisation), await makePerson(organisation, { kind: 'parent' })];
    const link = expect.stringMatching(new RegExp(`/${organisation.slug}/sign-in$`));
    const by = `${actor.account.firstName} ${actor.account.lastName}`;
    await demandNewPassword(actor, one.id);
    expect((await lettersFor(one.id)).map(({ letter }) => letter)).toEqual([
      { template: 'password-demanded', by, link },
    ]);
    await demandNewPasswords(actor, actor.account.authenticatorId);
    await Promise.all([writeWaitingNotices(), writeWaitingNotices()]);
    expect((await lettersFor(two.id)).map(({ letter }) => letter)).toEqual([
      { template: 'password-demanded', by: null, link },
    ]);
    expect(await noticesFor(actor.account.id), 'one’s own password is not touched').toEqual([]);
  });

  it('SELF-3 a recovery code used: at sign-in and as a proof, with how many are left', async () => {
    const organisation = await makeOrganisation();
    const person = await makeEnrolledPerson(organisation);
    const visitor = visitorAt(organisation);
    const { attempt } = await enterPassword(visitor, person);
    const [first, second] = person.recoveryCodes as [string, string];
    keepCookies(visitor, await submitRecoveryCode(visitor, { attempt, code: first }));
    const again = visitorAt(organisation);
    const next = await enterPassword(again, person);
    expect(await refusalOf(submitRecoveryCode(again, { attempt: next.attempt, code: first }))).toBe(
      'recovery-code.wrong',
    );
    await renewRecoveryCodes(await actorFor(organisation, person.id), second);
    expect((await lettersFor(person.id)).map(({ letter }) => letter)).toEqual([
      { template: 'recovery-code-used', left: 9 },
      { template: 'recovery-code-used', left: 8 },
      { template: 'recovery-codes-renewed' },
    ]);
  });

  it('SELF-3 RESET-1 factors reset, by an administrator and by the operator’s command', async () => {
    const organisation = await makeOrganisation();
    const person = await makeEnrolledPerson(organisation);
    const { actor } = await signedInPerson(organisation, 'administrator');
    await inOrganisation(actor, (transaction) => resetMfaWithin(transaction, actor, person.id, 'Téléphone perdu'));
    const { code, errors } = await runProgram(
      'operator/vestibule.ts',
      ['mfa', 'reset', person.email, '--org', organisation.slug, '--reason', 'encore'],
      { environment: database.environment },
    );
    expect({ code, errors }).toEqual({ code: 0, errors: '' });
    expect((await lettersFor(person.id)).map(({ letter }) => letter)).toEqual([
      { template: 'factors-reset', by: 'Mireille Bérubé' },
      { template: 'factors-reset', by: null },
    ]);
  });

  it('SELF-3 undone with the act: a reset that fails tells nobody', async () => {
    const organisation = await makeOrganisation();
    const person = await makeEnrolledPerson(organisation);
    const undone = new Error('undone');
    const actor = { kind: 'operator', organisation } as const;
    const failing = inOrganisation(actor, async (transaction) => {
      await resetMfaWithin(transaction, actor, person.id, 'Essai');
      throw undone;
    });
    await expect(failing).rejects.toBe(undone);
    expect(await noticesFor(person.id)).toEqual([]);
  });

  it('SELF-3 goes out in the person’s own language', async () => {
    const organisation = await makeOrganisation();
    const person = await makePerson(organisation);
    await database.owner`update accounts set locale = 'en' where id = ${person.id}`;
    await changeOwnPassword(await actorFor(organisation, person.id), {
      current: person.password,
      next: NEXT_PASSWORD,
      code: null,
    });
    expect(await lettersFor(person.id)).toMatchObject([{ locale: 'en' }]);
  });
});

describe('SELF-3 a sign-in from a new device', () => {
  it('SELF-3 is told of: not the very first, not a browser that is known, under whatever name it has now', async () => {
    const organisation = await makeOrganisation();
    const person = await makePerson(organisation);
    const { deviceToken } = await signIn(organisation, person);
    expect(await noticesFor(person.id)).toEqual([]);
    const again = await signIn(organisation, person, { deviceToken });
    expect(await noticesFor(person.id)).toEqual([]);

    const elsewhere = await signIn(organisation, person, { address: '198.51.100.20' });
    expect((await lettersFor(person.id)).map(({ letter }) => letter)).toEqual([
      {
        template: 'new-device',
        userAgent: 'Mozilla/5.0 (tests)',
        address: '198.51.100.20',
        at: expect.stringMatching(/^\d{4}-\d\d-\d\dT[\d:.]+Z$/),
      },
    ]);
    await signIn(organisation, person, { deviceToken: again.deviceToken });
    await signIn(organisation, person, { deviceToken: elsewhere.deviceToken });
    expect(await noticesFor(person.id)).toHaveLength(1);
    // The name that it had before is worth nothing.
    await signIn(organisation, person, { deviceToken });
    expect(await noticesFor(person.id)).toHaveLength(2);
  });

  it('SELF-3 a browser that others of the house use is new to whoever never signed in there', async () => {
    const organisation = await makeOrganisation();
    const [one, other] = [await makePerson(organisation), await makePerson(organisation)];
    await signIn(organisation, other);
    const { deviceToken } = await signIn(organisation, one);
    await signIn(organisation, other, { deviceToken });
    expect(await noticesFor(one.id)).toEqual([]);
    expect(await noticesFor(other.id)).toEqual(['new-device']);
  });

  it('SELF-3 with a second factor only a whole sign-in counts: a password alone tells nobody', async () => {
    const organisation = await makeOrganisation();
    const person = await makeEnrolledPerson(organisation);
    const enter = async (steps: number): Promise<void> => {
      const visitor: Visitor = visitorAt(organisation);
      const { attempt } = await enterPassword(visitor, person);
      const code = await codeOf(person.secret, steps);
      await submitCode(visitor, { attempt, code, trustDevice: false });
    };
    await enter(-1);
    await enterPassword(visitorAt(organisation), person);
    expect(await noticesFor(person.id)).toEqual([]);
    await enter(0);
    expect(await noticesFor(person.id)).toEqual(['new-device']);
  });
});
