import { randomBytes, randomUUID } from 'node:crypto';
import { sql } from 'drizzle-orm';
import { beforeAll, describe, expect, it, vi } from 'vitest';
import { useDatabase } from '@/e2e/fixtures/database';
import {
  enterPassword,
  holderOf,
  makeEnrolledPerson,
  makeOrganisation,
  makePerson,
  visitorAt,
} from '@/e2e/fixtures/people';
import { beginEnrolment } from '@/lib/enrolment/service';
import type { Client } from '@/lib/db/connection';
import { inOrganisation } from '@/lib/db/in-organisation';
import { insertSession } from '@/lib/sessions/store';
import { rememberDevice } from '@/lib/devices/store';
import { hashToken, newToken } from '@/lib/crypto/tokens';
import { queueLetter } from '@/lib/mail/outbox';
import type { Organisation } from '@/lib/organisations/model';
import { replacePass } from '@/lib/passes/store';
import { insertRequest } from '@/lib/reset-requests/store';
import { insertTicket } from '@/lib/tickets/store';

const database = useDatabase();

/** Tables that belong to no organisation, and why the application may not touch them. */
const HOUSE_TABLES = new Set(['audit_seal_cursor', 'letter_budgets']);

interface Table {
  name: string;
  partition: boolean;
}

async function tables(): Promise<Table[]> {
  const rows = await database.owner<{ name: string; partition: boolean }[]>`
    select t.table_name as name, c.relispartition as partition
    from information_schema.tables t join pg_class c on c.oid = format('%I.%I', t.table_schema, t.table_name)::regclass
    where t.table_schema = 'public' order by 1`;
  return rows.map((row) => ({ ...row }));
}

/** The SQLSTATE that a statement fails with; `none` where it succeeds. */
async function failure(work: Promise<unknown>): Promise<string> {
  return work.then(
    () => 'none',
    (error: { code?: string }) => error.code ?? String(error),
  );
}
const NOT_ALLOWED = '42501';

/** Runs statements as the application does, walled to an organisation or to none. */
async function walled<T>(organisationId: string | null, work: (sql: Client) => Promise<T>): Promise<T> {
  return database.restricted.begin(async (sql) => {
    if (organisationId !== null) await sql`select set_config('app.organisation_id', ${organisationId}, true)`;
    return work(sql);
  });
}

let mine: Organisation;
let theirs: Organisation;

