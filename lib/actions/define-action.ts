import { headers } from 'next/headers';
import { redirect, unstable_rethrow } from 'next/navigation';
import type { z } from 'zod';
import type { Actor, Arrival, Visitor } from '@/lib/actors/model';
import { config } from '@/lib/config';
import { namesInWords } from '@/lib/language/names';
import { sentence } from '@/lib/language/translate';
import type { Locale } from '@/lib/language/locale';
import { findOrganisation } from '@/lib/organisations/store';
import { ACTIONS, permissionOf, type ActionName, type OpenAction, type SignedInAction } from '@/lib/policy/access';
import type { ServerAction } from './model';
import { Refusal, REFUSALS, type RefusalCode, type RefusalDetails } from '@/lib/refusals';
import { requestContext } from '@/lib/request/context';
import { logger } from '@/lib/request/log';
import { whoCanGrant } from '@/lib/roles/service';
import {
  currentLocale,
  currentOrigin,
  currentPasserby,
  currentPlace,
  currentStanding,
  visitorOf,
  type SignedIn,
} from '@/lib/sessions/current';

type Fields = z.ZodObject;

/** How an action ended well: somewhere else, or here with a sentence. */
export type ActionResult =
  | { readonly next: string; /** Where a script goes instead, and leaves this document. */ readonly leave?: string }
  | { readonly message: string; readonly reveal?: string }
  /** Here, with some fields filled in (null: emptied) and all others as they were. */
  | { readonly filled: string; readonly values: Readonly<Record<string, string | null>> }
  /** A sentence for each field that was well formed and is wrong all the same. */
  | {
      readonly invalid: Readonly<Record<string, string>>;
      /** What was typed there and is not sent back: a private key in the place of a certificate. */
      readonly forget?: readonly string[];
    };

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
  return perform(definition, async () => (input) => definition.run(input));
}

/** An action of somebody who is not signed in: it names the organisation that it stands in, and proves nothing by it. */
export function defineVisitorAction<S extends Fields>(
  definition: Common<S, OpenAction> & {
    readonly run: (visitor: Visitor, input: z.output<S>) => Promise<ActionResult>;
  },
): ServerAction {
  return perform(definition, async (slug) => {
    const organisation = await findOrganisation(slug);
    if (organisation === null) throw new Refusal('organisation.not-found');
    const visitor = await visitorOf(organisation);
    return (input) => definition.run(visitor, input);
  });
}

