import { describe, expect, it } from 'vitest';
import { useDatabase } from '@/e2e/fixtures/database';
import { assign, comeBack, goOut, identityOf, makeExternal, refusalsOf } from '@/e2e/fixtures/external';
import { signedInPerson } from '@/e2e/fixtures/actors';
import { makeInvitedPerson } from '@/e2e/fixtures/letters';
import { enterPassword, keepCookies, makeOrganisation, makePerson, tally, visitorAt } from '@/e2e/fixtures/people';
import { hashToken, newToken } from '@/lib/crypto/tokens';
import { inOrganisation } from '@/lib/db/in-organisation';
import type { ProvenIdentity } from '@/lib/authenticators/model';
import { loadWayIn, saveWayIn } from '@/lib/authenticators/identities/service';
import { findOpenSession } from '@/lib/sessions/store';
import { findCurrentAttempt } from '@/lib/sign-in/service';
import { listOwnIdentities } from './own';
import { completeFlow, completeTicket, findFlowByState, findTicket, keepAnswer, openFlow, takeFlow } from './service';

const database = useDatabase();
database.useTwoInstances();

const whyOf = (next: string) => new URLSearchParams(next.split('?')[1] ?? '').get('why');

/** An employee whom a provider is expected to know by the e-mail. */
async function expected(given: Parameters<typeof makeExternal>[2] = {}) {
  const organisation = await makeOrganisation();
  const authenticatorId = await makeExternal(database.owner, organisation, given);
  const person = await makePerson(organisation);
  await assign(database.owner, organisation, person.id, authenticatorId, `claim(email):${person.email}`);
  const identity = identityOf({ email: person.email });
  const signIn = async (said: ProvenIdentity = identity, visitor = visitorAt(organisation)) => {
    const flow = await comeBack(visitor, authenticatorId, person.email);
    return keepCookies(visitor, await completeFlow(visitor, flow, said));
  };
  return { organisation, authenticatorId, person, identity, signIn };
}

