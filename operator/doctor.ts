import nodemailer from 'nodemailer';
import { ConfigError, parseConfig } from '@/lib/config';
import { asOwner, NotTheOwner } from '@/lib/db/owner';
import { countAppliedMigrations, KNOWN_MIGRATIONS } from '@/lib/db/migrate';
import { APPLICATION_ROLE, pool } from '@/lib/db/pool';
import { currentKey, surveySecrets } from '@/lib/secrets/service';
import { Refused, table, type Command } from './command';
import { failureLine } from './failure';
import { endedOn } from './runtime';

/** What was looked at, and what to do about it where that is something. */
interface Finding {
  readonly state: 'ok' | 'note' | 'wrong';
  readonly about: string;
  readonly says: string;
}

const ok = (about: string, says: string): Finding => ({ state: 'ok', about, says });
const note = (about: string, says: string): Finding => ({ state: 'note', about, says });
const wrong = (about: string, says: string): Finding => ({ state: 'wrong', about, says });

/** Seconds by which the clocks of this machine and of the database may differ. */
const CLOCK_SECONDS_MAX = 2;
/** Minutes for which an event may wait for its seal. */
const SEAL_MINUTES_MAX = 10;
const MAIL_MS = 10_000;

export const doctorCommand: Command = {
  name: 'doctor',
  summary: 'Looks at runtime, configuration, database, clock, keys, audit and mail, and says what to do.',
  options: {},
  remarks: 'Changes nothing. Exit code 1 where something is wrong. Run it with the environment of the server.',
  async run() {
    const findings = [lookAtRuntime(), ...lookAtConfiguration(), ...(await lookAtDatabase()), await lookAtMail()];
    for (const line of table(findings.map(({ state, about, says }) => [state, about, says]))) console.log(line);
    const count = findings.filter(({ state }) => state === 'wrong').length;
    if (count > 0) throw new Refused(`${count} of ${findings.length} things are wrong`);
    return null;
  },
};

function lookAtRuntime(): Finding {
  const { node } = process.versions;
  const ended = endedOn(node, new Date());
  return ended === null
    ? ok('runtime', `Node.js ${node}`)
    : note('runtime', `Node.js ${node} has had no fixes since ${ended}, not even for its security. Run a newer line`);
}

function lookAtConfiguration(): Finding[] {
  try {
    const { APP_ORIGIN } = parseConfig(process.env);
    return [ok('configuration', `every setting can be used; people come to ${APP_ORIGIN}`)];
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    return error.message.split('\n').map((line) => wrong('configuration', line));
  }
}

/** What is looked at in the database, in order; where the first fails, the others have nothing to look at. */
const LOOKS: readonly (readonly [about: string, look: () => Promise<Finding>])[] = [
  ['database', lookAtMigrations],
  ['clock', lookAtClock],
  ['role', lookAtRole],
  ['keys', lookAtKeys],
  ['audit', lookAtSeals],
  ['partitions', lookAtMonths],
];

async function lookAtDatabase(): Promise<Finding[]> {
  const findings: Finding[] = [];
  for (const [about, look] of LOOKS) {
    findings.push(await attempt(about, look));
    if (about === 'database' && findings[0]!.state === 'wrong') break;
  }
  return findings;
}

async function attempt(about: string, look: () => Promise<Finding>): Promise<Finding> {
  try {
    return await look();
  } catch (error) {
    if (error instanceof NotTheOwner) return note(about, `not looked at. ${error.message}`);
    const line = failureLine(error);
    if (line === null) throw error;
    return wrong(about, line);
  }
}

async function lookAtMigrations(): Promise<Finding> {
  const applied = await countAppliedMigrations(pool().sql).catch((error: unknown) => {
    // Never migrated: neither the function nor the role is there.
    if (['42883', '22023', '42P01'].includes(String((error as { code?: unknown }).code))) return -1;
    throw error;
  });
  if (applied >= KNOWN_MIGRATIONS) return ok('database', `reachable, ${applied} migrations applied`);
  return wrong(
    'database',
    `${Math.max(applied, 0)} of ${KNOWN_MIGRATIONS} migrations are applied. Run: npm run migrate`,
  );
}

async function lookAtClock(): Promise<Finding> {
  const before = Date.now();
  const [row] = await pool().sql<{ now: string }[]>`select extract(epoch from clock_timestamp())::text as now`;
  const here = (before + Date.now()) / 2;
  const seconds = Math.abs(Number(row!.now) * 1000 - here) / 1000;
  const apart = `${seconds.toFixed(1)} s apart from the database's`;
  return seconds <= CLOCK_SECONDS_MAX
    ? ok('clock', apart)
    : wrong('clock', `${apart}: codes would be refused. Set both machines by NTP`);
}

