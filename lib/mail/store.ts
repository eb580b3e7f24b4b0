import { mails } from '@/drizzle/schema/mail';
import type { OrganisationTransaction } from '@/lib/db/in-organisation';
import type { Locale } from '@/lib/language/locale';

export interface MailRow {
  readonly id: string;
  readonly organisationId: string;
  readonly accountId: string | null;
  readonly template: string;
  readonly locale: Locale;
  readonly address: string;
  readonly contentSealed: Buffer;
}

/** Puts a letter into the outbox. */
export async function insertMail(transaction: OrganisationTransaction, row: MailRow): Promise<void> {
  await transaction.insert(mails).values(row);
}
