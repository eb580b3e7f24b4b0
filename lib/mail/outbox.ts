import { randomUUID } from 'node:crypto';
import { sealer } from '@/lib/crypto/keys';
import type { OrganisationTransaction, WithinOrganisation } from '@/lib/db/in-organisation';
import { pipelined } from '@/lib/db/pipelined';
import { sendJob } from '@/lib/jobs/queue';
import type { Locale } from '@/lib/language/locale';
import type { Letter } from './model';
import { findOwner, insertMail } from './store';

/** Binds the sealed content of a letter to its row (SAFE-2). */
export function letterContext(mailId: string): string {
  return `mail:${mailId}:content`;
}

/** The letter of a row. @throws {SealError} where its key is gone, or it is not the row's own */
export function openLetter(row: {
  readonly id: string;
  readonly template: string;
  readonly contentSealed: Buffer;
}): Letter {
  const content = JSON.parse(sealer().open(row.contentSealed, letterContext(row.id)).toString('utf8')) as object;
  return { template: row.template, ...content } as Letter;
}

export interface Recipient {
  /** Null: somebody without an account here. */
  readonly accountId: string | null;
  readonly email: string;
  readonly locale: Locale;
}

/** What a job of the queue `letters` is about. */
export interface LetterJob {
  readonly organisationId: string;
  readonly mailId: string;
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
  const organisationId = actor.organisation.id;
  const { template, ...content } = letter;
  await pipelined([
    insertMail(transaction, {
      id,
      organisationId,
      accountId: to.accountId,
      template,
      locale: to.locale,
      address: to.email,
      contentSealed: sealer().seal(JSON.stringify(content), letterContext(id)),
    }),
    sendJob(transaction, 'letters', { organisationId, mailId: id } satisfies LetterJob, { key: id }),
  ]);
}

/** Tells whoever owns an account what happened to it (SELF-3), in the transaction in which it happened. */
export async function notifyOwner(
  transaction: OrganisationTransaction,
  actor: WithinOrganisation,
  accountId: string,
  letter: Letter,
): Promise<void> {
  const owner = await findOwner(transaction, accountId);
  if (owner !== null) await queueLetter(transaction, actor, { accountId, ...owner }, letter);
}
