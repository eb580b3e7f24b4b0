import { holdAccounts } from '@/lib/accounts/store';
import { identifierKey } from '@/lib/accounts/text';
import type { Actor, Operator } from '@/lib/actors/model';
import { nameOf } from '@/lib/actors/name';
import { requirePermission } from '@/lib/actors/permission';
import { recordEvent } from '@/lib/audit/store';
import { pepper } from '@/lib/crypto/keys';
import { inOrganisation, type OrganisationTransaction } from '@/lib/db/in-organisation';
import { reading } from '@/lib/db/reading';
import { sentence } from '@/lib/language/translate';
import { queueLetter } from '@/lib/mail/outbox';
import { Refusal } from '@/lib/refusals';
import { answerOpenRequest } from '@/lib/reset-requests/store';
import { loadSubject } from '@/lib/resets/authority';
import type { OwnProof } from '@/lib/passkeys/model';
import { proveFactor } from '@/lib/resets/proof';
import { findSubject, type SubjectRow } from '@/lib/resets/store';
import { findAccountId } from '@/lib/sign-in/store';
import type { IssuedPass, StandingPass } from './model';
import { hashPassCode, newPassCode, normalisePassCode } from './pass-code';
import * as store from './store';

/** What is said of a pass that is issued: for how long, 15 to 720 minutes, and why. */
export interface PassOrder {
  readonly minutes: number;
  readonly reason: string;
}

/**
 * Issues a one-time pass to somebody whose phone is elsewhere (RESET-3). The factors stay; the pass that the account still
 * had is worth nothing any more, and what it opened ends. The person is told that there is one, never which.
 *
 * @throws {Refusal} `pass.no-factor`, `pass.by-provider`, `pass.not-active`, and as `resetAccount`
 */
export async function issuePass(actor: Actor, accountId: string, order: PassOrder & OwnProof): Promise<IssuedPass> {
  const outcome = await inOrganisation(actor, async (transaction) => {
    const subject = await loadSubject(transaction, actor, accountId);
    requireUse(subject);
    const refusal = await proveFactor(transaction, actor, order);
    return refusal ?? issueWithin(transaction, actor, subject, order);
  });
  if (outcome instanceof Refusal) throw outcome;
  return outcome;
}

/**
 * The operator's way: for an organisation where nobody else can help.
 *
 * @param identifier e-mail or username, as `identifierInput` gives it
 * @returns null where nobody in the organisation has it
 * @throws {Refusal} `pass.no-factor`, `pass.by-provider`, `pass.not-active`
 */
export async function issuePassByOperator(
  operator: Operator,
  identifier: string,
  order: PassOrder,
): Promise<IssuedPass | null> {
  return inOrganisation(operator, async (transaction) => {
    const accountId = await findAccountId(transaction, identifierKey(identifier));
    if (accountId !== null) await holdAccounts(transaction, [accountId]);
    const subject = accountId === null ? null : await findSubject(transaction, accountId);
    if (subject === null) return null;
    requireUse(subject);
    return issueWithin(transaction, operator, subject, order);
  });
}

/** A pass stands in for a factor of somebody who signs in: without the one or the other it would open nothing. */
function requireUse(subject: SubjectRow): void {
  if (subject.status !== 'active') throw new Refusal('pass.not-active');
  if (!subject.askedHere) throw new Refusal('pass.by-provider');
  if (subject.factors === 0) throw new Refusal('pass.no-factor');
}

async function issueWithin(
  transaction: OrganisationTransaction,
  actor: Actor | Operator,
  subject: SubjectRow,
  { minutes, reason }: PassOrder,
): Promise<IssuedPass> {
  const { organisation } = actor;
  const code = newPassCode();
  const codeHash = await hashPassCode({ code: normalisePassCode(code)!, accountId: subject.id, key: pepper() });
  const validUntil = await store.replacePass(transaction, {
    organisationId: organisation.id,
    accountId: subject.id,
    issuedBy: actor.kind === 'account' ? actor.account.id : null,
    codeHash,
    reason,
    minutes,
  });
  await answerOpenRequest(transaction, subject.id, 'helped', actor.kind === 'account' ? actor.account.id : null);
  const locale = subject.locale ?? organisation.locale;
  await queueLetter(
    transaction,
    actor,
    { accountId: subject.id, email: subject.email, locale },
    {
      template: 'pass-issued',
      by: actor.kind === 'account' ? nameOf(actor) : sentence(locale, 'resets.operator'),
      until: validUntil.toISOString(),
    },
  );
  await recordEvent(transaction, actor, {
    action: 'mfa.pass-issue',
    outcome: 'success',
    subjectId: subject.id,
    details: { reason, minutes },
  });
  return { code, validUntil };
}

/**
 * « Révoquer »: the account's pass is worth nothing from now on, and the session that it opened ends.
 *
 * @throws {Refusal} `permission.missing`, `not-found` (also where there is no pass), `reset.own`, `reset.out-of-reach`
 */
export async function revokePass(actor: Actor, accountId: string): Promise<void> {
  await inOrganisation(actor, async (transaction) => {
    const subject = await loadSubject(transaction, actor, accountId);
    if ((await store.revokePasses(transaction, subject.id)) === 0) throw new Refusal('not-found');
    await recordEvent(transaction, actor, { action: 'mfa.pass-revoke', outcome: 'success', subjectId: subject.id });
  });
}

/** The pass of an account that is still good; null: none. @throws {Refusal} `permission.missing` */
export async function findPass(actor: Actor, accountId: string): Promise<StandingPass | null> {
  requirePermission(actor, 'mfa.reset');
  return reading(actor, (transaction) => store.findStandingPass(transaction, accountId));
}
