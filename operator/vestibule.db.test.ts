import { describe, expect, it } from 'vitest';
import { TEST_ENVIRONMENT, useDatabase } from '@/e2e/fixtures/database';
import {
  codeOf,
  enterPassword,
  identify,
  makeEnrolledPerson,
  makeOrganisation,
  makePerson,
  refusalOf,
  reread,
  visitorAt,
} from '@/e2e/fixtures/people';
import { runBundled, runProgram, type Finished } from '@/e2e/fixtures/programs';
import { hashToken } from '@/lib/crypto/tokens';
import { inOrganisation } from '@/lib/db/in-organisation';
import { findOpenSession } from '@/lib/sessions/store';
import { findCurrentAttempt, submitCode, submitPassword, submitRecoveryCode } from '@/lib/sign-in/service';
import { claimTry } from '@/lib/throttle/store';

const database = useDatabase();

/** A machine on which nothing of ours was ever set. */
const BARE = {};

function vestibule(words: readonly string[], given: { input?: string; environment?: Record<string, string> } = {}) {
  const environment = given.environment ?? { ...BARE, ...database.environment };
  return runBundled('operator/vestibule.ts', words, { environment, input: given.input });
}

/** One line on standard error and nothing else. */
function oneLine({ code, output, errors }: Finished): string {
  expect(output).toBe('');
  expect(code).toBe(1);
  expect(errors.trimEnd().split('\n')).toHaveLength(1);
  return errors.trimEnd();
}

async function eventsOf(organisationId: string, action: string) {
  return database.owner`
    select actor_kind, actor_id, subject_id, outcome, details from audit_events
    where organisation_id = ${organisationId} and action = ${action} order by id`;
}

