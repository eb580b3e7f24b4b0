import { cache } from 'react';
import { cookies, headers } from 'next/headers';
import { forbidden, notFound, redirect } from 'next/navigation';
import type { Actor, Passerby, RequestOrigin, Visitor } from '@/lib/actors/model';
import { localeFromAcceptLanguage, type Locale } from '@/lib/language/locale';
import type { Settings } from '@/lib/options/service';
import { findOrganisation } from '@/lib/organisations/store';
import type { Organisation } from '@/lib/organisations/model';
import type { Decision, Facts } from '@/lib/policy/decision';
import { permissionOf, PLACES, type SignedInPlace } from '@/lib/policy/access';
import type { Permission } from '@/lib/policy/permissions';
import { requestContext } from '@/lib/request/context';
import { languageIn, tokenIn } from './cookies';
import { isOutside, judgeOnce, type JudgedSession } from './judge';
import { originOf } from './origin';
import { noteOutside } from './outside';
import type { OpenSession } from './store';

/** What came with this request, awaited once: what is read of it then needs no waiting. */
const currentRequest = cache(async () => {
  const [given, jar] = await Promise.all([headers(), cookies()]);
  return { given, jar, origin: originOf(given) };
});

type CurrentRequest = Awaited<ReturnType<typeof currentRequest>>;

/** Where this request comes from (LOC-5). */
export const currentOrigin = async (): Promise<RequestOrigin> => (await currentRequest()).origin;

/** The path and query of this request, as a browser shows them. */
export const currentPlace = (): string => requestContext.getStore()?.place ?? '/';

/** The language of whoever asks, while nothing else is known: what was chosen in this browser, else what it asks for (LOOK-1). */
export async function currentLocale(): Promise<Locale> {
  return localeOf(await currentRequest()) ?? 'fr';
}

/** The language that the browser was given here, else the person's own, else what the browser asks for. */
const localeOf = ({ given, jar }: CurrentRequest, ofPerson: Locale | null = null): Locale | null =>
  languageIn(jar) ?? ofPerson ?? localeFromAcceptLanguage(given.get('accept-language'));

const findOrganisationOnce = cache(findOrganisation);

/** The organisation of a URL; another slug is simply not found. */
export const currentOrganisation = cache(async (slug: string): Promise<Organisation> => {
  const organisation = await findOrganisationOnce(slug);
  if (organisation === null) notFound();
  return organisation;
});

/** Whoever asks, in front of the house. */
export async function currentPasserby(fallback: Locale = 'fr'): Promise<Passerby> {
  const request = await currentRequest();
  const { origin, jar } = request;
  return {
    kind: 'visitor',
    origin,
    locale: localeOf(request) ?? fallback,
    browserToken: tokenIn(jar, 'browser'),
    deviceToken: tokenIn(jar, 'device'),
    sessionToken: tokenIn(jar, 'session'),
  };
}

/** Makes a visitor of whoever asks. Used by pages (through {@link currentVisitor}) and by actions. */
export async function visitorOf(organisation: Organisation): Promise<Visitor> {
  return { ...(await currentPasserby(organisation.locale)), organisation };
}

export const currentVisitor = cache(async (slug: string): Promise<Visitor> =>
  visitorOf(await currentOrganisation(slug)),
);

/** What the session of this request amounts to, by the one decision. */
export type Standing =
  | { readonly state: 'none' }
  | {
      /** Signed in, and refused for where the request comes from (LOC-4). The session stays: it works again inside. */
      readonly state: 'outside';
      readonly session: OpenSession;
      readonly actor: Actor;
    }
  | {
      /** Signed in once, and now in need of a factor: enrolment and nothing else (MFA-8). */
      readonly state: 'enrol';
      readonly session: OpenSession;
      readonly actor: Actor;
      readonly settings: Settings;
      readonly decision: Extract<Decision, { step: 'enrol' }>;
    }
  | {
      readonly state: 'signed-in';
      readonly session: OpenSession;
      readonly actor: Actor;
      readonly settings: Settings;
      readonly decision: Extract<Decision, { step: 'signed-in' }>;
    };

