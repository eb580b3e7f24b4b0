import { randomUUID } from 'node:crypto';
import { z } from 'zod';
import { organisationName, slug } from '@/lib/accounts/text';
import type { Operator } from '@/lib/actors/model';
import { recordEvent } from '@/lib/audit/store';
import { violatesUnique } from '@/lib/db/errors';
import { inOrganisation, type OrganisationTransaction } from '@/lib/db/in-organisation';
import { LOCALES } from '@/lib/language/locale';
import { sentence } from '@/lib/language/translate';
import type { Organisation } from './model';
import { findOrganisation, insertOrganisation } from './store';
import { timeZone } from './time-zone';

const newOrganisation = z.strictObject({ slug, name: organisationName, locale: z.enum(LOCALES), timeZone });

export type NewOrganisation = z.input<typeof newOrganisation>;

/** Why an organisation could not be set up. `message` is one line for the operator. */
export class OrganisationError extends Error {
  constructor(
    /** `organisation.slug-taken`, or the code of what is wrong with a field (see `TEXT_ISSUES`). */
    readonly code: string,
    message: string,
    /** The field that is wrong, where it is one. */
    readonly field: string | null = null,
  ) {
    super(message);
  }
}

/**
 * Sets up an organisation with what it starts with: its system authenticator, which new accounts get, and the built-in
 * roles (ACC-4, AUTH-1). One transaction, walled to the organisation that comes into being.
 *
 * @param furnish what else belongs to the beginning, in the same transaction: there is never a half of it
 * @throws {OrganisationError} `organisation.slug-taken`, or the code of a field that is wrong
 */
export async function createOrganisation(
  input: NewOrganisation,
  furnish?: (transaction: OrganisationTransaction, operator: Operator) => Promise<void>,
): Promise<Organisation> {
  const parsed = newOrganisation.safeParse(input);
  if (!parsed.success) {
    const { message, path } = parsed.error.issues[0]!;
    const field = path.join('.');
    throw new OrganisationError(message, `${field} is not right (${message})`, field);
  }
  const organisation = { id: randomUUID(), ...parsed.data };
  const operator: Operator = { kind: 'operator', organisation: { ...organisation, settingsVersion: 0 } };
  try {
    return await inOrganisation(operator, async (transaction) => {
      const settingsVersion = await insertOrganisation(transaction, {
        ...organisation,
        authenticatorName: sentence(organisation.locale, 'account.password'),
      });
      await recordEvent(transaction, operator, {
        action: 'organisation.create',
        outcome: 'success',
        details: { ...organisation },
      });
      await furnish?.(transaction, operator);
      return { ...organisation, settingsVersion };
    });
  } catch (error) {
    if (!violatesUnique(error, 'organisations_slug_key')) throw error;
    throw new OrganisationError(
      'organisation.slug-taken',
      `An organisation with the slug "${organisation.slug}" exists`,
    );
  }
}

/** Whether a slug leads anywhere; for people who type it (SIGN-5). */
export async function organisationExists(slug: string): Promise<boolean> {
  return (await findOrganisation(slug)) !== null;
}
