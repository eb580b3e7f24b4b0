import { randomBytes } from 'node:crypto';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { parse } from 'csv-parse/sync';
import postgres from 'postgres';
import { afterAll, beforeAll, describe, expect, inject, it, vi } from 'vitest';
import { useDatabase } from '@/e2e/fixtures/database';
import {
  codeOf,
  enterPassword,
  holderOf,
  makeEnrolledPerson,
  makeOrganisation,
  visitorAt,
} from '@/e2e/fixtures/people';
import { runBundled, runProgram } from '@/e2e/fixtures/programs';
import { createSealer, parseSealingKeys } from '@/lib/crypto/seal';
import { inOrganisation } from '@/lib/db/in-organisation';
import { openPool } from '@/lib/db/pool';
import { beginEnrolment } from '@/lib/enrolment/service';
import { factorSecretContext } from '@/lib/factors/verify';
import { queueLetter } from '@/lib/mail/outbox';
import type { Organisation } from '@/lib/organisations/model';
import { SEALED_COLUMNS } from '@/lib/secrets/model';
import { submitCode } from '@/lib/sign-in/service';

const database = useDatabase();

// Each command is a program of its own: on a busy machine some of them together take their time.
vi.setConfig({ testTimeout: 90_000 });

const vestibule = (words: readonly string[], environment: Record<string, string> = {}) =>
  runBundled('operator/vestibule.ts', words, { environment: { ...database.environment, ...environment } });

async function sealAll(): Promise<void> {
  await expect
    .poll(
      async () => {
        await database.restricted`select seal_audit_portion(5000)`;
        const [row] = await database.owner`
          select count(*)::int as n from audit_events where transaction_id >= audit_sealed_before()`;
        return row!['n'] as number;
      },
      { timeout: 20_000, interval: 50 },
    )
    .toBe(0);
}

describe('RUN-7 audit verify', () => {
  it('RUN-7 AUD-1 says what is right, holds a kept head against the chain, and ends with 1 where something was forged', async () => {
    const [mine, other] = [await makeOrganisation(), await makeOrganisation()];
    await sealAll();
    const right = await vestibule(['audit', 'verify', '--org', mine.slug]);
    expect(right).toMatchObject({ code: 0, errors: '' });
    const head = /head (1:[0-9a-f]{64})\n$/.exec(right.output)?.[1];
    expect(right.output).toContain(`${mine.slug}: right. 1 seals over 1 events are right`);
    const kept = await vestibule(['audit', 'verify', '--org', mine.slug, '--expect', head!]);
    expect(kept.code).toBe(0);
    const another = await vestibule(['audit', 'verify', '--org', mine.slug, '--expect', `1:${'0'.repeat(64)}`]);
    expect(another).toMatchObject({ code: 1, output: expect.stringContaining('the chain was made anew') as string });
    const later = await vestibule(['audit', 'verify', '--org', mine.slug, '--expect', `99:${'0'.repeat(64)}`]);
    expect(later).toMatchObject({ code: 1, output: expect.stringContaining('was cut off') as string });

    const [event] = await database.owner`
      select id from audit_events where organisation_id = ${other.id} and action = 'organisation.create'`;
    await database.owner`delete from audit_events where id = ${event!['id'] as string}`;
    const all = await vestibule(['audit', 'verify']);
    expect(all.code).toBe(1);
    expect(all.output).toContain(`${other.slug}: WRONG. seal 1 covers more events than are there`);
    expect(all.output).toContain(`${mine.slug}: right.`);
    expect(all.errors).toBe('The audit of 1 of 2 organisations is not what was sealed\n');
  });

  it('RUN-7 asks for a mark that can be one, and for the organisation that it belongs to', async () => {
    const { slug } = await makeOrganisation();
    for (const words of [
      ['--org', slug, '--expect', '1:abc'],
      ['--expect', `1:${'0'.repeat(64)}`],
      ['--org', 'nobody'],
    ]) {
      const refused = await vestibule(['audit', 'verify', ...words]);
      expect(refused).toMatchObject({ code: 1, output: '' });
      expect(refused.errors.trimEnd().split('\n')).toHaveLength(1);
    }
  });
});

