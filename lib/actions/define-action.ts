import { headers } from 'next/headers';
import { redirect, unstable_rethrow } from 'next/navigation';
import type { z } from 'zod';
import type { Actor, Visitor } from '@/lib/actors/model';
import { config } from '@/lib/config';
import { sentence } from '@/lib/language/translate';
import type { Locale } from '@/lib/language/locale';
import { findOrganisation } from '@/lib/organisations/store';
import { ACTIONS, permissionOf, type ActionName, type OpenAction, type SignedInAction } from '@/lib/policy/access';
import type { ActionState, ServerAction } from './model';
import { Refusal, REFUSALS, type RefusalCode, type RefusalDetails } from '@/lib/refusals';
import { logger } from '@/lib/request/log';
import { currentLocale, currentOrigin, currentStanding, visitorOf, type SignedIn } from '@/lib/sessions/current';

type Fields = z.ZodObject;

/** How an action ended well: somewhere else, or here with a sentence. */
export type ActionResult = { readonly next: string } | { readonly message: string };

interface Common<S extends Fields, N extends ActionName = ActionName> {
  /** Names the action in the log, and its row in the table of who may do what. */
  readonly name: N;
  readonly input: S;
  /** Ends the document that it was sent from, also where a script would keep it. */
  readonly leaves?: boolean;
  /** Fields that are never sent back to the browser. */
  readonly secret?: readonly (keyof z.input<S> & string)[];
}

/** An action that concerns no organisation's data: the language of the pages, the way to an organisation. */
export function definePublicAction<S extends Fields>(
  definition: Common<S, OpenAction> & { readonly run: (input: z.output<S>) => Promise<ActionResult> },
): ServerAction {
  return (_previous, form) => perform(definition, form, (input) => definition.run(input));
}

/** An action of somebody who is not signed in: it names the organisation that it stands in, and proves nothing by it. */
export function defineVisitorAction<S extends Fields>(
  definition: Common<S, OpenAction> & {
    readonly run: (visitor: Visitor, input: z.output<S>) => Promise<ActionResult>;
  },
): ServerAction {
  return (_previous, form) =>
    perform(definition, form, async (input, fields) => {
      const organisation = await findOrganisation(String(fields['organisation'] ?? ''));
      if (organisation === null) throw new Refusal('organisation.not-found');
      return definition.run(await visitorOf(organisation), input);
    });
}

/**
 * The standard server action: origin → actor → permission → fresh proof → parse → one service call. Who acts, and where,
 * comes from the session and never from the form.
 */
export function defineAction<S extends Fields>(
  definition: Common<S, SignedInAction> & {
    /** A proof must be at most this old (SECURITY: step-up). */
    readonly stepUpWithinSeconds?: number;
    /** Also for somebody who must enrol first: signing out. */
    readonly evenBeforeEnrolment?: boolean;
    readonly run: (actor: Actor, input: z.output<S>, signedIn: SignedIn) => Promise<ActionResult>;
  },
): ServerAction {
  return (_previous, form) =>
    perform(definition, form, async (input) => {
      const standing = await currentStanding(null);
      if (standing.state === 'none') throw new Refusal('session.missing');
      // A person who must enrol first reaches enrolment and nothing else (MFA-4).
      if (standing.state === 'enrol' && !definition.evenBeforeEnrolment) {
        redirect(`/${standing.session.organisation.slug}/sign-in/enrol`);
      }
      const { actor, settings } = standing;
      const permission = permissionOf(ACTIONS[definition.name]);
      if (permission !== null && !actor.permissions.has(permission)) throw new Refusal('permission.missing');
      if (definition.stepUpWithinSeconds !== undefined && !hasFreshProof(actor, definition.stepUpWithinSeconds)) {
        throw new Refusal('proof.too-old');
      }
      const authenticator = standing.session.facts.authenticator;
      return definition.run(actor, input, { actor, settings, authenticator });
    });
}

