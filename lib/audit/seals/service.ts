import { createHash, type Hash } from 'node:crypto';
import type { Actor, Operator } from '@/lib/actors/model';
import { requirePermission } from '@/lib/actors/permission';
import { recordEvent } from '@/lib/audit/store';
import { inOrganisation } from '@/lib/db/in-organisation';
import type { SealFault, SealMark, Verification } from './model';
import {
  findCheckpoint,
  findEventBetween,
  findUnsealed,
  listSeals,
  listTexts,
  listTextsAfter,
  type Checkpoint,
  type Seal,
  type SealedText,
} from './store';

/** Seals and events read at once: each portion is a short transaction of its own. */
const PORTION_SEALS = 500;
const PORTION_EVENTS = 5_000;

const sha256 = (text: string) => createHash('sha256').update(text, 'utf8').digest();
const hex = (digest: Buffer) => digest.toString('hex');

/** The first thing that doesn't fit ends the reading: behind it nothing is certain. */
class Fault extends Error {
  constructor(
    readonly kind: SealFault,
    readonly seal: number | null,
    readonly event: string | null = null,
  ) {
    super(kind);
  }
}

/**
 * Recomputes the organisation's chain of seals from its events, outside the database, and names the first thing that
 * doesn't fit. Who can write everything in the database can also make the whole chain anew, or cut its end off together
 * with the events: only a mark that was kept elsewhere (`expected`) finds that (docs/decisions/005-audit-seals.md).
 *
 * The outcome is an event itself.
 *
 * @param options.progress is told how many events were found right so far
 * @throws {Refusal} `permission.missing`
 */
export async function verifyAudit(
  actor: Actor | Operator,
  { expected, progress }: { expected?: SealMark; progress?: (events: number) => void } = {},
): Promise<Verification> {
  requirePermission(actor, 'audit.read');
  const { sealedBefore, waiting } = await inOrganisation(actor, findUnsealed);
  const chain = new Chain(actor, expected, await inOrganisation(actor, findCheckpoint));
  let fault: Verification['fault'] = null;
  try {
    for (let portion = await chain.next(); portion.length > 0; portion = await chain.next()) {
      await chain.check(portion);
      progress?.(chain.events);
    }
    await chain.end(sealedBefore);
  } catch (error) {
    if (!(error instanceof Fault)) throw error;
    fault = { kind: error.kind, seal: error.seal, event: error.event };
  }
  const { seals, events, droppedSeals, head } = chain;
  const verification: Verification = { seals, events, droppedSeals, unsealed: waiting, head, fault };
  await inOrganisation(actor, (transaction) =>
    recordEvent(transaction, actor, {
      action: 'audit.verify',
      outcome: fault === null ? 'success' : 'failure',
      details: { seals, events, head: head?.number ?? null, ...(fault === null ? {} : { fault }) },
    }),
  );
  return verification;
}

/** The chain as far as it has been read and found right. */
class Chain {
  seals = 0;
  events = 0;
  droppedSeals = 0;
  head: SealMark | null = null;
  private digest: Buffer = Buffer.alloc(0);
  /** The first transaction that no seal read so far covers. */
  private covered = 0n;

  constructor(
    private readonly actor: Actor | Operator,
    private readonly expected: SealMark | undefined,
    private readonly checkpoint: Checkpoint | null,
  ) {}

  async next(): Promise<readonly Seal[]> {
    const after = this.head?.number ?? 0;
    return inOrganisation(this.actor, (transaction) => listSeals(transaction, after, PORTION_SEALS));
  }

  /** Small seals are read together, as many as fit into a portion of events; a large one alone. */
  async check(portion: readonly Seal[]): Promise<void> {
    const dropped = portion.filter(({ number }) => number <= (this.checkpoint?.number ?? 0));
    for (const seal of dropped) await this.passDropped(seal);
    const seals = portion.slice(dropped.length);
    let together: Seal[] = [];
    let events = 0;
    for (const seal of seals) {
      if (together.length > 0 && events + seal.eventCount > PORTION_EVENTS) {
        await this.checkTogether(together, events);
        together = [];
        events = 0;
      }
      together.push(seal);
      events += seal.eventCount;
    }
    if (together.length > 0) await this.checkTogether(together, events);
  }

