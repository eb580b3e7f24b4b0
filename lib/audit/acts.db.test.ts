import { randomUUID } from 'node:crypto';
import { afterEach, beforeAll, expect, it } from 'vitest';
import { actorOfToken, makeRole, openSessionOf, signedInOf, signedInPerson } from '@/e2e/fixtures/actors';
import { useDatabase } from '@/e2e/fixtures/database';
import { assign, makeExternal } from '@/e2e/fixtures/external';
import { makeInvitedPerson, tokenTo } from '@/e2e/fixtures/letters';
import {
  enterPassword,
  holderOf,
  makeEnrolledPerson,
  makeOrganisation,
  makePerson,
  visitorAt,
  type EnrolledPerson,
} from '@/e2e/fixtures/people';
import * as administration from '@/lib/accounts/administration';
import type { Actor } from '@/lib/actors/model';
import * as identities from '@/lib/authenticators/identities/service';
import * as people from '@/lib/authenticators/people/service';
import * as authenticators from '@/lib/authenticators/service';
import { hashToken, newToken } from '@/lib/crypto/tokens';
import { inOrganisation } from '@/lib/db/in-organisation';
import * as approval from '@/lib/device-approval/service';
import * as devices from '@/lib/devices/service';
import { rememberDevice } from '@/lib/devices/store';
import * as emails from '@/lib/email-change/service';
import { beginEnrolment, renewRecoveryCodes } from '@/lib/enrolment/service';
import * as factors from '@/lib/factors/service';
import { insertFactor } from '@/lib/factors/store';
import { requestPasswordReset, resetPassword } from '@/lib/forgotten/service';
import { acceptInvitation, resendInvitation, revokeInvitation } from '@/lib/invitations/service';
import { grantException } from '@/lib/locations/service';
import type { Organisation } from '@/lib/organisations/model';
import { sendOrganisations } from '@/lib/organisations/service';
import { issuePass, revokePass } from '@/lib/passes/service';
import { demandNewPassword } from '@/lib/passwords/demand';
import { changeOwnPassword } from '@/lib/passwords/service';
import { exportOwnData } from '@/lib/privacy/service';
import * as profile from '@/lib/profile/service';
import { listRequests, refuseRequest, requestHelp } from '@/lib/reset-requests/service';
import { resetAccount, revokeRecoveryCodes } from '@/lib/resets/service';
import { changeRole, deleteRole } from '@/lib/roles/service';
import { endOtherSessions, postponeInSession } from '@/lib/sessions/service';
import * as tokens from '@/lib/tokens/service';
import type { AuditAction } from './model';

const database = useDatabase();

let organisation: Organisation;
/** An Administrator who proved a factor of their own a moment ago. */
let chief: Actor;
/** Somebody of the same organisation who has everything that an account can have, and to whom nothing is ever done. */
let neighbour: string;
beforeAll(async () => {
  organisation = await makeOrganisation();
  chief = (await enrolled({ role: 'administrator' })).actor;
  neighbour = await furnished();
});

async function furnished(): Promise<string> {
  const { person, actor } = await enrolled();
  const visitor = visitorAt(organisation);
  const { attempt } = await enterPassword(visitor, person);
  await requestHelp(visitor, attempt);
  await beginEnrolment(holderOf(visitor, person, attempt));
  await otherBrowser(person.id);
  await emails.requestEmailChange(actor, `${person.username}@ailleurs.test`);
  await requestPasswordReset(visitor, person.email);
  await issuePass(chief, person.id, { ...REASON, minutes: 15 });
  await requestHelp(visitor, attempt);
  await grantException(chief, person.username, { minutes: 60, reason: 'Formation' });
  await tokens.assignTokenTo(chief, await registered(), person.email);
  await assign(database.owner, organisation, person.id, await inForce());
  const beside = await makeExternal(database.owner, organisation);
  await database.owner`
    insert into external_identities (organisation_id, account_id, authenticator_id, expected)
    values (${organisation.id}, ${person.id}, ${beside}, 'claim(email):voisine@ecole.test')`;
  return person.id;
}