/** A row in every table for an organisation, by the services themselves where there is one. */
async function furnish(): Promise<Organisation> {
  const organisation = await makeOrganisation({ mfaGraceDays: '3', internalMFA: 'mandatory' });
  await makeEnrolledPerson(organisation, { kind: 'parent' });
  const person = await makePerson(organisation);
  const visitor = visitorAt(organisation);
  const { attempt } = await enterPassword(visitor, person);
  await beginEnrolment(holderOf(visitor, person, attempt));
  await inOrganisation({ organisation }, async (transaction) => {
    const device = { organisationId: organisation.id, accountId: person.id, userAgent: '', address: null };
    const deviceHash = hashToken(newToken());
    await rememberDevice(transaction, { ...device, tokenHash: deviceHash, trustDays: 0 });
    await insertSession(transaction, {
      ...device,
      deviceHash,
      tokenHash: hashToken(newToken()),
      idleMinutes: 60,
      absoluteHours: 1,
      passwordVerifiedAt: new Date(),
      factorVerifiedAt: null,
      enrolmentPostponedAt: null,
    });
    const ticket = { organisationId: organisation.id, accountId: person.id, email: person.email, createdBy: null };
    await insertTicket(transaction, {
      ...ticket,
      kind: 'invitation',
      tokenHash: hashToken(newToken()),
      lifetimeSeconds: 60,
    });
    await transaction.execute(sql`
      insert into password_history (organisation_id, account_id, hash) values (${organisation.id}, ${person.id}, '$argon2id$')`);
    const to = { accountId: person.id, email: person.email, locale: 'fr' } as const;
    await queueLetter(transaction, { organisation }, to, { template: 'password-changed' });
    await transaction.execute(sql`
      with l as (insert into locations (organisation_id, place, name) values (${organisation.id}, 0, 'Bureau') returning *),
        r as (insert into location_rules (organisation_id, location_id, place, name, type, definition)
          select organisation_id, id, 0, 'Pays', 'countries', 'CA' from l),
        f as (insert into network_filters (organisation_id, kind, mode) values (${organisation.id}, 'parent', 'watch') returning *),
        x as (insert into network_filter_locations select f.organisation_id, f.id, l.id from f, l),
        e as (insert into filter_exceptions (organisation_id, account_id, reason, ends_at)
          values (${organisation.id}, ${person.id}, 'Formation', now() + interval '1 hour'))
      insert into pending_changes (organisation_id, made_by, made_in_request, subject, before, confirm_until)
      values (${organisation.id}, ${person.id}, 'x', 'options', '{"keys": []}', now() + interval '10 minutes')`);
    await transaction.execute(sql`
      with t as (insert into tokens (organisation_id, serial, serial_key, kind, seed_sealed)
          values (${organisation.id}, '12-3', '123', 'totp', '\\x00'))
      insert into token_imports (organisation_id, created_by, lines_sealed, expires_at)
      values (${organisation.id}, ${person.id}, '\\x00', now() + interval '1 hour')`);
    await transaction.execute(sql`
      with u as (insert into authenticators (organisation_id, name, type) values (${organisation.id}, 'Fournisseur', 'oidc') returning *),
        s as (insert into authenticator_secrets (organisation_id, authenticator_id, purpose, secret_sealed)
          select organisation_id, id, 'client-secret', '\\x00' from u),
        d as (insert into authenticator_domains select organisation_id, 'example.test', id from u),
        n as (insert into authenticator_defaults (organisation_id, kind, authenticator_id) select organisation_id, 'external', id from u),
        i as (insert into external_identities (organisation_id, account_id, authenticator_id, expected)
          select organisation_id, ${person.id}, id, 'nick' from u),
        f as (insert into external_flows (organisation_id, authenticator_id, purpose, expires_at)
          select organisation_id, id, 'sign-in', now() + interval '10 minutes' from u),
        k as (insert into saml_upkeep (authenticator_id, organisation_id) select id, organisation_id from u),
        c as (insert into certificate_notices (authenticator_id, organisation_id, fingerprint, days)
          select id, organisation_id, rpad('A', 95, ':B'), 30 from u),
        m as (insert into authenticator_moves (organisation_id, made_by, to_authenticator_id)
          select organisation_id, ${person.id}, id from u returning *),
        w as (insert into authenticator_move_accounts (organisation_id, move_id, account_id, from_authenticator_id)
          select organisation_id, id, ${person.id}, to_authenticator_id from m),
        l as (insert into authenticator_notices (organisation_id, account_id, template)
          select organisation_id, ${person.id}, 'access-lost' from u),
        a as (insert into used_assertions select organisation_id, id, '_1', now() + interval '10 minutes' from u)
      insert into external_sessions (session_id, organisation_id, authenticator_id, issuer, subject)
      select (select id from sessions where account_id = ${person.id} limit 1), organisation_id, id, 'https://idp.test', 'nick' from u`);
    await transaction.execute(sql`
      insert into provider_sign_outs (organisation_id, authenticator_id, ticket_hash, state_hash, expires_at)
      select organisation_id, id, sha256(${`t${person.id}`}::text::bytea), sha256(${`s${person.id}`}::text::bytea), now()
      from authenticators where organisation_id = ${organisation.id} limit 1`);
    await transaction.execute(sql`
      with f as (insert into factors (organisation_id, account_id, kind, name)
          values (${organisation.id}, ${person.id}, 'passkey', 'Clé') returning *),
        k as (insert into passkeys (factor_id, organisation_id, account_id, credential_id, public_key, sign_count,
            user_verified, device_type, backed_up)
          select id, organisation_id, account_id, '\\x01', '\\x01', 0, true, 'singleDevice', false from f)
      insert into passkey_challenges (challenge, organisation_id, account_id, purpose, attempt_id, expires_at)
      values (${randomBytes(32)}, ${organisation.id}, ${person.id}, 'prove', ${attempt}, now() + interval '10 minutes')`);
    const here = { organisationId: organisation.id, accountId: person.id };
    await replacePass(transaction, { ...here, issuedBy: null, codeHash: Buffer.of(1), reason: 'test', minutes: 15 });
    const from = { deviceId: null, address: null, userAgent: '' };
    await insertRequest(transaction, { ...here, ...from, lifetimeHours: 1 });
  });
  await database.owner`
    insert into pictures (account_id, organisation_id, media_type, bytes)
    values (${person.id}, ${organisation.id}, 'image/webp', '\\x00')`;
  await database.owner`
    with made as (
      insert into account_imports (organisation_id, created_by, line_count, expires_at)
      values (${organisation.id}, ${person.id}, 1, now() + interval '1 hour') returning id)
    insert into import_invitations (import_id, account_id, organisation_id)
    select id, ${person.id}, ${organisation.id} from made`;
  await database.owner`
    insert into audit_checkpoints (organisation_id, seal_number, digest, kept_from, dropped_events)
    values (${organisation.id}, 0, '\\x00', now(), 0)`;
  // A success clears its budget: one is left here.
  await database.owner`
    insert into throttles (organisation_id, purpose, subject_hash, failures, consecutive_failures, window_started_at)
    values (${organisation.id}, 'password', '\\x01', 1, 1, now())`;
  return organisation;
}

