import { randomBytes, randomUUID } from 'node:crypto';
import { sql } from 'drizzle-orm';
import { beforeAll, describe, expect, it, vi } from 'vitest';
import { useDatabase } from '@/e2e/fixtures/database';
import {
  actorWith,
  codeOf,
  enterPassword,
  holderOf,
  identify,
  keepCookies,
  makeOrganisation,
  makePerson,
  refusalOf,
  tally,
  visitorAt,
  type Person,
} from '@/e2e/fixtures/people';
import { openSessionOf } from '@/e2e/fixtures/actors';
import { SecurityKey, type Mischief } from '@/e2e/fixtures/security-key';
import type { Actor, Visitor } from '@/lib/actors/model';
import { hashToken } from '@/lib/crypto/tokens';
import { inOrganisation } from '@/lib/db/in-organisation';
import { hashAll } from '@/lib/enrolment/admission';
import { confirmEnrolment, confirmPasskey } from '@/lib/enrolment/confirm';
import type { EnrolmentHolder } from '@/lib/enrolment/holder';
import {
  beginEnrolment,
  chooseMethod,
  findEnrolment,
  offeredMethods,
  offerNewPasskey,
  renewRecoveryCodes,
} from '@/lib/enrolment/service';
import { newRecoveryCodes } from '@/lib/factors/recovery-codes';
import { removeOwnFactor } from '@/lib/factors/service';
import { listFactors, replaceRecoveryCodes } from '@/lib/factors/store';
import { openLetter } from '@/lib/mail/outbox';
import { settingsOf } from '@/lib/options/service';
import type { Organisation } from '@/lib/organisations/model';
import { changeOwnPassword } from '@/lib/passwords/service';
import { FACTOR_KINDS, type FactorKind, type Facts } from '@/lib/policy/decision';
import { collectOwnData } from '@/lib/privacy/store';
import { Refusal } from '@/lib/refusals';
import { resetAccount } from '@/lib/resets/service';
import { findOpenSession } from '@/lib/sessions/store';
import { listChallengeFactors } from '@/lib/sign-in/model';
import { findCurrentAttempt, offerPasskey, submitPasskey, submitRecoveryCode } from '@/lib/sign-in/service';
import { relyingParty } from './ceremony';
import { OPEN_CHALLENGES_MAX } from './model';
import { offerAssertion, offerCreation, offerOwnPasskey, verifyNewPasskey, verifyPasskey } from './service';
import { insertPasskey } from './store';

const database = useDatabase();

const ORIGIN = 'https://portail.example.org';

const AUTHENTICATOR: Facts['authenticator'] = {
  type: 'system',
  active: true,
  mfaRequired: false,
  factorKinds: FACTOR_KINDS,
  externalMfa: 'trust',
};

let organisation: Organisation;
beforeAll(async () => {
  vi.stubEnv('APP_ORIGIN', ORIGIN);
  database.useTwoInstances();
  organisation = await makeOrganisation({ internalMFA: 'mandatory' });
});

interface Owner extends Person {
  readonly factorId: string;
  readonly key: SecurityKey;
}

/** An attempt that stands where something can be set up, to hang a challenge on. */
async function beginning(person: Person, where: Organisation = organisation) {
  const visitor = visitorAt(where);
  const attemptId = await identify(visitor, person.email);
  return { visitor, owner: { accountId: person.id, anchor: { attemptId }, label: person.email } };
}

type Beginning = Awaited<ReturnType<typeof beginning>>;

const offered = ({ visitor, owner }: Beginning) =>
  inOrganisation(visitor, (transaction) => offerCreation(transaction, visitor, owner));

/** What a browser's answer to « create » is worth: the refusal's code, or `done`. */
async function made({ visitor, owner }: Beginning, answer: string): Promise<string> {
  const passkey = await inOrganisation(visitor, (transaction) => verifyNewPasskey(transaction, owner, answer));
  return passkey instanceof Refusal ? passkey.code : 'done';
}

/** Makes a passkey for somebody and keeps it as a factor, as enrolment does. */
async function register(person: Person, key: SecurityKey, where: Organisation = organisation): Promise<string> {
  const begun = await beginning(person, where);
  const answer = key.create(await offered(begun));
  const factorId = randomUUID();
  await inOrganisation(begun.visitor, async (transaction) => {
    const passkey = await verifyNewPasskey(transaction, begun.owner, answer);
    if (passkey instanceof Refusal) throw passkey;
    const owner = { organisationId: where.id, accountId: person.id };
    await transaction.execute(sql`insert into factors (id, organisation_id, account_id, kind, name)
      values (${factorId}, ${where.id}, ${person.id}, 'passkey', 'Clé YubiKey')`);
    await insertPasskey(transaction, { factorId, ...owner }, passkey);
  });
  return factorId;
}

