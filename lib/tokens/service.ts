import { randomUUID } from 'node:crypto';
import { holdAccounts } from '@/lib/accounts/store';
import { identifierKey } from '@/lib/accounts/text';
import type { Actor } from '@/lib/actors/model';
import { nameOf } from '@/lib/actors/name';
import { requirePermission } from '@/lib/actors/permission';
import { recordEvent } from '@/lib/audit/store';
import { sealer } from '@/lib/crypto/keys';
import { violatesUnique } from '@/lib/db/errors';
import { inOrganisation, type OrganisationTransaction } from '@/lib/db/in-organisation';
import { reading } from '@/lib/db/reading';
import { endDeviceTrust } from '@/lib/devices/store';
import { deleteRecoveryCodes, deleteSomeFactors, listFactors } from '@/lib/factors/store';
import { notifyOwner } from '@/lib/mail/outbox';
import type { OwnProof } from '@/lib/passkeys/model';
import { holdPassword } from '@/lib/passwords/store';
import { mayActOn } from '@/lib/policy/authority';
import { Refusal } from '@/lib/refusals';
import { loadSubject } from '@/lib/resets/authority';
import { proveFactor } from '@/lib/resets/proof';
import { deleteSessions } from '@/lib/sessions/store';
import { findAccountId } from '@/lib/sign-in/store';
import { readCounter, readTokensFile } from './csv';
import {
  readSerial,
  TOKEN_FILE_BYTES_MAX,
  TOKEN_IMPORT_LIFETIME_MINUTES,
  TOKENS_MAX,
  TOKENS_PER_PAGE,
  type ListedToken,
  type ReadToken,
  type TokenImportView,
  type TokenIssue,
  type TokenKind,
} from './model';
import { readSeed } from './seed';
import { tokenLinesContext, tokenSeedContext } from './sealing';
import * as store from './store';

/** Who hands tokens out, and takes them back: whoever lets people in again who lost theirs. */
const PERMISSION = 'mfa.reset';

/**
 * The registered tokens, paged by their numbers; never a seed.
 *
 * @param page.begins a serial number, or how it begins, as `readSerial` gives it
 * @throws {Refusal} `permission.missing`
 */
export async function listTokens(
  actor: Actor,
  page: { after: string | null; begins: string | null },
): Promise<{ tokens: readonly ListedToken[]; next: string | null }> {
  requirePermission(actor, PERMISSION);
  const rows = await reading(actor, (transaction) =>
    store.listTokens(transaction, { ...page, size: TOKENS_PER_PAGE + 1 }),
  );
  const shown = rows.slice(0, TOKENS_PER_PAGE);
  return {
    tokens: shown.map((row) => seenBy(actor, row)),
    next: rows.length > shown.length ? shown.at(-1)!.serialKey : null,
  };
}

/**
 * One token.
 *
 * @throws {Refusal} `permission.missing`
 */
export async function findListedToken(actor: Actor, id: string): Promise<ListedToken | null> {
  requirePermission(actor, PERMISSION);
  const row = await reading(actor, (transaction) => store.findToken(transaction, id));
  return row === null ? null : seenBy(actor, row);
}

function seenBy(actor: Actor, row: store.TokenOfSomebody): ListedToken {
  return {
    id: row.id,
    serial: row.serial,
    kind: row.kind,
    state: row.factorId !== null ? 'used' : row.accountId !== null ? 'assigned' : 'free',
    person: row.person,
    lastUsedAt: row.lastUsedAt,
    mayTakeBack:
      row.accountId !== null && row.accountId !== actor.account.id && mayActOn(actor.permissions, row.permissions),
  };
}

interface GivenToken {
  readonly serial: string;
  readonly serialKey: string;
  /** Base32, as `readSeed` gives it. */
  readonly seed: string;
  readonly kind: TokenKind;
  readonly counter: number;
}

function rowOf(actor: Actor, { seed, counter, ...token }: GivenToken): store.NewToken {
  const id = randomUUID();
  return {
    ...token,
    id,
    organisationId: actor.organisation.id,
    seedSealed: sealer().seal(seed, tokenSeedContext(id)),
    nextCounter: token.kind === 'hotp' ? counter : null,
  };
}

const SERIAL_TAKEN = 'tokens_organisation_id_serial_key_key';

/**
 * Registers one token, as it was typed. Its seed is sealed at once, and never shown again.
 *
 * @returns what is wrong with it, and then nothing was registered; empty: it is on the register
 * @throws {Refusal} `permission.missing`, `token.serial-taken`, `token.too-many` (with `max`)
 */
