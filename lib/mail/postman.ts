import { config } from '@/lib/config';
import { inOrganisation } from '@/lib/db/in-organisation';
import { QUEUES, maintainJobs, sendJob, settleJob, takeJobs, type Job } from '@/lib/jobs/queue';
import type { HelpContact } from '@/lib/options/registry';
import { settingsOf } from '@/lib/options/service';
import { logger } from '@/lib/request/log';
import { countLetter } from '@/lib/request/metrics';
import { demoCarrier, NotCarried, smtpCarrier, type Carrier } from './carrier';
import { composeLetter } from './compose';
import { openLetter, type LetterJob } from './outbox';
import { PATIENCE_HOURS, secondsUntilNextTry } from './patience';
import { holdLetter, listStrandedLetters, markNotSent, markSent, sweepLetters, type HeldLetter } from './store';

/** A letter is held as long as its job: whoever dies with it in hand delays it by this much. */
const HOLD_SECONDS = QUEUES.letters.expireInSeconds;
/** Less than {@link HOLD_SECONDS}: who is not done by then has given up before another begins. */
const CARRY_SECONDS_MAX = 60;
const AT_ONCE = 5;
const LOOK_EVERY_MS = 1_000;
/** After a look that failed: the database is away, and back when it is back. */
const LOOK_AGAIN_MS = 5_000;
const UPKEEP_EVERY_MS = 30_000;
const STOP_WITHIN_MS = 8_000;

export interface Postman {
  /** Takes no more letters, and waits for those under way, within bounds. */
  stop(): Promise<void>;
}

/** How letters leave this process; null: they wait. */
export function carrierOfConfig(): Carrier | null {
  const { DEMO, SMTP_URL, MAIL_FROM } = config();
  if (DEMO) return demoCarrier;
  return SMTP_URL === undefined ? null : smtpCarrier(SMTP_URL, MAIL_FROM);
}

/**
 * Carries letters out of the outbox, in every instance (SAFE-6). A letter is in one instance's hands at a time; what an
 * instance dies with is taken up by another. Where the database or the mail server is away, it goes on by itself.
 */
export function startPostman(carrier: Carrier | null): Postman {
  if (carrier === null) {
    logger().warn('SMTP_URL is not set: letters wait in the outbox until it is');
  }
  let stopping = false;
  let wake = () => {};
  const rest = (milliseconds: number) =>
    new Promise<void>((resolve) => {
      const timer = setTimeout(resolve, milliseconds);
      wake = () => {
        clearTimeout(timer);
        resolve();
      };
    });
  const rounds = async (taker: Carrier) => {
    while (!stopping) {
      let pause = LOOK_EVERY_MS;
      try {
        const jobs = await takeJobs<LetterJob>('letters', AT_ONCE);
        if (jobs.length === AT_ONCE) pause = 0;
        await Promise.all(jobs.map((job) => quietly('letter', () => deliver(job, taker))));
      } catch (error) {
        note('letters', error);
        pause = LOOK_AGAIN_MS;
      }
      if (pause > 0 && !stopping) await rest(pause);
    }
  };
  const upkeep = setInterval(() => {
    void quietly('letters', async () => {
      await maintainJobs();
      await adoptStrandedLetters();
      await sweepLetters();
    });
  }, UPKEEP_EVERY_MS);
  const walking = carrier === null ? Promise.resolve() : rounds(carrier);

  return {
    async stop() {
      stopping = true;
      clearInterval(upkeep);
      wake();
      let timer: NodeJS.Timeout | undefined;
      const enough = new Promise<void>((resolve) => (timer = setTimeout(resolve, STOP_WITHIN_MS)));
      await Promise.race([walking, enough]);
      clearTimeout(timer);
    },
  };
}

function note(job: string, error: unknown): void {
  logger().warn({ job, reason: error instanceof Error ? error.message : 'unknown' }, 'the post will be tried again');
}

async function quietly(job: string, work: () => Promise<unknown>): Promise<void> {
  try {
    await work();
  } catch (error) {
    note(job, error);
  }
}

/**
 * Carries the letter of one job, outside of any transaction, and settles both together. Where that can't be written down,
 * the job runs out and comes back.
 */
export async function deliver(job: Job<LetterJob>, carrier: Carrier): Promise<void> {
  const { organisationId, mailId } = job.data;
  const within = { organisation: { id: organisationId } };
  const held = await inOrganisation(within, (transaction) => holdLetter(transaction, mailId, HOLD_SECONDS));
  if (held === null) {
    await inOrganisation(within, (transaction) => settleJob(transaction, 'letters', job.id));
    return;
  }
  const { template, tries } = held;
  const { options } = await settingsOf(held.organisation);
  const failure = await carried(mailId, held, options.helpContact, carrier);
  if (failure === null) {
    await persist(() =>
      inOrganisation(within, async (transaction) => {
        await markSent(transaction, mailId, carrier.keepsContent);
        await settleJob(transaction, 'letters', job.id);
      }),
    );
    countLetter('sent');
    logger().info({ mailId, template, tries }, 'letter sent');
    return;
  }
  const { problem, forGood } = failure;
  const again = await inOrganisation(within, async (transaction) => {
    const waits = await markNotSent(transaction, mailId, problem, { forGood, patienceHours: PATIENCE_HOURS });
    await settleJob(transaction, 'letters', job.id);
    if (waits)
      await sendJob(transaction, 'letters', job.data, { key: mailId, afterSeconds: secondsUntilNextTry(tries) });
    return waits;
  });
  countLetter(again ? 'delayed' : 'failed');
  logger().warn({ mailId, template, tries, problem, again }, 'letter not sent');
}

/** Null: the letter has left. */
async function carried(
  mailId: string,
  held: HeldLetter,
  help: HelpContact,
  carrier: Carrier,
): Promise<NotCarried | null> {
  const { template, contentSealed } = held;
  let parcel;
  try {
    if (contentSealed === null) return new NotCarried('empty', true);
    const letter = openLetter({ id: mailId, template, contentSealed });
    const { organisation, locale, createdAt } = held;
    const desk = { organisation, locale, origin: config().APP_ORIGIN, at: createdAt, help };
    parcel = { mailId, to: held.address, letter: composeLetter(letter, desk) };
  } catch (error) {
    logger().error({ err: error, mailId, template }, 'a letter can not be written');
    return new NotCarried('unreadable', false);
  }
  let timer: NodeJS.Timeout | undefined;
  const tooLong = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new NotCarried('ETIMEDOUT', false)), CARRY_SECONDS_MAX * 1_000);
  });
  try {
    await Promise.race([carrier.carry(parcel), tooLong]);
    return null;
  } catch (error) {
    return error instanceof NotCarried ? error : new NotCarried('unknown', false);
  } finally {
    clearTimeout(timer);
  }
}

/** A letter that has left must be known to have left, or it is sent again: a database that is away is waited for. */
async function persist(work: () => Promise<void>): Promise<void> {
  const until = Date.now() + (HOLD_SECONDS - CARRY_SECONDS_MAX) * 1_000;
  for (;;) {
    try {
      return await work();
    } catch (error) {
      if (Date.now() >= until) throw error;
      await new Promise((resolve) => setTimeout(resolve, 1_000));
    }
  }
}

/** Gives a job to letters that wait without one: nothing in the outbox is forgotten. */
export async function adoptStrandedLetters(): Promise<void> {
  for (const letter of await listStrandedLetters()) {
    await inOrganisation({ organisation: { id: letter.organisationId } }, (transaction) =>
      sendJob(transaction, 'letters', letter, { key: letter.mailId }),
    );
  }
}