async function makeOwner(
  how: ConstructorParameters<typeof SecurityKey>[1] = {},
  where: Organisation = organisation,
): Promise<Owner> {
  const person = await makePerson(where);
  const key = new SecurityKey(ORIGIN, how);
  return { ...person, key, factorId: await register(person, key, where) };
}

/** Up to the second factor, in a browser of its own. */
async function atChallenge(
  person: Person,
  where: Organisation = organisation,
): Promise<{ visitor: Visitor; attempt: string }> {
  const visitor = visitorAt(where);
  const { attempt, outcome } = await enterPassword(visitor, person);
  expect(outcome.next).toBe(`/${where.slug}/sign-in/verify`);
  return { visitor, attempt };
}

const submit = (
  { visitor, attempt }: { visitor: Visitor; attempt: string },
  passkey: string,
): ReturnType<typeof submitPasskey> => submitPasskey(visitor, { attempt, passkey, trustDevice: false });

/** A sign-in with a passkey; what it leads to. */
async function signIn(owner: Owner, wrong: Mischief = {}, key: SecurityKey = owner.key): Promise<string> {
  const at = await atChallenge(owner);
  const asked = await offerPasskey(at.visitor, at.attempt);
  return refusalOf(submit(at, key.get(asked, wrong)));
}

/** Somebody at work, whose factor was not proved lately. */
async function actorFor(where: Organisation, accountId: string): Promise<Actor> {
  const token = await openSessionOf(where, accountId);
  await database.owner`update sessions set factor_verified_at = null where token_hash = ${hashToken(token)}`;
  return actorWith(token);
}

/** As it stands once its counter went back. */
async function markAside(factorId: string): Promise<void> {
  await database.owner`update passkeys set cloned_at = now() where factor_id = ${factorId}`;
}

async function keepCodes(accountId: string, codes: readonly string[]): Promise<void> {
  const hashes = await hashAll(codes, accountId);
  await inOrganisation({ organisation }, (transaction) =>
    replaceRecoveryCodes(transaction, organisation.id, accountId, hashes),
  );
}

async function lettersTo(accountId: string): Promise<string[]> {
  const rows = await database.owner<{ id: string; template: string; contentSealed: Buffer }[]>`
    select id, template, content_sealed as "contentSealed" from mails where account_id = ${accountId} order by created_at`;
  return rows.map((row) => openLetter(row)).map((letter) => letter.template);
}