async function enrolled(given: Parameters<typeof makeEnrolledPerson>[1] = {}) {
  const person: EnrolledPerson = await makeEnrolledPerson(organisation, given);
  const token = await openSessionOf(organisation, person.id);
  return { person, token, actor: await actorOfToken(token) };
}

const plain = async () => (await signedInPerson(organisation, null)).actor;
const REASON = { reason: 'Téléphone perdu', code: '' };

/** A browser that an account trusts, beside the one of its session. */
const otherBrowser = async (accountId: string) => {
  const { id } = await inOrganisation({ organisation }, (transaction) =>
    rememberDevice(transaction, {
      organisationId: organisation.id,
      accountId,
      tokenHash: hashToken(newToken()),
      userAgent: '',
      address: null,
      trustDays: 30,
    }),
  );
  return id;
};

const draft = () => authenticators.createAuthenticator(chief, { name: randomUUID(), type: 'system' });
const inForce = async () => {
  const id = await draft();
  await authenticators.activateAuthenticator(chief, id);
  return id;
};

const registered = async (serial = randomUUID().slice(0, 8)) => {
  const given = { serial, seed: 'GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ', kind: 'totp', counter: '' } as const;
  await tokens.registerToken(chief, given);
  const [token] = await database.owner<{ id: string }[]>`
    select id from tokens where organisation_id = ${organisation.id} and serial = ${serial}`;
  return token!.id;
};

/** Somebody whose phone is elsewhere, at the step of the code. */
const waiting = async () => {
  const { person } = await enrolled();
  const visitor = visitorAt(organisation);
  const { attempt } = await enterPassword(visitor, person);
  return { visitor, attempt, accountId: person.id };
};

