import { expect, it, vi } from 'vitest';
import { TOTP } from 'totp-generator';
import { openSessionOf, signedInOf } from '@/e2e/fixtures/actors';
import { useDatabase } from '@/e2e/fixtures/database';
import { assign, makeExternal } from '@/e2e/fixtures/external';
import { makeEnrolledPerson, makeOrganisation, makePerson, reread } from '@/e2e/fixtures/people';
import { fieldsOf, fitting, type Typed } from '@/e2e/fixtures/plausible';
import { makeProviderKey } from '@/e2e/fixtures/saml-forge';
import { definitionOf, type ActionDefinition } from '@/lib/actions/define-action';
import type { ServerAction } from '@/lib/actions/model';
import { hashToken } from '@/lib/crypto/tokens';
import { optionFacts, settingsOf } from '@/lib/options/service';
import type { Organisation } from '@/lib/organisations/model';
import { Refusal } from '@/lib/refusals';
import { ACTIONS, permissionOf } from './access';
import { decide, NO_PROOFS, type ExternalMfa, type FactorKind, type Facts } from './decision';
import { NO_FILTER } from './network';
import { PERMISSIONS } from './permissions';

const database = useDatabase();

vi.mock('next/headers', () => ({
  cookies: async () => ({ get: () => undefined, set: () => {} }),
  headers: async () => new Headers(),
}));

const SEED = Number(process.env['GUARD_SEED'] ?? Date.now() % 1_000_000_000);
const PLAYS_FOR_MS = 12_000;
const ACTS_PER_ORGANISATION = 40;
/** One act in so many meets another one in the same moment. */
const PAIR_EVERY = 3;

/** Numbers from 0 to 1 that a seed decides (mulberry32). */
function dice(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}

interface Play {
  readonly organisation: Organisation;
  /** Of the accounts that have a phone, its secret. */
  readonly secrets: ReadonlyMap<string, string>;
  readonly roll: () => number;
  readonly log: string[];
}

const pick = <T>(list: readonly T[], roll: () => number): T => list[Math.floor(roll() * list.length)]!;

/** Every act for which somebody needs a permission: the table knows them, so a new one is played as soon as it stands there. */
async function actsOfAdministrators(): Promise<ActionDefinition[]> {
  const files = import.meta.glob<Record<string, ServerAction>>('/app/**/actions.ts');
  const modules = await Promise.all(Object.values(files).map((load) => load()));
  return modules
    .flatMap((module) => Object.values(module))
    .map((action) => definitionOf(action))
    .filter((definition) => definition !== undefined)
    .filter(({ name }) => permissionOf(ACTIONS[name]) !== null);
}

interface Standing {
  readonly id: string;
  readonly permissions: string[];
  readonly decision: ReturnType<typeof decide>['step'];
}

