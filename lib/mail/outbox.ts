import { randomUUID } from 'node:crypto';
import { sealer } from '@/lib/crypto/keys';
import type { OrganisationTransaction, WithinOrganisation } from '@/lib/db/in-organisation';
import type { Locale } from '@/lib/language/locale';
import type { Letter } from './model';
import { insertMail } from './store';

/** Binds the sealed content of a letter to its row (SAFE-2). */
export function letterContext(mailId: string): string {
  return `mail:${mailId}:content`;
}

export interface Recipient {
  /** Null: somebody without an account here. */
  readonly accountId: string | null;
  readonly email: string;
  readonly locale: Locale;
}

/**
 * Puts a letter into the outbox, in the transaction of the act that it tells of: they commit together or not at all
 * (SAFE-6). It is sent afterwards, as often as it takes.
 */
export async function queueLetter(
  transaction: OrganisationTransaction,
  actor: WithinOrganisation,
  to: Recipient,
  letter: Letter,
): Promise<void> {
  const id = randomUUID();
  const { template, ...content } = letter;
  await insertMail(transaction, {
    id,
    organisationId: actor.organisation.id,
    accountId: to.accountId,
    template,
    locale: to.locale,
    address: to.email,
    contentSealed: sealer().seal(JSON.stringify(content), letterContext(id)),
  });
}