async function lookAtRole(): Promise<Finding> {
  const [row] = await pool().sql<{ role: string; walled: boolean; login: string; owns: boolean }[]>`
    select current_user::text as role, row_security_active('public.accounts') as walled, session_user::text as login,
      pg_has_role(session_user, c.relowner, 'usage') as owns
    from pg_class c where c.oid = 'public.accounts'::regclass`;
  const { role, walled, login, owns } = row!;
  if (role !== APPLICATION_ROLE || !walled) {
    return wrong('role', `the application works as ${role}, and no wall stands before it. Run: npm run migrate`);
  }
  return owns
    ? note(
        'role',
        `walled; but the login ${login} owns the tables. A login of its own is safer: see DATABASE_OWNER_URL`,
      )
    : ok('role', `walled, and the login ${login} owns nothing`);
}

async function lookAtKeys(): Promise<Finding> {
  const survey = await asOwner(surveySecrets);
  const closed = survey.filter(({ opens }) => !opens);
  if (closed.length > 0) {
    const lines = closed.map(
      ({ key, values, closedIn }) => `${values} values under key "${key}" (seen in ${closedIn.join(', ')})`,
    );
    return wrong('keys', `ENCRYPTION_KEYS don't open ${lines.join('; ')}. Put the missing keys back`);
  }
  const current = currentKey();
  const old = survey.filter(({ key }) => key !== current).reduce((sum, { values }) => sum + values, 0);
  const all = survey.reduce((sum, { values }) => sum + values, 0);
  return old === 0
    ? ok('keys', `${all} sealed values, all under key "${current}"`)
    : note('keys', `${old} of ${all} sealed values are under older keys. Run: npm run vestibule -- secret rotate`);
}

async function lookAtSeals(): Promise<Finding> {
  const { waiting, minutes, restored } = await asOwner(async (owner) => {
    const [row] = await owner<{ waiting: number; minutes: number; restored: boolean }[]>`
      select (select count(*)::int from audit_events e where e.transaction_id >= c.before_transaction) as waiting,
        (select coalesce(extract(epoch from now() - min(e.occurred_at)) / 60, 0)::int from audit_events e
          where e.transaction_id >= c.before_transaction) as minutes,
        pg_snapshot_xmax(pg_current_snapshot())::text::bigint < c.before_transaction as restored
      from audit_seal_cursor c`;
    return row!;
  });
  if (restored) {
    return wrong('audit', 'transaction numbers start lower than the last seal: see docs/decisions/005-audit-seals.md');
  }
  if (minutes > SEAL_MINUTES_MAX) {
    const why = 'No server runs, or a transaction has been open as long (pg_stat_activity)';
    return wrong('audit', `${waiting} events have waited ${minutes} minutes for their seal. ${why}`);
  }
  return ok('audit', `sealed; ${waiting} newest events wait`);
}

async function lookAtMonths(): Promise<Finding> {
  const { months, stray } = await asOwner(async (owner) => {
    const [row] = await owner<{ months: boolean; stray: boolean }[]>`
      select to_regclass('public.audit_events_' || to_char((now() at time zone 'UTC') + interval '1 month', 'YYYY_MM'))
          is not null as months,
        exists (select from audit_events_default) as stray`;
    return row!;
  });
  if (!months)
    return wrong('partitions', 'next month has no partition of the audit yet. Start a server: it makes them');
  return stray
    ? note('partitions', 'some events stand in the default partition of the audit; nothing is lost')
    : ok('partitions', 'the coming months are made');
}

async function lookAtMail(): Promise<Finding> {
  const url = process.env['SMTP_URL'] ?? '';
  if (url === '') return note('mail', 'SMTP_URL is not set: letters wait in the outbox');
  const transport = nodemailer.createTransport(url, {
    connectionTimeout: MAIL_MS,
    greetingTimeout: MAIL_MS,
    socketTimeout: MAIL_MS,
    dnsTimeout: MAIL_MS,
  } as object);
  try {
    await transport.verify();
    return ok('mail', 'the server answers, and takes our name');
  } catch (error) {
    // By the code alone: what the server says may repeat the password's owner.
    const { code } = error as { code?: string };
    return wrong(
      'mail',
      `the server of SMTP_URL doesn't take letters (${code ?? 'unknown'}). Check host, port, name, password`,
    );
  } finally {
    transport.close();
  }
}