/** By the event that it leaves: what is to be there before, and then the act itself, which can be tried again. */
const ACTS: Partial<Record<AuditAction, () => Promise<() => Promise<unknown>>>> = {
  'organisation.list-request': async () => {
    const { email } = await makePerson(organisation);
    const { organisation: _organisation, ...passerby } = visitorAt(organisation);
    return () => sendOrganisations(passerby, email);
  },
  'account.data-export': async () => {
    const actor = await plain();
    return () => exportOwnData(actor);
  },
  'account.profile-change': async () => {
    const actor = await plain();
    const change = { firstName: 'Autre', lastName: 'Nom', locale: null, timeZone: null };
    return () => profile.changeOwnProfile(actor, change);
  },
  'account.picture-change': async () => {
    const actor = await plain();
    await database.owner`
      insert into pictures (account_id, organisation_id, media_type, bytes)
      values (${actor.account.id}, ${organisation.id}, 'image/webp', '\\x00')`;
    return () => profile.removeOwnPicture(actor);
  },
  'account.password-change': async () => {
    const actor = await plain();
    const input = { current: 'Orage-Lanterne-Verger-7', next: 'Une tout autre phrase, longue', code: null };
    return () => changeOwnPassword(actor, input);
  },
  'account.identity-change': async () => {
    const [id, person] = [await makeExternal(database.owner, organisation), await makePerson(organisation)];
    return () => identities.saveWayIn(chief, person.id, id, `claim(email):${person.email}`);
  },
  'account.identity-unbind': async () => {
    const [id, person] = [await makeExternal(database.owner, organisation), await makePerson(organisation)];
    await assign(database.owner, organisation, person.id, id, `claim(email):${person.email}`);
    await database.owner`
      update external_identities set issuer = 'https://idp.test', subject = ${person.id}, bound_at = now()
      where account_id = ${person.id}`;
    return () => identities.unbindIdentity(chief, person.id, 'Un autre compte');
  },
  'account.email-change-request': async () => {
    const actor = await plain();
    return () => emails.requestEmailChange(actor, `${actor.account.username}@ailleurs.test`);
  },
  'account.email-change-cancel': async () => {
    const actor = await plain();
    await emails.requestEmailChange(actor, `${actor.account.username}@ailleurs.test`);
    return () => emails.cancelEmailChange(actor);
  },
  'account.email-change': async () => {
    const actor = await plain();
    const address = `${actor.account.username}@ailleurs.test`;
    await emails.requestEmailChange(actor, address);
    const token = await tokenTo(database.owner, address);
    return () => emails.confirmEmailChange(actor, token);
  },
  'sign-in.enrolment-postponed': async () => {
    const actor = await plain();
    return () => postponeInSession(actor);
  },
  'mfa.offer-answered': async () => {
    const actor = await plain();
    return () => profile.answerEnrolmentOffer(actor, 'later');
  },
  'mfa.recovery-codes-renew': async () => {
    const { actor, person } = await enrolled();
    return () => renewRecoveryCodes(actor, person.recoveryCodes[0]!);
  },
  'mfa.switch-off': async () => {
    const { token, person } = await enrolled();
    const { actor, settings, authenticator } = await signedInOf(token);
    const input = { password: person.password, code: person.recoveryCodes[0]! };
    return () => factors.switchOffOwnMfa(actor, settings, authenticator, input);
  },
  'mfa.factor-rename': async () => {
    const { actor, person } = await enrolled();
    return () => factors.renameOwnFactor(actor, person.factorId, 'Autre');
  },
  'mfa.factor-remove': async () => {
    const { token, person } = await enrolled();
    const second = { id: randomUUID(), organisationId: organisation.id, accountId: person.id };
    await inOrganisation({ organisation }, (transaction) =>
      insertFactor(transaction, { ...second, kind: 'card', name: 'Carte', secretSealed: null }),
    );
    const { actor, settings, authenticator } = await signedInOf(token);
    const input = { factorId: person.factorId, code: '' };
    return () => factors.removeOwnFactor(actor, settings, authenticator, input);
  },
  'mfa.card-revoke': async () => {
    const { id } = await makeEnrolledPerson(organisation);
    return () => revokeRecoveryCodes(chief, id, REASON);
  },
  'mfa.pass-revoke': async () => {
    const { id } = await makeEnrolledPerson(organisation);
    await issuePass(chief, id, { ...REASON, minutes: 15 });
    return () => revokePass(chief, id);
  },
  'mfa.help-request': async () => {
    const { visitor, attempt } = await waiting();
    return () => requestHelp(visitor, attempt);
  },
  'mfa.help-refuse': async () => {
    const { visitor, attempt, accountId } = await waiting();
    await requestHelp(visitor, attempt);
    const request = (await listRequests(chief)).find((one) => one.accountId === accountId)!;
    return () => refuseRequest(chief, request.id);
  },
  'device.forget': async () => {
    const actor = await plain();
    const device = await otherBrowser(actor.account.id);
    return () => devices.forgetOwnDevice(actor, device);
  },
  'device.trust-end': async () => {
    const actor = await plain();
    const device = await otherBrowser(actor.account.id);
    return () => devices.endOwnDeviceTrust(actor, device);
  },
  'device.rename': async () => {
    const device = await otherBrowser((await makePerson(organisation)).id);
    return () => approval.renameDevice(chief, device, 'Poste 3');
  },
  'authenticator.create': async () => {
    const name = randomUUID();
    return () => authenticators.createAuthenticator(chief, { name, type: 'oidc' });
  },
  'authenticator.save': async () => {
    const { authenticator } = await authenticators.viewAuthenticator(chief, await draft());
    const { id, updatedAt, state: _state, isDefault: _isDefault, ...fields } = authenticator;
    const change = { ...fields, description: 'Autre', domains: [] };
    return () => authenticators.saveAuthenticator(chief, id, updatedAt, change);
  },
  'authenticator.activate': async () => {
    const id = await draft();
    return () => authenticators.activateAuthenticator(chief, id);
  },
  'authenticator.make-default': async () => {
    const id = await inForce();
    return () => authenticators.makeDefaultAuthenticator(chief, id);
  },
  'authenticator.save-defaults': async () => {
    const id = await inForce();
    return () => authenticators.saveDefaults(chief, id, { kinds: ['external'], roleIds: [] });
  },
  'authenticator.remove': async () => {
    const id = await draft();
    return () => authenticators.removeDraft(chief, id);
  },
  'authenticator.move': async () => {
    const [from, to] = [await inForce(), await inForce()];
    await assign(database.owner, organisation, (await makePerson(organisation)).id, from);
    return () => people.moveCrowd(chief, { authenticatorId: from }, to, 'move');
  },
  'authenticator.move-undo': async () => {
    const [from, to] = [await inForce(), await inForce()];
    await assign(database.owner, organisation, (await makePerson(organisation)).id, from);
    await people.moveCrowd(chief, { authenticatorId: from }, to, 'move');
    const [move] = await database.owner<{ id: string }[]>`
      select id from authenticator_moves where to_authenticator_id = ${to}`;
    return () => people.undoMove(chief, move!.id);
  },
  'token.register': async () => {
    const serial = randomUUID().slice(0, 8);
    return () => registered(serial);
  },
  'token.import': async () => {
    const serial = randomUUID().slice(0, 8);
    const file = new Blob([`serial,seed\n${serial},GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ`]);
    const id = await tokens.checkTokenFile(chief, file);
    return () => tokens.importTokens(chief, id);
  },
  'token.take-back': async () => {
    const id = await registered();
    await tokens.assignTokenTo(chief, id, (await makePerson(organisation)).email);
    return () => tokens.takeTokenBack(chief, id, { code: '' });
  },
  'token.remove': async () => {
    const id = await registered();
    return () => tokens.removeToken(chief, id);
  },
  'mfa.reset': async () => {
    const { person } = await enrolled();
    return () => resetAccount(chief, person.id, REASON);
  },
  'mfa.pass-issue': async () => {
    const { id } = await makeEnrolledPerson(organisation);
    return () => issuePass(chief, id, { ...REASON, minutes: 15 });
  },
  'account.change': async () => {
    const { id } = await signedInPerson(organisation, 'auditor');
    const details = (await administration.findManagedAccount(chief, id))!;
    return () => administration.changeAccount(chief, id, { ...details, roleId: null });
  },
  'account.suspend': async () => {
    const { id } = await signedInPerson(organisation, null);
    return () => administration.suspendAccount(chief, id);
  },
  'account.reactivate': async () => {
    const { id } = await signedInPerson(organisation, null);
    await administration.suspendAccount(chief, id);
    return () => administration.reactivateAccount(chief, id);
  },
  'account.erase': async () => {
    const { id } = await signedInPerson(organisation, null);
    return () => administration.removeAccount(chief, id, 'Mireille Bérubé');
  },
  'account.assign': async () => {
    const [to, { email }] = [await inForce(), await makePerson(organisation)];
    return () => people.addPerson(chief, to, email);
  },
  'account.password-demand': async () => {
    const { id } = await signedInPerson(organisation, null);
    return () => demandNewPassword(chief, id);
  },
  'account.password-reset': async () => {
    const { email } = await makePerson(organisation);
    const visitor = visitorAt(organisation);
    await requestPasswordReset(visitor, email);
    const input = { token: await tokenTo(database.owner, email), password: 'Une tout autre phrase, longue' };
    return () => resetPassword(visitor, input);
  },
  'invitation.send': async () => {
    const { id } = await makeInvitedPerson(database.owner, organisation);
    return () => resendInvitation(chief, id);
  },
  'invitation.revoke': async () => {
    const { id } = await makeInvitedPerson(database.owner, organisation);
    return () => revokeInvitation(chief, id);
  },
  'invitation.accept': async () => {
    const { token } = await makeInvitedPerson(database.owner, organisation);
    const visitor = visitorAt(organisation);
    return () => acceptInvitation(visitor, { token, password: 'Une tout autre phrase, longue' });
  },
  'session.end': async () => {
    const { id, actor } = await signedInPerson(organisation, null);
    await openSessionOf(organisation, id);
    return () => endOtherSessions(actor);
  },
  'device.revoke': async () => {
    const device = await otherBrowser((await makePerson(organisation)).id);
    return () => approval.revokeDevice(chief, device, 'approved');
  },
  'device.approve': async () => {
    const device = await otherBrowser((await makePerson(organisation)).id);
    await approval.revokeDevice(chief, device, 'approved');
    return () => approval.approveDevice(chief, device, 'revoked');
  },
  'filter.exception-grant': async () => {
    const { username } = await makePerson(organisation);
    return () => grantException(chief, username, { minutes: 60, reason: 'Formation' });
  },
  'authenticator.deactivate': async () => {
    await database.owner`update pending_changes set confirmed_at = now() where organisation_id = ${organisation.id}`;
    const id = await inForce();
    await assign(database.owner, organisation, (await makePerson(organisation)).id, id);
    return () => authenticators.deactivateAuthenticator(chief, id, 'Essai');
  },
  'token.assign': async () => {
    const [id, { email }] = [await registered(), await makePerson(organisation)];
    return () => tokens.assignTokenTo(chief, id, email);
  },
  'role.change': async () => {
    const seen = { name: randomUUID(), permissions: ['audit.read'] as const };
    const id = await makeRole(organisation, seen.permissions, seen.name);
    return () => changeRole(chief, id, seen, { ...seen, permissions: ['options.manage'] });
  },
  'role.delete': async () => {
    const id = await makeRole(organisation, ['audit.read']);
    return () => deleteRole(chief, id);
  },
};

