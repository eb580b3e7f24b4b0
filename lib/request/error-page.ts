import { createHash } from 'node:crypto';
import { localeFromAcceptLanguage, REGIONAL } from '@/lib/language/locale';
import { sentence } from '@/lib/language/translate';

const STYLE =
  'body{margin:0;min-height:100vh;display:grid;place-items:center;background:#fbf8f3;color:#23242e;' +
  'font:1rem/1.5 system-ui,sans-serif}main{max-width:26rem;padding:2.5rem 1.5rem 2rem;background:#fff;' +
  'border:1px solid #e3ded5;border-radius:13rem 13rem .75rem .75rem;text-align:center;padding-top:6rem}' +
  'h1{font-size:1.25rem;margin:0 0 .5rem}p{margin:.5rem 0;color:#55565f}a{color:#a04a1c}' +
  '@media(prefers-color-scheme:dark){body{background:#12141c;color:#efece6}main{background:#1b1e28;border-color:#3a3d49}' +
  'p{color:#b9b8bd}a{color:#f0a868}}';

/** The one style that the policy of these pages allows. */
const STYLE_HASH = createHash('sha256').update(STYLE).digest('base64');

const escape = (text: string) =>
  text.replace(/[&<>"']/g, (character) => `&#${character.codePointAt(0)};`);

/**
 * A page for when the application itself can't answer: no script, no file, nothing that would have to be fetched from a
 * server that is in trouble.
 */
export function errorPage(
  status: 413 | 500 | 503,
  supportCode: string,
  acceptLanguage: string | undefined,
): { headers: Record<string, string>; body: string } {
  const locale = localeFromAcceptLanguage(acceptLanguage ?? null) ?? 'fr';
  const say = (key: string) => escape(sentence(locale, `errors.${status}.${key}`));
  const body = `<!doctype html><html lang="${REGIONAL[locale]}"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width"><title>${say('title')}</title><style>${STYLE}</style></head><body><main><h1>${say('title')}</h1><p>${say('sentence')}</p><p>${escape(sentence(locale, 'errors.supportCode', { code: supportCode.slice(0, 8) }))}</p></main></body></html>`;
  return {
    headers: {
      'Content-Type': 'text/html; charset=utf-8',
      'Cache-Control': 'no-store',
      'Content-Security-Policy': `default-src 'none'; style-src 'sha256-${STYLE_HASH}'; frame-ancestors 'none'; base-uri 'none'`,
      'X-Content-Type-Options': 'nosniff',
      'Referrer-Policy': 'same-origin',
      ...(status === 503 ? { 'Retry-After': '5' } : {}),
    },
    body,
  };
}