/** Everybody, and what the one decision would say to them after every proof that they can give. */
async function standings(organisation: Organisation): Promise<Standing[]> {
  const settings = await settingsOf(await reread(organisation.slug));
  const rows = await database.owner<
    {
      id: string;
      kind: 'employee' | 'parent' | 'external';
      status: 'invited' | 'active' | 'suspended';
      created_at: string;
      permissions: string[] | null;
      factors: number;
      has_password: boolean;
      must_change: boolean;
      type: 'system' | 'saml' | 'oidc';
      active: boolean;
      mfa_required: boolean;
      factor_kinds: FactorKind[];
      external_mfa: ExternalMfa;
      expected: boolean;
    }[]
  >`
    select a.id, a.kind, a.status, a.created_at, r.permissions, u.type, u.active, u.mfa_required,
      u.factor_kinds, u.external_mfa,
      exists (select from external_identities i where i.account_id = a.id and i.authenticator_id = u.id
        and (i.expected is not null or i.subject is not null)) as expected,
      (select count(*)::int from factors f where f.account_id = a.id) as factors,
      p.hash is not null as has_password, coalesce(p.must_change, false) as must_change
    from accounts a join authenticators u on u.id = a.authenticator_id
    left join roles r on r.id = a.role_id left join passwords p on p.account_id = a.id
    where a.organisation_id = ${organisation.id} order by a.created_at, a.id`;
  const now = new Date();
  return rows.map((row) => {
    const facts: Facts = {
      now,
      account: {
        kind: row.kind,
        status: row.status,
        createdAt: new Date(row.created_at),
        mustChangePassword: row.must_change,
        factorKinds: row.factors > 0 ? ['totp'] : [],
      },
      authenticator: {
        type: row.type,
        active: row.active,
        mfaRequired: row.mfa_required,
        factorKinds: row.factor_kinds,
        externalMfa: row.external_mfa,
      },
      options: optionFacts(settings, row.kind),
      // The provider vouches for whom it knows, and shows no factor of its own.
      proofs: {
        ...NO_PROOFS,
        passwordAt: row.has_password ? now : null,
        externalAt: row.expected ? now : null,
        factorAt: row.factors > 0 ? now : null,
      },
      device: { trustedUntil: null, approvedAt: new Date(0), revokedAt: null },
      // From where somebody comes is not part of this play: filters have a safety net of their own (GUARD-1, GUARD-2).
      network: NO_FILTER,
      enrolmentPostponedAt: null,
    };
    return { id: row.id, permissions: row.permissions ?? [], decision: decide(facts).step };
  });
}

/** Steps from which the person gets in by themselves. */
const GETS_IN: ReadonlySet<string> = new Set(['signed-in', 'enrol', 'change-password']);

const isUsableAdministrator = ({ permissions, decision }: Standing) =>
  GETS_IN.has(decision) && PERMISSIONS.every((permission) => permissions.includes(permission));

/**
 * What a page would have put into a form: the things of the organisation where one of them is chosen, and how they stood
 * when it was drawn. Without it the most telling acts would nearly always be refused as overtaken or not found.
 */
async function asOnThePage(made: Typed, { organisation, roll }: Play, onWhom: string | null): Promise<Typed> {
  const sure: Typed = {};
  const idOf = async (table: string) =>
    pick(
      await database.owner<{ id: string }[]>`
        select id from ${database.owner(table)} where organisation_id = ${organisation.id} order by created_at, id`,
      roll,
    ).id;
  if ('account' in made) sure['account'] = onWhom ?? (await idOf('accounts'));
  if ('role' in made && roll() < 0.8) sure['role'] = await idOf('roles');
  if ('authenticator' in made) {
    sure['authenticator'] = await idOf('authenticators');
    // A form of one type never names an authenticator of another; those of a provider are drawn as they were saved.
    const type = 'certificate' in made ? 'saml' : 'clientId' in made ? 'oidc' : 'complexity' in made ? 'system' : null;
    const [row] = await database.owner<{ id: string; updated_at: Date; settings: Record<string, unknown> }[]>`
      select id, updated_at, settings from authenticators
      where organisation_id = ${organisation.id} and (type = ${type} or (${type}::text is null and id = ${sure['authenticator']}))
      order by md5(id::text || ${String(roll())}) limit 1`;
    if (row) sure['authenticator'] = row.id;
    if ('seenAt' in made && row) sure['seenAt'] = row.updated_at.toISOString();
    if (type === 'saml' && row) {
      for (const field of ['entityId', 'ssoUrl']) sure[field] = String(row.settings[field] ?? '');
      Object.assign(sure, { certificate: '', metadata: '', metadataUrl: '' });
    }
  }
  if ('to' in made) sure['to'] = await idOf('authenticators');
  if ('whom' in made) {
    const crowds = [
      'kind:employee',
      'kind:parent',
      `role:${await idOf('roles')}`,
      `from:${await idOf('authenticators')}`,
    ];
    sure['whom'] = pick(crowds, roll);
  }
  if ('person' in made) {
    const someone = onWhom ?? (await idOf('accounts'));
    const [person] = await database.owner<{ username: string }[]>`select username from accounts where id = ${someone}`;
    sure['person'] = person!.username;
  }
  if ('move' in made) {
    const [latest] = await database.owner<{ id: string }[]>`
      select id from authenticator_moves where organisation_id = ${organisation.id} order by created_at desc limit 1`;
    if (latest) sure['move'] = latest.id;
  }
  if ('email' in made) sure['email'] = `p${Math.floor(roll() * 1e9)}@erables.test`;
  if ('version' in made) sure['version'] = String((await reread(organisation.slug)).settingsVersion);
  if ('change' in made) {
    const [waiting] = await database.owner<{ id: string }[]>`
      select id from pending_changes where organisation_id = ${organisation.id}
      order by coalesce(confirmed_at, rolled_back_at) nulls first limit 1`;
    if (waiting) sure['change'] = waiting.id;
  }
  if ('account' in made && 'name' in made) {
    const [person] = await database.owner<{ name: string }[]>`
      select first_name || ' ' || last_name as name from accounts where id = ${String(sure['account'])}`;
    if (person) sure['name'] = person.name;
  }
  if ('seen' in made) {
    const [role] = await database.owner<{ name: string; permissions: string[] }[]>`
      select name, permissions from roles where id::text = ${String(sure['role'] ?? made['role'] ?? '')}`;
    if (role) Object.assign(sure, { seenName: role.name, seen: role.permissions.join() });
  }
  return sure;
}