describe('AUTH-7 the first sign-in pins an identity to issuer and subject', () => {
  it('AUTH-7 signs in whom the provider vouches for; afterwards the subject alone counts, whatever the address', async () => {
    const { organisation, identity, person, signIn } = await expected();
    const outcome = await signIn();
    expect(outcome.next).toBe(`/${organisation.slug}`);
    const session = await findOpenSession(hashToken(outcome.session!.token));
    expect(session).toMatchObject({ account: { id: person.id } });
    expect(session!.facts.proofs.externalAt).toBeInstanceOf(Date);
    expect(session!.facts.proofs.passwordAt).toBeNull();
    const later = await signIn({ ...identity, email: 'autre@ailleurs.test', claims: { email: 'autre@ailleurs.test' } });
    expect(later.session).toBeDefined();
  });

  it('AUTH-7 of ten subjects with the same address at once, over two instances, one is pinned and nine are refused', async () => {
    const { organisation, authenticatorId, person } = await expected();
    const visitors = Array.from({ length: 10 }, () => visitorAt(organisation));
    const flows = await Promise.all(visitors.map((visitor) => comeBack(visitor, authenticatorId, person.email)));
    const outcomes = await Promise.all(
      visitors.map((visitor, index) => completeFlow(visitor, flows[index]!, identityOf({ email: person.email }))),
    );
    expect(tally(outcomes.map(({ session, next }) => (session ? 'in' : (whyOf(next) ?? next))))).toEqual({
      in: 1,
      'no-account': 9,
    });
    expect(tally(await refusalsOf(database.owner, authenticatorId))).toEqual({ 'external.other-subject': 9 });
  });

  it('AUTH-7 refuses the same address with another subject, and the same subject of another issuer', async () => {
    const { authenticatorId, identity, signIn } = await expected();
    await signIn();
    for (const said of [
      { ...identity, subject: 'somebody-else' },
      { ...identity, issuer: 'https://other.example' },
    ]) {
      const outcome = await signIn(said);
      expect(outcome.session).toBeUndefined();
      expect(whyOf(outcome.next)).toBe('no-account');
    }
    expect(await refusalsOf(database.owner, authenticatorId)).toEqual([
      'external.other-subject',
      'external.other-subject',
    ]);
  });

  it('AUTH-7 takes no address that the provider has not verified', async () => {
    const { authenticatorId, identity, signIn } = await expected();
    expect((await signIn({ ...identity, emailVerified: false })).session).toBeUndefined();
    expect(await refusalsOf(database.owner, authenticatorId)).toEqual(['external.unknown']);
  });

  it('AUTH-7 an address of which the provider says nothing counts in a domain of this very authenticator alone', async () => {
    const { organisation, authenticatorId, identity, signIn } = await expected();
    const silent = { ...identity, emailVerified: false };
    await makeExternal(database.owner, organisation, { domains: ['erables.test'] });
    await database.owner`
      insert into authenticator_domains (organisation_id, domain, authenticator_id)
      values (${organisation.id}, 'ailleurs.test', ${authenticatorId})`;
    expect((await signIn(silent)).session).toBeUndefined();
    expect(await refusalsOf(database.owner, authenticatorId)).toEqual(['external.unknown']);
    await database.owner`
      update authenticator_domains set authenticator_id = ${authenticatorId}
      where organisation_id = ${organisation.id} and domain = 'erables.test'`;
    expect((await signIn(silent)).session).toBeDefined();
  });

  it('AUTH-7 pins, and notes who resembles, at the one identity that is meant: others, and one’s own elsewhere, stay as they are', async () => {
    const { organisation, authenticatorId, person, signIn } = await expected();
    const neighbour = await makePerson(organisation);
    await assign(database.owner, organisation, neighbour.id, authenticatorId, `claim(email):${neighbour.email}`);
    const beside = await makeExternal(database.owner, organisation);
    await database.owner`
      insert into external_identities (organisation_id, account_id, authenticator_id, expected)
      values (${organisation.id}, ${person.id}, ${beside}, ${`claim(email):${person.email}`}),
        (${organisation.id}, ${neighbour.id}, ${beside}, 'claim(email):Ailleurs@ecole.test')`;
    const where = async (column: 'near_said' | 'subject') =>
      database.owner`
        select account_id, authenticator_id from external_identities
        where organisation_id = ${organisation.id} and ${database.owner(column)} is not null`;
    const meant = [{ account_id: person.id, authenticator_id: authenticatorId }];
    // What is expected at another authenticator resembles nobody here.
    expect(whyOf((await signIn(identityOf({ email: 'ailleurs@ecole.test' }))).next)).toBe('no-account');
    expect(await where('near_said')).toEqual([]);
    expect(whyOf((await signIn(identityOf({ email: person.email.toUpperCase() }))).next)).toBe('no-account');
    expect(await where('near_said')).toEqual(meant);
    expect((await signIn()).session).toBeDefined();
    expect(await where('subject')).toEqual(meant);
  });

  it('AUTH-7 refuses what only resembles, and tells the administrator whom it resembles', async () => {
    const { authenticatorId, identity, person, signIn } = await expected();
    const [local] = person.email.split('@');
    for (const email of [person.email.toUpperCase(), `${person.email}\u00a0`, `${local}@ailleurs.test`]) {
      const outcome = await signIn({ ...identity, email, claims: { email } });
      expect(whyOf(outcome.next)).toBe('no-account');
    }
    const events = await database.owner`
      select reason, subject_id, details->>'near' as nearness from audit_events
      where action = 'external.refuse' and details->>'authenticator' = ${authenticatorId} order by occurred_at`;
    expect(events).toMatchObject([
      { reason: 'external.near-match', subject_id: person.id, nearness: 'spelling' },
      { reason: 'external.near-match', subject_id: person.id, nearness: 'spelling' },
      { reason: 'external.near-match', subject_id: person.id, nearness: 'domain' },
    ]);
    // What was said stands beside the identity, for the administrator, and in no event.
    const [row] =
      await database.owner`select near_said, subject from external_identities where account_id = ${person.id}`;
    expect(row).toEqual({ near_said: `claim(email):${local}@ailleurs.test`, subject: null });
    const told =
      await database.owner`select count(*)::int as n from audit_events where details::text like '%ailleurs.test%'`;
    expect(told).toEqual([{ n: 0 }]);
  });

  it('AUTH-7 what resembled is shown to whoever manages accounts, until it is mended, or the right one is bound', async () => {
    const { organisation, authenticatorId, identity, person, signIn } = await expected();
    // An organisation always has one.
    await signedInPerson(organisation, 'administrator');
    const { actor } = await signedInPerson(organisation, ['accounts.manage']);
    const shown = async () => (await loadWayIn(actor, person.id, authenticatorId)).identity!.nearSaid;
    const resemble = async () => {
      const email = person.email.toUpperCase();
      expect(whyOf((await signIn(identityOf({ email }))).next)).toBe('no-account');
      return `claim(email):${email}`;
    };
    expect(await shown()).toBeNull();
    const said = await resemble();
    expect(await shown()).toBe(said);
    const { actor: other } = await signedInPerson(organisation, ['audit.read', 'authenticators.manage', 'mfa.reset']);
    await expect(loadWayIn(other, person.id, authenticatorId)).rejects.toThrow('permission.missing');
    // The right one signs in: it is bound, and nothing is left to be asked.
    expect((await signIn()).session).toBeDefined();
    expect(await shown()).toBeNull();
    // Somebody who resembles them later on is told of too; giving them another identity settles it, and so does a month.
    await resemble();
    expect(await shown()).toBe(said);
    await saveWayIn(actor, person.id, authenticatorId, said);
    expect(await shown()).toBeNull();
    expect((await signIn({ ...identity, claims: { email: person.email.toUpperCase() } })).session).toBeDefined();
    await database.owner`
      update external_identities set near_said = 'x', near_at = now() - interval '31 days' where account_id = ${person.id}`;
    expect(await shown()).toBeNull();
    // Nor is it kept any longer.
    const kept = async () => database.owner`
      select near_said, near_at is null as timeless, expected from external_identities where account_id = ${person.id}`;
    expect(await kept()).toEqual([{ near_said: 'x', timeless: false, expected: said }]);
    await database.restricted`select sweep_external()`;
    expect(await kept()).toEqual([{ near_said: null, timeless: true, expected: said }]);
    await database.owner`
      update external_identities set near_said = 'y', near_at = now() - interval '29 days' where account_id = ${person.id}`;
    await database.restricted`select sweep_external()`;
    expect(await shown()).toBe('y');
  });

  it('SAFE-5 takes for nobody what no text of ours can be: no claim of a provider is an error', async () => {
    const { authenticatorId, identity, signIn, person } = await expected();
    const strange = { employee: 'a\0b', nickname: '\uD800', oid: '\uDC00x@y.test', upn: 'x\u0007' };
    const unknown = { ...identity, email: 'x@y\0.test', emailVerified: false, claims: strange };
    for (const said of [unknown, { ...unknown, email: '@'.repeat(9_999) }]) {
      expect(whyOf((await signIn(said)).next)).toBe('no-account');
    }
    expect(await refusalsOf(database.owner, authenticatorId)).toEqual(['external.unknown', 'external.unknown']);
    // What else is said beside the one that fits harms nobody.
    expect((await signIn({ ...identity, claims: { ...strange, email: person.email } })).session).toBeDefined();
  });

  it('AUTH-7 refuses an identity that fits two accounts', async () => {
    const { organisation, authenticatorId, identity, signIn } = await expected();
    const other = await makePerson(organisation);
    await assign(database.owner, organisation, other.id, authenticatorId, 'claim(employee):42');
    const outcome = await signIn({ ...identity, claims: { ...identity.claims, employee: '42' } });
    expect(whyOf(outcome.next)).toBe('no-account');
    expect(await refusalsOf(database.owner, authenticatorId)).toEqual(['external.ambiguous']);
  });

  it('ACC-6 the same identity is nobody in another organisation, and at another authenticator', async () => {
    const { identity, signIn, organisation } = await expected();
    await signIn();
    const elsewhere = await expected();
    expect((await elsewhere.signIn(identity)).session).toBeUndefined();
    const beside = await makeExternal(database.owner, organisation);
    const other = await makePerson(organisation);
    await assign(database.owner, organisation, other.id, beside);
    const visitor = visitorAt(organisation);
    const flow = await comeBack(visitor, beside, other.email);
    expect(whyOf((await completeFlow(visitor, flow, identity)).next)).toBe('no-account');
    expect(await refusalsOf(database.owner, beside)).toEqual(['external.unknown']);
  });
});

