import { randomBytes } from 'node:crypto';
import type { Actor, Visitor } from '@/lib/actors/model';
import { recordEvent } from '@/lib/audit/store';
import { config } from '@/lib/config';
import { inOrganisation, type OrganisationTransaction } from '@/lib/db/in-organisation';
import { listFactors } from '@/lib/factors/store';
import { usableOf } from '@/lib/factors/verify';
import { notifyOwner } from '@/lib/mail/outbox';
import { Refusal, type RefusalCode } from '@/lib/refusals';
import { tellHelpers } from '@/lib/resets/helpers';
import { findSubject } from '@/lib/resets/store';
import { deleteSessions } from '@/lib/sessions/store';
import { deleteAttempts } from '@/lib/sign-in/store';
import { endDeviceTrust } from '@/lib/devices/store';
import * as ceremony from './ceremony';
import {
  assertionResponse,
  readResponse,
  registrationResponse,
  type ChallengeAnchor,
  type ChallengePurpose,
  type NewPasskey,
} from './model';
import * as store from './store';

/** Somebody whose passkey it is, or will be, and what the challenge hangs on: made from a decision, never from a browser's word. */
export interface PasskeyOwner {
  readonly accountId: string;
  readonly anchor: ChallengeAnchor;
}

/** How many administrators are told of a passkey that was copied. */
const TOLD_MAX = 20;

/** Whether browsers make passkeys for the address of this deployment. */
export function passkeysArePossible(): boolean {
  return ceremony.relyingParty(config().APP_ORIGIN) !== null;
}

function party(): ceremony.RelyingParty {
  const found = ceremony.relyingParty(config().APP_ORIGIN);
  if (found === null) throw new Refusal('passkey.unavailable');
  return found;
}

async function giveChallenge(
  transaction: OrganisationTransaction,
  organisationId: string,
  owner: PasskeyOwner,
  purpose: ChallengePurpose,
): Promise<Buffer> {
  const challenge = randomBytes(32);
  await store.insertChallenge(transaction, { ...owner, organisationId, purpose, challenge });
  return challenge;
}

/**
 * What a browser needs to make a passkey for this account: with a challenge of 256 random bits that is good once, for ten
 * minutes, in this very sign-in or session. Authenticators learn a random name of the account, and `label` to show.
 *
 * @throws {Refusal} `passkey.unavailable`
 */
export async function offerCreation(
  transaction: OrganisationTransaction,
  actor: Visitor | Actor,
  owner: PasskeyOwner & { readonly label: string },
): Promise<ceremony.CreationOptions> {
  const { organisation } = actor;
  const relyingParty = party();
  const { accountId, anchor, label } = owner;
  const handle = await store.holdHandle(transaction, accountId, randomBytes(32));
  return ceremony.creationOptions(relyingParty, {
    challenge: await giveChallenge(transaction, organisation.id, { accountId, anchor }, 'register'),
    organisation: organisation.name,
    // One portal has the passkeys of all its organisations: the name tells them apart in the browser's list.
    label: `${organisation.name} : ${label}`,
    handle,
    known: await store.listPasskeys(transaction, accountId),
  });
}

/**
 * What a browser needs to use one of this account's passkeys, with a challenge as in {@link offerCreation}.
 *
 * @throws {Refusal} `passkey.unavailable`, `passkey.none`
 */
export async function offerAssertion(
  transaction: OrganisationTransaction,
  actor: Visitor | Actor,
  { accountId, anchor }: PasskeyOwner,
): Promise<ceremony.RequestOptions> {
  const relyingParty = party();
  const usable = await usablePasskeys(transaction, accountId);
  const known = (await store.listPasskeys(transaction, accountId)).filter(({ factorId }) => usable.has(factorId));
  if (known.length === 0) throw new Refusal('passkey.none');
  const challenge = await giveChallenge(transaction, actor.organisation.id, { accountId, anchor }, 'prove');
  return ceremony.requestOptions(relyingParty, { challenge, known });
}

/** The passkeys that are taken as a proof of this account (AUTH-3). */
async function usablePasskeys(transaction: OrganisationTransaction, accountId: string): Promise<ReadonlySet<string>> {
  const usable = usableOf(await listFactors(transaction, accountId));
  return new Set(usable.filter(({ kind }) => kind === 'passkey').map(({ id }) => id));
}

/**
 * {@link offerAssertion} for somebody who is signed in, for the one act that asks for a proof.
 *
 * @throws {Refusal} `passkey.unavailable`, `passkey.none`
 */
export async function offerOwnPasskey(actor: Actor): Promise<ceremony.RequestOptions> {
  return inOrganisation(actor, (transaction) => offerAssertion(transaction, actor, ownerOf(actor)));
}

/** Whose passkey proves an act in a session. */
export const ownerOf = ({ account, sessionId }: Actor): PasskeyOwner => ({
  accountId: account.id,
  anchor: { sessionId },
});