describe('ENROL-9 a passkey is made', () => {
  it('ENROL-9 for APP_ORIGIN alone, for any authenticator, and says nothing of the person but what is shown', async () => {
    const person = await makePerson(organisation);
    const begun = await beginning(person);
    const options = await offered(begun);
    expect(options.rp).toEqual({ id: 'portail.example.org', name: organisation.name });
    expect(options.attestation).toBe('none');
    expect(options.authenticatorSelection).toEqual({
      residentKey: 'preferred',
      requireResidentKey: false,
      userVerification: 'preferred',
    });
    expect(options.hints).toEqual([]);
    expect(Buffer.from(options.challenge, 'base64url')).toHaveLength(32);
    expect(options.user.name).toBe(`${organisation.name} : ${person.email}`);
    const handle = Buffer.from(options.user.id, 'base64url');
    expect(handle).toHaveLength(32);
    expect(handle.includes(person.email)).toBe(false);
    expect(handle.toString('hex')).not.toContain(person.id.replaceAll('-', ''));
    const again = await offered(begun);
    expect(again.user.id, 'one name for all passkeys of an account').toBe(options.user.id);
    expect(again.challenge).not.toBe(options.challenge);
    const another = await offered(await beginning(await makePerson(organisation)));
    expect(another.user.id).not.toBe(options.user.id);
  });

  it('ENROL-9 once from a challenge, however often and wherever its answer arrives', async () => {
    const begun = await beginning(await makePerson(organisation));
    const answer = new SecurityKey(ORIGIN).create(await offered(begun));
    const ends = await Promise.all(Array.from({ length: 12 }, () => made(begun, answer)));
    expect(tally(ends)).toEqual({ done: 1, 'passkey.expired': 11 });
  });

  it('ENROL-9 only in the sign-in, for the account, within the ten minutes and for the purpose of its challenge', async () => {
    const person = await makePerson(organisation);
    const begun = await beginning(person);
    const elsewhere = await beginning(person);
    expect(await made(elsewhere, new SecurityKey(ORIGIN).create(await offered(begun)))).toBe('passkey.expired');
    const somebody = await makePerson(organisation);
    const theirs = { ...begun, owner: { ...begun.owner, accountId: somebody.id } };
    expect(await made(theirs, new SecurityKey(ORIGIN).create(await offered(begun)))).toBe('passkey.expired');
    const late = new SecurityKey(ORIGIN).create(await offered(begun));
    await database.owner`update passkey_challenges set expires_at = now() where account_id = ${person.id}`;
    expect(await made(begun, late)).toBe('passkey.expired');
    const owner = await makeOwner();
    const at = await atChallenge(owner);
    const asked = await offerPasskey(at.visitor, at.attempt);
    const proving = {
      visitor: at.visitor,
      owner: { accountId: owner.id, anchor: { attemptId: at.attempt }, label: 'x' },
    };
    expect(await made(proving, new SecurityKey(ORIGIN).create(asked))).toBe('passkey.expired');
  });

  it('ENROL-9 not where anything of the answer is wrong; whoever answers wrongly has used the challenge up', async () => {
    const wrongs: Mischief[] = [
      { origin: 'https://portail.example.com' },
      { origin: 'http://portail.example.org' },
      { rpId: 'example.org' },
      { type: 'webauthn.get' },
      { crossOrigin: true },
      { absent: true },
      { format: 'packed', attestation: new Map([['alg', -7]]) },
      { format: 'packed', attestation: new Map([['x5c', Buffer.of(1)]]) },
      { format: 'fido-u2f' },
    ];
    for (const wrong of wrongs) {
      const begun = await beginning(await makePerson(organisation));
      const asked = await offered(begun);
      const key = new SecurityKey(ORIGIN);
      expect(await made(begun, key.create(asked, wrong)), JSON.stringify(wrong)).toBe('passkey.wrong');
      expect(await made(begun, key.create(asked)), JSON.stringify(wrong)).toBe('passkey.expired');
    }
    const begun = await beginning(await makePerson(organisation));
    const made32 = { challenge: randomBytes(32).toString('base64url') };
    expect(await made(begun, new SecurityKey(ORIGIN).create(made32))).toBe('passkey.expired');
    for (const nonsense of ['{}', 'null', '[', '"a"', 'x'.repeat(30_000), JSON.stringify({ id: 'a', rawId: 'a' })]) {
      expect(await made(begun, nonsense)).toBe('passkey.wrong');
    }
    expect(await made(begun, '')).toBe('passkey.missing');
  });

  it('ENROL-9 once an organisation; another one knows nothing of it', async () => {
    const owner = await makeOwner();
    const begun = await beginning(await makePerson(organisation));
    expect(await made(begun, owner.key.create(await offered(begun)))).toBe('passkey.taken');
    const other = await makeOrganisation({ internalMFA: 'mandatory' });
    const there = await beginning(await makePerson(other), other);
    expect(await made(there, owner.key.create(await offered(there)))).toBe('done');
    const own = await beginning(owner);
    const { excludeCredentials } = await offered(own);
    expect(excludeCredentials).toEqual([
      { id: owner.key.id.toString('base64url'), type: 'public-key', transports: ['usb'] },
    ]);
  });

  it('ENROL-9 SAFE-5 asking again and again keeps few challenges', async () => {
    const person = await makePerson(organisation);
    const begun = await beginning(person);
    const first = await offered(begun);
    for (let times = 0; times < OPEN_CHALLENGES_MAX + 5; times++) await offered(begun);
    const [kept] = await database.owner`
      select count(*)::int as n from passkey_challenges where account_id = ${person.id}`;
    expect(kept!['n']).toBe(OPEN_CHALLENGES_MAX);
    expect(await made(begun, new SecurityKey(ORIGIN).create(first))).toBe('passkey.expired');
  });
});

