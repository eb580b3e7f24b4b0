import { insertInvited, listRoles } from '@/lib/accounts/store';
import { emailKey, identifierKey, slug as slugSchema } from '@/lib/accounts/text';
import { proposeUsernames } from '@/lib/accounts/username';
import type { Passerby } from '@/lib/actors/model';
import { recordEvent } from '@/lib/audit/store';
import { setting } from '@/lib/config';
import { inviteWithin } from '@/lib/invitations/service';
import type { Locale } from '@/lib/language/locale';
import { claimFromAddress, claimLetterTo } from '@/lib/mail/budget';
import { foundOrganisation, OrganisationError, organisationExists } from '@/lib/organisations/service';
import { Refusal } from '@/lib/refusals';
import { proposeSlug } from './model';

/** Whether anybody may make an organisation here (ACC-1). */
export function signupIsOpen(): boolean {
  return setting('SIGNUP') === 'on';
}

export interface Signup {
  /** As the schemas of `lib/accounts/text.ts` give them. */
  readonly name: string;
  /** Null: to be made of the name. */
  readonly slug: string | null;
  readonly locale: Locale;
  readonly timeZone: string;
  readonly firstName: string;
  readonly lastName: string;
  readonly email: string;
}

/**
 * Makes an organisation with its first administrator, who must confirm the address by a letter before anything else
 * (ACC-1). Whether the address is known elsewhere makes no difference.
 *
 * @throws {Refusal} `signup.off`, `organisation.slug-taken`, `organisation.slug-needed` where the name makes none,
 * `letter.throttled` (with `seconds`)
 */
export async function signUp(asking: Passerby, signup: Signup): Promise<void> {
  if (!signupIsOpen()) throw new Refusal('signup.off');
  const { name, locale, timeZone, firstName, lastName, email } = signup;
  const slug = signup.slug ?? slugSchema.safeParse(proposeSlug(name)).data;
  if (slug === undefined) throw new Refusal('organisation.slug-needed');
  // A name that is taken costs nobody one of their tries.
  if (await organisationExists(slug)) throw new Refusal('organisation.slug-taken');
  await claimFromAddress(asking.origin, 'signup');
  const seconds = await claimLetterTo({ mailbox: emailKey(email) });
  if (seconds > 0) throw new Refusal('letter.throttled', { seconds });
  try {
    await foundOrganisation(asking, { name, slug, locale, timeZone }, async (transaction, visitor) => {
      const administrator = (await listRoles(transaction)).find(({ builtIn }) => builtIn === 'administrator')!;
      const username = proposeUsernames(email, 1)[0]!;
      const founder = {
        kind: 'employee',
        firstName,
        lastName,
        email,
        emailKey: emailKey(email),
        username,
        usernameKey: identifierKey(username),
        roleId: administrator.id,
        locale: null,
      } as const;
      const made = await insertInvited(transaction, visitor.organisation.id, [founder]);
      const accountId = made.get(founder.emailKey)!;
      await recordEvent(transaction, visitor, {
        action: 'account.create',
        outcome: 'success',
        subjectId: accountId,
        details: { kind: founder.kind, role: administrator.id, status: 'invited' },
      });
      await inviteWithin(transaction, visitor, { id: accountId, email, locale });
    });
  } catch (error) {
    if (error instanceof OrganisationError && error.code === 'organisation.slug-taken') {
      throw new Refusal('organisation.slug-taken');
    }
    throw error;
  }
}