export async function registerToken(
  actor: Actor,
  typed: { serial: string; seed: string; kind: TokenKind; counter: string },
): Promise<readonly TokenIssue[]> {
  requirePermission(actor, PERMISSION);
  const { serial, kind } = typed;
  const [serialKey, seed, counter] = [readSerial(serial), readSeed(typed.seed), readCounter(typed.counter)];
  if (serialKey === null || seed === null || counter === null) {
    return [
      ...(serialKey === null ? [{ column: 'serial', code: 'serial.wrong' } as const] : []),
      ...(seed === null ? [{ column: 'seed', code: 'seed.wrong' } as const] : []),
      ...(counter === null ? [{ column: 'counter', code: 'counter.wrong' } as const] : []),
    ];
  }
  const row = rowOf(actor, { serial, serialKey, seed, kind, counter });
  try {
    await inOrganisation(actor, async (transaction) => {
      await requireRoom(transaction, 1);
      await store.insertTokens(transaction, [row]);
      await recordEvent(transaction, actor, {
        action: 'token.register',
        outcome: 'success',
        details: { token: row.id, kind: row.kind },
      });
    });
  } catch (error) {
    if (violatesUnique(error, SERIAL_TAKEN)) throw new Refusal('token.serial-taken');
    throw error;
  }
  return [];
}

async function requireRoom(transaction: OrganisationTransaction, more: number): Promise<void> {
  if ((await store.countTokens(transaction)) + more > TOKENS_MAX)
    throw new Refusal('token.too-many', { max: TOKENS_MAX });
}

/**
 * The dry run: reads a file of tokens and keeps it, sealed, for an hour and for this person alone. Nothing is registered.
 *
 * @returns the id under which {@link viewTokenImport} reports on it
 * @throws {Refusal} `permission.missing`, `request.too-large`, `import.*`
 */
export async function checkTokenFile(actor: Actor, file: Blob): Promise<string> {
  requirePermission(actor, PERMISSION);
  if (file.size > TOKEN_FILE_BYTES_MAX) throw new Refusal('request.too-large');
  const lines = readTokensFile(Buffer.from(await file.arrayBuffer()));
  const id = randomUUID();
  await inOrganisation(actor, (transaction) =>
    store.insertTokenImport(transaction, {
      id,
      organisationId: actor.organisation.id,
      createdBy: actor.account.id,
      linesSealed: sealer().seal(JSON.stringify(lines), tokenLinesContext(id)),
      lifetimeMinutes: TOKEN_IMPORT_LIFETIME_MINUTES,
    }),
  );
  return id;
}

const WRONG_LINES_SHOWN = 200;
const RIGHT_LINES_SHOWN = 20;

/**
 * What a file would do now: its lines with what is wrong with them, and no seed.
 *
 * @returns null where this person has no such file, or it ran out
 * @throws {Refusal} `permission.missing`
 */
export async function viewTokenImport(actor: Actor, id: string): Promise<TokenImportView | null> {
  requirePermission(actor, PERMISSION);
  return reading(actor, async (transaction) => {
    const found = await store.findTokenImport(transaction, id, actor.account.id);
    if (found === null) return null;
    const lines = (await judge(transaction, open(id, found.linesSealed))).map(({ line, serial, kind, issues }) => ({
      line,
      serial,
      kind,
      issues,
    }));
    const wrong = lines.filter(({ issues }) => issues.length > 0);
    const right = lines.filter(({ issues }) => issues.length === 0);
    return {
      id,
      ready: right.length,
      wrong: wrong.length,
      lines: [...wrong.slice(0, WRONG_LINES_SHOWN), ...right.slice(0, RIGHT_LINES_SHOWN)],
      expiresAt: found.expiresAt,
    };
  });
}

/**
 * Registers every token of a file, or none; two presses of the button register them once.
 *
 * @returns how many
 * @throws {Refusal} `permission.missing`, `import.expired`, `import.not-ready` where something is wrong by now,
 * `token.too-many` (with `max`)
 */
export async function importTokens(actor: Actor, id: string): Promise<number> {
  requirePermission(actor, PERMISSION);
  try {
    return await inOrganisation(actor, async (transaction) => {
      const sealed = await store.takeTokenImport(transaction, id, actor.account.id);
      if (sealed === null) throw new Refusal('import.expired');
      const lines = await judge(transaction, open(id, sealed));
      if (lines.some(({ issues }) => issues.length > 0)) throw new Refusal('import.not-ready');
      await requireRoom(transaction, lines.length);
      const rows = lines.map(({ serial, serialKey, seed, kind, counter }) =>
        rowOf(actor, { serial, serialKey: serialKey!, seed: seed!, kind: kind!, counter }),
      );
      await store.insertTokens(transaction, rows);
      await recordEvent(transaction, actor, {
        action: 'token.import',
        outcome: 'success',
        details: { import: id, tokens: rows.length },
      });
      return rows.length;
    });
  } catch (error) {
    if (violatesUnique(error, SERIAL_TAKEN)) throw new Refusal('import.not-ready');
    throw error;
  }
}

const open = (id: string, sealed: Buffer) =>
  JSON.parse(sealer().open(sealed, tokenLinesContext(id)).toString('utf8')) as ReadToken[];