describe('ENROL-9 a passkey is the second factor of a sign-in', () => {
  it('ENROL-9 with and without the person being known to it, of a key that counts and of a phone that does not', async () => {
    for (const how of [
      { verifies: true, counts: true },
      { verifies: false, counts: true },
      { verifies: true, counts: false, transports: ['hybrid', 'internal'] },
    ]) {
      const owner = await makeOwner(how);
      for (let times = 0; times < 3; times++) {
        const at = await atChallenge(owner);
        const { session } = await submit(at, owner.key.get(await offerPasskey(at.visitor, at.attempt)));
        const opened = await findOpenSession(hashToken(session!.token));
        expect(opened!.facts.proofs.factorAt).not.toBeNull();
      }
      const [kept] = await database.owner`
        select sign_count::int as count, user_verified as verified, device_type, backed_up, f.last_used_at is not null as used
        from passkeys join factors f on f.id = factor_id where factor_id = ${owner.factorId}`;
      expect({ ...kept }).toEqual({
        count: how.counts ? 3 : 0,
        verified: how.verifies,
        device_type: how.counts ? 'singleDevice' : 'multiDevice',
        backed_up: !how.counts,
        used: true,
      });
    }
  });

  it('ENROL-9 the browser is told which to ask for, and nothing that only the account would know', async () => {
    const owner = await makeOwner();
    const at = await atChallenge(owner);
    const { challenge, timeout, ...asked } = await offerPasskey(at.visitor, at.attempt);
    expect(asked).toEqual({
      rpId: 'portail.example.org',
      allowCredentials: [{ id: owner.key.id.toString('base64url'), type: 'public-key', transports: ['usb'] }],
      userVerification: 'preferred',
      extensions: undefined,
    });
    expect(timeout).toBe(300_000);
    expect(challenge).toHaveLength(43);
    // Before the password nobody learns which keys an account has.
    const visitor = visitorAt(organisation);
    const attempt = await identify(visitor, owner.email);
    expect(await refusalOf(offerPasskey(visitor, attempt))).toBe('sign-in.expired');
    const other = await makeOrganisation();
    expect(await refusalOf(offerPasskey({ ...at.visitor, organisation: other }, at.attempt))).toBe('sign-in.expired');
  });

  it('ENROL-9 an answer opens one session, also where two instances get it in the same moment', async () => {
    const owner = await makeOwner();
    const at = await atChallenge(owner);
    const answer = owner.key.get(await offerPasskey(at.visitor, at.attempt));
    const ends = tally(await Promise.all(Array.from({ length: 10 }, () => refusalOf(submit(at, answer)))));
    expect(ends['done']).toBe(1);
    const [sessions] = await database.owner`select count(*)::int as n from sessions where account_id = ${owner.id}`;
    expect(sessions!['n']).toBe(1);
  });

  it('ENROL-9 a challenge is taken back once, also from a burst in which nothing else holds the answers back', async () => {
    const owner = await makeOwner({ counts: false, transports: ['internal'] });
    const token = await firstSession(owner);
    const actor = await actorWith(token);
    const who = { accountId: owner.id, anchor: { sessionId: actor.sessionId } };
    const asked = await inOrganisation(actor, (transaction) => offerAssertion(transaction, actor, who));
    const answer = owner.key.get(asked);
    const ends = await Promise.all(
      Array.from({ length: 12 }, () =>
        inOrganisation(actor, (transaction) => verifyPasskey(transaction, actor, who, answer)),
      ),
    );
    expect(tally(ends.map((end) => (end.ok ? 'done' : end.code)))).toEqual({ done: 1, 'passkey.expired': 11 });
  });

  async function firstSession(owner: Owner): Promise<string> {
    const at = await atChallenge(owner);
    const { session } = await submit(at, owner.key.get(await offerPasskey(at.visitor, at.attempt)));
    return session!.token;
  }

  it('ENROL-9 not with an answer of another place, another purpose, another origin, or one that was changed', async () => {
    const owner = await makeOwner();
    for (const wrong of [
      { origin: 'https://portail.example.org.attaquant.test' },
      { rpId: 'attaquant.test' },
      { type: 'webauthn.create' },
      { crossOrigin: true },
      { absent: true },
      { tampered: 'signature' },
      { tampered: 'data' },
      { userHandle: randomBytes(32).toString('base64url') },
    ] satisfies Mischief[]) {
      expect(await signIn(owner, wrong), JSON.stringify(wrong)).toBe('passkey.wrong');
      await database.owner`delete from throttles`;
    }
    expect(await signIn(owner, { challenge: randomBytes(32).toString('base64url') })).toBe('passkey.expired');
    expect(await signIn(owner, { challenge: 'AAAA' })).toBe('passkey.wrong');
    await database.owner`delete from throttles`;
    // Two sign-ins of the same person: what was asked in one is worth nothing in the other.
    const [one, two] = [await atChallenge(owner), await atChallenge(owner)];
    const asked = await offerPasskey(one.visitor, one.attempt);
    expect(await refusalOf(submit(two, owner.key.get(asked)))).toBe('passkey.expired');
    expect(await refusalOf(submit(one, owner.key.get(asked)))).toBe('done');
    expect(await signIn(owner)).toBe('done');
  });

  it('ENROL-9 ACC-6 not with a passkey of somebody else, of the same organisation or of another', async () => {
    const owner = await makeOwner();
    const colleague = await makeOwner();
    expect(await signIn(owner, {}, colleague.key)).toBe('passkey.unknown');
    const other = await makeOrganisation({ internalMFA: 'mandatory' });
    const stranger = await makeOwner({}, other);
    expect(await signIn(owner, {}, stranger.key)).toBe('passkey.unknown');
    // The same authenticator in both: each organisation's own row counts, and its own counter.
    const factorId = await register(owner, stranger.key);
    expect(await signIn(owner, {}, stranger.key)).toBe('done');
    const rows = await database.owner`select factor_id, sign_count::int as count from passkeys
      where credential_id = ${stranger.key.id} order by count`;
    expect(rows.map((row) => [row['factor_id'], row['count']])).toEqual([
      [stranger.factorId, 0],
      [factorId, 2],
    ]);
  });

  it('ENROL-9 SIGN-4 each answer is a try, and asking is none', async () => {
    const owner = await makeOwner();
    const at = await atChallenge(owner);
    for (let times = 0; times < 8; times++) await offerPasskey(at.visitor, at.attempt);
    expect(await refusalOf(submit(at, ''))).toBe('passkey.missing');
    for (let times = 0; times < 5; times++) {
      const asked = await offerPasskey(at.visitor, at.attempt);
      const end = await refusalOf(submit(at, owner.key.get(asked, { tampered: 'signature' })));
      expect(['passkey.wrong', 'code.throttled']).toContain(end);
    }
    const asked = await offerPasskey(at.visitor, at.attempt).catch(() => null);
    if (asked !== null) {
      expect(['code.throttled', 'sign-in.too-many-codes']).toContain(await refusalOf(submit(at, owner.key.get(asked))));
    }
    const [events] = await database.owner`
      select count(*)::int as n from audit_events where subject_id = ${owner.id} and action = 'sign-in.passkey'`;
    expect(events!['n']).toBeGreaterThanOrEqual(5);
  });
});

