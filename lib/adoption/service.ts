import type { Actor } from '@/lib/actors/model';
import { requirePermission } from '@/lib/actors/permission';
import { recordEvent } from '@/lib/audit/store';
import { config } from '@/lib/config';
import { inOrganisation } from '@/lib/db/in-organisation';
import { pipelined } from '@/lib/db/pipelined';
import { reading } from '@/lib/db/reading';
import { queueLetter } from '@/lib/mail/outbox';
import { MFA_OPTION_OF } from '@/lib/options/registry';
import type { Settings } from '@/lib/options/service';
import type { AccountKind } from '@/lib/policy/decision';
import { Refusal } from '@/lib/refusals';
import type { ToEnrol } from './model';
import * as store from './store';

const PAGE_SIZE = 50;

/** One page of the board « MFA à configurer » (MFA-9). */
export interface EnrolmentBoard {
  readonly people: readonly ToEnrol[];
  readonly total: number;
  readonly remindable: number;
  /** The key of the next page; null: this is the last. */
  readonly next: string | null;
}

/**
 * Who is asked for a factor and has none, by name.
 *
 * @param after the last account of the page before; null: the first page
 * @throws {Refusal} `permission.missing`
 */
export async function listStillToEnrol(
  actor: Actor,
  settings: Settings,
  after: string | null,
): Promise<EnrolmentBoard> {
  requirePermission(actor, 'mfa.reset');
  const kinds = mandatoryKinds(settings);
  return reading(actor, async (transaction) => {
    const [people, counts] = await pipelined([
      store.listToEnrol(transaction, kinds, { after, size: PAGE_SIZE + 1 }),
      store.countToEnrol(transaction, kinds),
    ]);
    const page = people.slice(0, PAGE_SIZE);
    return { people: page, ...counts, next: people.length > PAGE_SIZE ? page.at(-1)!.id : null };
  });
}

function mandatoryKinds({ options }: Settings): readonly AccountKind[] {
  return (Object.keys(MFA_OPTION_OF) as AccountKind[]).filter((kind) => options[MFA_OPTION_OF[kind]] === 'mandatory');
}

/** Letters of one transaction, and of one press: beyond that the next press goes on. */
const BATCH = 200;
const BATCHES_MAX = 5;

/**
 * Reminds one person, or all who are still to enrol, by letter; nobody twice within a day. A thousand at most: where more
 * remain, it is asked again.
 *
 * @returns how many letters were put into the outbox
 * @throws {Refusal} `permission.missing`; `reminder.not-now` where nobody was there to be reminded
 */
export async function remindToEnrol(actor: Actor, settings: Settings, only: string | null): Promise<number> {
  requirePermission(actor, 'mfa.reset');
  const link = new URL(`/${actor.organisation.slug}/account/enrol`, config().APP_ORIGIN).href;
  let sent = 0;
  for (let batch = 0; batch < BATCHES_MAX; batch += 1) {
    const reminded = await remindSome(actor, settings, only, link);
    sent += reminded;
    if (reminded < BATCH) break;
  }
  if (sent === 0) throw new Refusal('reminder.not-now');
  return sent;
}

async function remindSome(actor: Actor, settings: Settings, only: string | null, link: string): Promise<number> {
  return inOrganisation(actor, async (transaction) => {
    const claimed = await store.claimReminders(transaction, mandatoryKinds(settings), { only, most: BATCH });
    await Promise.all(
      claimed.flatMap(({ id, email, locale }) => [
        queueLetter(
          transaction,
          actor,
          { accountId: id, email, locale: locale ?? actor.organisation.locale },
          { template: 'enrolment-reminder', link },
        ),
        recordEvent(transaction, actor, { action: 'mfa.reminder', outcome: 'success', subjectId: id }),
      ]),
    );
    return claimed.length;
  });
}