/** Somebody who may, or may not, fills in a form of the settings at random and sends it. */
async function act(play: Play, definition: ActionDefinition, duel?: { who: string; onWhom: string }): Promise<string> {
  const { organisation, roll, secrets, log } = play;
  const present = (await standings(organisation)).filter(({ decision }) => decision === 'signed-in');
  const inOffice = present.filter(({ permissions }) => permissions.length > 0);
  if (inOffice.length === 0) return 'nobody is there';
  const who = duel ? { id: duel.who } : pick(inOffice, roll);
  // Of two at the same moment, one may end the other's account before they have come in.
  const signedIn = await openSessionOf(organisation, who.id)
    .then(throughTheirProvider)
    .then(signedInOf)
    .catch(() => null);
  if (signedIn === null) return 'nobody came in';
  const things = await database.owner<{ id: string }[]>`
    select id, created_at from accounts where organisation_id = ${organisation.id}
    union all select id, created_at from roles where organisation_id = ${organisation.id} order by created_at, id`;
  const secret = secrets.get(who.id);
  const own = {
    password: PASSWORD,
    code: secret ? (await TOTP.generate(secret, { timestamp: Date.now() })).otp : '000000',
  };
  const made: Typed = {};
  for (const [field, schema] of fieldsOf(definition.input)) {
    const fits = fitting(
      field,
      schema,
      things.map(({ id }) => id),
      own,
    );
    const optional = schema.safeParse(undefined).success;
    if (fits.length === 0 || (optional && roll() < 0.4)) continue;
    made[field] = fits[0] === own.password || fits[0] === own.code ? fits[0]! : pick(fits, roll);
  }
  Object.assign(made, await asOnThePage(made, play, duel?.onWhom ?? null));
  const parsed = definition.input.strict().safeParse(made);
  const told = JSON.stringify(made);
  if (!parsed.success) return 'refused as typed';
  const run = definition.run as (...given: unknown[]) => Promise<unknown>;
  const ended = await run(signedIn.actor, parsed.data, signedIn).then(
    () => 'done',
    (error: unknown) => {
      if (error instanceof Refusal) return error.code;
      // Next.js leads elsewhere by throwing.
      if (String((error as { digest?: unknown }).digest ?? '').startsWith('NEXT_')) return 'done';
      throw new Error(`${definition.name} ${told} failed (seed ${SEED})`, { cause: error });
    },
  );
  log.push(`${who.id} ${definition.name} ${told}: ${ended}`);
  return `${definition.name}: ${ended}`;
}

/** Whoever is on a provider came in through it. */
async function throughTheirProvider(token: string): Promise<string> {
  await database.owner`
    update sessions s set external_verified_at = now(), authenticator_id = u.id
    from accounts a join authenticators u on u.id = a.authenticator_id
    where s.account_id = a.id and u.type <> 'system' and s.token_hash = ${hashToken(token)}`;
  return token;
}

