import { isDeepStrictEqual } from 'node:util';
import { z } from 'zod';
import type { Actor } from '@/lib/actors/model';
import { requirePermission } from '@/lib/actors/permission';
import type { RoleChoice } from '@/lib/accounts/model';
import { listRoles } from '@/lib/accounts/store';
import { recordEvent } from '@/lib/audit/store';
import { config } from '@/lib/config';
import { violatesUnique } from '@/lib/db/errors';
import { keepAnAdministrator } from '@/lib/accounts/last-administrator';
import { keepAuthenticatorsBefore, listPendingChanges } from '@/lib/changes/store';
import { inOrganisation, undone, type OrganisationTransaction } from '@/lib/db/in-organisation';
import { pipelined } from '@/lib/db/pipelined';
import { reading } from '@/lib/db/reading';
import { lockOptions } from '@/lib/options/store';
import { mayActOn } from '@/lib/policy/authority';
import type { AccountKind } from '@/lib/policy/decision';
import { Refusal, type RefusalCode } from '@/lib/refusals';
import { checkAuthenticator } from './check';
import {
  AUTHENTICATORS_MAX,
  SETTINGS,
  type Authenticator,
  type AuthenticatorType,
  type ListedAuthenticator,
} from './model';
import { addNotices } from './notices/store';
import { FOR_VERY_MANY } from './people/model';
import { endAccess, findDefault, servedBy, takeTime } from './people/store';
import {
  asksMore,
  changesConnection,
  changesWhatIsAsked,
  clearsSecret,
  connectionOf,
  faultsOf,
  type Fault,
} from './rules';
import { keepSecret } from './secrets';
import * as store from './store';
import { urlsOf, type AuthenticatorUrls } from './urls';

/** Every authenticator of the organisation (AUTH-1). @throws {Refusal} `permission.missing` */
export async function listAuthenticators(actor: Actor): Promise<ListedAuthenticator[]> {
  requirePermission(actor, 'authenticators.manage');
  return reading(actor, store.listAuthenticators);
}

/** What the editor shows of an authenticator. */
export interface AuthenticatorView {
  readonly authenticator: Authenticator;
  readonly urls: AuthenticatorUrls;
  /** The e-mail domains that it owns (SIGN-1). */
  readonly domains: readonly string[];
  readonly served: number;
  /** Whose new accounts get it (AUTH-1). */
  readonly defaults: { readonly kinds: readonly AccountKind[]; readonly roleIds: readonly string[] };
  /** The locations that its filter stands on, by name. */
  readonly locations: readonly string[];
  /** When the secrets that are kept were given. */
  readonly secrets: Partial<Record<store.SecretPurpose, Date>>;
  /** What still keeps it from being put in force, as far as that shows without asking the provider. */
  readonly faults: readonly Fault[];
  /** False where it serves somebody who may do more than the actor: it is there to be read. */
  readonly withinReach: boolean;
}

/** @throws {Refusal} `permission.missing`, `not-found` */
export async function viewAuthenticator(actor: Actor, id: string): Promise<AuthenticatorView> {
  requirePermission(actor, 'authenticators.manage');
  if (!z.uuid().safeParse(id).success) throw new Refusal('not-found');
  return reading(actor, async (transaction) => {
    const [authenticator, domains, secrets, listed, permissions, defaults] = await pipelined([
      store.loadAuthenticator(transaction, id),
      store.listDomains(transaction, id),
      store.listSecretDates(transaction, id),
      store.listAuthenticators(transaction),
      store.permissionsServed(transaction, id),
      store.listDefaults(transaction, id),
    ]);
    const { served, locations } = listed.find((one) => one.id === id)!;
    return {
      authenticator,
      urls: urlsOf(config().APP_ORIGIN, actor.organisation.slug, authenticator),
      domains,
      served,
      defaults,
      locations,
      secrets,
      faults: faultsOf(authenticator, new Set(Object.keys(secrets))),
      withinReach: mayActOn(actor.permissions, permissions),
    };
  });
}