describe('RUN-7 audit export', () => {
  it('RUN-7 AUD-2 writes to standard output, and to a file that only its owner reads and that is never written over', async () => {
    const { slug, id } = await makeOrganisation({ mfaGraceDays: '3' });
    const lines = await vestibule(['audit', 'export', '--org', slug]);
    expect(lines).toMatchObject({ code: 0, errors: '' });
    const events = lines.output
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line) as { action: string });
    expect(events.map(({ action }) => action)).toEqual(['audit.export', 'option.change', 'organisation.create']);

    const folder = await mkdtemp(path.join(os.tmpdir(), 'vestibule-export-'));
    try {
      const file = path.join(folder, 'journal.csv');
      const words = ['audit', 'export', '--org', slug, '--format', 'csv', '--file', file];
      expect((await vestibule(words)).code).toBe(0);
      const rows = parse(await readFile(file), { bom: true, columns: true }) as Record<string, string>[];
      expect(rows.map(({ action }) => action)).toHaveLength(4);
      expect((await vestibule(words)).errors).toBe(`${file} is there already\n`);
    } finally {
      await rm(folder, { recursive: true });
    }
    const [row] = await database.owner`
      select count(*)::int as n from audit_events where organisation_id = ${id} and action = 'audit.export'`;
    expect(row!['n']).toBe(3);
    expect((await vestibule(['audit', 'export', '--org', slug, '--from', 'yesterday'])).errors).toContain('--from');
    expect((await vestibule(['audit', 'export', '--org', slug, '--format', 'xml'])).errors).toContain('--format');
  });
});

