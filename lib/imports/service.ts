import { randomUUID } from 'node:crypto';
import * as accounts from '@/lib/accounts/store';
import { emailKey, identifierKey } from '@/lib/accounts/text';
import { proposeUsernames } from '@/lib/accounts/username';
import type { Actor } from '@/lib/actors/model';
import { requirePermission } from '@/lib/actors/permission';
import { recordEvent, recordEvents } from '@/lib/audit/store';
import { listAllDefaults, listAuthenticators } from '@/lib/authenticators/store';
import { sealer } from '@/lib/crypto/keys';
import { violatesUnique } from '@/lib/db/errors';
import { inOrganisation, type OrganisationTransaction } from '@/lib/db/in-organisation';
import { pipelined } from '@/lib/db/pipelined';
import { reading } from '@/lib/db/reading';
import { readExpected } from '@/lib/external/expected';
import { inviteWithin } from '@/lib/invitations/service';
import { LOCALES } from '@/lib/language/locale';
import { sentence } from '@/lib/language/translate';
import { mayActOn } from '@/lib/policy/authority';
import { Refusal } from '@/lib/refusals';
import { logger } from '@/lib/request/log';
import { plainWord, readAccountsFile } from './csv';
import {
  IMPORT_BYTES_MAX,
  IMPORT_LIFETIME_MINUTES,
  type ImportView,
  type LineIssue,
  type ReadFile,
  type ReadLine,
  type ReportLine,
} from './model';
import * as store from './store';

/** Binds a sealed file to its row (SAFE-2). */
/** Binds the sealed lines of an import to its row (SAFE-2). */
export const linesContext = (id: string) => `account-import:${id}:lines`;

/**
 * The dry run (ACC-2): reads a file of accounts and keeps it, sealed, for an hour and for this person alone. Nothing is made.
 *
 * @returns the id under which {@link viewImport} reports on it
 * @throws {Refusal} `permission.missing`, `request.too-large`, `import.*`
 */
export async function checkFile(actor: Actor, file: Blob): Promise<string> {
  requirePermission(actor, 'accounts.manage');
  if (file.size > IMPORT_BYTES_MAX) throw new Refusal('request.too-large');
  const read = readAccountsFile(Buffer.from(await file.arrayBuffer()));
  const id = randomUUID();
  await inOrganisation(actor, (transaction) =>
    store.insertImport(transaction, {
      id,
      organisationId: actor.organisation.id,
      createdBy: actor.account.id,
      linesSealed: sealer().seal(JSON.stringify(read), linesContext(id)),
      lineCount: read.lines.length,
      lifetimeMinutes: IMPORT_LIFETIME_MINUTES,
    }),
  );
  return id;
}

const WRONG_LINES_SHOWN = 200;
const RIGHT_LINES_SHOWN = 20;

/**
 * What an import would do now, or how far it has come. The report is made anew each time: other accounts come and go.
 *
 * @returns null where this person has no such import, or it ran out
 * @throws {Refusal} `permission.missing`
 */
export async function viewImport(actor: Actor, id: string): Promise<ImportView | null> {
  requirePermission(actor, 'accounts.manage');
  return reading(actor, async (transaction) => {
    const found = await store.findImport(transaction, id, actor.account.id);
    if (found === null) return null;
    if (found.state === 'imported') {
      return {
        state: 'imported',
        id,
        accounts: found.lineCount,
        invitations: { all: found.invitationCount, left: found.left },
        stalled: found.left > 0 && found.quiet,
      };
    }
    const { lines, ignored } = open(found);
    const { report } = await judge(transaction, actor, lines);
    const wrong = report.filter(({ issues }) => issues.length > 0);
    const right = report.filter(({ issues }) => issues.length === 0);
    return {
      state: 'checked',
      id,
      ready: right.length,
      wrong: wrong.length,
      lines: [...wrong.slice(0, WRONG_LINES_SHOWN), ...right.slice(0, RIGHT_LINES_SHOWN)],
      ignored,
      expiresAt: found.expiresAt,
    };
  });
}

/**
 * Makes every account of a file, or none (ACC-2). All is judged again in the transaction that makes them; two presses of
 * the button make them once.
 *
 * @param invite whether the invitations are to go out: {@link sendInvitations} sends them, afterwards and in portions
 * @throws {Refusal} `permission.missing`, `import.expired`, `import.not-ready` where something is wrong by now
 */