describe('SIGN-3 a way to a provider', () => {
  it('SIGN-3 comes back once, over two instances, to the browser that it was opened in, in time', async () => {
    const { organisation, authenticatorId, person } = await expected();
    const visitor = visitorAt(organisation);
    const state = await goOut(visitor, authenticatorId, person.email);
    expect(await takeFlow(visitorAt(organisation), authenticatorId, state)).toBeNull();
    const elsewhere = await expected();
    expect(await takeFlow(visitor, elsewhere.authenticatorId, state)).toBeNull();
    const taken = await Promise.all(Array.from({ length: 10 }, () => takeFlow(visitor, authenticatorId, state)));
    expect(taken.filter((one) => one !== null)).toHaveLength(1);
    const late = await goOut(visitor, authenticatorId, person.email);
    await database.owner`update external_flows set expires_at = now() where authenticator_id = ${authenticatorId}`;
    expect(await takeFlow(visitor, authenticatorId, late)).toBeNull();
  });

  it('SIGN-3 leads nowhere once the sign-in that opened it was used up, or ran out', async () => {
    const { organisation, authenticatorId, person } = await expected();
    const ends = [
      () => database.owner`update sign_in_attempts set consumed_at = now() where account_id = ${person.id}`,
      () => database.owner`update sign_in_attempts set expires_at = now() where account_id = ${person.id}`,
    ];
    for (const end of ends) {
      const visitor = visitorAt(organisation);
      const state = await goOut(visitor, authenticatorId, person.email);
      await end();
      expect(await takeFlow(visitor, authenticatorId, state)).toBeNull();
    }
  });

  it('SIGN-3 what waits behind a ticket answers to that one alone, is one answer to one request, and ends with its time', async () => {
    const { organisation, authenticatorId, person, identity } = await expected();
    const visitor = visitorAt(organisation);
    const request = async () =>
      (await findFlowByState(organisation, authenticatorId, await goOut(visitor, authenticatorId, person.email)))!;
    const answer = async (flow: Awaited<ReturnType<typeof request>>) => {
      const assertion = { id: newToken(), expiresAt: new Date(Date.now() + 300_000) };
      return keepAnswer(organisation, { authenticatorId, flow, identity, assertion });
    };
    const end = () =>
      database.owner`update external_flows set expires_at = now() where authenticator_id = ${authenticatorId}`;
    const flow = await request();
    const ticket = await answer(flow);
    await expect(answer(flow)).rejects.toMatchObject({ code: 'external.state' });
    expect(await findTicket(visitor, newToken())).toBeNull();
    expect(await findTicket(visitor, ticket)).toMatchObject({ email: person.email });
    const slow = await request();
    await end();
    expect(await findTicket(visitor, ticket)).toBeNull();
    const late = await completeTicket(visitor, ticket, true);
    expect([late.session, whyOf(late.next)]).toEqual([undefined, 'lost']);
    await expect(answer(slow)).rejects.toMatchObject({ code: 'external.state' });
  });

  it('SIGN-3 two tabs each have their own: the second still comes back after the first one signed in', async () => {
    const { organisation, authenticatorId, person, identity } = await expected();
    const visitor = visitorAt(organisation);
    const [first, second] = [
      await goOut(visitor, authenticatorId, person.email),
      await goOut(visitor, authenticatorId, person.email),
    ];
    const one = keepCookies(
      visitor,
      await completeFlow(visitor, (await takeFlow(visitor, authenticatorId, first))!, identity),
    );
    const other = await completeFlow(visitor, (await takeFlow(visitor, authenticatorId, second))!, identity);
    expect([one.session, other.session].every((session) => session !== undefined)).toBe(true);
  });

  it('SIGN-3 asks first where the provider vouches for somebody else than was typed', async () => {
    const { organisation, authenticatorId, person, identity } = await expected();
    const typed = await makePerson(organisation);
    await assign(database.owner, organisation, typed.id, authenticatorId);
    const visitor = visitorAt(organisation);
    const { next, session } = await completeFlow(
      visitor,
      await comeBack(visitor, authenticatorId, typed.email),
      identity,
    );
    expect(session).toBeUndefined();
    expect(next).toMatch(/\/sign-in\/provider\/continue\?ticket=/);
    const ticket = next.split('ticket=')[1]!;
    expect(await findTicket(visitor, ticket)).toMatchObject({ email: person.email, name: 'Mireille Bérubé' });
    expect(await findTicket(visitorAt(organisation), ticket)).toBeNull();
    const outcomes = await Promise.all([1, 2, 3].map(() => completeTicket(visitor, ticket, true)));
    expect(outcomes.filter((one) => one.session !== undefined)).toHaveLength(1);
  });
});

