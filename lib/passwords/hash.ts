import os from 'node:os';
import { hash, verify, type Algorithm } from '@node-rs/argon2';
import { setting } from '@/lib/config';
import { pepper } from '@/lib/crypto/keys';
import { Refusal } from '@/lib/refusals';

/**
 * Argon2id behind one gate (SAFE-1): as many at once as there are cores, a bounded queue behind, so that a flood of
 * sign-ins can exhaust neither memory nor the threads that files and DNS need too.
 */
const atOnceMax = () => Math.max(1, Math.min(os.availableParallelism(), setting('UV_THREADPOOL_SIZE') - 2));
const QUEUE_MAX = 400;

interface Gate {
  running: number;
  waiting: (() => void)[];
}
const shared = globalThis as { vestibulePasswordGate?: Gate };
const gate = (shared.vestibulePasswordGate ??= { running: 0, waiting: [] });

async function throughGate<T>(work: () => Promise<T>): Promise<T> {
  if (gate.running >= atOnceMax()) {
    if (gate.waiting.length >= QUEUE_MAX) throw new Refusal('server.busy');
    await new Promise<void>((resolve) => gate.waiting.push(resolve));
  } else {
    gate.running += 1;
  }
  try {
    return await work();
  } finally {
    // The place is handed on rather than given back, so that nobody slips in between.
    const next = gate.waiting.shift();
    if (next) next();
    else gate.running -= 1;
  }
}

const settings = () => ({
  algorithm: 2 as Algorithm.Argon2id,
  memoryCost: setting('ARGON2_MEMORY_KIB'),
  timeCost: setting('ARGON2_PASSES'),
  parallelism: 1,
  outputLen: 32,
  secret: pepper(),
});

/**
 * Hashes a password that `passwordInput` has already normalised (NFC) and bounded.
 *
 * @returns a PHC string: `$argon2id$v=19$m=…,t=…,p=1$salt$hash`
 * @throws {Refusal} `server.busy` when the queue is full
 * @source RFC 9106 §4; NIST SP 800-63B-4 §3.1.1.2
 */
export async function hashPassword(password: string): Promise<string> {
  return throughGate(() => hash(password, settings()));
}

let dummy: Promise<string> | undefined;

/**
 * Whether a password fits. With `null` (nobody, or nobody with a password) it takes just as long and says no, so that
 * the time tells nothing (SIGN-1).
 *
 * @throws {Refusal} `server.busy` when the queue is full
 */
export async function verifyPassword(stored: string | null, password: string): Promise<boolean> {
  dummy ??= hash('nobody has this password', settings());
  const against = stored ?? (await dummy);
  const fits = await throughGate(() => verify(against, password, { secret: pepper() }));
  return fits && stored !== null;
}

/** Requests that wait for their turn at earlier passwords; more are told that the server is busy. */
const LANE_MAX = 20;

interface Lane {
  waiting: number;
  last: Promise<unknown>;
}
const ofAll = globalThis as { vestibulePasswordLane?: Lane };
const lane = (ofAll.vestibulePasswordLane ??= { waiting: 0, last: Promise.resolve() });

/**
 * Whether a password fits one of several hashes, the earlier passwords of an account (AUTH-2). Each costs as much as a
 * sign-in: so the whole process compares them one after another, one request after another, and never takes more than one
 * place of the gate that sign-ins go through.
 *
 * @throws {Refusal} `server.busy` when too many wait
 */
export async function fitsAny(stored: readonly string[], password: string): Promise<boolean> {
  if (stored.length === 0) return false;
  if (lane.waiting >= LANE_MAX) throw new Refusal('server.busy');
  lane.waiting += 1;
  const turn = lane.last.then(async () => {
    for (const one of stored) if (await verifyPassword(one, password)) return true;
    return false;
  });
  lane.last = turn.catch(() => undefined);
  return turn.finally(() => (lane.waiting -= 1));
}

/** Prepares what the first verification would otherwise wait for. */
export async function warmUpPasswords(): Promise<void> {
  dummy ??= hash('nobody has this password', settings());
  await dummy;
}

/** Whether a hash was made with less memory or fewer passes than the setting now asks. */
export function needsRehash(stored: string): boolean {
  const found = /^\$argon2id\$v=19\$m=(\d+),t=(\d+),p=\d+\$/.exec(stored);
  if (!found) return true;
  return Number(found[1]) < setting('ARGON2_MEMORY_KIB') || Number(found[2]) < setting('ARGON2_PASSES');
}