const BROKEN = 'the audit can’t be written';

/**
 * Every row of the organisation, or of one account, table by table: but for counters of tries, which are kept whatever becomes
 * of the try, and the audit itself.
 */
async function rowsOf(column: 'organisation_id' | 'account_id', id: string): Promise<Record<string, string>> {
  const tables = await database.owner<{ name: string }[]>`
    select c.relname as name from pg_class c join pg_attribute a on a.attrelid = c.oid and a.attname = ${column}
    where c.relnamespace = 'public'::regnamespace and c.relkind = 'r' and not c.relispartition
      and c.relname <> 'throttles' and c.relname not like 'audit%' order by 1`;
  const digest = (name: string, where: string) =>
    `select '${name}' as name, md5(coalesce(string_agg(t::text, '' order by t::text), '')) as digest from ${name} t where ${where} = '${id}'`;
  const parts = tables.map(({ name }) => digest(name, column));
  if (column === 'account_id') parts.push(digest('accounts', 'id'));
  const rows = await database.owner.unsafe<{ name: string; digest: string }[]>(parts.join(' union all '));
  return Object.fromEntries(rows.map(({ name, digest: found }) => [name, found]));
}

afterEach(() => database.owner.unsafe('drop trigger if exists refuse_event on audit_events'));

it.each(Object.entries(ACTS))('AUD-1 %s: with its event or not at all, and to nobody else', async (action, prepare) => {
  const act = await prepare();
  const [before, beside] = [await rowsOf('organisation_id', organisation.id), await rowsOf('account_id', neighbour)];
  await database.owner.unsafe(`
    create or replace function refuse_event() returns trigger language plpgsql as $$ begin raise '${BROKEN}'; end $$;
    create or replace trigger refuse_event before insert on audit_events
      for each row when (new.action = '${action}') execute function refuse_event()`);
  const error = await act().then(
    () => null,
    (reason: Error) => reason,
  );
  // Drizzle puts its own error around what PostgreSQL said.
  expect(String(((error?.cause as Error | undefined) ?? error)?.message)).toBe(BROKEN);
  expect(await rowsOf('organisation_id', organisation.id)).toEqual(before);
  await database.owner.unsafe('drop trigger refuse_event on audit_events');
  await act();
  if (action !== 'account.data-export') expect(await rowsOf('organisation_id', organisation.id)).not.toEqual(before);
  expect(await rowsOf('account_id', neighbour), 'nobody else is touched').toEqual(beside);
  const events = await database.owner`
    select outcome from audit_events where organisation_id = ${organisation.id} and action = ${action}
    order by id desc limit 1`;
  expect(events).toEqual([{ outcome: 'success' }]);
});