describe('ACC-3 AUTH-6 who may come in at this moment', () => {
  it('ACC-3 opens an invited account whose provider vouches for it, and its link is used up', async () => {
    const organisation = await makeOrganisation();
    const authenticatorId = await makeExternal(database.owner, organisation);
    const person = await makeInvitedPerson(database.owner, organisation);
    await assign(database.owner, organisation, person.id, authenticatorId, `claim(email):${person.email}`);
    const visitor = visitorAt(organisation);
    const flow = await comeBack(visitor, authenticatorId, person.email);
    const outcome = await completeFlow(visitor, flow, identityOf({ email: person.email }));
    expect(outcome.session).toBeDefined();
    const [account] = await database.owner`select status from accounts where id = ${person.id}`;
    expect(account).toEqual({ status: 'active' });
  });

  it('AUTH-6 ends outside where the authenticator, the account or its assignment changed while the person was away', async () => {
    const changes = {
      'external.inactive': (_: string, authenticatorId: string) =>
        database.owner`update authenticators set active = false where id = ${authenticatorId}`,
      'external.suspended': (accountId: string) =>
        database.owner`update accounts set status = 'suspended' where id = ${accountId}`,
      'external.not-assigned': (accountId: string) =>
        database.owner`update accounts set authenticator_id = (select id from authenticators u where u.is_default
          and u.organisation_id = accounts.organisation_id) where id = ${accountId}`,
    };
    for (const [reason, change] of Object.entries(changes)) {
      const { organisation, authenticatorId, person, identity } = await expected();
      const visitor = visitorAt(organisation);
      const flow = await comeBack(visitor, authenticatorId, person.email);
      await change(person.id, authenticatorId);
      const outcome = await completeFlow(visitor, flow, identity);
      expect([outcome.session, whyOf(outcome.next)]).toEqual([undefined, 'no-account']);
      expect(await refusalsOf(database.owner, authenticatorId)).toEqual([reason]);
      const [identityRow] =
        await database.owner`select subject from external_identities where account_id = ${person.id}`;
      expect(identityRow).toEqual({ subject: null });
    }
  });

  it('AUTH-6 a session that a provider opened is worth nothing once the account stands on another authenticator', async () => {
    const { organisation, person, signIn } = await expected();
    const { session } = await signIn();
    const other = await makeExternal(database.owner, organisation);
    await database.owner`update accounts set authenticator_id = ${other} where id = ${person.id}`;
    expect((await findOpenSession(hashToken(session!.token)))!.facts.proofs.externalAt).toBeNull();
  });
});