describe('ENROL-9 a counter that goes back', () => {
  it('ENROL-9 is refused: the passkey is set aside, its owner and those who can help are told, once', async () => {
    const administrator = await makePerson(organisation, { role: 'administrator' });
    const owner = await makeOwner();
    const thief = owner.key.copy();
    expect(await signIn(owner)).toBe('done');
    expect(await signIn(owner)).toBe('done');
    // The owner's answer is on its way already when the copy is noticed.
    const late = await atChallenge(owner);
    const onItsWay = owner.key.get(await offerPasskey(late.visitor, late.attempt));
    const [thiefs, owners] = [await atChallenge(owner), await atChallenge(owner)];
    expect(await refusalOf(submit(thiefs, thief.get(await offerPasskey(thiefs.visitor, thiefs.attempt))))).toBe(
      'passkey.cloned',
    );
    expect(await refusalOf(submit(late, onItsWay)), 'a sign-in that was under way has ended').toBe('sign-in.expired');
    expect(await refusalOf(submit(owners, onItsWay))).toBe('sign-in.expired');
    expect(await refusalOf(offerPasskey(thiefs.visitor, thiefs.attempt)), 'nobody is asked for it again').toBe(
      'passkey.none',
    );
    expect(await refusalOf(signIn(owner)), 'the owner’s too: nobody knows which is which').toBe('passkey.none');
    const [kept] = await database.owner`
      select cloned_at is not null as flagged, sign_count::int as count from passkeys where factor_id = ${owner.factorId}`;
    expect({ ...kept }).toEqual({ flagged: true, count: 2 });
    expect((await lettersTo(owner.id)).filter((one) => one === 'passkey-cloned')).toHaveLength(1);
    expect((await lettersTo(administrator.id)).filter((one) => one === 'passkey-cloned-somebody')).toHaveLength(1);
    const events = await database.owner`
      select outcome, details from audit_events where subject_id = ${owner.id} and action = 'mfa.passkey-cloned'`;
    expect(events.map((event) => ({ ...event }))).toEqual([
      { outcome: 'refused', details: { factorId: owner.factorId } },
    ]);
  });

  it('ENROL-9 MFA-5 ends whatever the copy may have opened: every session, every trust in a browser', async () => {
    const owner = await makeOwner();
    const thief = owner.key.copy();
    const at = await atChallenge(owner);
    const { session } = await submitPasskey(at.visitor, {
      attempt: at.attempt,
      passkey: owner.key.get(await offerPasskey(at.visitor, at.attempt)),
      trustDevice: true,
    });
    await database.owner`update devices set trusted_until = now() + interval '1 day' where account_id = ${owner.id}`;
    // Noticed in a session, where an act asked for a proof: that session ends as well.
    const actor = await actorFor(organisation, owner.id);
    const passkey = thief.get(await offerOwnPasskey(actor));
    expect(await refusalOf(renewRecoveryCodes(actor, { code: '', passkey }))).toBe('passkey.cloned');
    expect(await findOpenSession(hashToken(session!.token))).toBeNull();
    const [left] = await database.owner`select
      (select count(*)::int from sessions where account_id = ${owner.id}) as sessions,
      (select count(*)::int from devices where account_id = ${owner.id} and trusted_until is not null) as trusted`;
    expect({ ...left }).toEqual({ sessions: 0, trusted: 0 });
  });

  it('ENROL-9 MFA-4 was it the only factor, a recovery code leads to another one, which takes its place', async () => {
    const owner = await makeOwner();
    const [code, ...others] = newRecoveryCodes();
    await keepCodes(owner.id, [code!, ...others]);
    await markAside(owner.factorId);
    const { visitor, attempt } = await atChallenge(owner);
    expect(listChallengeFactors((await findCurrentAttempt(visitor))!)).toEqual([]);
    const alone = holderOf(visitor, owner, attempt);
    await beginEnrolment(alone);
    const key = (await findEnrolment(alone))!.secret!;
    expect(await refusalOf(confirmEnrolment(alone, await codeOf(key), async () => true)), 'by a password alone').toBe(
      'mfa.already-on',
    );

    const outcome = keepCookies(visitor, await submitRecoveryCode(visitor, { attempt, code: code! }));
    expect(outcome.session).toBeUndefined();
    expect(outcome.next).toMatch(/enrol$/);
    const standing = (await findCurrentAttempt(visitor))!;
    expect(standing).toMatchObject({ step: 'enrol', person: { replaces: 'mfa.set-aside', factorProved: true } });
    const holder = holderOf(visitor, owner, standing.id, { factorProved: true });
    await beginEnrolment(holder);
    expect((await offeredMethods(holder)).methods).toContain('card');
    await chooseMethod(holder, { method: 'app' });
    const secret = (await findEnrolment(holder))!.secret!;
    expect(await refusalOf(confirmEnrolment(holder, await codeOf(secret), async () => true))).toBe('done');
    const kinds = await database.owner`select kind from factors where account_id = ${owner.id}`;
    expect(kinds.map(({ kind }) => kind as string)).toEqual(['totp']);
    expect(await database.owner`select from passkeys where account_id = ${owner.id}`).toHaveLength(0);
    expect(await lettersTo(owner.id)).toContain('factor-another');
  });

  it('ENROL-9 SELF-1 it counts for nothing beside another: that one is asked for, and can’t be removed for its sake', async () => {
    const owner = await makeOwner();
    const app = randomUUID();
    await database.owner`insert into factors (id, organisation_id, account_id, kind, name, secret_sealed)
      values (${app}, ${organisation.id}, ${owner.id}, 'totp', 'Application', '\\x00')`;
    await markAside(owner.factorId);
    const at = await atChallenge(owner);
    expect(listChallengeFactors((await findCurrentAttempt(at.visitor))!).map(({ id }) => id)).toEqual([app]);
    const actor = await actorWith(await openSessionOf(organisation, owner.id));
    const proved = { ...actor, proofs: { ...actor.proofs, factorAt: actor.now } };
    expect(proved.account.factorKinds.toSorted()).toEqual(['set-aside', 'totp']);
    const settings = await settingsOf(organisation);
    const remove = (factorId: string) =>
      refusalOf(removeOwnFactor(proved, settings, AUTHENTICATOR, { factorId, code: '' }));
    expect(await remove(app)).toBe('factor.last');
    const shown = await inOrganisation(actor, (transaction) => listFactors(transaction, owner.id));
    expect(
      shown.map(({ id, setAside, allowed }) => ({ id, setAside, allowed })).toSorted((a) => (a.id === app ? 1 : -1)),
    ).toEqual([
      { id: owner.factorId, setAside: true, allowed: false },
      { id: app, setAside: false, allowed: true },
    ]);
    expect(await remove(owner.factorId)).toBe('done');
  });

  it('ENROL-9 an authenticator that counted and counts no more is refused; one that never counted is not', async () => {
    const owner = await makeOwner();
    expect(await signIn(owner)).toBe('done');
    owner.key.count = null;
    expect(await signIn(owner)).toBe('passkey.cloned');
    const phone = await makeOwner({ counts: false, transports: ['internal'] });
    expect(await signIn(phone)).toBe('done');
    expect(await signIn(phone)).toBe('done');
  });

  it('ENROL-9 with the same count from two places at once one is let in and the copy is noticed', async () => {
    const owner = await makeOwner();
    const thief = owner.key.copy();
    const [one, two] = [await atChallenge(owner), await atChallenge(owner)];
    const answers = [
      owner.key.get(await offerPasskey(one.visitor, one.attempt)),
      thief.get(await offerPasskey(two.visitor, two.attempt)),
    ];
    const ends = await Promise.all([refusalOf(submit(one, answers[0]!)), refusalOf(submit(two, answers[1]!))]);
    expect(tally(ends)).toEqual({ done: 1, 'passkey.cloned': 1 });
  });
});

