import type { System } from '@/lib/actors/model';
import { config } from '@/lib/config';
import { hashToken, newToken } from '@/lib/crypto/tokens';
import { inOrganisation, type OrganisationTransaction } from '@/lib/db/in-organisation';
import { passwordResetPath } from '@/lib/forgotten/service';
import { queueLetter } from '@/lib/mail/outbox';
import type { Letter } from '@/lib/mail/model';
import { insertTicket } from '@/lib/tickets/store';
import { findHouse, listWaiting, takeNotices, type Notice } from './store';

/** Letters of one transaction. */
const PORTION = 100;
/** Somebody who is told that they now need a password has as long as somebody who is invited (ACC-3). */
const PASSWORD_LINK_LIFETIME_SECONDS = 72 * 60 * 60;

/**
 * Puts letters that wait to be written into the outbox, a portion of each organisation's; any instance that is alive does
 * it, and each letter is written once. What fails for one organisation keeps no other waiting.
 *
 * @returns how many were written
 * @throws the first failure, once every other organisation had its turn
 */
export async function writeWaitingNotices(): Promise<number> {
  let written = 0;
  const failures: unknown[] = [];
  for (const id of await listWaiting()) {
    try {
      written += await writePortion({ kind: 'system', organisation: { id } });
    } catch (error) {
      failures.push(error);
    }
  }
  if (failures.length > 0) throw failures[0];
  return written;
}

async function writePortion(system: System): Promise<number> {
  return inOrganisation(system, async (transaction) => {
    const [house, notices] = [await findHouse(transaction), await takeNotices(transaction, PORTION)];
    for (const notice of notices) {
      const { accountId, email } = notice;
      const to = { accountId, email, locale: notice.locale ?? house.locale };
      await queueLetter(transaction, system, to, await letterOf(transaction, system, house.slug, notice));
    }
    return notices.length;
  });
}

async function letterOf(
  transaction: OrganisationTransaction,
  system: System,
  slug: string,
  { template, accountId, email }: Notice,
): Promise<Letter> {
  if (template === 'access-lost') return { template };
  if (template === 'password-demanded') return { template, by: null, link: `${config().APP_ORIGIN}/${slug}/sign-in` };
  const token = newToken();
  await insertTicket(transaction, {
    organisationId: system.organisation.id,
    accountId,
    kind: 'password-reset',
    tokenHash: hashToken(token),
    email,
    createdBy: null,
    lifetimeSeconds: PASSWORD_LINK_LIFETIME_SECONDS,
  });
  return { template, link: `${config().APP_ORIGIN}${passwordResetPath(slug, token)}` };
}