/** The roles that the actor may have given to accounts made by themselves. @throws {Refusal} `permission.missing` */
export async function listGrantableRoles(actor: Actor): Promise<RoleChoice[]> {
  requirePermission(actor, 'authenticators.manage');
  const roles = await reading(actor, listRoles);
  return roles
    .filter(({ permissions }) => mayActOn(actor.permissions, permissions))
    .map(({ id, name, builtIn }) => ({ id, name, builtIn }));
}

/** Every role: which of them are served by what is no gift of anybody's. @throws {Refusal} `permission.missing` */
export async function listRolesToServe(actor: Actor): Promise<RoleChoice[]> {
  requirePermission(actor, 'authenticators.manage');
  const roles = await reading(actor, listRoles);
  return roles.map(({ id, name, builtIn }) => ({ id, name, builtIn }));
}

/**
 * Makes a draft, through which nobody signs in yet: its URLs exist from now on (AUTH-4).
 *
 * @returns its id
 * @throws {Refusal} `permission.missing`, `authenticator.name-taken`, `authenticator.too-many`
 */
export async function createAuthenticator(
  actor: Actor,
  draft: { readonly name: string; readonly type: AuthenticatorType },
): Promise<string> {
  requirePermission(actor, 'authenticators.manage');
  return naming(() =>
    inOrganisation(actor, async (transaction) => {
      const id = await store.insertDraft(transaction, { ...draft, organisationId: actor.organisation.id });
      if ((await store.countAuthenticators(transaction)) > AUTHENTICATORS_MAX) {
        throw new Refusal('authenticator.too-many', { max: AUTHENTICATORS_MAX });
      }
      await recordEvent(transaction, actor, {
        action: 'authenticator.create',
        outcome: 'success',
        details: { authenticator: id, ...draft },
      });
      return id;
    }),
  );
}

/** What one form of the editor says. Settings that no field of it stands for stay as they are. */
export interface AuthenticatorChange extends Omit<store.AuthenticatorFields, 'settings'> {
  readonly type: AuthenticatorType;
  readonly settings: object;
  readonly domains: readonly string[];
  /** A new secret to keep; without one the present one stays, unless it goes with what changed. */
  readonly secret?: { readonly purpose: store.SecretPurpose; readonly value: string };
}

/**
 * Keeps a new private key of ours in the place of the one before: from now on the provider knows us by it (OIDC-2).
 *
 * @param pem PKCS#8
 * @throws {Refusal} `permission.missing`, `not-found`, `authenticator.beyond`, `change.pending`
 */
export async function replaceClientKey(actor: Actor, id: string, pem: string): Promise<void> {
  requirePermission(actor, 'authenticators.manage');
  await inOrganisation(actor, async (transaction) => {
    await lockOptions(transaction);
    const held = await store.holdAuthenticator(transaction, id, 'change');
    if (held.type !== 'oidc') throw new Refusal('not-found');
    await refuseBeyond(transaction, actor, id);
    if (held.settings.clientAuthentication === 'private_key_jwt') await guardConnection(transaction, actor, held);
    const purpose = 'client-key';
    await keepSecret(transaction, { organisationId: actor.organisation.id, authenticatorId: id, purpose }, pem);
    await recordEvent(transaction, actor, {
      action: 'authenticator.save',
      outcome: 'success',
      details: { authenticator: id, secret: purpose },
    });
  });
}

export type SaveOutcome =
  | {
      readonly saved: true;
      /** A kept secret was given for something else and is gone. */ readonly secretCleared: boolean;
    }
  /** It is in force, and with this it could not be: nothing was saved. */
  | { readonly saved: false; readonly faults: readonly Fault[] };

/**
 * Saves what the editor says: of a draft as it is, of an authenticator in force only what still lets people in.
 *
 * @param seen when it had last changed, as the form was drawn
 * @throws {Refusal} `permission.missing`, `not-found`, `authenticator.name-taken`, `authenticator.changed`,
 * `authenticator.beyond`, `authenticator.domain-taken` (with `domain` and `name`), `account.role-not-for-kind`,
 * `account.role-beyond`, `authenticator.shuts-you-out` (GUARD-1), `change.pending`
 */
