import { translator } from '@/lib/language/translate';
import type { Locale } from '@/lib/language/locale';
import type { WayOut } from '@/lib/external/model';

/** On to another address, whatever the request was; cookies that were set go along. */
export function seeOther(location: string): Response {
  return new Response(null, { status: 303, headers: { Location: location } });
}

/** `"` and `<` and what belongs to them, in the text of an attribute. */
const escaped = (text: string) => text.replace(/[&<>"']/g, (character) => `&#${character.charCodeAt(0)};`);

/**
 * Sends the browser to a provider. A form that is posted there goes from a page of its own, by itself where there is
 * script: its policy names that one place and no other, beside the one of server/bounds.ts, which says nothing of forms here.
 */
export function leaveFor(way: WayOut, request: Request, locale: Locale): Response {
  if (way.kind === 'redirect') return seeOther(way.url);
  const t = translator(locale);
  const policy = request.headers.get('content-security-policy') ?? "default-src 'none'";
  const nonce = /'nonce-([^']+)'/.exec(policy)?.[1] ?? '';
  const fields = Object.entries(way.fields)
    .map(([name, value]) => `<input type="hidden" name="${escaped(name)}" value="${escaped(value)}">`)
    .join('');
  const page = `<!doctype html><html lang="${locale}"><meta charset="utf-8"><title>${escaped(t('site.oneMoment'))}</title>
<form method="post" action="${escaped(way.action)}">${fields}<button>${escaped(t('signIn.continue'))}</button></form>
<script nonce="${escaped(nonce)}">document.forms[0].submit()</script></html>`;
  return new Response(page, {
    headers: {
      'Content-Type': 'text/html; charset=utf-8',
      'Content-Security-Policy': `${policy}; form-action ${new URL(way.action).origin}`,
    },
  });
}