export async function importAccounts(actor: Actor, id: string, invite: boolean): Promise<void> {
  requirePermission(actor, 'accounts.manage');
  try {
    await inOrganisation(actor, async (transaction) => {
      const found = await store.findImport(transaction, id, actor.account.id, true);
      if (found === null || found.state === 'imported') throw new Refusal('import.expired');
      const { rows } = await judge(transaction, actor, open(found).lines);
      if (rows === null) throw new Refusal('import.not-ready');
      const made = await accounts.insertInvited(transaction, actor.organisation.id, rows);
      await recordEvents(
        transaction,
        actor,
        rows.map(({ kind, roleId, emailKey: key }) => ({
          action: 'account.create',
          outcome: 'success',
          subjectId: made.get(key)!,
          details: { kind, role: roleId, status: 'invited', import: id },
        })),
      );
      await recordEvent(transaction, actor, {
        action: 'account.import',
        outcome: 'success',
        details: { import: id, accounts: rows.length, invite },
      });
      const invited = invite ? [...made.values()] : [];
      await store.markImported(transaction, { id, organisationId: actor.organisation.id, invited });
    });
  } catch (error) {
    // Somebody made one of them between our look and our write: the report says which.
    const names = [
      'accounts_organisation_id_email_key_key',
      'accounts_organisation_id_username_key_key',
      'external_identities_expected',
    ];
    if (names.some((name) => violatesUnique(error, name))) throw new Refusal('import.not-ready');
    throw error;
  }
}

const PORTION = 50;

/**
 * Sends the invitations of an import that are still to go out, in portions that commit one by one; what is interrupted goes
 * on where it stopped, and of two who send at the same time one leaves it to the other.
 *
 * @returns how many this call sent
 * @throws {Refusal} `permission.missing`
 */
export async function sendInvitations(actor: Actor, id: string): Promise<number> {
  requirePermission(actor, 'accounts.manage');
  for (let sent = 0; ;) {
    const portion = await inOrganisation(actor, async (transaction) => {
      const waiting = await store.takeWaiting(transaction, id, PORTION);
      for (const { id: accountId, email, locale, status } of waiting ?? []) {
        if (status !== 'invited') continue;
        const account = { id: accountId, email, locale: locale ?? actor.organisation.locale };
        await inviteWithin(transaction, actor, account).catch((error: unknown) => {
          // One mailbox has had its letters of the hour: the account waits to be invited by hand, and the others go on.
          if (!(error instanceof Refusal) || error.code !== 'letter.throttled') throw error;
        });
      }
      return waiting?.length ?? 0;
    });
    sent += portion;
    if (portion === 0) return sent;
  }
}

/**
 * {@link sendInvitations} behind the answer to the person, who watches how far it has come.
 *
 * @throws {Refusal} `permission.missing`, at once
 */
export function startSendingInvitations(actor: Actor, id: string): void {
  requirePermission(actor, 'accounts.manage');
  sendInvitations(actor, id).catch((error: unknown) => {
    logger().warn(
      { import: id, reason: error instanceof Error ? error.message : 'unknown' },
      'the invitations of an import stopped; its page offers to go on',
    );
  });
}

function open({ id, linesSealed }: store.ImportRow): ReadFile {
  return JSON.parse(sealer().open(linesSealed!, linesContext(id)).toString('utf8')) as ReadFile;
}

interface Judgement {
  readonly report: readonly ReportLine[];
  /** What is to be written; null where any line is wrong. */
  readonly rows: readonly accounts.InvitedRow[] | null;
}

/** Holds the lines of a file against one another and against the organisation. */
async function judge(
  transaction: OrganisationTransaction,
  actor: Actor,
  lines: readonly ReadLine[],
): Promise<Judgement> {
  const proposals = new Proposals(lines);
  const [roles, ways, taken] = await pipelined([
    accounts.listRoles(transaction),
    listWays(transaction, lines),
    accounts.findTaken(transaction, {
      emails: lines.map(({ email }) => emailKey(email)),
      usernames: [...lines.flatMap(({ username }) => username ?? []).map(identifierKey), ...proposals.keys()],
    }),
  ]);
  const roleNames = new Map(
    roles.flatMap((role) =>
      [
        role.name,
        ...(role.builtIn ? LOCALES.map((locale) => sentence(locale, `roles.builtIn.${role.builtIn}`)) : []),
      ].map((name) => [plainWord(name), role] as const),
    ),
  );
  const emailLines = new Map<string, number>();
  const usernameLines = new Map<string, number>();
  // Names that the file gives come before names that we propose, wherever they stand in it.
  const unavailable = new Set([
    ...taken.usernames,
    ...lines.flatMap(({ username }) => username ?? []).map(identifierKey),
  ]);
  const report: ReportLine[] = [];
  const rows: accounts.InvitedRow[] = [];
  for (const line of lines) {
    const issues: LineIssue[] = [...line.issues];
    const isWrong = (column: LineIssue['column']) => issues.some((issue) => issue.column === column);
    const unique = (
      column: 'email' | 'username',
      key: string,
      seen: Map<string, number>,
      held: ReadonlySet<string>,
    ) => {
      if (isWrong(column)) return;
      const before = seen.get(key);
      if (held.has(key)) issues.push({ column, code: `${column}.taken` });
      else if (before !== undefined) issues.push({ column, code: `${column}.twice`, line: before });
      else seen.set(key, line.line);
    };
    unique('email', emailKey(line.email), emailLines, taken.emails);
    if (line.username !== null) unique('username', identifierKey(line.username), usernameLines, taken.usernames);

    const role = line.role === null ? null : (roleNames.get(plainWord(line.role)) ?? undefined);
    if (role === undefined) issues.push({ column: 'role', code: 'role.unknown' });
    else if (role !== null && line.kind !== null && line.kind !== 'employee') {
      issues.push({ column: 'role', code: 'role.not-for-kind' });
    } else if (role && !mayActOn(actor.permissions, role.permissions)) {
      issues.push({ column: 'role', code: 'role.beyond' });
    }

    const way = ways.of(line, role?.id ?? null);
    issues.push(...way.issues);

    let username = line.username;
    if (username === null && !isWrong('email')) {
      username = proposals.next(line.email, unavailable);
      if (username === null) issues.push({ column: 'username', code: 'username.taken' });
      else unavailable.add(identifierKey(username));
    }
    const { firstName, lastName, email, kind, locale } = line;
    report.push({ line: line.line, name: `${firstName} ${lastName}`.trim(), email, username, kind, issues });
    if (issues.length > 0) continue;
    rows.push({
      firstName,
      lastName,
      email,
      emailKey: emailKey(email),
      username: username!,
      usernameKey: identifierKey(username!),
      kind: kind!,
      roleId: role?.id ?? null,
      locale,
      authenticatorId: way.authenticatorId,
      identity: way.identity,
    });
  }
  return { report, rows: rows.length === lines.length ? rows : null };
}