describe('ENROL-9 what is kept of a passkey', () => {
  it('PRIV-1 is shown to its owner', async () => {
    const owner = await makeOwner({ transports: ['usb', 'nfc'] });
    const data = await inOrganisation({ organisation }, (transaction) => collectOwnData(transaction, owner.id));
    expect(data.factors).toEqual([
      expect.objectContaining({
        kind: 'passkey',
        name: 'Clé YubiKey',
        credential_id: owner.key.id.toString('base64url'),
        transports: ['usb', 'nfc'],
        user_verified: true,
        device_type: 'singleDevice',
        backed_up: false,
        aaguid: null,
        sign_count: 0,
      }),
    ]);
  });

  it('ENROL-9 goes with its factor, and with the account', async () => {
    const owner = await makeOwner();
    const at = await atChallenge(owner);
    await offerPasskey(at.visitor, at.attempt);
    await database.owner`delete from factors where id = ${owner.factorId}`;
    expect(await database.owner`select from passkeys where account_id = ${owner.id}`).toHaveLength(0);
    expect(await refusalOf(offerPasskey(at.visitor, at.attempt))).not.toBe('done');
    const another = await makeOwner();
    await offerPasskey(...(Object.values(await atChallenge(another)) as [Visitor, string]));
    await database.owner`delete from accounts where id = ${another.id}`;
    expect(await database.owner`select from passkeys where account_id = ${another.id}`).toHaveLength(0);
    expect(await database.owner`select from passkey_challenges where account_id = ${another.id}`).toHaveLength(0);
  });

  it('ENROL-9 nothing is offered where browsers make no passkeys for the address', async () => {
    for (const address of ['http://127.0.0.1:3000', 'https://[::1]', 'https://203.0.113.7']) {
      expect(relyingParty(address)).toBeNull();
    }
    expect(relyingParty('http://localhost:3000')).toEqual({ id: 'localhost', origin: 'http://localhost:3000' });
    expect(relyingParty('https://portail.example.org:8443')).toEqual({
      id: 'portail.example.org',
      origin: 'https://portail.example.org:8443',
    });
  });
});