describe('RUN-7 secret rotate', () => {
  const [old, fresh] = ['tests', 'newer'] as const;
  const freshKeys = `${fresh}:${randomBytes(32).toString('base64')},${database.environment['ENCRYPTION_KEYS']}`;

  async function keysInUse(): Promise<string[]> {
    const found = new Set<string>();
    for (const { table, column } of SEALED_COLUMNS.filter(({ kept }) => kept === undefined)) {
      const rows = await database.owner`
        select distinct encode(substring(${database.owner(column)} from 3 for get_byte(${database.owner(column)}, 1)), 'escape') as key
        from ${database.owner(table)} where octet_length(${database.owner(column)}) > 0`;
      for (const row of rows) found.add(row['key'] as string);
    }
    return [...found].sort();
  }

  let organisation: Organisation;
  let person: Awaited<ReturnType<typeof makeEnrolledPerson>>;

  beforeAll(async () => {
    organisation = await makeOrganisation({ internalMFA: 'mandatory' });
    person = await makeEnrolledPerson(organisation);
    const begin = async () => {
      const newcomer = await makeEnrolledPerson(organisation);
      await database.owner`delete from factors where account_id = ${newcomer.id}`;
      const visitor = visitorAt(organisation);
      const { attempt } = await enterPassword(visitor, newcomer);
      await beginEnrolment(holderOf(visitor, newcomer, attempt));
      return newcomer.id;
    };
    await begin();
    // Whoever has confirmed has no key under way any more: what is empty is sealed under none.
    await database.owner`update enrolments set secret_sealed = '', confirmed_at = now() where account_id = ${await begin()}`;
    await inOrganisation({ organisation }, (transaction) =>
      queueLetter(transaction, { organisation }, { accountId: null, email: 'a@erables.test', locale: 'fr' }, {
        template: 'organisation-list',
        organisations: [],
      } as never),
    );
  });

  it('SAFE-2 knows every sealed column that the database has', async () => {
    const columns = await database.owner<{ name: string }[]>`
      select table_name || '.' || column_name as name from information_schema.columns
      where table_schema = 'public' and column_name like '%\\_sealed' order by 1`;
    const whole = SEALED_COLUMNS.filter(({ kept }) => kept === undefined);
    expect(whole.map(({ table, column }) => `${table}.${column}`).toSorted()).toEqual(
      columns.map(({ name }) => name).toSorted(),
    );
  });

  it('RUN-7 SAFE-2 seals everything anew under the first key, audited; then the old key can be taken out', async () => {
    expect(await keysInUse()).toEqual([old]);
    const rotated = await vestibule(['secret', 'rotate'], { ENCRYPTION_KEYS: freshKeys });
    expect(rotated).toMatchObject({ code: 0, errors: '' });
    expect(rotated.output).toMatch(/^Sealed [3-9]\d* values anew under key "newer"\.\nNothing is left/);
    expect(await keysInUse()).toEqual([fresh]);
    const events = await database.owner`
      select actor_kind, details from audit_events where organisation_id = ${organisation.id} and action = 'secret.rotate'`;
    expect(events.map(({ details }) => (details as { table: string }).table).toSorted()).toEqual([
      'enrolments',
      'factors',
      'mails',
    ]);
    // The new key alone opens what the old one had sealed.
    const [factor] = await database.owner`select id, secret_sealed from factors where account_id = ${person.id}`;
    const alone = createSealer(parseSealingKeys(freshKeys.split(',')[0]!));
    const opened = alone.open(
      factor!['secret_sealed'] as Buffer,
      factorSecretContext(person.id, factor!['id'] as string),
    );
    expect(opened.toString()).toBe(person.secret);
    // A second run finds nothing to do.
    const again = await vestibule(['secret', 'rotate'], { ENCRYPTION_KEYS: freshKeys });
    expect(again).toMatchObject({ code: 0, output: expect.stringMatching(/^Sealed 0 values/) as string });
  });

  it('RUN-7 says what is left where a key is missing, changes nothing of it, and doctor sees it', async () => {
    const stranger = `other:${randomBytes(32).toString('base64')}`;
    const rotated = await vestibule(['secret', 'rotate'], { ENCRYPTION_KEYS: stranger });
    expect(rotated.code).toBe(1);
    expect(rotated.errors).toMatch(/^Still left: \d+ under key "newer"/);
    expect(await keysInUse()).toEqual([fresh]);
    const doctor = await vestibule(['doctor'], { ENCRYPTION_KEYS: stranger });
    expect(doctor.code).toBe(1);
    expect(doctor.output).toMatch(
      /^wrong +keys +ENCRYPTION_KEYS don't open \d+ values under key "newer" \(seen in factors\.secret_sealed, /m,
    );
  });

  it('RUN-7 back under the first keys, a sign-in with the code works', async () => {
    expect((await vestibule(['secret', 'rotate'], { ENCRYPTION_KEYS: freshKeys })).code).toBe(0);
    const back = [...freshKeys.split(',')].reverse().join(',');
    expect((await vestibule(['secret', 'rotate'], { ENCRYPTION_KEYS: back })).code).toBe(0);
    expect(await keysInUse()).toEqual([old]);
    const visitor = visitorAt(organisation);
    const { attempt } = await enterPassword(visitor, person);
    const { session } = await submitCode(visitor, { attempt, code: await codeOf(person.secret), trustDevice: false });
    expect(session).toBeDefined();
  });
});