  private async checkTogether(seals: readonly Seal[], events: number): Promise<void> {
    const { covered } = this;
    const end = seals.at(-1)!.before;
    const texts =
      events > PORTION_EVENTS
        ? null
        : await inOrganisation(this.actor, (transaction) => listTexts(transaction, covered, end, events + 1));
    // More than the seals speak of: which of them is wrong shows when each is read alone.
    const whole = texts !== null && texts.length <= events ? texts.toSorted(byNumber) : null;
    for (const seal of seals) {
      this.checkLink(seal);
      if (whole === null) {
        await this.checkAlone(seal);
      } else {
        const stray = whole.find((one) => one.transaction >= this.covered && one.transaction < seal.from);
        if (stray !== undefined) throw new Fault('event-unsealed', null, String(stray.id));
        const own = whole.filter((one) => one.transaction >= seal.from && one.transaction < seal.before);
        const hash = createHash('sha256').update(this.digest);
        for (const { text } of own) hash.update(sha256(text));
        this.conclude(seal, own.length, hash);
      }
    }
  }

  /**
   * The events of this seal were dropped when their time was over: what is left to check is that the chain goes through
   * it, that the checkpoint names its end, and that nothing was put where everything is gone. Of the last such seal some
   * events may remain, if it was made at the turn of a month.
   */
  private async passDropped(seal: Seal): Promise<void> {
    this.checkLink(seal);
    if (seal.number === this.checkpoint!.number) {
      if (!this.checkpoint!.witnessed || !this.checkpoint!.digest.equals(seal.digest)) {
        throw new Fault('checkpoint-forged', seal.number);
      }
      if (this.checkpoint!.stray !== null) throw new Fault('event-unsealed', null, this.checkpoint!.stray);
    }
    if (this.expected?.number === seal.number && this.expected.digest !== hex(seal.digest)) {
      throw new Fault('expected-other', seal.number);
    }
    this.seals += 1;
    this.droppedSeals += 1;
    this.digest = seal.digest;
    this.covered = seal.before;
    this.head = { number: seal.number, digest: hex(seal.digest) };
  }

  private checkLink(seal: Seal): void {
    if (seal.number !== this.seals + 1) throw new Fault('seal-missing', this.seals + 1);
    if (!seal.previous.equals(this.digest) || seal.from < this.covered || seal.before < seal.from) {
      throw new Fault('seal-broken', seal.number);
    }
  }

  private async checkAlone(seal: Seal): Promise<void> {
    const { covered, actor } = this;
    const stray = await inOrganisation(actor, (transaction) => findEventBetween(transaction, covered, seal.from));
    if (stray !== null) throw new Fault('event-unsealed', null, stray);
    const hash = createHash('sha256').update(this.digest);
    let count = 0;
    let last = 0n;
    for (;;) {
      const texts: readonly SealedText[] = await inOrganisation(actor, (transaction) =>
        listTextsAfter(transaction, seal.from, seal.before, last, PORTION_EVENTS),
      );
      for (const { text } of texts) hash.update(sha256(text));
      count += texts.length;
      if (texts.length < PORTION_EVENTS) break;
      last = texts.at(-1)!.id;
    }
    this.conclude(seal, count, hash);
  }

  private conclude(seal: Seal, count: number, hash: Hash): void {
    const right = hash.digest().equals(seal.digest);
    if (count !== seal.eventCount) {
      throw new Fault(right ? 'seal-changed' : count < seal.eventCount ? 'event-removed' : 'event-added', seal.number);
    }
    if (!right) throw new Fault('event-changed', seal.number);
    if (this.expected?.number === seal.number && this.expected.digest !== hex(seal.digest)) {
      throw new Fault('expected-other', seal.number);
    }
    this.seals += 1;
    this.events += count;
    this.digest = seal.digest;
    this.covered = seal.before;
    this.head = { number: seal.number, digest: hex(seal.digest) };
  }

  /** Behind the last seal: nothing may stand there that sealing has passed, and the chain must reach what was expected. */
  async end(sealedBefore: bigint): Promise<void> {
    const { covered, actor, expected } = this;
    const stray = await inOrganisation(actor, (transaction) => findEventBetween(transaction, covered, sealedBefore));
    if (stray !== null) throw new Fault('event-unsealed', null, stray);
    if (this.checkpoint !== null && this.checkpoint.number > this.seals) {
      throw new Fault('checkpoint-forged', this.checkpoint.number);
    }
    if (expected !== undefined && expected.number > this.seals) throw new Fault('expected-missing', expected.number);
  }
}

const byNumber = (a: SealedText, b: SealedText) => (a.id < b.id ? -1 : a.id > b.id ? 1 : 0);
