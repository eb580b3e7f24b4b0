import { AccountError } from '@/lib/accounts/service';
import { NotTheOwner } from '@/lib/db/owner';
import { closePool } from '@/lib/db/pool';
import { sentence } from '@/lib/language/translate';
import { OptionError } from '@/lib/options/service';
import { OrganisationError } from '@/lib/organisations/service';
import { Refusal } from '@/lib/refusals';
import { createAdministratorCommand } from './administrators';
import { exportAuditCommand, pruneAuditCommand, verifyAuditCommand } from './audit';
import { fieldSentence, helpOf, readArguments, Refused, table, UsageError, type Command } from './command';
import { doctorCommand } from './doctor';
import { failureLine, sqlState } from './failure';
import { switchFiltersOffCommand } from './filters';
import { resetMfaCommand } from './mfa';
import { listOptionsCommand, setOptionCommand } from './options';
import {
  activateAuthenticatorCommand,
  assignAuthenticatorCommand,
  deactivateAuthenticatorCommand,
  defaultAuthenticatorCommand,
  listAuthenticatorsCommand,
} from './authenticators';
import { createOrganisationCommand } from './organisations';
import { rotateSecretsCommand } from './secrets';
import { issuePassCommand } from './passes';

/**
 * The operator's tool (RUN-7): works over the database alone, whether or not a server runs, and is the way back in when
 * every administrator is locked out. Exit codes: 0 done, 1 refused or failed, 2 not understood.
 */
const COMMANDS: readonly Command[] = [
  createOrganisationCommand,
  createAdministratorCommand,
  listOptionsCommand,
  setOptionCommand,
  resetMfaCommand,
  switchFiltersOffCommand,
  listAuthenticatorsCommand,
  activateAuthenticatorCommand,
  deactivateAuthenticatorCommand,
  defaultAuthenticatorCommand,
  assignAuthenticatorCommand,
  issuePassCommand,
  verifyAuditCommand,
  exportAuditCommand,
  pruneAuditCommand,
  rotateSecretsCommand,
  doctorCommand,
];

const HELP = [
  'Vestibule for its operator: works over the database alone, also while the server is down.',
  '',
  'Usage: npm run vestibule -- COMMAND [options]',
  '',
  ...table(
    COMMANDS.map(({ name, summary }) => [name, summary]),
    '  ',
  ),
  '',
  'COMMAND --help tells its options. Exit codes: 0 done, 1 refused or failed, 2 not understood.',
  'Environment: DATABASE_URL; PASSWORD_PEPPER where passwords or codes are concerned, ENCRYPTION_KEYS where secrets are;',
  'DATABASE_OWNER_URL where all organisations are, and the login of DATABASE_URL owns nothing. See .env.example.',
].join('\n');

const wordsIn = (name: string) => name.split(' ').length;

async function main(words: readonly string[]): Promise<number> {
  const command = COMMANDS.find(({ name }) => words.slice(0, wordsIn(name)).join(' ') === name);
  if (words.includes('--help') || words.includes('-h')) {
    console.log(command === undefined ? HELP : helpOf(command));
    return 0;
  }
  try {
    if (command === undefined) {
      throw new UsageError(words.length === 0 ? 'Which command?' : 'There is no such command');
    }
    const said = await command.run(readArguments(command, words.slice(wordsIn(command.name))));
    if (said !== null) console.log(said);
    return 0;
  } catch (error) {
    const line = lineOf(error);
    if (line === null) throw error;
    console.error(line);
    if (!(error instanceof UsageError)) return 1;
    console.error(`Help: npm run vestibule -- ${command === undefined ? '' : `${command.name} `}--help`);
    return 2;
  }
}

/** What the application answers to a database that was never migrated, or not to the end. */
const NOT_MIGRATED = new Set(['22023', '42883', '42P01', '42703']);

/** What went wrong, in one line; null for what nobody foresaw, whose stack is wanted. */
function lineOf(error: unknown): string | null {
  if (error instanceof Refusal) return sentence('en', `refusals.${error.code.replace('.', '_')}`, error.details);
  if ((error instanceof OrganisationError || error instanceof AccountError) && error.field !== null) {
    return `${error.field}: ${fieldSentence(error.code)}`;
  }
  const expected = [UsageError, Refused, NotTheOwner, OptionError, OrganisationError, AccountError];
  if (expected.some((kind) => error instanceof kind)) return (error as Error).message;
  if (NOT_MIGRATED.has(sqlState(error) ?? '')) return 'The database is not up to date. First: npm run migrate';
  return failureLine(error);
}

// Whoever reads what we say has seen enough: `… | head`.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code !== 'EPIPE') throw error;
});

try {
  process.exitCode = await main(process.argv.slice(2));
} finally {
  await closePool();
}
