import { DatabaseUnavailable, sqlState, translateDatabaseError } from './errors';
import { inOrganisation, type OrganisationTransaction, type WithinOrganisation } from './in-organisation';

/** One read of several, until it is answered. */
interface Read {
  /** Fails only where PostgreSQL did: then all of them begin again, or fail. */
  run(transaction: OrganisationTransaction): Promise<void>;
  fail(reason: unknown): void;
}

/**
 * For so many turns of the event loop a transaction waits for more after its last answer: what is drawn next may read as
 * well, and React begins a part of a page in a turn of its own.
 */
const QUIET_TURNS = 6;

const afterTurns = (turns: number, then: () => void): void =>
  void setImmediate(() => (turns === 1 ? then() : afterTurns(turns - 1, then)));

/** What each actor reads at this moment. Somebody who acts is an object of one request. */
const underWay = new WeakMap<WithinOrganisation, (read: Read) => void>();

/**
 * Does `read` in one transaction with whatever else the same actor reads meanwhile, or just after it: a page that is put
 * together from several services asks for its data in one pipelined transaction (FAST-2) without any of them knowing of the
 * others. It is read-only, and as {@link inOrganisation} in all else; the answer is there before the transaction has ended.
 *
 * @throws {DatabaseUnavailable} when PostgreSQL is away, or has not answered within three seconds of the first of them
 * @throws what `read` throws, a `Refusal` for one; the other reads are none the worse
 */
export function reading<T>(
  actor: WithinOrganisation,
  read: (transaction: OrganisationTransaction) => Promise<T>,
): Promise<T> {
  return new Promise<T>((resolve, reject) => {
    const join = underWay.get(actor) ?? gather(actor);
    join({
      run: async (transaction) => {
        try {
          resolve(await read(transaction));
        } catch (error) {
          if (isOfPostgres(error)) throw error;
          reject(error);
        }
      },
      fail: reject,
    });
  });
}

const isOfPostgres = (error: unknown): boolean =>
  sqlState(error) !== null || translateDatabaseError(error) instanceof DatabaseUnavailable;

/** Opens a transaction for all that the actor reads until nothing is read any more. @returns takes one more read into it */
function gather(actor: WithinOrganisation): (read: Read) => void {
  const unanswered = new Set<Read>();
  /** Of the transaction that is open now: PostgreSQL may undo one, and another begins. */
  let begin: ((read: Read) => void) | undefined;
  let giveUp: ((reason: unknown) => void) | undefined;
  let joined = 0;
  let over = false;
  const join = (read: Read) => {
    unanswered.add(read);
    joined += 1;
    begin?.(read);
  };
  const close = () => {
    over = true;
    if (underWay.get(actor) === join) underWay.delete(actor);
  };

  const together = (transaction: OrganisationTransaction) =>
    new Promise<void>((resolve, reject) => {
      // Only what ends the transaction had to begin again: everybody has their answer.
      if (over) return resolve();
      const endOnceQuiet = () => {
        if (unanswered.size > 0) return;
        const since = joined;
        afterTurns(QUIET_TURNS, () => {
          if (joined !== since) return;
          close();
          resolve();
        });
      };
      const own = (read: Read) => {
        read.run(transaction).then(
          () => {
            unanswered.delete(read);
            endOnceQuiet();
          },
          (error: unknown) => {
            if (begin === own) begin = undefined;
            reject(error);
          },
        );
      };
      begin = own;
      giveUp = reject;
      unanswered.forEach(own);
      endOnceQuiet();
    });

  underWay.set(actor, join);
  inOrganisation(actor, together, { readOnly: true }).catch((error: unknown) => {
    close();
    // Where the time was over before PostgreSQL answered, the transaction has not ended yet.
    giveUp?.(error);
    for (const read of unanswered) read.fail(error);
  });
  return join;
}