beforeAll(async () => {
  mine = await furnish();
  theirs = await furnish();
  // A transaction of another test in the same server may hold the seal back for a moment.
  await vi.waitFor(
    async () => {
      await database.restricted`select seal_audit_events()`;
      const [row] = await database.owner`select count(distinct organisation_id)::int as sealed from audit_seals`;
      expect(row!['sealed']).toBe(2);
    },
    { timeout: 20_000, interval: 200 },
  );
});

describe('ACC-6 nothing of one organisation is readable or changeable from another', () => {
  const organisationColumn = (table: string) => (table === 'organisations' ? 'id' : 'organisation_id');

  it('ACC-6 every table has a forced wall, or is closed to the application', async () => {
    const rows = await database.owner<{ name: string; forced: boolean; open: boolean; column: boolean }[]>`
      select c.relname as name, c.relrowsecurity and c.relforcerowsecurity as forced,
        has_any_column_privilege('vestibule_app', c.oid, 'select')
          or has_table_privilege('vestibule_app', c.oid, 'insert, update, delete, truncate, references, trigger') as open,
        exists (select from pg_attribute a where a.attrelid = c.oid and a.attname = 'organisation_id') as column
      from pg_class c where c.relnamespace = 'public'::regnamespace and c.relkind in ('r', 'p', 'v', 'm', 'f')`;
    expect(rows.length).toBeGreaterThan(15);
    expect(rows.filter(({ forced, open }) => open && !forced)).toEqual([]);
    expect(rows.filter(({ name, column }) => !column && name !== 'organisations' && !HOUSE_TABLES.has(name))).toEqual(
      [],
    );
  });

  it('ACC-6 each organisation finds its own rows in every table, and the test speaks of all of them', async () => {
    for (const { name, partition } of await tables()) {
      if (partition || HOUSE_TABLES.has(name)) continue;
      for (const organisation of [mine, theirs]) {
        const [row] = await walled(
          organisation.id,
          (sql) => sql`
            select count(*)::int as all, count(*) filter (where ${sql(organisationColumn(name))} = ${organisation.id})::int as own
            from ${sql(name)}`,
        );
        expect({ name, ...row }).toEqual({ name, all: row!['own'], own: row!['own'] });
        expect({ name, some: row!['own'] > 0 }).toEqual({ name, some: true });
      }
    }
  });

  it('ACC-6 without an organisation nothing is visible, whether it was never set or is left from before', async () => {
    for (const { name, partition } of await tables()) {
      if (partition || HOUSE_TABLES.has(name)) continue;
      const [never] = await walled(null, (sql) => sql`select count(*)::int as seen from ${sql(name)}`);
      const [nobody] = await walled(randomUUID(), (sql) => sql`select count(*)::int as seen from ${sql(name)}`);
      expect({ name, never: never!['seen'], nobody: nobody!['seen'] }).toEqual({ name, never: 0, nobody: 0 });
    }
  });

  it('ACC-6 no row of another organisation can be changed, deleted, taken over or planted', async () => {
    for (const { name, partition } of await tables()) {
      if (partition || HOUSE_TABLES.has(name)) continue;
      const column = organisationColumn(name);
      const touched = await failure(
        walled(mine.id, async (sql) => {
          const changed =
            await sql`update ${sql(name)} set ${sql(column)} = ${sql(column)} where ${sql(column)} = ${theirs.id}`;
          expect({ name, changed: changed.count }).toEqual({ name, changed: 0 });
        }),
      );
      expect({ name, touched }).toEqual({ name, touched: expect.stringMatching(/^(none|42501)$/) });

      const removed = await failure(
        walled(mine.id, async (sql) => {
          const gone = await sql`delete from ${sql(name)} where ${sql(column)} = ${theirs.id}`;
          expect({ name, gone: gone.count }).toEqual({ name, gone: 0 });
        }),
      );
      expect({ name, removed }).toEqual({ name, removed: expect.stringMatching(/^(none|42501)$/) });

      // One's own row made another's, and a row of another's written from here: the wall says no before any key does.
      const handedOver = await failure(
        walled(mine.id, (sql) => sql`update ${sql(name)} set ${sql(column)} = ${theirs.id}`),
      );
      expect({ name, handedOver }).toEqual({ name, handedOver: NOT_ALLOWED });
      const planted = await failure(
        walled(mine.id, (sql) => sql`insert into ${sql(name)} (${sql(column)}) values (${theirs.id})`),
      );
      expect({ name, planted }).toEqual({ name, planted: NOT_ALLOWED });
    }
  });

  it('ACC-6 the walls stand for the owner too: without the policy that lets it work it sees nothing', async () => {
    const undone = new Error('undone');
    for (const { name, partition } of await tables()) {
      if (partition || HOUSE_TABLES.has(name)) continue;
      const looking = database.owner.begin(async (sql) => {
        const [all] = await sql`select count(*)::int as seen from ${sql(name)}`;
        await sql`drop policy owner_works on ${sql(name)}`;
        const [walled] = await sql`select count(*)::int as seen from ${sql(name)}`;
        expect({ name, all: all!['seen'] > 0, walled: walled!['seen'] }).toEqual({ name, all: true, walled: 0 });
        throw undone;
      });
      await expect(looking).rejects.toBe(undone);
    }
  });

  it('ACC-6 a row can’t point at another organisation’s: every reference carries the organisation', async () => {
    const references = await database.owner<{ name: string; columns: string[] }[]>`
      select f.conrelid::regclass::text as name,
        array(select attname::text from pg_attribute where attrelid = f.conrelid and attnum = any (f.conkey)) as columns
      from pg_constraint f
      where f.contype = 'f' and f.conparentid = 0 and f.connamespace = 'public'::regnamespace`;
    expect(references.length).toBeGreaterThan(10);
    expect(references.filter(({ columns }) => !columns.includes('organisation_id'))).toEqual([]);
  });

  it('ACC-6 the functions that come before an organisation is known answer to their key alone', async () => {
    const [found] = await database.restricted`select * from find_organisation(${mine.slug})`;
    expect(found!['id']).toBe(mine.id);
    expect(await database.restricted`select * from find_organisation(${'%'})`).toHaveLength(0);
    expect(await database.restricted`select * from load_session(${Buffer.from('')})`).toHaveLength(0);
    expect(await database.restricted`select * from load_session(${hashToken(newToken())})`).toHaveLength(0);
  });

  it('ACC-6 functions with the owner’s rights are few, named here, and closed to everybody else', async () => {
    const rows = await database.owner<{ name: string; open: boolean; path: string }[]>`
      select p.proname as name, coalesce(p.proacl::text ~ '[{,]=', p.proacl is null) as open,
        array_to_string(p.proconfig, ',') as path
      from pg_proc p where p.pronamespace = 'public'::regnamespace and p.prosecdef order by 1`;
    expect(rows.map(({ name }) => name)).toEqual([
      'account_page',
      'account_page_by_mfa',
      'applied_migrations',
      'audit_sealed_before',
      'claim_letter',
      'claim_saml_upkeep',
      'claim_sign_outs',
      'demo_outbox',
      'device_standing',
      'ensure_audit_partitions',
      'find_attempt',
      'find_authenticator',
      'find_organisation',
      'load_attempt',
      'load_session',
      'load_sign_in',
      'open_attempt',
      'open_session',
      'organisations_of_email',
      'overdue_changes',
      'pass_of_attempt',
      'pass_of_session',
      'seal_audit_events',
      'seal_audit_portion',
      'stranded_letters',
      'sweep_account_imports',
      'sweep_expired',
      'sweep_external',
      'sweep_letters',
      'sweep_lost_phones',
      'sweep_moves',
      'sweep_sign_outs',
      'sweep_token_imports',
      'sweep_unfinished',
      'waiting_notices',
    ]);
    for (const { name, open, path } of rows) {
      expect({ name, open, path }).toEqual({ name, open: false, path: 'search_path=pg_catalog, public, pg_temp' });
    }
  });
});