export async function saveAuthenticator(
  actor: Actor,
  id: string,
  seen: Date,
  change: AuthenticatorChange,
): Promise<SaveOutcome> {
  requirePermission(actor, 'authenticators.manage');
  const { before, secrets } = await inOrganisation(actor, async (transaction) => ({
    before: await store.loadAuthenticator(transaction, id),
    secrets: new Set<string>(Object.keys(await store.listSecretDates(transaction, id))),
  }));
  // A form of another type names an authenticator that there is not.
  if (before.type !== change.type) throw new Refusal('not-found');
  const { domains, secret, type, ...given } = change;
  const settings = SETTINGS[type].parse({ ...before.settings, ...given.settings });
  const fields: store.AuthenticatorFields = { ...given, settings };
  const cleared = clearsSecret(before, settings) && secrets.delete('client-secret');
  if (secret !== undefined) secrets.add(secret.purpose);
  if (before.state === 'active') {
    const faults = await checkAuthenticator({ ...before, ...fields } as Authenticator, secrets);
    if (faults.length > 0) return { saved: false, faults };
  }
  await naming(() =>
    inOrganisation(actor, async (transaction) => {
      await lockOptions(transaction);
      const held = await store.holdAuthenticator(transaction, id, 'change');
      if (held.updatedAt.getTime() !== seen.getTime() || held.updatedAt.getTime() !== before.updatedAt.getTime()) {
        throw new Refusal('authenticator.changed');
      }
      await refuseBeyond(transaction, actor, id);
      await checkJustInTime(transaction, actor, held, { settings, domains, secret });
      await guardWaysIn(transaction, actor, held, fields, secret !== undefined);
      await ownDomains(transaction, actor, id, domains);
      await store.updateAuthenticator(transaction, id, fields);
      if (cleared) await store.deleteSecret(transaction, id, 'client-secret');
      if (secret !== undefined) {
        const of = { organisationId: actor.organisation.id, authenticatorId: id, purpose: secret.purpose };
        await keepSecret(transaction, of, secret.value);
      }
      await recordEvent(transaction, actor, {
        action: 'authenticator.save',
        outcome: 'success',
        details: {
          authenticator: id,
          changed: changedFields(held, fields),
          ...(secret === undefined ? {} : { secret: secret.purpose }),
          ...(cleared ? { secretCleared: true } : {}),
        },
      });
    }),
  );
  return { saved: true, secretCleared: cleared && secret === undefined };
}

/**
 * What is asked of a second factor: never more than whoever saves can give (GUARD-1). Where administrators are asked for
 * more than before, or their provider is known by something else, that is kept only once it was confirmed (GUARD-2).
 */
async function guardWaysIn(
  transaction: OrganisationTransaction,
  actor: Actor,
  before: Authenticator,
  after: store.AuthenticatorFields,
  newSecret: boolean,
): Promise<void> {
  const asked = changesWhatIsAsked(before, after);
  const connected = newSecret || changesConnection(before, after.settings);
  if (asked) await refuseWhilePending(transaction);
  if (before.state !== 'active') return;
  const own = actor.account.authenticatorId === before.id;
  // Asked for a factor, they set one up; a provider's proof they can't give themselves.
  if (
    asksMore(before, after) &&
    own &&
    after.externalMfa === 'demand' &&
    actor.proofs.externalFactorAt === null &&
    before.type !== 'system'
  ) {
    throw new Refusal('authenticator.shuts-you-out');
  }
  if (connected) await guardConnection(transaction, actor, before);
  else if (asked && asksMore(before, after) && (await servesAdministration(transaction, before))) {
    await keepAuthenticatorsBefore(transaction, { ...madeBy(actor), ids: [before.id], connection: null });
  }
}

const servesAdministration = async (transaction: OrganisationTransaction, { id }: Authenticator) =>
  (await store.permissionsServed(transaction, id)).length > 0;

/**
 * The way to the provider of those who administrate is about to change: what it was is kept, and comes back by itself
 * unless the new one has shown that it lets people in (GUARD-2). Whoever still mends what waits goes on with it.
 *
 * @throws {Refusal} `change.pending` where another change waits
 */