/** Whether the person proved their password, or their factor, within the last `seconds`. */
export function hasFreshProof(actor: Actor, seconds: number): boolean {
  const newest = Math.max(actor.proofs.passwordAt?.getTime() ?? 0, actor.proofs.factorAt?.getTime() ?? 0);
  return actor.now.getTime() - newest <= seconds * 1000;
}

async function perform<S extends Fields>(
  definition: Common<S>,
  form: FormData,
  run: (input: z.output<S>, fields: Record<string, unknown>) => Promise<ActionResult>,
): Promise<ActionState> {
  const locale = await currentLocale();
  let values: Record<string, string> = {};
  try {
    await checkOrigin();
    const given = form instanceof FormData ? readFields(form) : {};
    const { organisation, ...fields } = given;
    values = echo(fields, Object.keys(definition.input.shape), definition.secret ?? []);
    const parsed = definition.input.strict().safeParse(fields);
    if (!parsed.success) return { status: 'invalid', fields: fieldSentences(parsed.error, locale), values };
    const result = await run(parsed.data as z.output<S>, { organisation });
    if ('message' in result) return { status: 'ok', message: result.message };
    if (definition.leaves && (await headers()).has('next-action')) return { status: 'leave', next: result.next };
    redirect(result.next);
  } catch (error) {
    // redirect() works by throwing: it must not be taken for a failure.
    unstable_rethrow(error);
    if (!(error instanceof Refusal)) throw error;
    logger()[REFUSALS[error.code].log]({
      action: definition.name,
      refusal: error.code,
      requestId: (await currentOrigin()).requestId,
    });
    return { status: 'refused', code: error.code, message: refusalSentence(locale, error.code, error.details), values };
  }
}

/** The sentence of a refusal; a wait is told in minutes once it is longer than one. */
export function refusalSentence(locale: Locale, code: RefusalCode, details: RefusalDetails = {}): string {
  const seconds = Number(details['seconds'] ?? 0);
  return sentence(locale, `refusals.${code.replace('.', '_')}`, {
    ...details,
    seconds,
    minutes: details['minutes'] ?? Math.ceil(seconds / 60),
  });
}

/** Next.js lets a missing Origin through; we don't. */
async function checkOrigin(): Promise<void> {
  if ((await headers()).get('origin') !== config().APP_ORIGIN) throw new Refusal('request.origin');
}

/** Next.js's own fields begin with $ACTION; a field that comes twice is a list, which no schema of ours accepts. */
function readFields(form: FormData): Record<string, unknown> {
  const found = new Map<string, unknown>();
  for (const [key, value] of form) {
    if (key.startsWith('$ACTION')) continue;
    if (found.size >= FIELDS_MAX) throw new Refusal('request.too-large');
    found.set(key, found.has(key) ? [] : value);
  }
  return Object.fromEntries(found);
}

/** No form of ours has as many; ten thousand would only keep the process busy. */
const FIELDS_MAX = 50;

const ECHO_MAX = 300;

function echo(
  fields: Record<string, unknown>,
  known: readonly string[],
  secret: readonly string[],
): Record<string, string> {
  return Object.fromEntries(
    Object.entries(fields).filter(
      (entry): entry is [string, string] =>
        typeof entry[1] === 'string' &&
        entry[1].length <= ECHO_MAX &&
        known.includes(entry[0]) &&
        !secret.includes(entry[0]),
    ),
  );
}

/** Schemas speak in codes; here they become sentences, one for each field. */
function fieldSentences(error: z.ZodError, locale: Locale): Record<string, string> {
  const sentences: Record<string, string> = {};
  for (const issue of error.issues) {
    const field = String(issue.path[0] ?? '');
    const code = /^[a-z][A-Za-z]*\.[A-Za-z-]+$/.test(issue.message) ? issue.message : 'text.invalid';
    sentences[field] ??= sentence(locale, `fields.${code.replace('.', '_')}`);
  }
  return sentences;
}