interface Way {
  readonly authenticatorId: string | null;
  readonly identity: string | null;
  readonly issues: readonly LineIssue[];
}

/** Judges, line by line, by which authenticator somebody is to come in, and as whom. */
async function listWays(
  transaction: OrganisationTransaction,
  lines: readonly ReadLine[],
): Promise<{ of(line: ReadLine, roleId: string | null): Way }> {
  const listed = await listAuthenticators(transaction);
  const named = new Map(listed.map((one) => [one.name.toLowerCase(), one]));
  const defaults = await listAllDefaults(transaction);
  const meant = ({ authenticator, kind }: ReadLine, roleId: string | null) => {
    if (authenticator) return named.get(authenticator.toLowerCase()) ?? null;
    const usual =
      defaults.find((one) => one.roleId !== null && one.roleId === roleId) ??
      defaults.find((one) => one.kind !== null && one.kind === kind);
    return listed.find(({ id }) => id === usual?.authenticatorId) ?? listed.find(({ isDefault }) => isDefault)!;
  };
  const taken = await accounts.findExpected(
    transaction,
    lines.flatMap(({ identity }) => identity || []),
  );
  const seen = new Map<string, number>();
  const about = (line: ReadLine, roleId: string | null): LineIssue[] => {
    const { authenticator, identity } = line;
    const found = meant(line, roleId);
    if (found === null) return [{ column: 'authenticator', code: 'authenticator.unknown' }];
    if (authenticator && found.state !== 'active') return [{ column: 'authenticator', code: 'authenticator.inactive' }];
    if (!identity) return [];
    if (found.type === 'system') return [{ column: 'identity', code: 'identity.not-external' }];
    const read = readExpected(found.type, identity);
    if ('issue' in read) return [{ column: 'identity', code: read.issue }];
    const key = `${found.id} ${identity}`;
    if (taken.has(key)) return [{ column: 'identity', code: 'identity.taken' }];
    const before = seen.get(key);
    if (before !== undefined) return [{ column: 'identity', code: 'identity.twice', line: before }];
    seen.set(key, line.line);
    return [];
  };
  return {
    of: (line, roleId) => {
      const issues = line.issues.some(({ column }) => column === 'identity') ? [] : about(line, roleId);
      const said = line.authenticator ? (named.get(line.authenticator.toLowerCase())?.id ?? null) : null;
      return { authenticatorId: said, identity: line.identity ?? null, issues };
    },
  };
}

/** The usernames that could be proposed for a file: as many for each address as others of the file could take before it. */
class Proposals {
  private readonly queues = new Map<string, { readonly names: readonly string[]; at: number }>();

  constructor(lines: readonly ReadLine[]) {
    const wanted = new Map<string, number>();
    for (const { email, username, issues } of lines) {
      if (username !== null || issues.some(({ column }) => column === 'email')) continue;
      const [base] = proposeUsernames(email, 1);
      wanted.set(base!, (wanted.get(base!) ?? 0) + 1);
    }
    for (const [base, count] of wanted) {
      this.queues.set(base, { names: proposeUsernames(`${base}@`, count + SPARE_PROPOSALS), at: 0 });
    }
  }

  /** All of them, by their keys. */
  keys(): string[] {
    return [...this.queues.values()].flatMap(({ names }) => names);
  }

  /** The next one for an address that is not `unavailable`; null where none is left. */
  next(email: string, unavailable: ReadonlySet<string>): string | null {
    const queue = this.queues.get(proposeUsernames(email, 1)[0]!)!;
    while (queue.at < queue.names.length) {
      const name = queue.names[queue.at++]!;
      if (!unavailable.has(name)) return name;
    }
    return null;
  }
}

/** How many accounts of the organisation may have the same name already before a file must give one itself. */
const SPARE_PROPOSALS = 20;
