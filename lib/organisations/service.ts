import { randomUUID } from 'node:crypto';
import { z } from 'zod';
import { emailKey, organisationName, slug } from '@/lib/accounts/text';
import type { Operator, Passerby, Visitor } from '@/lib/actors/model';
import { recordEvent } from '@/lib/audit/store';
import { violatesForeignKey, violatesUnique } from '@/lib/db/errors';
import { inOrganisation, type OrganisationTransaction } from '@/lib/db/in-organisation';
import { LOCALES } from '@/lib/language/locale';
import { sentence } from '@/lib/language/translate';
import { config } from '@/lib/config';
import { claimFromAddress, claimLetterTo } from '@/lib/mail/budget';
import { queueLetter } from '@/lib/mail/outbox';
import { inEvenTime } from '@/lib/request/even-time';
import type { Organisation } from './model';
import { findOrganisation, insertOrganisation, listOrganisationsOfEmail } from './store';
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
  return setUp(input, (organisation): Operator => ({ kind: 'operator', organisation }), false, furnish);
}

/**
 * {@link createOrganisation} by somebody who comes from the street (ACC-1): it waits for its confirmation, and is swept
 * away where none comes within a week.
 *
 * @throws {OrganisationError} as {@link createOrganisation}
 */
export async function foundOrganisation(
  founder: Passerby,
  input: NewOrganisation,
  furnish: (transaction: OrganisationTransaction, visitor: Visitor) => Promise<void>,
): Promise<Organisation> {
  return setUp(input, (organisation): Visitor => ({ ...founder, organisation }), true, furnish);
}

async function setUp<A extends Operator | Visitor>(
  input: NewOrganisation,
  actorOf: (organisation: Organisation) => A,
  unconfirmed: boolean,
  furnish?: (transaction: OrganisationTransaction, actor: A) => Promise<void>,
): Promise<Organisation> {
  const parsed = newOrganisation.safeParse(input);
  if (!parsed.success) {
    const { message, path } = parsed.error.issues[0]!;
    const field = path.join('.');
    throw new OrganisationError(message, `${field} is not right (${message})`, field);
  }
  const organisation = { id: randomUUID(), ...parsed.data };
  const actor = actorOf({ ...organisation, settingsVersion: 0 });
  try {
    return await inOrganisation(actor, async (transaction) => {
      const settingsVersion = await insertOrganisation(transaction, {
        ...organisation,
        authenticatorName: sentence(organisation.locale, 'account.password'),
        unconfirmed,
      });
      await recordEvent(transaction, actor, {
        action: 'organisation.create',
        outcome: 'success',
        details: { ...organisation },
      });
      await furnish?.(transaction, actor);
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

/**
 * Mails the list of the organisations that know an address, to that address (SIGN-5). Whether there are any is neither
 * told nor to be read from the time it took. The letter lies in the outbox of the first of them.
 *
 * @param address as {@link email} gives it
 * @throws {Refusal} `letter.throttled` (with `seconds`), by the address that asks alone
 */
export async function sendOrganisations(asking: Passerby, address: string): Promise<void> {
  await inEvenTime(async () => {
    await claimFromAddress(asking.origin);
    const key = emailKey(address);
    const found = await listOrganisationsOfEmail(key);
    const mayWrite = (await claimLetterTo({ mailbox: key })) === 0;
    const [first] = found;
    if (first === undefined || !mayWrite) return;
    const visitor: Visitor = { ...asking, organisation: first.organisation };
    await inOrganisation(visitor, async (transaction) => {
      const to = { accountId: first.accountId, email: first.email, locale: first.locale };
      const organisations = found.map(({ organisation: { name, slug: short } }) => ({
        name,
        link: `${config().APP_ORIGIN}/${short}/sign-in`,
      }));
      await queueLetter(transaction, visitor, to, { template: 'organisations', organisations });
      await recordEvent(transaction, visitor, {
        action: 'organisation.list-request',
        outcome: 'success',
        subjectId: first.accountId,
      });
    }).catch((error: unknown) => {
      // The account was removed meanwhile: nobody is left to write to, and whoever asks learns nothing of it.
      if (!violatesForeignKey(error)) throw error;
    });
  });
}
