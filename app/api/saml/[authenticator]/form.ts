/** 128 KB of XML as base64, escaped for a form, with a RelayState beside it. */
const BODY_BYTES_MAX = 300_000;

/**
 * The fields of a form that another site posts; null where it is none, is too long, or says a thing twice.
 *
 * @param names of the fields that may be there; others are left out
 */
export async function readForm(request: Request, names: readonly string[]): Promise<Map<string, string> | null> {
  const type = request.headers.get('content-type') ?? '';
  if (!type.startsWith('application/x-www-form-urlencoded')) return null;
  if (Number(request.headers.get('content-length') ?? 0) > BODY_BYTES_MAX) return null;
  const text = await readText(request);
  if (text === null) return null;
  const fields = new Map<string, string>();
  for (const [name, value] of new URLSearchParams(text)) {
    if (!names.includes(name)) continue;
    if (fields.has(name)) return null;
    fields.set(name, value);
  }
  return fields;
}

/** Read piece by piece: who says nothing of the length may send any. */
async function readText(request: Request): Promise<string | null> {
  const parts: Uint8Array[] = [];
  let bytes = 0;
  for await (const part of request.body ?? []) {
    bytes += part.length;
    if (bytes > BODY_BYTES_MAX) return null;
    parts.push(part);
  }
  return Buffer.concat(parts).toString('utf8');
}

/** A page without a word of the cause, which server.ts draws. */
export const errorPage = (status: 400 | 404) =>
  new Response(null, { status, headers: { 'content-type': 'text/html', 'cache-control': 'no-store' } });

/** Elsewhere by GET, whatever brought us here. */
export const seeOther = (location: string) =>
  new Response(null, { status: 303, headers: { location, 'cache-control': 'no-store' } });