describe('ENROL-9 a passkey is set up', () => {
  /** Up to the page of a passkey, in My account of somebody who has none yet. */
  async function settingUp(given: { person?: Owner; allowedKinds?: readonly FactorKind[] } = {}) {
    const person = given.person ?? (await makePerson(organisation, { kind: 'parent' }));
    const actor = await actorFor(organisation, person.id);
    const holder: EnrolmentHolder = {
      actor,
      organisation,
      accountId: person.id,
      label: person.email,
      anchor: { sessionId: actor.sessionId },
      allowedKinds: given.allowedKinds ?? ['totp', 'passkey'],
      factorProved: given.person !== undefined,
    };
    await beginEnrolment(holder);
    return { person, actor, holder };
  }

  const nothing = async () => null;

  it('ENROL-9 ENROL-6 counts once a browser answered for it, with recovery codes, under a name that can be known again', async () => {
    const { person, holder } = await settingUp();
    expect(await refusalOf(offerNewPasskey(holder)), 'nothing was chosen yet').toBe('enrolment.expired');
    await chooseMethod(holder, { method: 'passkey' });
    const key = new SecurityKey(ORIGIN);
    expect(await refusalOf(confirmPasskey(holder, '', nothing))).toBe('passkey.missing');
    const wrong = key.create(await offerNewPasskey(holder), { origin: 'https://ailleurs.test' });
    expect(await refusalOf(confirmPasskey(holder, wrong, nothing))).toBe('passkey.wrong');
    expect(await database.owner`select from factors where account_id = ${person.id}`).toHaveLength(0);
    const answer = key.create(await offerNewPasskey(holder));
    const ends = await Promise.all([1, 2, 3, 4].map(() => refusalOf(confirmPasskey(holder, answer, nothing))));
    expect(tally(ends)).toEqual({ done: 4 });
    const rows = await database.owner`
      select f.kind, f.name, f.secret_sealed as secret, k.credential_id as credential
      from factors f join passkeys k on k.factor_id = f.id where f.account_id = ${person.id}`;
    expect(rows.map((row) => ({ ...row }))).toEqual([
      { kind: 'passkey', name: 'Clé de sécurité', secret: null, credential: key.id },
    ]);
    expect((await findEnrolment(holder))?.recoveryCodes).toHaveLength(10);
    expect((await lettersTo(person.id)).filter((one) => one === 'factor-added')).toHaveLength(1);
  });

  it('ENROL-9 two who show the same new one in the same moment: one has it, the other nothing', async () => {
    const key = new SecurityKey(ORIGIN);
    const both = await Promise.all([settingUp(), settingUp()]);
    const ends = await Promise.all(
      both.map(async ({ holder }) => {
        await chooseMethod(holder, { method: 'passkey' });
        const answer = key.create(await offerNewPasskey(holder));
        return refusalOf(confirmPasskey(holder, answer, nothing));
      }),
    );
    expect(tally(ends)).toEqual({ done: 1, 'passkey.taken': 1 });
    const left = await database.owner`
      select from factors f where account_id = any(${both.map(({ person }) => person.id)})`;
    expect(left).toHaveLength(1);
  });

  it('AUTH-3 is offered and taken only where the authenticator allows it', async () => {
    const { holder } = await settingUp({ allowedKinds: ['totp'] });
    expect((await offeredMethods(holder)).methods).not.toContain('passkey');
    expect(await refusalOf(chooseMethod(holder, { method: 'passkey' }))).toBe('enrolment.method');
    const { holder: free } = await settingUp();
    expect((await offeredMethods(free)).methods).toContain('passkey');
  });

  it('AUTH-3 one that is no longer allowed proves nothing beside a factor that is', async () => {
    const owner = await makeOwner();
    await database.owner`insert into factors (organisation_id, account_id, kind, name, secret_sealed)
      values (${organisation.id}, ${owner.id}, 'totp', 'Application', '\\x00')`;
    const [authenticator] = await database.owner<{ id: string }[]>`
      select authenticator_id as id from accounts where id = ${owner.id}`;
    await database.owner`update authenticators set factor_kinds = '{totp}' where id = ${authenticator!.id}`;
    const at = await atChallenge(owner);
    expect(await refusalOf(offerPasskey(at.visitor, at.attempt))).toBe('passkey.none');
    await database.owner`update authenticators set factor_kinds = '{totp,hotp,passkey,card}' where id = ${authenticator!.id}`;
    expect(await refusalOf(offerPasskey(at.visitor, at.attempt))).toBe('done');
  });
});

