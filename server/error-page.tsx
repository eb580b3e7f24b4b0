import { readdirSync } from 'node:fs';
import path from 'node:path';
import { renderToStaticMarkup } from 'react-dom/server';
import { ErrorDocument } from '@/components/errors/error-document';
import type { ErrorKind } from '@/components/errors/error-view';
import { HelpContact } from '@/components/shell/help-contact';
import type { Actor } from '@/lib/actors/model';
import { isLocale, localeFromAcceptLanguage, REGIONAL, type Locale } from '@/lib/language/locale';
import { namesInWords } from '@/lib/language/names';
import { sentence } from '@/lib/language/translate';
import { helpWords } from '@/lib/options/help';
import { settingsOf } from '@/lib/options/service';
import { findOrganisation } from '@/lib/organisations/store';
import { whoCanGrant } from '@/lib/roles/service';

/**
 * Every error that a browser can meet, drawn outside Next.js: it costs the other pages nothing (Next.js would put its
 * « not found » into each of them), and needs neither script nor database.
 */
const KINDS = {
  400: 'failed',
  403: 'forbidden',
  404: 'not-found',
  413: 'failed',
  500: 'failed',
  503: 'unavailable',
} as const satisfies Record<number, ErrorKind>;

export type ErrorStatus = keyof typeof KINDS;

export function isErrorStatus(status: number): status is ErrorStatus {
  return Object.hasOwn(KINDS, status);
}

const HEADERS = {
  'Content-Type': 'text/html; charset=utf-8',
  'Cache-Control': 'no-store',
  'Content-Security-Policy':
    "default-src 'none'; style-src 'self'; img-src 'self'; font-src 'self'; frame-ancestors 'none'; base-uri 'none'; form-action 'none'",
  'X-Content-Type-Options': 'nosniff',
  'X-Frame-Options': 'DENY',
  'Referrer-Policy': 'same-origin',
  'Cross-Origin-Opener-Policy': 'same-origin',
};

/** The build's own stylesheets, whatever it named them. */
function findStylesheets(directory: string): string[] {
  const folder = path.join(directory, '.next', 'static', 'chunks');
  return readdirSync(folder)
    .filter((name) => name.endsWith('.css'))
    .map((name) => `/_next/static/chunks/${name}`);
}

/** Reads once where the build put its styles. */
export function errorPages(directory: string) {
  const stylesheets = findStylesheets(directory);
  return async function render(
    status: ErrorStatus,
    request: {
      path: string;
      supportCode: string;
      cookie: string | undefined;
      acceptLanguage: string | undefined;
      /** Who is refused, where the decision said that they are signed in. */
      actor: Actor | null;
      /** Where the request comes from, where a filter refused it (LOC-4). */
      outside: { readonly address: string | null } | null;
    },
  ): Promise<{ headers: Record<string, string>; body: string }> {
    const slug = request.path.split('/')[1] ?? '';
    // Where the database is away, the house has no other name than its own.
    const outside = status === 403 ? request.outside : null;
    const refused = status === 403 && outside === null ? request.actor : null;
    const organisation =
      refused?.organisation ??
      (status === 404 || status === 403 ? await findOrganisation(slug).catch(() => null) : null);
    // A refusal says whom to ask (RESET-4); a missing page is nobody's refusal.
    const settings = status === 403 && organisation !== null ? await settingsOf(organisation).catch(() => null) : null;
    const grantors = refused === null ? [] : await whoCanGrant(refused).catch(() => []);
    const locale = refused?.locale ?? localeOf(request) ?? organisation?.locale ?? 'fr';
    const kind = outside === null ? String(status) : 'outside';
    const say = (key: string, values = {}) => sentence(locale, `errors.${kind}.${key}`, values);
    const markup = renderToStaticMarkup(
      <ErrorDocument
        lang={REGIONAL[locale]}
        stylesheets={stylesheets}
        organisationName={organisation?.name ?? sentence(locale, 'site.name')}
        skipLabel={sentence(locale, 'site.skip')}
        kind={KINDS[status]}
        title={say('title')}
        help={
          settings === null ? null : (
            <HelpContact contact={settings.options.helpContact} words={helpWords(locale)} className="self-stretch" />
          )
        }
        support={{ label: sentence(locale, 'errors.supportCode'), code: request.supportCode.slice(0, 8) }}
        next={
          status === 503 || status === 500
            ? { href: request.path, label: sentence(locale, 'errors.retry') }
            : { href: organisation === null ? '/' : `/${organisation.slug}`, label: sentence(locale, 'errors.home') }
        }
      >
        {outside !== null
          ? say(outside.address === null ? 'unknown' : 'sentence', { address: outside.address ?? '' })
          : grantors.length === 0
            ? say('sentence')
            : say('ask', { names: namesInWords(locale, grantors) })}
      </ErrorDocument>,
    );
    return {
      headers: { ...HEADERS, ...(status === 503 ? { 'Retry-After': '5' } : {}) },
      body: `<!DOCTYPE html>${markup}`,
    };
  };
}

function localeOf(request: { cookie: string | undefined; acceptLanguage: string | undefined }): Locale | null {
  const chosen = /(?:^|;\s*)(?:__Host-)?vestibule\.language=(\w+)/.exec(request.cookie ?? '')?.[1];
  return isLocale(chosen) ? chosen : localeFromAcceptLanguage(request.acceptLanguage ?? null);
}