export async function guardConnection(
  transaction: OrganisationTransaction,
  actor: Actor,
  before: Authenticator,
): Promise<void> {
  if (before.state !== 'active' || !(await servesAdministration(transaction, before))) return;
  const waiting = (await listPendingChanges(transaction)).find(({ subject }) => subject === 'authenticators');
  if (waiting?.connectionOf === before.id) return;
  if (waiting !== undefined) throw new Refusal('change.pending');
  const connection = { of: before.id, settings: connectionOf(before) };
  await keepAuthenticatorsBefore(transaction, { ...madeBy(actor), ids: [before.id], connection });
}

const madeBy = (actor: Actor) => ({
  organisationId: actor.organisation.id,
  madeBy: actor.account.id,
  madeInRequest: actor.origin.requestId,
});

async function refuseWhilePending(transaction: OrganisationTransaction): Promise<void> {
  if ((await listPendingChanges(transaction)).some(({ subject }) => subject === 'authenticators')) {
    throw new Refusal('change.pending');
  }
}

export type ActivationOutcome =
  { readonly activated: true } | { readonly activated: false; readonly faults: readonly Fault[] };

/**
 * Puts a draft in force: endpoints, keys and certificate are checked once more, and what is activated is what was checked
 * (AUTH-1).
 *
 * @throws {Refusal} `permission.missing`, `not-found`, `authenticator.changed` (also where it is no draft any more),
 * `authenticator.beyond`
 */
export async function activateAuthenticator(actor: Actor, id: string): Promise<ActivationOutcome> {
  requirePermission(actor, 'authenticators.manage');
  return putInForce(actor, id, 'draft');
}

/**
 * Puts an authenticator in force again, checked as a draft is. Whoever was about to come in as it was switched off does
 * not come in now: they begin anew (AUTH-6).
 *
 * @throws {Refusal} as {@link activateAuthenticator}
 */
export async function reactivateAuthenticator(actor: Actor, id: string): Promise<ActivationOutcome> {
  requirePermission(actor, 'authenticators.deactivate');
  return putInForce(actor, id, 'deactivated');
}

async function putInForce(actor: Actor, id: string, from: 'draft' | 'deactivated'): Promise<ActivationOutcome> {
  const { before, secrets } = await inOrganisation(actor, async (transaction) => ({
    before: await store.loadAuthenticator(transaction, id),
    secrets: new Set<string>(Object.keys(await store.listSecretDates(transaction, id))),
  }));
  if (before.state !== from) throw new Refusal('authenticator.changed');
  const faults = await checkAuthenticator(before, secrets);
  if (faults.length > 0) return { activated: false, faults };
  await inOrganisation(
    actor,
    async (transaction) => {
      await lockOptions(transaction);
      await refuseBeyond(transaction, actor, id);
      if (!(await store.activate(transaction, id, before.updatedAt))) throw new Refusal('authenticator.changed');
      await takeTime(transaction);
      await endAccess(transaction, servedBy(id));
      await recordEvent(transaction, actor, {
        action: 'authenticator.activate',
        outcome: 'success',
        details: { authenticator: id, before: from },
      });
    },
    FOR_VERY_MANY,
  );
  return { activated: true };
}

/** What a deactivation would do, and what stands against it. */
export interface DeactivationPreview {
  readonly name: string;
  readonly served: number;
  /** The first of them by name. */
  readonly names: readonly string[];
  readonly sessions: number;
  /** Why it can't be done; null: it can. */
  readonly against: DeactivationRefusal | null;
}

type DeactivationRefusal = Extract<
  RefusalCode,
  | 'authenticator.is-default'
  | 'authenticator.own'
  | 'authenticator.beyond'
  | 'authenticator.inactive'
  | 'administrator.last'
  | 'change.pending'
>;

/** Who would lose access (AUTH-6); changes nothing. @throws {Refusal} `permission.missing`, `not-found` */
export async function previewDeactivation(actor: Actor, id: string): Promise<DeactivationPreview> {
  requirePermission(actor, 'authenticators.deactivate');
  if (!z.uuid().safeParse(id).success) throw new Refusal('not-found');
  return inOrganisation(actor, async (transaction) => {
    const { name } = await store.loadAuthenticator(transaction, id);
    const counts = await store.countServed(transaction, id);
    const against = await undone(transaction, async (inner) => {
      try {
        await switchOff(inner, actor, id);
        return null;
      } catch (error) {
        if (error instanceof Refusal) return error.code as DeactivationRefusal;
        throw error;
      }
    });
    return { name, ...counts, against };
  });
}

