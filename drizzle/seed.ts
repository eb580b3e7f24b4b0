import demo from './demo-accounts.json';
import { createAccountWithin, prepareAccount } from '@/lib/accounts/service';
import { databaseUrl } from '@/lib/config';
import { openDemoOutbox } from '@/lib/db/migrate';
import { closePool } from '@/lib/db/pool';
import type { Locale } from '@/lib/language/locale';
import { parseOption, setOptionWithin } from '@/lib/options/service';
import { createOrganisation, OrganisationError } from '@/lib/organisations/service';
import { findOrganisation } from '@/lib/organisations/store';
import type { AccountKind } from '@/lib/policy/decision';
import { BUILT_IN_ROLES, type BuiltInRole } from '@/lib/policy/permissions';
import { failureLine } from '@/operator/failure';

/**
 * Puts the demo organisations in, to the letter of demo-accounts.json (RUN-5). Those that exist are left alone: a second
 * run keeps what people did with the demo.
 */
async function seedOrganisation({ slug, name, locale, timeZone, options, accounts }: Demo): Promise<string> {
  if ((await findOrganisation(slug)) !== null) return `${slug}: exists already, left as it is`;
  // Outside the transaction, and all at once: the gate lets as many through as there are cores.
  const prepared = await Promise.all(
    accounts.map(({ kind, role, ...account }) =>
      prepareAccount({ ...account, kind: kind as AccountKind, role: role === null ? null : builtInRole(role) }),
    ),
  );
  try {
    await createOrganisation({ slug, name, locale: locale as Locale, timeZone }, async (transaction, operator) => {
      for (const [key, value] of Object.entries(options)) {
        const option = parseOption(key, value);
        await setOptionWithin(transaction, operator, option.key, option.value);
      }
      for (const account of prepared) await createAccountWithin(transaction, operator, account);
    });
  } catch (error) {
    if (!(error instanceof OrganisationError) || error.code !== 'organisation.slug-taken') throw error;
    return `${slug}: another seed was quicker`;
  }
  return `${slug}: ${name}, ${prepared.length} accounts`;
}

type Demo = (typeof demo.organisations)[number];

/** The demo data call roles by the names that people see. */
function builtInRole(name: string): BuiltInRole {
  const found = Object.entries(BUILT_IN_ROLES).find(([, role]) => role.name === name);
  if (!found) throw new Error(`demo-accounts.json: no built-in role is called "${name}"`);
  return found[0] as BuiltInRole;
}

try {
  await openDemoOutbox(databaseUrl());
  for (const line of await Promise.all(demo.organisations.map(seedOrganisation))) console.log(line);
} catch (error) {
  const line = failureLine(error);
  if (line === null) throw error;
  console.error(line);
  process.exitCode = 1;
} finally {
  await closePool();
}