describe('MFA-7 what is asked of a provider about a second factor', () => {
  it('MFA-7 demand: its lack is refused by a sentence of its own, its proof lets in', async () => {
    const { authenticatorId, identity, signIn } = await expected({ externalMfa: 'demand' });
    const lacking = await signIn();
    expect([lacking.session, whyOf(lacking.next)]).toEqual([undefined, 'mfa']);
    expect(await refusalsOf(database.owner, authenticatorId)).toEqual(['mfa.provider-lacks']);
    expect((await signIn({ ...identity, factorShown: true })).session).toBeDefined();
  });

  it('MFA-7 ask here: enrolment comes before a session', async () => {
    const { organisation, signIn, person } = await expected({ externalMfa: 'ask' });
    const visitor = visitorAt(organisation);
    const outcome = await signIn(undefined, visitor);
    expect(outcome).toMatchObject({ next: `/${organisation.slug}/sign-in/enrol` });
    expect(outcome.session).toBeUndefined();
    expect(await findCurrentAttempt(visitor)).toMatchObject({ step: 'enrol', person: { accountId: person.id } });
  });
});

describe('AUTH-8 accounts that are made at the first sign-in', () => {
  const justInTime = { kind: 'employee' as const, roleId: null, domains: ['ecole.test'] };
  const arrive = async (visitor: ReturnType<typeof visitorAt>, authenticatorId: string, said: ProvenIdentity) =>
    completeFlow(visitor, await comeBack(visitor, authenticatorId, said.email!), said);

  it('AUTH-8 makes one, once, for a verified address of an allowed domain', async () => {
    const organisation = await makeOrganisation();
    const id = await makeExternal(database.owner, organisation, { settings: { justInTime }, domains: ['ecole.test'] });
    const said = identityOf({ email: 'Nadia.Cote@ecole.test' });
    const visitors = Array.from({ length: 6 }, () => visitorAt(organisation));
    const outcomes = await Promise.all(visitors.map((visitor) => arrive(visitor, id, said)));
    expect(outcomes.filter(({ session }) => session !== undefined)).toHaveLength(6);
    const rows = await database.owner`
      select kind, status, first_name, username from accounts where authenticator_id = ${id}`;
    expect(rows).toEqual([{ kind: 'employee', status: 'active', first_name: 'Mireille', username: 'nadia.cote' }]);
  });

  it('AUTH-8 by the names that the provider says, however they are written; without one, by the address', async () => {
    const organisation = await makeOrganisation();
    const id = await makeExternal(database.owner, organisation, { settings: { justInTime }, domains: ['ecole.test'] });
    const long = 'É'.repeat(200);
    const people = [
      ['Zoe.OBrien+parent@ECOLE.test', 'Zoë 🎈', 'O’Brien-D’Amours', ['Zoë 🎈', 'O’Brien-D’Amours']],
      ['mohammed@ecole.test', 'محمد', 'العلي', ['محمد', 'العلي']],
      ['long@ecole.test', long, 'Roy', [long.slice(0, 100), 'Roy']],
      ['vide@ecole.test', '', ' \u200B', ['vide', 'vide']],
      ['ordre@ecole.test', 'A\u202EB', null, ['ordre', 'ordre']],
    ] as const;
    for (const [email, firstName, lastName, made] of people) {
      expect(
        (await arrive(visitorAt(organisation), id, identityOf({ email, firstName, lastName }))).session,
      ).toBeDefined();
      const [row] = await database.owner`
        select first_name, last_name, email from accounts where authenticator_id = ${id} and email = ${email}`;
      expect(row).toEqual({ first_name: made[0], last_name: made[1], email });
    }
  });

  it('AUTH-8 asks first where another address was typed: nobody is made before the person says yes, and then all of it is told', async () => {
    const organisation = await makeOrganisation();
    const id = await makeExternal(database.owner, organisation, { settings: { justInTime }, domains: ['ecole.test'] });
    const made = async () => database.owner`select id from accounts where authenticator_id = ${id}`;
    const visitor = visitorAt(organisation);
    const flow = await comeBack(visitor, id, 'typee@ecole.test');
    const asked = await completeFlow(visitor, flow, identityOf({ email: 'autre@ecole.test' }));
    expect(asked.session).toBeUndefined();
    expect(asked.next).toMatch(/\/sign-in\/provider\/continue\?ticket=/);
    expect(await made()).toEqual([]);
    expect((await completeTicket(visitor, asked.next.split('ticket=')[1]!, true)).session).toBeDefined();
    const [account] = await made();
    const events = await database.owner`
      select action, subject_id from audit_events
      where organisation_id = ${organisation.id} and actor_kind = 'visitor' order by id`;
    const subject_id = account!['id'] as string;
    expect(events.map((event) => ({ ...event }))).toEqual([
      { action: 'sign-in.identify', subject_id: null },
      { action: 'account.create', subject_id },
      { action: 'external.bind', subject_id },
      { action: 'external.verify', subject_id },
      { action: 'sign-in.complete', subject_id },
    ]);
  });

  it('AUTH-8 of six who bring one address at once one gets the account, and the others are told that it is taken', async () => {
    const organisation = await makeOrganisation();
    const id = await makeExternal(database.owner, organisation, { settings: { justInTime }, domains: ['ecole.test'] });
    const outcomes = await Promise.all(
      Array.from({ length: 6 }, () =>
        arrive(visitorAt(organisation), id, identityOf({ email: 'nadia.cote@ecole.test' })),
      ),
    );
    expect(tally(outcomes.map(({ session, next }) => (session ? 'in' : (whyOf(next) ?? next))))).toEqual({
      in: 1,
      taken: 5,
    });
  });

  it('AUTH-8 never for another domain, an unverified address, or one that somebody here has', async () => {
    const organisation = await makeOrganisation();
    const domains = ['ecole.test', 'autre.test'];
    const id = await makeExternal(database.owner, organisation, { settings: { justInTime }, domains });
    await makePerson(organisation, { email: 'directrice@ecole.test', username: 'directrice' });
    const tried = async (said: Partial<ProvenIdentity>, typed = 'nouveau@ecole.test') => {
      const visitor = visitorAt(organisation);
      const outcome = await completeFlow(visitor, await comeBack(visitor, id, typed), identityOf(said));
      expect(outcome.session).toBeUndefined();
      return whyOf(outcome.next);
    };
    expect(await tried({ email: 'x@autre.test' })).toBe('no-account');
    // Of an owned domain it counts where the provider says nothing, and not where the provider says no.
    const unverified = { email: 'x@ecole.test', emailVerified: false };
    expect(await tried({ ...unverified, claims: { email_verified: false } })).toBe('no-account');
    expect(await tried({ email: 'Directrice@ecole.test' })).toBe('taken');
    expect(await refusalsOf(database.owner, id)).toEqual([
      'external.domain',
      'external.email-unverified',
      'external.email-taken',
    ]);
  });
});