describe('RUN-7 doctor', () => {
  it('RUN-7 says of each thing whether it is well and what to do, and ends with 1 where one is wrong', async () => {
    await sealAll();
    const well = await vestibule(['doctor']);
    expect(well).toMatchObject({ code: 0, errors: '' });
    const states = [...well.output.matchAll(/^(\w+) +(\w+) /gm)].map(([, state, about]) => `${about} ${state}`);
    expect(states).toEqual([
      expect.stringMatching(/^runtime (ok|note)$/),
      'configuration ok',
      'database ok',
      'clock ok',
      'role note',
      'keys ok',
      'audit ok',
      'partitions ok',
      'mail note',
    ]);
    const poor = await vestibule(['doctor'], { AUTH_SECRET: 'short', SMTP_URL: 'smtp://127.0.0.1:1' });
    expect(poor).toMatchObject({ code: 1, errors: '2 of 9 things are wrong\n' });
    expect(poor.output).toMatch(/^wrong +configuration +AUTH_SECRET/m);
    expect(poor.output).toMatch(/^wrong +mail +.*ECONNREFUSED|ESOCKET/m);
    const away = await vestibule(['doctor'], { DATABASE_URL: 'postgres://a:b@127.0.0.1:1/x' });
    expect(away.code).toBe(1);
    expect(away.output).toMatch(/^wrong +database +The database can't be reached/m);
  });

  it('RUN-7 AUD-1 notices events that have waited too long for their seal', async () => {
    const { id } = await makeOrganisation();
    await sealAll();
    await database.owner`
      insert into audit_events (organisation_id, occurred_at, action, outcome, actor_kind)
      values (${id}, now() - interval '1 hour', 'sign-in.code', 'success', 'system')`;
    const { code, output } = await vestibule(['doctor']);
    expect(code).toBe(1);
    expect(output).toMatch(/^wrong +audit +1 events have waited 60 minutes for their seal/m);
    await sealAll();
  });
});

describe('a login of its own', () => {
  const login = `vestibule_login_${randomBytes(4).toString('hex')}`;
  const password = randomBytes(16).toString('hex');
  let url: string;

  const asSuperuser = async (work: (superuser: postgres.Sql) => Promise<unknown>) => {
    const superuser = postgres(inject('testServer').superuserUrl, { max: 1, onnotice: () => {} });
    await work(superuser);
    await superuser.end({ timeout: 5 });
  };

  beforeAll(async () => {
    await asSuperuser((superuser) =>
      superuser.unsafe(`create role ${login} login password '${password}'; grant vestibule_app to ${login}`),
    );
    const given = new URL(database.url);
    given.username = login;
    given.password = password;
    url = given.href;
  });
  afterAll(() => asSuperuser((superuser) => superuser.unsafe(`drop role ${login}`)));

  it('ACC-6 works as the application does, and finds the same walls when it lays its role down', async () => {
    const mine = await makeOrganisation();
    const pool = openPool(url, 1);
    const { sql } = pool;
    try {
      const [found] = await sql`select slug from find_organisation(${mine.slug})`;
      expect(found).toEqual({ slug: mine.slug });
      await sql.begin(async (transaction) => {
        await transaction`set local role none`;
        expect(await transaction`select current_user::text as user`).toEqual([{ user: login }]);
        expect(await transaction`select id from organisations`).toEqual([]);
        expect(await transaction`select id from audit_events`).toEqual([]);
      });
      const owner = new URL(database.url).username;
      const escapes = [
        `set role ${owner}`,
        'delete from audit_events',
        'alter table accounts no force row level security',
      ];
      for (const escape of escapes) {
        const code = await sql
          .begin(async (transaction) => {
            await transaction`set local role none`;
            await transaction.unsafe(escape);
          })
          .then(
            () => 'done',
            (error: { code: string }) => error.code,
          );
        expect({ escape, code }).toEqual({ escape, code: '42501' });
      }
    } finally {
      await pool.end(5);
    }
  });

  it('RUN-7 the operator’s command and migrations take DATABASE_OWNER_URL where they need the owner', async () => {
    const { slug } = await makeOrganisation();
    await sealAll();
    const both = { DATABASE_URL: url, DATABASE_OWNER_URL: database.url };
    expect((await vestibule(['option', 'list', '--org', slug], { DATABASE_URL: url })).code).toBe(0);
    expect((await vestibule(['audit', 'verify', '--org', slug], { DATABASE_URL: url })).code).toBe(0);
    expect((await vestibule(['audit', 'verify'], { DATABASE_URL: url })).errors).toMatch(/set DATABASE_OWNER_URL/);
    expect((await vestibule(['secret', 'rotate'], both)).code).toBe(0);
    expect((await vestibule(['doctor'], both)).output).toMatch(/^ok +role +walled, and the login \w+ owns nothing/m);
    expect((await vestibule(['doctor'], { DATABASE_URL: url })).output).toMatch(/^note +keys +not looked at/m);
    const migrated = await runProgram('operator/migrate.ts', [], { environment: both });
    expect(migrated).toMatchObject({ code: 0, errors: '' });
  });
});
