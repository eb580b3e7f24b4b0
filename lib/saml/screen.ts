import { SamlFault } from './fault';

/** The largest response or request that is looked at, in decoded bytes. */
export const MESSAGE_BYTES_MAX = 128 * 1024;
/** The largest metadata: federations' files are larger, and name many providers; ours is one. */
export const METADATA_BYTES_MAX = 256 * 1024;

const TAGS_MAX = 5_000;
const DEPTH_MAX = 50;
const ATTRIBUTES_MAX = 64;
/** Of a whole document: what costs a parser and a canonicaliser most. */
const ALL_ATTRIBUTES_MAX = 5_000;

/** What may stand before the root: a declaration, whose encoding is compared with the bytes. */
const DECLARATION =
  /^<\?xml\s+version\s*=\s*["']1\.0["'](?:\s+encoding\s*=\s*["']([A-Za-z][A-Za-z0-9._-]{0,30})["'])?(?:\s+standalone\s*=\s*["'](?:yes|no)["'])?\s*\?>/;
/** XML 1.0 §2.2: everything else is not a character. */
const NOT_A_CHARACTER = /[^\t\n\r\u0020-\uD7FF\uE000-\uFFFD\u{10000}-\u{10FFFF}]/u;
const REFERENCE = /&(?:(amp|lt|gt|quot|apos)|#(\d{1,7})|#x([0-9A-Fa-f]{1,6}));/y;
const NAME = /[A-Za-z_][\w.-]{0,100}(?::[A-Za-z_][\w.-]{0,100})?/y;
const SPACE = /[\t\n\r ]*/y;

const refuse = (why: string): never => {
  throw new SamlFault('saml.unsafe-xml', { why });
};

/**
 * Looks at a document before any parser of XML sees it: no document type, no entity of its own, no instruction to a
 * processor, no name or number that a parser would have to think about twice, and nothing so large, wide or deep that it
 * would keep the process busy. One pass, in a time that grows with its length alone.
 *
 * What passes is well formed in all that this scanner knows of (tags are closed in order, one root, quoted attributes with
 * unlike names), so that the parser behind it repairs nothing.
 *
 * @param bytesMax in bytes
 * @returns the text, without a byte order mark and without its declaration
 * @throws {SamlFault} `saml.too-large`, `saml.unsafe-xml` (with `why`)
 * @source SECURITY.md, SAML responses, line 1; XML 1.0 §2.2, §2.8, §3.1, §4.3.3
 */
export function screenXml(bytes: Uint8Array, bytesMax = MESSAGE_BYTES_MAX): string {
  if (bytes.length > bytesMax) throw new SamlFault('saml.too-large');
  const text = decode(bytes);
  if (NOT_A_CHARACTER.test(text)) refuse('character');
  const open: string[] = [];
  let tags = 0;
  let attributes = 0;
  let roots = 0;
  let at = 0;
  while (at < text.length) {
    const next = text.indexOf('<', at);
    const end = next === -1 ? text.length : next;
    checkText(text, at, end, open.length === 0);
    if (next === -1) break;
    if (text.startsWith('<!--', next)) {
      // « -- » may not stand inside, and the comment may not end by « --->».
      const close = text.indexOf('--', next + 4);
      if (close === -1 || text[close + 2] !== '>') refuse('comment');
      at = close + 3;
    } else if (text.startsWith('<![CDATA[', next)) {
      const close = text.indexOf(']]>', next);
      if (close === -1 || open.length === 0) refuse('section');
      at = close + 3;
    } else if (text[next + 1] === '!') {
      refuse('doctype');
    } else if (text[next + 1] === '?') {
      refuse('instruction');
    } else if (text[next + 1] === '/') {
      const name = readName(text, next + 2);
      const close = skipSpace(text, next + 2 + name.length);
      if (open.pop() !== name || text[close] !== '>') refuse('tag');
      at = close + 1;
    } else {
      if (++tags > TAGS_MAX) refuse('tags');
      if (open.length === 0 && ++roots > 1) refuse('roots');
      const tag = readTag(text, next);
      attributes += tag.attributes;
      if (attributes > ALL_ATTRIBUTES_MAX) refuse('attributes');
      if (!tag.closed && open.push(tag.name) > DEPTH_MAX) refuse('depth');
      at = tag.end;
    }
  }
  if (open.length > 0 || roots !== 1) refuse('tag');
  return text;
}

/** Bytes as text, or not at all: what is not clearly one encoding would be read differently by somebody else. */
function decode(bytes: Uint8Array): string {
  const [first, second] = bytes;
  const utf16 = first === 0xff && second === 0xfe ? 'utf-16le' : first === 0xfe && second === 0xff ? 'utf-16be' : null;
  let text: string;
  try {
    // A byte order mark is taken off; one broken sequence refuses all of it.
    text = new TextDecoder(utf16 ?? 'utf-8', { fatal: true }).decode(bytes);
  } catch {
    return refuse('encoding');
  }
  const declared = DECLARATION.exec(text);
  if (declared === null) return text;
  const encoding = declared[1]?.toLowerCase();
  const fits =
    encoding === undefined || (utf16 === null ? ['utf-8', 'us-ascii'] : ['utf-16', utf16]).includes(encoding);
  if (!fits) refuse('encoding');
  return text.slice(declared[0].length);
}

/** Text between tags: references that name a character, and outside of the root white space alone. */
function checkText(text: string, from: number, to: number, outside: boolean): void {
  if (outside) {
    if (skipSpace(text, from) < to) refuse('outside');
    return;
  }
  // On a piece of its own: a search in the whole would look for the next « & » to the end of it, each time.
  const piece = text.slice(from, to);
  for (let at = piece.indexOf('&'); at !== -1; at = piece.indexOf('&', at + 1)) {
    REFERENCE.lastIndex = at;
    const found = REFERENCE.exec(piece);
    if (found === null) return refuse('reference');
    const [, , decimal, hexadecimal] = found;
    const code = decimal !== undefined ? Number(decimal) : hexadecimal !== undefined ? parseInt(hexadecimal, 16) : 0x20;
    if (code > 0x10ffff || NOT_A_CHARACTER.test(String.fromCodePoint(code))) refuse('reference');
  }
}

function readTag(text: string, start: number): { name: string; attributes: number; closed: boolean; end: number } {
  const name = readName(text, start + 1);
  const seen = new Set<string>();
  let at = start + 1 + name.length;
  for (;;) {
    const next = skipSpace(text, at);
    if (text[next] === '>') return { name, attributes: seen.size, closed: false, end: next + 1 };
    if (text.startsWith('/>', next)) return { name, attributes: seen.size, closed: true, end: next + 2 };
    // An attribute stands apart from what is before it.
    if (next === at) return refuse('attribute');
    const attribute = readName(text, next);
    if (seen.has(attribute) || seen.size >= ATTRIBUTES_MAX) refuse('attributes');
    seen.add(attribute);
    const equals = skipSpace(text, next + attribute.length);
    if (text[equals] !== '=') refuse('attribute');
    const quote = skipSpace(text, equals + 1);
    if (text[quote] !== '"' && text[quote] !== "'") refuse('attribute');
    const end = text.indexOf(text[quote]!, quote + 1);
    const less = text.indexOf('<', quote + 1);
    if (end === -1 || (less !== -1 && less < end)) refuse('attribute');
    checkText(text, quote + 1, end, false);
    at = end + 1;
  }
}

function readName(text: string, at: number): string {
  NAME.lastIndex = at;
  return NAME.exec(text)?.[0] ?? refuse('name');
}

function skipSpace(text: string, at: number): number {
  SPACE.lastIndex = at;
  SPACE.exec(text);
  return SPACE.lastIndex;
}