describe('AUTH-7 a signed-in person binds their own identity', () => {
  it('AUTH-7 a way serves once, and no longer than its session; what is known of the person elsewhere stands beside it', async () => {
    const organisation = await makeOrganisation();
    const [id, beside, closed] = [
      await makeExternal(database.owner, organisation),
      await makeExternal(database.owner, organisation),
      await makeExternal(database.owner, organisation),
    ];
    await database.owner`update authenticators set active = false where id = ${closed}`;
    const { actor, token } = await signedInPerson(organisation, null);
    await database.owner`
      insert into external_identities (organisation_id, account_id, authenticator_id, expected)
      values (${organisation.id}, ${actor.account.id}, ${beside}, 'claim(email):attendue@ecole.test')`;
    const visitor = visitorAt(organisation, { sessionToken: token });
    const way = async () => {
      const state = newToken();
      await inOrganisation(actor, (transaction) =>
        openFlow(transaction, {
          organisationId: organisation.id,
          authenticatorId: id,
          purpose: 'bind',
          holder: { sessionId: actor.sessionId },
          request: { protocol: 'oidc', nonce: newToken(), verifier: newToken() },
          state,
        }),
      );
      return (await takeFlow(visitor, id, state))!;
    };
    const identity = identityOf();
    const ended = async (flow: Awaited<ReturnType<typeof way>>) =>
      new URLSearchParams((await completeFlow(visitor, flow, identity)).next.split('?')[1]).get('identity');
    const [first, again, late] = [await way(), await way(), await way()];
    expect([await ended(first), await ended(first), await ended(again)]).toEqual(['bound', 'lost', 'bound']);
    const own = new Map((await listOwnIdentities(actor)).map((one) => [one.id, one.boundAt]));
    expect(own).toEqual(
      new Map([
        [id, expect.any(Date)],
        [beside, null],
      ]),
    );
    await database.owner`update sessions set absolute_until = now() where id = ${actor.sessionId}`;
    expect(await ended(late)).toBe('lost');
  });
});