/**
 * Verifies a browser's answer to {@link offerCreation} and takes its challenge back. A refusal is returned, so that the
 * challenge stays used up.
 *
 * @returns the passkey, or `passkey.missing`, `passkey.expired`, `passkey.wrong`, `passkey.taken`
 */
export async function verifyNewPasskey(
  transaction: OrganisationTransaction,
  { accountId, anchor }: PasskeyOwner,
  typed: string,
): Promise<NewPasskey | Refusal> {
  if (typed === '') return new Refusal('passkey.missing');
  const answer = readResponse(registrationResponse, typed);
  const challenge = answer === null ? null : ceremony.challengeOf(answer);
  if (answer === null || challenge === null) return new Refusal('passkey.wrong');
  const taken = { accountId, anchor, purpose: 'register', challenge } as const;
  if (!(await store.consumeChallenge(transaction, taken))) return new Refusal('passkey.expired');
  const passkey = await ceremony.verifyCreation(party(), answer, challenge);
  if (passkey === null) return new Refusal('passkey.wrong');
  return (await store.isTaken(transaction, passkey.credentialId)) ? new Refusal('passkey.taken') : passkey;
}

export type PasskeyVerdict =
  { readonly ok: true; readonly factorId: string } | { readonly ok: false; readonly code: RefusalCode };

/**
 * Verifies a browser's answer to {@link offerAssertion}, and uses its challenge up: once, on whatever instance. The caller
 * has counted the try before, and keeps the transaction whatever the verdict says.
 *
 * A counter that does not go up means that somebody may hold a copy: the passkey is taken no more, whatever it may have opened
 * ends, its owner and the administrators are told, and the audit keeps it.
 */
export async function verifyPasskey(
  transaction: OrganisationTransaction,
  actor: Visitor | Actor,
  { accountId, anchor }: PasskeyOwner,
  typed: string,
): Promise<PasskeyVerdict> {
  const no = (code: RefusalCode): PasskeyVerdict => ({ ok: false, code });
  const answer = readResponse(assertionResponse, typed);
  const challenge = answer === null ? null : ceremony.challengeOf(answer);
  if (answer === null || challenge === null) return no('passkey.wrong');
  if (!(await store.consumeChallenge(transaction, { accountId, anchor, purpose: 'prove', challenge })))
    return no('passkey.expired');
  const passkey = await store.findPasskey(transaction, accountId, Buffer.from(answer.id, 'base64url'));
  if (passkey === null) return no('passkey.unknown');
  if (passkey.clonedAt === null && !(await usablePasskeys(transaction, accountId)).has(passkey.factorId)) {
    return no('passkey.none');
  }
  const handle = await store.findHandle(transaction, accountId);
  const seen = await ceremony.verifyAssertion(party(), answer, { ...passkey, challenge, handle });
  if (seen === null) return no('passkey.wrong');
  if (passkey.clonedAt === null && (await store.advanceCounter(transaction, passkey.factorId, seen)))
    return { ok: true, factorId: passkey.factorId };
  if (await store.markCloned(transaction, passkey.factorId)) {
    await endWhatItOpened(transaction, accountId, 'attemptId' in anchor ? anchor.attemptId : null);
    await tellOfCopy(transaction, actor, accountId, passkey);
  }
  return no('passkey.cloned');
}

/**
 * Nobody knows who came in with the copy: every session of the account ends, the present one too, and so do other sign-ins
 * under way and every trust in devices (MFA-5).
 */
async function endWhatItOpened(
  transaction: OrganisationTransaction,
  accountId: string,
  attemptId: string | null,
): Promise<void> {
  await deleteAttempts(transaction, accountId, attemptId);
  await endDeviceTrust(transaction, accountId);
  await deleteSessions(transaction, accountId, 'all');
}

/** Where whoever may reset an account's factors does it. */
const resetPath = (slug: string, accountId: string) => `/${slug}/settings/accounts/${accountId}/reset`;

async function tellOfCopy(
  transaction: OrganisationTransaction,
  actor: Visitor | Actor,
  accountId: string,
  { factorId, name }: store.PasskeyRow,
): Promise<void> {
  await recordEvent(transaction, actor, {
    action: 'mfa.passkey-cloned',
    outcome: 'refused',
    subjectId: accountId,
    details: { factorId },
  });
  await notifyOwner(transaction, actor, accountId, { template: 'passkey-cloned', passkey: name });
  const subject = await findSubject(transaction, accountId);
  if (subject === null) return;
  await tellHelpers(
    transaction,
    actor,
    subject,
    { max: TOLD_MAX },
    {
      template: 'passkey-cloned-somebody',
      name: `${subject.firstName} ${subject.lastName}`,
      passkey: name,
      link: `${config().APP_ORIGIN}${resetPath(actor.organisation.slug, accountId)}`,
    },
  );
}
