import { Refusal } from '@/lib/refusals';
import { inOrganisation, type OrganisationTransaction, type WithinOrganisation } from './in-organisation';

/** One read of several, until it is answered. */
interface Read {
  /** Fails only where PostgreSQL does: then all of them begin again, or fail. */
  run(transaction: OrganisationTransaction): Promise<void>;
  fail(reason: unknown): void;
}

/**
 * For so many turns of the event loop a transaction waits for more after its last answer: what is drawn next may read as
 * well, and React begins a part of a page in a turn of its own.
 */
const QUIET_TURNS = 4;

const afterTurns = (turns: number, then: () => void): void =>
  void setImmediate(() => (turns === 1 ? then() : afterTurns(turns - 1, then)));

/** What each actor reads at this moment. Somebody who acts is an object of one request. */
const underWay = new WeakMap<WithinOrganisation, (read: Read) => void>();

/**
 * Does `read` in one transaction with whatever else the same actor reads meanwhile, or just after it: a page that is put
 * together from several services asks for its data in one pipelined transaction (FAST-2) without any of them knowing of the
 * others. It is read-only, and as {@link inOrganisation} in all else; the answer is there before the transaction has ended.
 *
 * @throws {DatabaseUnavailable} when PostgreSQL is away or too slow
 * @throws {Refusal} what `read` throws; the other reads are none the worse
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
          if (!(error instanceof Refusal)) throw error;
          reject(error);
        }
      },
      fail: reject,
    });
  });
}

/** Opens a transaction for all that the actor reads until nothing is read any more. @returns takes one more read into it */
function gather(actor: WithinOrganisation): (read: Read) => void {
  const unanswered = new Set<Read>();
  let begin: ((read: Read) => void) | undefined;
  let ended = false;
  const join = (read: Read) => {
    unanswered.add(read);
    begin?.(read);
  };
  const end = () => {
    ended = true;
    if (underWay.get(actor) === join) underWay.delete(actor);
  };

  const together = (transaction: OrganisationTransaction) =>
    new Promise<void>((resolve, reject) => {
      // Only what ends the transaction had to begin again: everybody has their answer.
      if (ended) return resolve();
      const endIfQuiet = () => {
        if (unanswered.size > 0 || ended) return;
        end();
        resolve();
      };
      begin = (read) => {
        read.run(transaction).then(
          () => {
            unanswered.delete(read);
            if (unanswered.size === 0) afterTurns(QUIET_TURNS, endIfQuiet);
          },
          (error: unknown) => {
            begin = undefined;
            reject(error);
          },
        );
      };
      unanswered.forEach(begin);
    });

  underWay.set(actor, join);
  inOrganisation(actor, together, { readOnly: true }).catch((error: unknown) => {
    end();
    for (const read of unanswered) read.fail(error);
  });
  return join;
}