/**
 * Switches an authenticator off (AUTH-6): whom it serves can't sign in, reset a password or accept an invitation, and
 * nobody can tell them from others. Their sessions and sign-ins under way end at once. They are told by letter unless that
 * is held back for a reason.
 *
 * @param heldBack why no letter goes out; null: it does
 * @returns how many lost access
 * @throws {Refusal} `permission.missing`, `not-found`, `authenticator.inactive`, `authenticator.is-default`,
 * `authenticator.own`, `authenticator.beyond`, `administrator.last`, `change.pending`
 */
export async function deactivateAuthenticator(actor: Actor, id: string, heldBack: string | null): Promise<number> {
  requirePermission(actor, 'authenticators.deactivate');
  return inOrganisation(
    actor,
    async (transaction) => {
      await takeTime(transaction);
      await switchOff(transaction, actor, id);
      const { served } = await store.countServed(transaction, id);
      const ended = await endAccess(transaction, servedBy(id));
      await store.endFlows(transaction, id);
      if (heldBack === null) await addNotices(transaction, actor.organisation.id, 'access-lost', servedBy(id));
      await recordEvent(transaction, actor, {
        action: 'authenticator.deactivate',
        outcome: 'success',
        details: { authenticator: id, served, endedSessions: ended, told: heldBack === null, reason: heldBack },
      });
      return served;
    },
    FOR_VERY_MANY,
  );
}

async function switchOff(transaction: OrganisationTransaction, actor: Actor, id: string): Promise<void> {
  await lockOptions(transaction);
  const { state, isDefault, name } = await store.holdAuthenticator(transaction, id, 'change');
  if (state !== 'active') throw new Refusal('authenticator.inactive', { name });
  if (isDefault) throw new Refusal('authenticator.is-default');
  if (actor.account.authenticatorId === id) throw new Refusal('authenticator.own');
  await refuseBeyond(transaction, actor, id);
  await refuseWhilePending(transaction);
  await store.deactivate(transaction, id);
  await keepAnAdministrator(transaction);
}

/**
 * New accounts get this authenticator unless their kind or role says otherwise. In force at once, and kept only once it was
 * confirmed (GUARD-2).
 *
 * @throws {Refusal} `permission.missing`, `not-found`, `authenticator.inactive`, `change.pending`
 */
export async function makeDefaultAuthenticator(actor: Actor, id: string): Promise<void> {
  requirePermission(actor, 'authenticators.manage');
  await inOrganisation(actor, async (transaction) => {
    await lockOptions(transaction);
    const held = await store.holdAuthenticator(transaction, id, 'change');
    if (held.state !== 'active') throw new Refusal('authenticator.inactive', { name: held.name });
    if (held.isDefault) return;
    await refuseWhilePending(transaction);
    const before = await findDefault(transaction);
    await keepAuthenticatorsBefore(transaction, { ...madeBy(actor), ids: [before, id], connection: null });
    await store.makeDefault(transaction, id);
    await recordEvent(transaction, actor, {
      action: 'authenticator.make-default',
      outcome: 'success',
      details: { before, after: id },
    });
  });
}

/**
 * Which new accounts get this authenticator: those of some kinds, and those of some roles (AUTH-1). Another that had one of
 * them has it no longer.
 *
 * @throws {Refusal} `permission.missing`, `not-found`
 */
export async function saveDefaults(
  actor: Actor,
  id: string,
  wanted: { readonly kinds: readonly AccountKind[]; readonly roleIds: readonly string[] },
): Promise<void> {
  requirePermission(actor, 'authenticators.manage');
  await inOrganisation(actor, async (transaction) => {
    await lockOptions(transaction);
    await store.holdAuthenticator(transaction, id, 'change');
    const known = new Set((await listRoles(transaction)).map((role) => role.id));
    if (!wanted.roleIds.every((roleId) => known.has(roleId))) throw new Refusal('not-found');
    const before = await store.listDefaults(transaction, id);
    await store.replaceDefaults(transaction, actor.organisation.id, id, wanted);
    await recordEvent(transaction, actor, {
      action: 'authenticator.save-defaults',
      outcome: 'success',
      details: { authenticator: id, before, after: wanted },
    });
  });
}