describe('SAML-1 a sign-in that the provider begins', () => {
  it('SAML-1 belongs to no browser before the person says yes, works once, and its assertion is taken once', async () => {
    const { organisation, authenticatorId, person, identity } = await expected();
    const assertion = { id: newToken(), expiresAt: new Date(Date.now() + 300_000) };
    const given = { authenticatorId, flow: null, identity, assertion };
    const ticket = await keepAnswer(organisation, given);
    await expect(keepAnswer(organisation, given)).rejects.toMatchObject({ code: 'saml.replayed' });
    const visitor = visitorAt(organisation, { browserToken: null });
    expect(await findTicket(visitor, ticket)).toMatchObject({ email: person.email });
    const asked = await completeTicket(visitor, ticket, false);
    expect([asked.session, asked.next]).toEqual([
      undefined,
      `/${organisation.slug}/sign-in/provider/continue?ticket=${ticket}`,
    ]);
    const outcomes = await Promise.all([1, 2, 3, 4].map(() => completeTicket(visitor, ticket, true)));
    expect(outcomes.filter(({ session }) => session !== undefined)).toHaveLength(1);
    expect(await findTicket(visitor, ticket)).toBeNull();
  });

  it('SAML-1 a word that was refused lets nobody in later', async () => {
    const { organisation, authenticatorId, person, identity } = await expected();
    const assertion = { id: newToken(), expiresAt: new Date(Date.now() + 300_000) };
    const ticket = await keepAnswer(organisation, { authenticatorId, flow: null, identity, assertion });
    const visitor = visitorAt(organisation);
    const become = (status: string) => database.owner`update accounts set status = ${status} where id = ${person.id}`;
    const said = async () => {
      const { session, next } = await completeTicket(visitor, ticket, true);
      return session ? 'in' : whyOf(next);
    };
    await become('suspended');
    expect(await said()).toBe('no-account');
    await become('active');
    expect(await said()).toBe('lost');
  });
});

