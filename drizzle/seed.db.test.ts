import { expect, it } from 'vitest';
import demo from './demo-accounts.json';
import { useDatabase } from '@/e2e/fixtures/database';
import { reread, visitorAt, enterPassword } from '@/e2e/fixtures/people';
import { runProgram } from '@/e2e/fixtures/programs';
import { settingsOf } from '@/lib/options/service';
import { findCurrentAttempt } from '@/lib/sign-in/service';

const database = useDatabase();

const seed = () => runProgram('drizzle/seed.ts', [], { environment: database.environment });

/** Everything that a seed could write, as one text. */
async function contents(): Promise<string> {
  const tables = ['organisations', 'authenticators', 'roles', 'accounts', 'passwords', 'option_values', 'audit_events'];
  const parts = await Promise.all(
    tables.map(
      (table) =>
        database.owner`select coalesce(string_agg(t::text, e'\n' order by t::text), '') as rows from ${database.owner(table)} t`,
    ),
  );
  return parts.map(([row]) => String(row!['rows'])).join('\n');
}

it('RUN-5 seeds the demo organisations to the letter, twice at once too, and a later run changes nothing', async () => {
  const both = await Promise.all([seed(), seed()]);
  expect(both.map(({ code, errors }) => ({ code, errors }))).toEqual([
    { code: 0, errors: '' },
    { code: 0, errors: '' },
  ]);
  for (const expected of demo.organisations) {
    const organisation = await reread(expected.slug);
    const { slug, name, locale, timeZone } = expected;
    expect(organisation).toMatchObject({ slug, name, locale, timeZone });
    expect((await settingsOf(organisation)).options).toMatchObject(expected.options);
    const rows = await database.owner`
      select a.email, a.username, a.first_name as "firstName", a.last_name as "lastName", a.kind, r.name as role, a.status
      from accounts a left join roles r on r.id = a.role_id
      where a.organisation_id = ${organisation.id} order by a.email`;
    const people = expected.accounts
      .map(({ password: _, ...account }) => ({ ...account, status: 'active' }))
      .sort((a, b) => (a.email < b.email ? -1 : 1));
    expect(rows.map((row) => ({ ...row }))).toEqual(people);
    for (const account of expected.accounts) {
      const visitor = visitorAt(organisation);
      const { outcome } = await enterPassword(visitor, account);
      const step = outcome.session ? 'signed-in' : (await findCurrentAttempt(visitor))?.step;
      const mandatory = account.kind === 'employee' && expected.options.internalMFA === 'mandatory';
      expect({ email: account.email, step }).toEqual({ email: account.email, step: mandatory ? 'enrol' : 'signed-in' });
    }
  }

  // People have used the demo since: what they did stays.
  await database.owner`update accounts set first_name = 'Odette' where username = 'otremblay'`;
  await database.owner`update option_values set value = '"on-demand"' where key = 'internalMFA'`;
  await database.owner`delete from passwords where account_id = (select id from accounts where username = 'lroy')`;
  const before = await contents();
  const again = await seed();
  expect(again).toMatchObject({ code: 0, errors: '' });
  expect(again.output.trimEnd().split('\n')).toHaveLength(demo.organisations.length);
  expect(await contents()).toBe(before);
});
