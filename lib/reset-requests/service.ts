import type { Actor, Visitor } from '@/lib/actors/model';
import { nameOf } from '@/lib/actors/name';
import { requirePermission } from '@/lib/actors/permission';
import { recordEvent } from '@/lib/audit/store';
import { config } from '@/lib/config';
import { inOrganisation } from '@/lib/db/in-organisation';
import { reading } from '@/lib/db/reading';
import { queueLetter } from '@/lib/mail/outbox';
import { settingsOf } from '@/lib/options/service';
import { mayActOn } from '@/lib/policy/authority';
import { Refusal } from '@/lib/refusals';
import { loadSubject } from '@/lib/resets/authority';
import { tellHelpers } from '@/lib/resets/helpers';
import { findSubject } from '@/lib/resets/store';
import { loadChallengedPerson } from '@/lib/sign-in/service';
import { LETTERS_MAX, REQUEST_LIFETIME_HOURS, REQUESTS_PER_DAY_MAX, type OwnRequest, type RequestView } from './model';
import * as store from './store';

/** Where the administrators find what is asked of them. */
export const requestsPath = (slug: string) => `/${slug}/settings/requests`;

/**
 * « Je n’ai plus mon téléphone » (RESET-4): tells the administrators, by their page and by mail, that somebody who typed
 * the right password can't type a code. One request is open at a time; asking again while it is changes nothing.
 *
 * @throws {Refusal} `sign-in.expired` where no attempt of this browser waits for a code, `request.too-many`
 */
export async function requestHelp(visitor: Visitor, attemptId: string): Promise<void> {
  const settings = await settingsOf(visitor.organisation);
  await inOrganisation(visitor, async (transaction) => {
    const person = await loadChallengedPerson(transaction, visitor, attemptId, settings);
    if (person === null) throw new Refusal('sign-in.expired');
    const { accountId, deviceId } = person;
    if ((await store.findOpenRequest(transaction, accountId)) !== null) return;
    if ((await store.countRecentRequests(transaction, accountId)) >= REQUESTS_PER_DAY_MAX) {
      throw new Refusal('request.too-many');
    }
    const written = await store.insertRequest(transaction, {
      organisationId: visitor.organisation.id,
      accountId,
      deviceId,
      address: visitor.origin.address,
      userAgent: visitor.origin.userAgent,
      lifetimeHours: REQUEST_LIFETIME_HOURS,
    });
    if (written === null) return;
    await recordEvent(transaction, visitor, {
      action: 'mfa.help-request',
      outcome: 'success',
      subjectId: accountId,
      deviceId,
    });
    const subject = written.notify ? await findSubject(transaction, accountId) : null;
    if (subject === null) return;
    await tellHelpers(
      transaction,
      visitor,
      subject,
      { max: LETTERS_MAX },
      {
        template: 'reset-requested',
        name: `${subject.firstName} ${subject.lastName}`,
        link: `${config().APP_ORIGIN}${requestsPath(visitor.organisation.slug)}`,
      },
    );
  });
}

/** The open request of the person whose attempt waits for a code in this browser; null: none. */
export async function findOwnRequest(visitor: Visitor, attemptId: string): Promise<OwnRequest | null> {
  const settings = await settingsOf(visitor.organisation);
  return inOrganisation(visitor, async (transaction) => {
    const person = await loadChallengedPerson(transaction, visitor, attemptId, settings);
    return person === null ? null : store.findOpenRequest(transaction, person.accountId);
  });
}

/** More than this nobody reads on a page; answered ones make room. */
const LIST_MAX = 200;

/** The open requests of the organisation, the oldest first. @throws {Refusal} `permission.missing` */
export async function listRequests(actor: Actor): Promise<RequestView[]> {
  requirePermission(actor, 'mfa.reset');
  const rows = await reading(actor, (transaction) => store.listOpenRequests(transaction, LIST_MAX));
  return rows.map(({ permissions, ...row }) => ({
    ...row,
    mayAnswer: row.accountId !== actor.account.id && mayActOn(actor.permissions, permissions),
  }));
}

/** How many open requests wait for the actor, who may answer them (RESET-4). @throws {Refusal} `permission.missing` */
export async function countRequests(actor: Actor): Promise<number> {
  requirePermission(actor, 'mfa.reset');
  const { account, permissions } = actor;
  return reading(actor, (transaction) => store.countOpenRequests(transaction, { id: account.id, permissions }));
}

/**
 * « Refuser »: the person is told by mail, with who to turn to.
 *
 * @throws {Refusal} `permission.missing`, `not-found` (also where somebody was quicker), `reset.own`, `reset.out-of-reach`
 */
export async function refuseRequest(actor: Actor, requestId: string): Promise<void> {
  requirePermission(actor, 'mfa.reset');
  await inOrganisation(actor, async (transaction) => {
    const accountId = await store.findRequester(transaction, requestId);
    if (accountId === null) throw new Refusal('not-found');
    const subject = await loadSubject(transaction, actor, accountId);
    if (!(await store.refuseOpenRequest(transaction, requestId, actor.account.id))) throw new Refusal('not-found');
    await queueLetter(
      transaction,
      actor,
      { accountId: subject.id, email: subject.email, locale: subject.locale ?? actor.organisation.locale },
      { template: 'reset-refused', by: nameOf(actor) },
    );
    await recordEvent(transaction, actor, {
      action: 'mfa.help-refuse',
      outcome: 'success',
      subjectId: subject.id,
    });
  });
}