/** As {@link defineVisitorAction}, for an act whose own first statement finds the organisation. */
export function defineArrivalAction<S extends Fields>(
  definition: Common<S, OpenAction> & {
    readonly run: (arrival: Arrival, input: z.output<S>) => Promise<ActionResult>;
  },
): ServerAction {
  return perform(definition, async (slug) => {
    const arrival = { ...(await currentPasserby()), organisation: { slug } };
    return (input) => definition.run(arrival, input);
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
  return perform(definition, async () => {
    const standing = await currentStanding(null);
    if (standing.state === 'none') throw new Refusal('session.missing');
    if (standing.state === 'outside') {
      throw new Refusal('network.outside', { address: standing.actor.origin.address ?? '—' });
    }
    // A person who must enrol first reaches enrolment and nothing else (MFA-4).
    if (standing.state === 'enrol' && !definition.evenBeforeEnrolment) {
      const way = enrolmentWay(standing.session.organisation.slug, currentPlace());
      // A script keeps the form and what stands in it (MFA-8); without one only the way there is left.
      if ((await headers()).has('next-action')) throw new EnrolmentFirst(way);
      redirect(way);
    }
    const { actor, settings } = standing;
    const permission = permissionOf(ACTIONS[definition.name]);
    if (permission !== null && !actor.permissions.has(permission)) throw await missingPermission(actor);
    if (definition.stepUpWithinSeconds !== undefined && !hasFreshProof(actor, definition.stepUpWithinSeconds)) {
      throw new Refusal('proof.too-old');
    }
    const { session } = standing;
    const { authenticator } = session.facts;
    return (input) => definition.run(actor, input, { actor, settings, authenticator, session });
  });
}

/** A refusal that says whom to ask (ACC-4). */
async function missingPermission(actor: Actor): Promise<Refusal> {
  const grantors = await whoCanGrant(actor);
  return new Refusal(
    'permission.missing',
    grantors.length === 0 ? {} : { names: namesInWords(actor.locale, grantors) },
  );
}

/** Whether the person proved their password, or their factor, or came from their provider, within the last `seconds`. */
export function hasFreshProof(actor: Actor, seconds: number): boolean {
  const { passwordAt, factorAt, externalAt } = actor.proofs;
  const newest = Math.max(...[passwordAt, factorAt, externalAt].map((at) => at?.getTime() ?? 0));
  return actor.now.getTime() - newest <= seconds * 1000;
}

/** What an action is made of, for the tests that try every one with whoever may not. */
export interface ActionDefinition {
  readonly name: ActionName;
  readonly input: z.ZodObject;
  readonly run: (...given: never[]) => Promise<ActionResult>;
}

const definitions = new WeakMap<ServerAction, ActionDefinition>();

/** The definition behind an action; undefined for a function that none of the above made. */
export function definitionOf(action: ServerAction): ActionDefinition | undefined {
  return definitions.get(action);
}

/**
 * Makes the function that a form is sent to: origin, then whoever acts and whether they may, and only then what was
 * typed: to whom an action is closed it doesn't even say which field is wrong.
 *
 * @param authorise given the slug that the form names; gives back what to do with the parsed input
 */
function perform<S extends Fields>(
  definition: Common<S> & Pick<ActionDefinition, 'run'>,
  authorise: (slug: string) => Promise<(input: z.output<S>) => Promise<ActionResult>>,
): ServerAction {
  const action: ServerAction = async (previous, sent) => {
    // A form without script (components/ui/plain-form.tsx) has no state before it: the form comes first.
    const form: unknown = sent ?? previous;
    const request = requestContext.getStore();
    if (request) request.acted = true;
    // Once it is known who acts, they are answered in the language of their pages (LOOK-1).
    const spoken = async () => request?.actor?.locale ?? currentLocale();
    let values: Record<string, string> = {};
    try {
      await checkOrigin();
      const { organisation, ...fields } = form instanceof FormData ? readFields(form) : {};
      values = echo(fields, Object.keys(definition.input.shape), definition.secret ?? []);
      const run = await authorise(String(organisation ?? ''));
      const parsed = definition.input.strict().safeParse(fields);
      if (!parsed.success) return { status: 'invalid', fields: fieldSentences(parsed.error, await spoken()), values };
      const result = await run(parsed.data as z.output<S>);
      if ('message' in result) return { status: 'ok', ...result };
      if ('filled' in result) {
        const filled = Object.entries({ ...values, ...result.values }).filter(([, value]) => value !== null);
        return { status: 'filled', message: result.filled, values: Object.fromEntries(filled) as typeof values };
      }
      if ('invalid' in result) {
        const kept = Object.entries(values).filter(([name]) => !result.forget?.includes(name));
        return { status: 'invalid', fields: result.invalid, values: Object.fromEntries(kept) };
      }
      const way = result.leave ?? (definition.leaves ? result.next : null);
      if (way !== null && (await headers()).has('next-action')) return { status: 'leave', next: way };
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
      const locale = await spoken();
      const message = refusalSentence(locale, error.code, error.details);
      const first =
        error instanceof EnrolmentFirst ? { href: error.way, label: sentence(locale, 'mfaSetUp.open') } : undefined;
      return { status: 'refused', code: error.code, message, values, first };
    }
  };
  definitions.set(action, definition);
  return action;
}

/** MFA became mandatory while somebody was typing: first the factor, then this form again (MFA-8). */
class EnrolmentFirst extends Refusal {
  constructor(readonly way: string) {
    super('enrolment.required');
  }
}

/** To enrolment, and on to the page that the form stood on. */
function enrolmentWay(slug: string, path: string): string {
  const next = path === `/${slug}` ? '' : `?next=${encodeURIComponent(path)}`;
  return `/${slug}/sign-in/enrol${next}`;
}

/** The sentence of a refusal; a wait is told in minutes once it is longer than one. */
export function refusalSentence(locale: Locale, code: RefusalCode, details: RefusalDetails = {}): string {
  const seconds = Number(details['seconds'] ?? 0);
  return sentence(locale, `refusals.${code.replace('.', '_')}`, {
    names: 'none',
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

/** As long as the longest text of any form of ours. */
const ECHO_MAX = 6_000;

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