/**
 * Removes a draft that was never in force. What was in force is switched off instead: it may be needed again.
 *
 * @throws {Refusal} `permission.missing`, `not-found`, `authenticator.no-draft`
 */
export async function removeDraft(actor: Actor, id: string): Promise<void> {
  requirePermission(actor, 'authenticators.manage');
  await inOrganisation(actor, async (transaction) => {
    await lockOptions(transaction);
    const { state, name } = await store.holdAuthenticator(transaction, id, 'change');
    if (state !== 'draft') throw new Refusal('authenticator.no-draft');
    await store.deleteAuthenticator(transaction, id);
    await recordEvent(transaction, actor, {
      action: 'authenticator.remove',
      outcome: 'success',
      details: { authenticator: id, name },
    });
  });
}

/** Whoever says how somebody proves who they are can come in as them: nobody does so above themselves. */
export async function refuseBeyond(transaction: OrganisationTransaction, actor: Actor, id: string): Promise<void> {
  if (!mayActOn(actor.permissions, await store.permissionsServed(transaction, id))) {
    throw new Refusal('authenticator.beyond');
  }
}

/**
 * Accounts that are made by themselves are given no role that the actor could not give (AUTH-8). Where somebody else gave
 * it, the actor changes nothing of whose word it is given on: it would be as good as giving it.
 */
async function checkJustInTime(
  transaction: OrganisationTransaction,
  actor: Actor,
  before: Authenticator,
  { settings, domains, secret }: Pick<AuthenticatorChange, 'domains' | 'secret'> & Pick<Authenticator, 'settings'>,
): Promise<void> {
  const wanted = 'justInTime' in settings ? settings.justInTime : null;
  if (wanted === null || wanted.roleId === null) return;
  if (wanted.kind !== 'employee') throw new Refusal('account.role-not-for-kind');
  const role = (await listRoles(transaction)).find(({ id }) => id === wanted.roleId);
  if (role === undefined) throw new Refusal('not-found');
  if (mayActOn(actor.permissions, role.permissions)) return;
  const untouched =
    secret === undefined &&
    isDeepStrictEqual(settings, before.settings) &&
    isDeepStrictEqual(domains.toSorted(), await store.listDomains(transaction, before.id));
  if (!untouched) throw new Refusal('account.role-beyond');
}

/** One authenticator a domain (SIGN-1): what another owns has to be taken from it first. */
async function ownDomains(
  transaction: OrganisationTransaction,
  actor: Actor,
  id: string,
  domains: readonly string[],
): Promise<void> {
  const taken = await store.findOwnedElsewhere(transaction, id, domains);
  if (taken !== null) throw new Refusal('authenticator.domain-taken', { domain: taken.domain, name: taken.owner });
  await store.replaceDomains(transaction, actor.organisation.id, id, domains);
}

/** The names of what changed: values may be long, and say more of a provider than the journal needs. */
function changedFields(before: Authenticator, after: store.AuthenticatorFields): string[] {
  const { settings, ...fields } = after;
  const differs = (one: unknown, other: unknown) => JSON.stringify(one) !== JSON.stringify(other);
  const common = Object.keys(fields).filter((key) =>
    differs(before[key as keyof Authenticator], fields[key as keyof typeof fields]),
  );
  const [old, fresh] = [before.settings, settings] as unknown as Record<string, unknown>[];
  return [...common, ...Object.keys(fresh!).filter((key) => differs(old![key], fresh![key]))];
}

async function naming<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (violatesUnique(error, 'authenticators_name')) throw new Refusal('authenticator.name-taken');
    if (violatesUnique(error, 'authenticator_domains_pkey')) throw new Refusal('authenticator.changed');
    throw error;
  }
}