/** Holds the lines of a file against what is registered already. */
async function judge(transaction: OrganisationTransaction, lines: readonly ReadToken[]): Promise<readonly ReadToken[]> {
  const taken = await store.takenSerials(
    transaction,
    lines.flatMap(({ serialKey }) => (serialKey === null ? [] : [serialKey])),
  );
  return lines.map((line) =>
    line.serialKey !== null && taken.has(line.serialKey)
      ? { ...line, issues: [...line.issues, { column: 'serial', code: 'serial.taken' } as const] }
      : line,
  );
}

/**
 * Assigns a token that is nobody's: its owner confirms it by a code, and only then it counts (ENROL-6).
 *
 * @param identifier e-mail or username, as `identifierInput` gives it
 * @throws {Refusal} `permission.missing`, `not-found`, `token.person` for a name that nobody has, `token.assigned` where it
 * is somebody's by now, `account.beyond`
 */
export async function assignTokenTo(actor: Actor, tokenId: string, identifier: string): Promise<void> {
  requirePermission(actor, PERMISSION);
  await inOrganisation(actor, async (transaction) => {
    if ((await store.findToken(transaction, tokenId)) === null) throw new Refusal('not-found');
    const accountId = await findAccountId(transaction, identifierKey(identifier));
    if (accountId === null) throw new Refusal('token.person');
    // The account before the token, as its owner comes who confirms it.
    if (accountId !== actor.account.id) await loadSubject(transaction, actor, accountId, PERMISSION);
    else await holdAccounts(transaction, [accountId]);
    const token = await store.holdToken(transaction, tokenId);
    if (token === null) throw new Refusal('not-found');
    if (token.accountId !== null) throw new Refusal('token.assigned');
    if (!(await store.assignToken(transaction, token.id, accountId))) throw new Refusal('token.assigned');
    await recordEvent(transaction, actor, {
      action: 'token.assign',
      outcome: 'success',
      subjectId: accountId,
      details: { token: token.id },
    });
    await notifyOwner(transaction, actor, accountId, {
      template: 'token-assigned',
      serial: token.serial,
      by: nameOf(actor),
    });
  });
}

/**
 * Takes a token back. Where it is a factor of its owner's, that ends, with their sessions and every trust in devices, and
 * they are told by mail: as a reset does, after a fresh proof, and never one's own (RESET-1, RESET-2).
 *
 * @param proof needed where it is a factor, unless the actor proved one a moment ago
 * @throws {Refusal} `permission.missing`, `not-found`, `reset.own`, `reset.out-of-reach`, `proof.*`, `code.*`,
 * `session.missing`
 */
export async function takeTokenBack(actor: Actor, tokenId: string, proof: OwnProof): Promise<void> {
  requirePermission(actor, PERMISSION);
  const refusal = await inOrganisation(actor, async (transaction) => {
    const token = await store.findToken(transaction, tokenId);
    if (token === null) throw new Refusal('not-found');
    if (token.accountId === null) return null;
    const subject = await loadSubject(transaction, actor, token.accountId, PERMISSION);
    let endedSessions: string[] = [];
    if (token.factorId !== null) {
      const against = await proveFactor(transaction, actor, proof);
      if (against !== null) return against;
      // The account is held; its factor and then the token: whoever else takes several of them comes the same way.
      await holdPassword(transaction, subject.id);
      const standing = await listFactors(transaction, subject.id);
      await deleteSomeFactors(transaction, subject.id, [token.factorId]);
      if (standing.every(({ id }) => id === token.factorId)) await deleteRecoveryCodes(transaction, subject.id);
      await endDeviceTrust(transaction, subject.id);
      endedSessions = await deleteSessions(transaction, subject.id, 'all');
      const taken = standing.find(({ id }) => id === token.factorId);
      await notifyOwner(transaction, actor, subject.id, {
        template: 'factor-removed',
        factor: taken?.name ?? token.serial,
        by: nameOf(actor),
        left: standing.filter((one) => one !== taken).length,
      });
    }
    if (!(await store.freeToken(transaction, token.id, subject.id))) return null;
    await recordEvent(transaction, actor, {
      action: 'token.take-back',
      outcome: 'success',
      subjectId: subject.id,
      details: { token: token.id, endedSessions },
    });
    return null;
  });
  if (refusal !== null) throw refusal;
}

/**
 * Strikes a token off the register: only one that is nobody's.
 *
 * @throws {Refusal} `permission.missing`, `not-found`, `token.assigned`
 */
export async function removeToken(actor: Actor, tokenId: string): Promise<void> {
  requirePermission(actor, PERMISSION);
  await inOrganisation(actor, async (transaction) => {
    const token = await store.holdToken(transaction, tokenId);
    if (token === null) throw new Refusal('not-found');
    if (token.accountId !== null || token.factorId !== null) throw new Refusal('token.assigned');
    await store.deleteToken(transaction, token.id);
    await recordEvent(transaction, actor, {
      action: 'token.remove',
      outcome: 'success',
      details: { token: token.id },
    });
  });
}
