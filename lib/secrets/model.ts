import {
  authenticatorSecretContext,
  flowAnswerContext,
  flowRequestContext,
  providerTokensContext,
  signOutTokensContext,
} from '@/lib/authenticators/sealing';
import { codesContext, secretContext } from '@/lib/enrolment/sealing';
import { factorSecretContext } from '@/lib/factors/verify';
import { linesContext } from '@/lib/imports/service';
import { letterContext } from '@/lib/mail/outbox';
import { tokenLinesContext, tokenSeedContext } from '@/lib/tokens/sealing';

/** A column that holds sealed values (SAFE-2), and what binds each of them to its row. */
export interface SealedColumn {
  readonly table: string;
  readonly column: string;
  /**
   * Where the column is JSON: its list of rows that were taken out of another table, each with its `id`, and the name that
   * the sealed value has in them.
   */
  readonly kept?: { readonly list: string; readonly value: string };
  /** The row's second name, where the context takes one beside the id. */
  readonly owner: 'account_id' | null;
  context(id: string, owner: string): string;
}

/** Every sealed column there is: a test compares this list with the database, so that no rotation forgets one. */
export const SEALED_COLUMNS: readonly SealedColumn[] = [
  {
    table: 'factors',
    column: 'secret_sealed',
    owner: 'account_id',
    context: (id, accountId) => factorSecretContext(accountId, id),
  },
  {
    table: 'enrolments',
    column: 'secret_sealed',
    owner: 'account_id',
    context: (id, accountId) => secretContext(accountId, id),
  },
  {
    table: 'enrolments',
    column: 'recovery_codes_sealed',
    owner: 'account_id',
    context: (id, accountId) => codesContext(accountId, id),
  },
  { table: 'tokens', column: 'seed_sealed', owner: null, context: tokenSeedContext },
  { table: 'token_imports', column: 'lines_sealed', owner: null, context: tokenLinesContext },
  { table: 'account_imports', column: 'lines_sealed', owner: null, context: linesContext },
  { table: 'mails', column: 'content_sealed', owner: null, context: letterContext },
  { table: 'authenticator_secrets', column: 'secret_sealed', owner: null, context: authenticatorSecretContext },
  // After the secrets that are in force: a change that waits from now on takes them as they are sealed by then.
  {
    table: 'pending_changes',
    column: 'before',
    kept: { list: 'secrets', value: 'secret_sealed' },
    owner: null,
    context: authenticatorSecretContext,
  },
  { table: 'external_flows', column: 'request_sealed', owner: null, context: flowRequestContext },
  { table: 'external_flows', column: 'answer_sealed', owner: null, context: flowAnswerContext },
  { table: 'external_sessions', column: 'tokens_sealed', owner: null, context: providerTokensContext },
  { table: 'provider_sign_outs', column: 'tokens_sealed', owner: null, context: signOutTokensContext },
];