/** What the pages and actions of a signed-in person are given. */
export interface SignedIn {
  readonly actor: Actor;
  readonly settings: Settings;
  readonly authenticator: Facts['authenticator'];
  /** Since when they are in, and the facts that the decision was made from. */
  readonly session: Pick<OpenSession, 'facts' | 'createdAt'>;
}

const currentSession = cache(async (): Promise<JudgedSession | null> => {
  const { jar, origin } = await currentRequest();
  const token = tokenIn(jar, 'session');
  return token === null ? null : judgeOnce(token, origin.address);
});

/**
 * Asks the decision about the session of this request. Every page, action and route comes through here, whatever way it
 * took, so that a request that finds a way round the filter finds the same answer.
 *
 * @param slug of the organisation in the URL; null where the session itself says which
 */
export const currentStanding = cache(async (slug: string | null): Promise<Standing> => {
  const judged = await currentSession();
  if (judged === null) return { state: 'none' };
  const { session, settings, decision } = judged;
  if (slug !== null && session.organisation.slug !== slug) return { state: 'none' };
  const outside = isOutside(judged);
  if (!outside && decision.step !== 'signed-in' && decision.step !== 'enrol') return { state: 'none' };
  const request = await currentRequest();
  const { origin } = request;
  const { facts } = session;
  const { permissions, ...account } = session.account;
  const actor: Actor = {
    kind: 'account',
    organisation: session.organisation,
    origin,
    locale: localeOf(request, session.account.locale) ?? session.organisation.locale,
    now: facts.now,
    sessionId: session.id,
    deviceId: session.deviceId,
    account: { ...account, kind: facts.account.kind, factorKinds: facts.account.factorKinds },
    permissions: new Set(permissions as Permission[]),
    proofs: facts.proofs,
  };
  await noteOutside(judged, origin);
  if (decision.step !== 'signed-in' && decision.step !== 'enrol') {
    return { state: 'outside', session, actor };
  }
  const context = requestContext.getStore();
  if (context && decision.step === 'signed-in') context.actor = actor;
  return decision.step === 'enrol'
    ? { state: 'enrol', session, actor, settings, decision }
    : { state: 'signed-in', session, actor, settings, decision };
});

/** The language of a page below an organisation: a signed-in person's own comes before the browser's. */
export const pageLocale = cache(async (slug: string): Promise<Locale> => {
  const standing = await currentStanding(slug);
  if (standing.state !== 'none') return standing.actor.locale;
  // The house is asked only where neither the person nor the browser says.
  return localeOf(await currentRequest()) ?? (await findOrganisationOnce(slug))?.locale ?? 'fr';
});

/**
 * The signed-in person of a page, or the way to become one: sign-in, or enrolment, and back here afterwards.
 *
 * @param place the page or route that asks, as the table of who may come names it; without the permission that stands
 *   there it answers 403 with a sentence (ACC-4)
 */
export async function currentActor(
  slug: string,
  place: SignedInPlace,
): Promise<SignedIn & { decision: Extract<Decision, { step: 'signed-in' }> }> {
  const standing = await currentStanding(slug);
  if (standing.state === 'signed-in') {
    const permission = permissionOf(PLACES[place]);
    if (permission !== null && !standing.actor.permissions.has(permission)) forbidden();
    const { actor, settings, session, decision } = standing;
    return { actor, settings, decision, authenticator: session.facts.authenticator, session };
  }
  if (standing.state === 'outside') forbidden();
  const organisation = standing.state === 'none' ? await currentOrganisation(slug) : standing.session.organisation;
  const here = currentPlace();
  const next = here === '/' || here === `/${slug}` ? '' : `?next=${encodeURIComponent(here)}`;
  redirect(`/${organisation.slug}/sign-in${standing.state === 'enrol' ? '/enrol' : ''}${next}`);
}
