import { z } from 'zod';
import type { Actor, Operator } from '@/lib/actors/model';
import { recordEvent } from '@/lib/audit/store';
import { violatesUnique } from '@/lib/db/errors';
import { inOrganisation, type OrganisationTransaction } from '@/lib/db/in-organisation';
import { hashPassword } from '@/lib/passwords/hash';
import { BUILT_IN_ROLES, type BuiltInRole } from '@/lib/policy/permissions';
import { insertAccount, type AccountRow } from './store';
import { email, emailKey, identifierKey, passwordInput, personName, username } from './text';

const newAccount = z.strictObject({
  email,
  username,
  firstName: personName,
  lastName: personName,
  kind: z.enum(['employee', 'parent', 'external']),
  role: z.enum(Object.keys(BUILT_IN_ROLES) as [BuiltInRole, ...BuiltInRole[]]).nullable(),
  password: passwordInput,
  /** A password that somebody else chose: the person chooses another at the first sign-in. */
  mustChangePassword: z.boolean().default(false),
});

export type NewAccount = z.input<typeof newAccount>;

/** Why an account could not be made. `message` is one line for the operator, without the person's data. */
export class AccountError extends Error {
  constructor(
    /** `account.email-taken`, `account.username-taken`, `account.role-not-for-kind`, or the code of a wrong field. */
    readonly code: string,
    message: string,
    /** The field that is wrong, where it is one. */
    readonly field: string | null = null,
  ) {
    super(message);
  }
}

/** An account that was checked and whose password is hashed: what takes time is done, and no password is left. */
export type PreparedAccount = Omit<AccountRow, 'organisationId'>;

/**
 * Checks a new account and hashes its password, before and outside of any transaction.
 *
 * @throws {AccountError} `account.role-not-for-kind`, or the code of a field that is wrong
 */
export async function prepareAccount(input: NewAccount): Promise<PreparedAccount> {
  const parsed = newAccount.safeParse(input);
  if (!parsed.success) {
    const { message, path } = parsed.error.issues[0]!;
    const field = path.join('.');
    throw new AccountError(message, `${field} is not right (${message})`, field);
  }
  const { password, ...account } = parsed.data;
  if (account.role !== null && account.kind !== 'employee') {
    throw new AccountError('account.role-not-for-kind', 'Only employees can have a role');
  }
  return {
    ...account,
    emailKey: emailKey(account.email),
    usernameKey: identifierKey(account.username),
    passwordHash: await hashPassword(password),
  };
}

/**
 * Makes an active account on the organisation's default authenticator.
 *
 * @returns its id
 * @throws {AccountError} `account.email-taken`, `account.username-taken`, or as {@link prepareAccount}
 */
export async function createAccount(operator: Operator, input: NewAccount): Promise<string> {
  const prepared = await prepareAccount(input);
  return inOrganisation(operator, (transaction) => createAccountWithin(transaction, operator, prepared));
}

/** {@link createAccount} inside a larger act. After a refusal the transaction can only be rolled back. */
export async function createAccountWithin(
  transaction: OrganisationTransaction,
  actor: Actor | Operator,
  prepared: PreparedAccount,
): Promise<string> {
  try {
    const accountId = await insertAccount(transaction, { ...prepared, organisationId: actor.organisation.id });
    await recordEvent(transaction, actor, {
      action: 'account.create',
      outcome: 'success',
      subjectId: accountId,
      details: { kind: prepared.kind, role: prepared.role },
    });
    return accountId;
  } catch (error) {
    if (violatesUnique(error, 'accounts_organisation_id_email_key_key')) {
      throw new AccountError('account.email-taken', 'An account with this e-mail exists in the organisation');
    }
    if (violatesUnique(error, 'accounts_organisation_id_username_key_key')) {
      throw new AccountError('account.username-taken', 'An account with this username exists in the organisation');
    }
    throw error;
  }
}