describe('RUN-7 the operator’s command', () => {
  it('RUN-7 creates an organisation and its first administrator, who signs in with the password read from stdin', async () => {
    const create = ['org', 'create', '--slug', 'les-erables', '--name', 'Les Érables', '--locale', 'fr'];
    const made = await runProgram('operator/vestibule.ts', create, { environment: database.environment });
    expect(made).toMatchObject({ code: 0, errors: '' });
    const organisation = await reread('les-erables');
    expect(organisation).toMatchObject({ name: 'Les Érables', locale: 'fr', timeZone: 'America/Toronto' });

    const password = 'une phrase à elle';
    const words = ['admin', 'create', '--org', 'les-erables', '--username', 'adube', '--first-name', 'Ève'];
    const asked = await vestibule(
      [...words, '--last-name', 'Dubé', '--email', 'E.Dube@erables.test', '--password-stdin'],
      {
        input: `${password}\n`,
      },
    );
    expect(asked).toMatchObject({ code: 0, errors: '' });
    expect(asked.output).not.toContain(password);

    const { outcome } = await enterPassword(visitorAt(organisation), { email: 'e.dube@erables.test', password });
    const session = await findOpenSession(hashToken(outcome.session!.token));
    expect(session?.account).toMatchObject({ role: 'administrator', firstName: 'Ève', email: 'E.Dube@erables.test' });
    expect(session?.account.permissions).toContain('mfa.reset');
    expect(await eventsOf(organisation.id, 'organisation.create')).toHaveLength(1);
    const [event] = await eventsOf(organisation.id, 'account.create');
    expect(event).toMatchObject({
      actor_kind: 'operator',
      actor_id: null,
      outcome: 'success',
      subject_id: session?.account.id,
    });
    expect(JSON.stringify(event)).not.toMatch(/Dub|erables\.test/);
  });

  it('RUN-7 makes a strong password where none is given, prints it once and has it changed at the first sign-in', async () => {
    const { slug } = await makeOrganisation();
    const words = ['admin', 'create', '--org', slug, '--first-name', 'Ève', '--last-name', 'Dubé'];
    const made = await vestibule([...words, '--username', 'adube', '--email', 'eve@erables.test']);
    const password = /: ([0-9A-Z-]{19})$/m.exec(made.output)?.[1];
    expect(password).toBeDefined();
    const visitor = visitorAt(await reread(slug));
    const { outcome } = await enterPassword(visitor, { email: 'eve@erables.test', password: password! });
    expect(outcome.session).toBeUndefined();
    expect((await findCurrentAttempt(visitor))?.step).toBe('change-password');

    const again = await vestibule([...words, '--username', 'autre', '--email', 'Eve@erables.test']);
    expect(oneLine(again)).toContain('this e-mail exists');
    const sameName = await vestibule([...words, '--username', 'ADube', '--email', 'autre@erables.test']);
    expect(oneLine(sameName)).toContain('this username exists');
  });

  it('RUN-7 refuses a password that the rules refuse, and never takes one as an argument or repeats it', async () => {
    const { slug } = await makeOrganisation();
    const words = ['admin', 'create', '--org', slug, '--email', 'a@erables.test', '--username', 'adube'];
    const complete = [...words, '--first-name', 'Ève', '--last-name', 'Dubé'];
    expect(oneLine(await vestibule([...complete, '--password-stdin'], { input: 'trop court\n' }))).toContain('15');
    expect(oneLine(await vestibule([...complete, '--password-stdin']))).toContain('password');
    for (const typed of [['--password', 'Secret-de-porte'], ['--password=Secret-de-porte'], ['Secret-de-porte']]) {
      const refused = await vestibule([...complete, ...typed]);
      expect(refused.code).toBe(2);
      expect(refused.output + refused.errors).not.toContain('Secret-de-porte');
    }
    expect(
      await database.owner`select from accounts a join organisations o on o.id = a.organisation_id where o.slug = ${slug}`,
    ).toHaveLength(0);
  });

  it('RUN-7 sets and lists options, with the value before, and the change is audited', async () => {
    const { slug, id } = await makeOrganisation();
    expect((await vestibule(['option', 'set', '--org', slug, 'internalMFA', 'mandatory'])).output).toBe(
      'internalMFA: on-demand → mandatory\n',
    );
    expect((await vestibule(['option', 'set', '--org', slug, 'internalMFA', 'mandatory'])).code).toBe(0);
    const listed = JSON.parse((await vestibule(['option', 'list', '--org', slug, '--json'])).output) as {
      key: string;
    }[];
    expect(listed.find(({ key }) => key === 'internalMFA')).toMatchObject({ value: 'mandatory', initial: 'on-demand' });
    expect((await vestibule(['option', 'list', '--org', slug])).output).toMatch(/^internalMFA +mandatory +on-demand/m);
    const events = await eventsOf(id, 'option.change');
    expect(events.map(({ details }) => details as unknown)).toEqual([
      { key: 'internalMFA', before: 'on-demand', after: 'mandatory' },
    ]);
    expect(oneLine(await vestibule(['option', 'set', '--org', slug, 'internalMFA', 'maybe']))).toContain('maybe');
    expect(oneLine(await vestibule(['option', 'set', '--org', slug, 'mfa', 'off']))).toContain('internalMFA');
  });

  it('RUN-7 RESET-4 sets whom people can call, line by line, and writes down which lines changed but no name', async () => {
    const { slug, id } = await makeOrganisation();
    const set = (value: string) => vestibule(['option', 'set', '--org', slug, 'helpContact', value]);
    expect((await set('name=Odile Tremblay;telephone=514 555-0100')).output).toBe(
      'helpContact: {} → {"name":"Odile Tremblay","telephone":"514 555-0100"}\n',
    );
    expect(oneLine(await set('telephone=aucun'))).toContain('telephone');
    const [event] = await eventsOf(id, 'option.change');
    expect(event!.details).toEqual({ key: 'helpContact', changed: ['name', 'telephone'] });
  });

  it('RUN-7 RESET-1 resets a second factor: factors, codes, sessions, attempts, trust and throttles go, with the reason', async () => {
    const organisation = await makeOrganisation({ mfaRememberDeviceDays: '30' });
    const person = await makeEnrolledPerson(organisation);
    const other = await makeEnrolledPerson(organisation);
    const home = visitorAt(organisation);
    const first = await enterPassword(home, person);
    const code = await codeOf(person.secret);
    const { session } = await submitCode(home, { attempt: first.attempt, code, trustDevice: true });
    const known = visitorAt(organisation, { deviceToken: session!.deviceToken });
    // Trusted: the password alone opens a second session.
    expect((await enterPassword(known, person)).outcome.session).toBeDefined();
    const halfWay = visitorAt(organisation);
    const open = await identify(halfWay, person.email);
    for (let wrong = 0; wrong < 10; wrong++) {
      await inOrganisation({ organisation }, (transaction) =>
        claimTry(transaction, 'code', [{ kind: 'account', accountId: person.id }]),
      );
    }

    const reason = 'Téléphone tombé dans la rivière';
    const reset = await vestibule(['mfa', 'reset', '--org', organisation.slug, person.username, '--reason', reason]);
    expect(reset).toMatchObject({ code: 0, errors: '', output: 'Removed 1 factors; ended 2 sessions.\n' });

    expect(await findOpenSession(hashToken(session!.token))).toBeNull();
    expect(await refusalOf(submitPassword(halfWay, { attempt: open, password: person.password }))).toBe(
      'sign-in.expired',
    );
    const left = await database.owner`
      select (select count(*) from factors where account_id = ${person.id})::int as factors,
        (select count(*) from recovery_codes where account_id = ${person.id})::int as codes,
        (select count(*) from devices where account_id = ${person.id} and trusted_until is not null)::int as trusted,
        (select count(*) from factors where account_id = ${other.id})::int as others`;
    expect(left[0]).toEqual({ factors: 0, codes: 0, trusted: 0, others: 1 });
    const wait = await inOrganisation({ organisation }, (transaction) =>
      claimTry(transaction, 'code', [{ kind: 'account', accountId: person.id }]),
    );
    expect(wait).toBe(0);
    const events = await eventsOf(organisation.id, 'mfa.reset');
    expect(events).toHaveLength(1);
    expect(events[0]).toMatchObject({
      actor_kind: 'operator',
      subject_id: person.id,
      details: { reason, factors: 1 },
    });
    // The password alone opens again: MFA is on demand here.
    expect((await enterPassword(visitorAt(organisation), person)).outcome.session).toBeDefined();
  });

  it('RUN-7 ACC-6 resets nobody of another organisation, and asks for a reason', async () => {
    const mine = await makeOrganisation();
    const theirs = await makeOrganisation();
    const person = await makeEnrolledPerson(theirs);
    const words = ['mfa', 'reset', '--org', mine.slug, person.email];
    expect(oneLine(await vestibule([...words, '--reason', 'x']))).toContain('No account');
    expect(oneLine(await vestibule([...words, '--reason', ' ']))).toContain('--reason');
    expect((await vestibule(words)).code).toBe(2);
    const [left] = await database.owner`select count(*)::int as n from factors where account_id = ${person.id}`;
    expect(left!['n']).toBe(1);
  });

  it('RUN-7 says what is wrong in one line: exit 1 where it can’t be done, 2 where it isn’t understood', async () => {
    const { slug } = await makeOrganisation();
    const list = ['option', 'list', '--org', slug];
    const [missing, away, unmigrated, wrongPassword, nobody] = await Promise.all([
      vestibule(list, { environment: BARE }),
      vestibule(list, { environment: { ...BARE, DATABASE_URL: 'postgres://a:b@127.0.0.1:1/x' } }),
      vestibule(list, { environment: { ...BARE, DATABASE_URL: withPath(database.url, '/postgres') } }),
      vestibule(list, { environment: { ...BARE, DATABASE_URL: withPath(database.url, '/there-is-none') } }),
      vestibule(['option', 'list', '--org', 'there-is-none']),
    ]);
    expect(oneLine(missing)).toMatch(/^DATABASE_URL is missing/);
    expect(oneLine(away)).toContain("can't be reached");
    expect(oneLine(unmigrated)).toContain('npm run migrate');
    expect(oneLine(wrongPassword)).toContain('there-is-none');
    expect(oneLine(nobody)).toContain('there-is-none');
    const misspelt = [
      [],
      ['org'],
      ['org', 'burn'],
      ['org', 'create', '--slug', 'a-b'],
      [...list, 'extra'],
      [...list, '-x'],
    ];
    for (const { code, output, errors } of await Promise.all(misspelt.map((words) => vestibule(words)))) {
      expect({ errors, code, output }).toEqual({ errors, code: 2, output: '' });
      expect(errors.trimEnd().split('\n')).toHaveLength(2);
    }
  });

  it('RUN-7 RESET-3 issues a one-time pass, printed once, which lets in once and ends with its session', async () => {
    const organisation = await makeOrganisation();
    const person = await makeEnrolledPerson(organisation);
    const words = (minutes: string, account = person.username) => [
      ...[
        'pass',
        'issue',
        '--org',
        organisation.slug,
        '--minutes',
        minutes,
        '--reason',
        'Téléphone à la maison',
        account,
      ],
    ];
    for (const minutes of ['14', '721', '1e2', 'x']) {
      expect(oneLine(await vestibule(words(minutes)))).toBe('--minutes must be a whole number from 15 to 720');
    }
    expect(oneLine(await vestibule(words('15', 'nobody')))).toContain('No account');
    const bare = await makePerson(organisation);
    expect(oneLine(await vestibule(words('15', bare.email)))).toContain('set nothing up');

    const issued = await vestibule(words('15'));
    expect(issued).toMatchObject({ code: 0, errors: '' });
    const [code = '', until] = issued.output.split('\n');
    expect(code).toMatch(/^[0-9A-Z]{4}-[0-9A-Z]{4}-[0-9A-Z]{4}$/);
    expect(until).toMatch(/^Good once, until 20/);

    const visitor = visitorAt(organisation);
    const { attempt } = await enterPassword(visitor, person);
    const { session } = await submitRecoveryCode(visitor, { attempt, code });
    const minutesLeft = (session!.expiresAt.getTime() - Date.now()) / 60_000;
    expect(minutesLeft).toBeGreaterThan(13);
    expect(minutesLeft).toBeLessThanOrEqual(15.1);
    const again = visitorAt(organisation);
    const second = await enterPassword(again, person);
    expect(await refusalOf(submitRecoveryCode(again, { attempt: second.attempt, code }))).toBe('pass.wrong');
    const [event] = await eventsOf(organisation.id, 'mfa.pass-issue');
    expect(event).toMatchObject({
      actor_kind: 'operator',
      subject_id: person.id,
      details: { minutes: 15, reason: 'Téléphone à la maison' },
    });
    expect(JSON.stringify(event)).not.toContain(code);
  });

  it('RUN-7 needs DATABASE_URL and the secrets it uses, and no others', async () => {
    const { slug } = await makeOrganisation();
    const person = await makePerson(await reread(slug));
    const bare = { ...BARE, DATABASE_URL: database.url };
    expect((await vestibule(['option', 'list', '--org', slug], { environment: bare })).code).toBe(0);
    const reset = ['mfa', 'reset', '--org', slug, person.email, '--reason', 'x'];
    expect(oneLine(await vestibule(reset, { environment: bare }))).toMatch(/^PASSWORD_PEPPER is missing/);
    const { PASSWORD_PEPPER, ENCRYPTION_KEYS } = TEST_ENVIRONMENT;
    // The letter that tells its owner is sealed.
    expect(oneLine(await vestibule(reset, { environment: { ...bare, PASSWORD_PEPPER } }))).toMatch(
      /^ENCRYPTION_KEYS is missing/,
    );
    expect((await vestibule(reset, { environment: { ...bare, PASSWORD_PEPPER, ENCRYPTION_KEYS } })).code).toBe(0);
  });

  it('RUN-7 filter off pauses what is in force, and says so; an organisation that is none is told in one line', async () => {
    const organisation = await makeOrganisation();
    await database.owner`
      insert into network_filters (organisation_id, kind, mode) values (${organisation.id}, 'employee', 'block')`;
    const words = ['filter', 'off', '--org', organisation.slug];
    expect(await vestibule(words)).toMatchObject({ code: 0, output: 'Paused 1 filter.\n', errors: '' });
    expect(await vestibule(words)).toMatchObject({ code: 0, output: 'No filter was in force.\n' });
    const [event] = await eventsOf(organisation.id, 'filter.pause-all');
    expect(event).toMatchObject({ actor_kind: 'operator', outcome: 'success', details: { filters: 1 } });
    expect(oneLine(await vestibule(['filter', 'off', '--org', 'nulle-part']))).toContain('nulle-part');
  });

  it('RUN-7 authenticators are listed, switched and assigned past every guard, and audited', async () => {
    const organisation = await makeOrganisation();
    const person = await makePerson(organisation, { role: 'administrator' });
    const [sso] = await database.owner<{ id: string }[]>`
      insert into authenticators (organisation_id, name, type, active, activated_at)
      values (${organisation.id}, 'SSO', 'oidc', false, null) returning id`;
    const [standard] = await database.owner<{ name: string }[]>`
      select name from authenticators where organisation_id = ${organisation.id} and is_default`;
    const call = (...words: string[]) =>
      vestibule([...words.slice(0, 2), '--org', organisation.slug, ...words.slice(2)]);
    expect((await call('authenticator', 'list')).output).toMatch(/SSO +oidc +draft +0 accounts/);
    expect(await call('authenticator', 'activate', 'sso')).toMatchObject({ code: 0 });
    expect(await call('authenticator', 'assign', person.email, 'SSO')).toMatchObject({ code: 0 });
    expect(await call('authenticator', 'deactivate', 'SSO')).toMatchObject({ code: 0 });
    expect(await call('authenticator', 'assign', person.username, standard!.name)).toMatchObject({ code: 0 });
    expect(oneLine(await call('authenticator', 'default', 'SSO'))).toContain('not active');
    expect(oneLine(await call('authenticator', 'activate', 'Nulle part'))).toContain('no authenticator');
    expect(oneLine(await call('authenticator', 'deactivate', standard!.name))).toContain('default');
    const [row] = await database.owner`select active from authenticators where id = ${sso!.id}`;
    expect(row).toEqual({ active: false });
    const events = await eventsOf(organisation.id, 'account.assign');
    expect(events).toHaveLength(2);
    expect(events[0]).toMatchObject({ actor_kind: 'operator', outcome: 'success' });
  });

  it('RUN-7 AUD-2 audit prune keeps a year at least, and says where nothing is older', async () => {
    expect(oneLine(await vestibule(['audit', 'prune', '--keep', '3']))).toContain('12 months or more');
    expect(oneLine(await vestibule(['audit', 'prune', '--keep', 'beaucoup']))).toContain('12 months or more');
    expect(await vestibule(['audit', 'prune', '--keep', '12'])).toMatchObject({
      code: 0,
      output: 'Nothing is older than that.\n',
    });
  });

  it('RUN-7 helps everywhere, without a database', { timeout: 90_000 }, async () => {
    const names = [
      'org create',
      'admin create',
      'option list',
      'option set',
      'mfa reset',
      'filter off',
      'authenticator list',
      'authenticator activate',
      'authenticator deactivate',
      'authenticator default',
      'authenticator assign',
      'pass issue',
      'audit verify',
      'audit export',
      'audit prune',
      'secret rotate',
      'doctor',
    ];
    const [whole, ...each] = await Promise.all(
      ['', ...names].map((name) => vestibule([...name.split(' ').filter(Boolean), '--help'], { environment: BARE })),
    );
    for (const { code, errors } of [whole!, ...each]) expect({ code, errors }).toEqual({ code: 0, errors: '' });
    for (const [index, name] of names.entries()) {
      expect(whole!.output).toContain(name);
      expect(each[index]!.output).toMatch(new RegExp(`npm run vestibule -- ${name}[ \\n]`));
    }
  });
});

function withPath(url: string, path: string): string {
  const changed = new URL(url);
  changed.pathname = path;
  return changed.href;
}