describe('the application’s role', () => {
  it('ACC-6 can’t make the owner’s functions run its own code by a type of the same name', async () => {
    const nothingHappened = new Error('rolled back');
    const attempt = walled(mine.id, async (sql) => {
      await sql.unsafe(`
        create function pg_temp.spy(x pg_catalog.date) returns boolean language plpgsql as
          $$ begin raise exception 'ran as %', current_user; end $$;
        create domain pg_temp.date as pg_catalog.date check (pg_temp.spy(value));
        select ensure_audit_partitions()`);
      throw nothingHappened;
    });
    await expect(attempt).rejects.toBe(nothingHappened);
  });

  it('AUD-1 can write and read events, and never change, delete or empty them', async () => {
    for (const statement of [
      `update audit_events set reason = 'forged'`,
      `delete from audit_events`,
      `truncate audit_events`,
      `update audit_seals set digest = ''`,
      `delete from audit_seals`,
      `insert into audit_seals select * from audit_seals`,
      `update audit_seal_cursor set before_transaction = 0`,
    ]) {
      const refused = await failure(walled(mine.id, (sql) => sql.unsafe(statement)));
      expect({ statement, refused }).toEqual({ statement, refused: NOT_ALLOWED });
    }
  });

  it('AUD-1 doesn’t reach a partition past the wall of its table', async () => {
    const partitions = (await tables()).filter(({ partition }) => partition);
    expect(partitions.length).toBeGreaterThan(2);
    for (const { name } of partitions) {
      for (const statement of [`select from ${name}`, `insert into ${name} default values`, `delete from ${name}`]) {
        const refused = await failure(walled(mine.id, (sql) => sql.unsafe(statement)));
        expect({ statement, refused }).toEqual({ statement, refused: NOT_ALLOWED });
      }
    }
  });

  it('AUD-1 makes room for the months to come, and what it makes is the owner’s and closed', async () => {
    const [last] = (await tables()).filter(({ name }) => /^audit_events_\d/.test(name)).slice(-1);
    await database.owner`drop table ${database.owner(last!.name)}`;
    await database.restricted`select ensure_audit_partitions()`;
    expect(await tables()).toContainEqual(last);
    expect(await failure(database.restricted.unsafe(`select from ${last!.name}`))).toBe(NOT_ALLOWED);
  });

  it('ACC-6 owns nothing, can’t make tables, sees nothing of the migrations and can’t become the owner', async () => {
    const [owned] = await database.owner`
      select count(*)::int as n from pg_class where relowner = (select oid from pg_roles where rolname = 'vestibule_app')`;
    expect(owned!['n']).toBe(0);
    for (const statement of [
      'create table public.mine (id int)',
      'create schema mine',
      'create table drizzle.mine (id int)',
      'select * from drizzle.__drizzle_migrations',
      'alter table accounts disable row level security',
      'drop policy organisation_wall on accounts',
      'alter table accounts add column x int',
      'create policy mine on accounts using (true)',
      'set session_replication_role = replica',
    ]) {
      const refused = await failure(walled(mine.id, (sql) => sql.unsafe(statement)));
      expect({ statement, refused }).toEqual({ statement, refused: NOT_ALLOWED });
    }
    const [role] = await database.owner`
      select rolsuper, rolbypassrls, rolcreaterole, rolcreatedb, rolcanlogin from pg_roles where rolname = 'vestibule_app'`;
    expect(Object.values(role!)).toEqual([false, false, false, false, false]);
  });

  it('ACC-6 is what every connection of the application works under', async () => {
    const [row] = await database.restricted`
      select current_user::text as user, row_security_active('accounts') as walled, session_user::text as login`;
    expect(row).toMatchObject({ user: 'vestibule_app', walled: true });
    // The ring itself: tables belong to somebody whom walls would bind too.
    const [owner] = await database.owner`
      select rolsuper, rolbypassrls, rolcreaterole from pg_roles where rolname = current_user`;
    expect(owner).toEqual({ rolsuper: false, rolbypassrls: false, rolcreaterole: true });
  });
});