describe('SIGN-1 identifiers and their ways', () => {
  it('SIGN-1 known and unknown addresses of an owned domain go to the provider alike; others see a password', async () => {
    const organisation = await makeOrganisation();
    const id = await makeExternal(database.owner, organisation, { domains: ['ecole.test'] });
    const person = await makePerson(organisation, { email: 'connue@ecole.test' });
    await assign(database.owner, organisation, person.id, id);
    const stepOf = async (identifier: string) => {
      const visitor = visitorAt(organisation);
      await goOut(visitor, id, identifier).catch(() => null);
      return (await findCurrentAttempt(visitor))!.step;
    };
    expect(await stepOf('connue@ecole.test')).toBe('redirect');
    expect(await stepOf('inconnue@ecole.test')).toBe('redirect');
    expect(await stepOf('inconnue@ailleurs.test')).toBe('password');
    await database.owner`update authenticators set active = false where id = ${id}`;
    expect(await stepOf('connue@ecole.test')).toBe('password');
    expect(await stepOf('inconnue@ecole.test')).toBe('password');
  });

  it('AUTH-6 a password opens nothing for an account on a provider', async () => {
    const { organisation, person } = await expected();
    await expect(enterPassword(visitorAt(organisation), person)).rejects.toMatchObject({
      code: 'sign-in.wrong-password',
    });
  });
});