describe('ENROL-9 a passkey proves who acts', () => {
  it('ENROL-9 RESET-1 for a reset, once, and only in the session that asked', async () => {
    const administrator = await makePerson(organisation, { role: 'administrator' });
    const key = new SecurityKey(ORIGIN);
    await register(administrator, key);
    const [actor, elsewhere] = [
      await actorFor(organisation, administrator.id),
      await actorFor(organisation, administrator.id),
    ];
    const lost = { reason: 'Téléphone perdu', code: '' };
    const [one, two] = [await makeOwner(), await makeOwner()];
    expect(await refusalOf(resetAccount(actor, one.id, lost))).toBe('proof.code-missing');
    const passkey = key.get(await offerOwnPasskey(actor));
    expect(await refusalOf(resetAccount(elsewhere, one.id, { ...lost, passkey }))).toBe('passkey.expired');
    expect(await refusalOf(resetAccount(actor, one.id, { ...lost, passkey }))).toBe('done');
    expect(await refusalOf(resetAccount(actor, two.id, { ...lost, passkey }))).toBe('passkey.expired');
    expect(await database.owner`select from passkeys where account_id = ${one.id}`, 'a reset clears it').toHaveLength(
      0,
    );
    expect(await database.owner`select from passkeys where account_id = ${two.id}`).toHaveLength(1);
  });

  it('ENROL-9 ENROL-7 for new recovery codes, and for a new password', async () => {
    const owner = await makeOwner();
    const actor = await actorFor(organisation, owner.id);
    const stranger = new SecurityKey(ORIGIN);
    const asked = await offerOwnPasskey(actor);
    expect(await refusalOf(renewRecoveryCodes(actor, { code: '', passkey: stranger.get(asked) }))).toBe(
      'passkey.unknown',
    );
    const proof = async () => ({ code: '', passkey: owner.key.get(await offerOwnPasskey(actor)) });
    expect(await refusalOf(renewRecoveryCodes(actor, await proof()))).toBe('done');
    const change = { current: owner.password, next: 'Une phrase tout à fait neuve' };
    expect(await refusalOf(changeOwnPassword(actor, { ...change, ...(await proof()) }))).toBe('done');
    const events = await database.owner`
      select outcome, details from audit_events where subject_id = ${owner.id} and action = 'session.prove'
      and details ->> 'proof' = 'passkey' order by occurred_at`;
    expect(events.map(({ outcome }) => outcome)).toEqual(['failure', 'success', 'success']);
  });
});
