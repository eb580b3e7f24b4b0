import { isIPv6 } from 'node:net';
import { parseAddress, parseCidr, type Address } from '@/lib/network/address';
import { compileMatcher } from '@/lib/network/matcher';
import { isSpecial } from '@/lib/network/special';

/** Why an address that somebody typed, or that a document named, is not called (OIDC-5). */
export type AddressIssue = 'scheme' | 'credentials' | 'port' | 'host' | 'private';

/** Ports on which identity providers listen; anything else is another service of somebody's. */
const PORTS = new Set(['', '443', '8443']);

const matcherOf = (blocks: readonly string[]) => compileMatcher([blocks.map((block) => parseCidr(block)!)]);

const LOOPBACK = matcherOf(['127.0.0.0/8', '::1/128']);
/** Networks of one's own: called only where the operator says so. */
const PRIVATE = matcherOf(['10.0.0.0/8', '100.64.0.0/10', '172.16.0.0/12', '192.168.0.0/16', 'fc00::/7']);
/** Beside what is special: relays, and old ways of writing IPv4 in IPv6, through which everything inside is reached. */
const NEVER = matcherOf(['192.88.99.0/24', '::/96', '2001::/32', 'fec0::/10', '64:ff9b:1::/48']);

export type Reach = 'public' | 'loopback' | 'private' | 'never';

/** Where an address leads. One that carries an IPv4 address (NAT64, 6to4) leads where that one does. */
export function reachOf(address: Address): Reach {
  if (LOOPBACK.match(address) !== 0) return 'loopback';
  if (PRIVATE.match(address) !== 0) return 'private';
  if (NEVER.match(address) !== 0 || isSpecial(address)) return 'never';
  const carried = carriedAddress(address);
  return carried !== null && reachOf(carried) !== 'public' ? 'never' : 'public';
}

function carriedAddress({ family, words }: Address): Address | null {
  if (family === 4) return null;
  // 64:ff9b::/96 (RFC 6052) carries it at the end, 2002::/16 (RFC 3056) behind the prefix.
  if (words[0] === 0x64ff9b && words[1] === 0 && words[2] === 0) return fromNumber(words[3]!);
  if (words[0]! >>> 16 === 0x2002) return fromNumber((((words[0]! & 0xffff) << 16) | (words[1]! >>> 16)) >>> 0);
  return null;
}

const fromNumber = (word: number) =>
  parseAddress([word >>> 24, (word >>> 16) & 0xff, (word >>> 8) & 0xff, word & 0xff].join('.'))!;

/**
 * Whether a URL may be called at all, before any name is looked up. The parser has written every odd spelling of an
 * address (`127.1`, `2130706433`, `①②⑦.⓪.⓪.①`) as the address that it is.
 *
 * @param allowPrivate the operator allows networks of one's own, and plain http to this machine (`ALLOW_PRIVATE_IDPS=1`)
 */
export function judgeUrl(url: URL, allowPrivate: boolean): AddressIssue | null {
  if (url.protocol !== 'https:' && !(allowPrivate && url.protocol === 'http:')) return 'scheme';
  if (url.username !== '' || url.password !== '') return 'credentials';
  if (url.hostname === '') return 'host';
  const literal = literalOf(url);
  if (literal !== null) return judgeAddress(url, literal, allowPrivate);
  return PORTS.has(url.port) || allowPrivate ? null : 'port';
}

/** Whether the URL may be called at an address that its name leads to, or that it is. */
export function judgeAddress(url: URL, address: Address, allowPrivate: boolean): AddressIssue | null {
  const reach = reachOf(address);
  if (reach === 'never' || (reach !== 'public' && !allowPrivate)) return 'private';
  if (url.protocol === 'http:' && reach !== 'loopback') return 'scheme';
  return reach === 'public' && !PORTS.has(url.port) ? 'port' : null;
}

/** The address that a URL names instead of a host; null: it names one, which is looked up. */
export function literalOf({ hostname }: URL): Address | null {
  const bare = hostname.startsWith('[') ? hostname.slice(1, -1) : hostname;
  // Node reads zones in what the URL's parser would not let through; nothing of ours does.
  return isIPv6(bare) || /^[\d.]+$/.test(bare) ? parseAddress(bare) : null;
}
