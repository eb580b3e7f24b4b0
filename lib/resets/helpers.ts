import type { OrganisationTransaction } from '@/lib/db/in-organisation';
import type { Letter } from '@/lib/mail/model';
import { queueLetter } from '@/lib/mail/outbox';
import type { Organisation } from '@/lib/organisations/model';
import type { Permission } from '@/lib/policy/permissions';
import { listHelpers, type SubjectRow } from './store';

/**
 * Tells those who may help an account (RESET-2), in the transaction of what they are told of, each in their own language.
 *
 * @param to.max at most so many of them
 * @param to.permission what helping asks for; `mfa.reset` unless said otherwise
 */
export async function tellHelpers(
  transaction: OrganisationTransaction,
  { organisation }: { readonly organisation: Pick<Organisation, 'id' | 'locale'> },
  subject: Pick<SubjectRow, 'id' | 'permissions'>,
  to: { readonly max: number; readonly permission?: Permission },
  letter: Letter,
): Promise<void> {
  for (const { id, email, locale } of await listHelpers(transaction, subject, to.max, to.permission)) {
    const recipient = { accountId: id, email, locale: locale ?? organisation.locale };
    await queueLetter(transaction, { organisation }, recipient, letter);
  }
}