/** Two acts in the same moment. Two administrators who do the same to one another are the ones to fear. */
async function pairOf(play: Play, acts: readonly ActionDefinition[]): Promise<string[]> {
  const { organisation, roll } = play;
  const [one, other] = (await standings(organisation))
    .filter((standing) => standing.decision === 'signed-in' && isUsableAdministrator(standing))
    .map(({ id }) => id);
  if (one === undefined || other === undefined || roll() < 0.4) {
    return Promise.all([act(play, pick(acts, roll)), act(play, pick(acts, roll))]);
  }
  const onAccounts = acts.filter(({ input }) => 'account' in input.shape);
  const definition = pick(onAccounts.length > 0 ? onAccounts : acts, roll);
  return Promise.all([
    act(play, definition, { who: one, onWhom: other }),
    act(play, definition, { who: other, onWhom: one }),
  ]);
}

const PASSWORD = 'Orage-Lanterne-Verger-7';

const PROVIDER = {
  entityId: 'https://idp.exemple.test/saml',
  ssoUrl: 'https://idp.exemple.test/sso',
  certificates: [makeProviderKey().certificate],
};

/**
 * A small organisation: two administrators, of whom one may come in through a provider, an account manager, somebody
 * without a role and a parent; a second authenticator with passwords, and one with a provider.
 */
async function begin(roll: () => number): Promise<Play> {
  const organisation = await makeOrganisation({ internalMFA: pick(['off', 'on-demand'], roll) });
  const secrets = new Map<string, string>();
  const { id, secret } = await makeEnrolledPerson(organisation, { role: 'administrator', password: PASSWORD });
  secrets.set(id, secret);
  const second = await makePerson(organisation, { role: 'administrator', password: PASSWORD });
  const manager = await makePerson(organisation, { role: 'account-manager', password: PASSWORD });
  await makePerson(organisation, { password: PASSWORD });
  const provider = await makeExternal(database.owner, organisation, { type: 'saml', settings: PROVIDER });
  if (roll() < 0.5) await assign(database.owner, organisation, second.id, provider, second.email);
  const [other] = await database.owner<{ id: string }[]>`
    insert into authenticators (organisation_id, name, type, active, activated_at)
    values (${organisation.id}, 'Deuxième', 'system', true, now()) returning id`;
  if (roll() < 0.5) await assign(database.owner, organisation, manager.id, other!.id);
  await makePerson(organisation, { kind: 'parent', password: PASSWORD });
  return { organisation, secrets, roll, log: [] };
}

it(
  'GUARD-4 no sequence of administrators’ acts leaves an organisation without one who can sign in',
  async () => {
    database.useTwoInstances();
    const roll = dice(SEED);
    const acts = await actsOfAdministrators();
    const ends: Record<string, number> = {};
    const until = Date.now() + PLAYS_FOR_MS;
    while (Date.now() < until) {
      const play = await begin(roll);
      for (let number = 1; number <= ACTS_PER_ORGANISATION && Date.now() < until; number += 1) {
        // A code counts once in half a minute; here time passes more quickly.
        await database.owner`update factors set last_step = 0 where organisation_id = ${play.organisation.id}`;
        const ended = number % PAIR_EVERY === 0 ? await pairOf(play, acts) : [await act(play, pick(acts, roll))];
        for (const end of ended) ends[end] = (ends[end] ?? 0) + 1;
        const left = (await standings(play.organisation)).filter(isUsableAdministrator);
        expect(left.length, `GUARD_SEED=${SEED} plays it again:\n${play.log.join('\n')}`).toBeGreaterThan(0);
      }
    }
    const done = Object.keys(ends).filter((end) => end.endsWith(': done'));
    expect(done.length, JSON.stringify(ends)).toBeGreaterThan(2);
    if (process.env['GUARD_SEED']) console.log(ends);
  },
  PLAYS_FOR_MS + 20_000,
);
