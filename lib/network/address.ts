/**
 * One IP address. `words` holds its bits as unsigned 32-bit numbers, most significant first: one for IPv4, four for IPv6.
 * `text` is its one canonical spelling (dotted decimal; RFC 5952), good for showing, storing and comparing.
 */
export type Address = { readonly family: 4 | 6; readonly words: readonly number[]; readonly text: string };

/**
 * A block of addresses: all from `first` (the network's own address) to `last`. `prefix` counts its bits, 0 to 32 or 128;
 * `text` is its canonical spelling. `hadHostBits` says that it was typed with bits set beyond the prefix, as `10.0.0.1/8`,
 * and stands here corrected.
 */
export type Cidr = {
  readonly family: 4 | 6;
  readonly first: Address;
  readonly last: Address;
  readonly prefix: number;
  readonly text: string;
  readonly hadHostBits: boolean;
};

const LONGEST_IPV6 = 45;

/**
 * Reads an address strictly, or gives null. IPv4 is four decimal parts without leading zeros, so that no address has a
 * second reading (`010.0.0.1` is 8.0.0.1 to some parsers); IPv6 is any form of RFC 4291 §2.2 without a zone. An
 * IPv4-mapped address (`::ffff:1.2.3.4`, as a dual-stack socket names its peer) becomes the IPv4 address. Nothing is
 * trimmed; ports, brackets and prefixes are refused. Takes anything, never throws, and takes time only for 45 characters.
 * @source SPEC.md LOC-2, LOC-5, FAST-3; RFC 4291 §2.2, §2.5.5.2; RFC 5952; SECURITY.md, Bad inputs 72, 75
 */
export function parseAddress(text: unknown): Address | null {
  if (typeof text !== 'string') return null;
  const family = readAddress(text, scratch);
  if (family === 0) return null;
  return family === 4 ? ipv4(scratch[0]!) : ipv6([scratch[0]!, scratch[1]!, scratch[2]!, scratch[3]!]);
}

const scratch = new Uint32Array(4);

/**
 * {@link parseAddress} without an object: for the filter, which reads an address on every request (FAST-3).
 *
 * @param words takes the bits: the first word in IPv4, all four in IPv6; of no meaning where it is refused
 * @returns the family, or 0 where the text is no address
 */
export function readAddress(text: string, words: Uint32Array): 0 | 4 | 6 {
  if (text.length > LONGEST_IPV6) return 0;
  const word = parseIpv4(text, 0);
  if (word >= 0) {
    words[0] = word;
    return 4;
  }
  if (!readIpv6(text)) return 0;
  for (let pair = 0; pair < 4; pair++) words[pair] = groups[2 * pair]! * 0x10000 + groups[2 * pair + 1]!;
  if (words[0] !== 0 || words[1] !== 0 || words[2] !== 0xffff) return 6;
  words[0] = words[3]!;
  return 4;
}

/**
 * Reads `address/prefix`, or gives null. The address as in {@link parseAddress}; the prefix in decimal without leading
 * zeros. Bits beyond the prefix are cleared and reported by `hadHostBits`. A block of IPv4-mapped addresses becomes the
 * IPv4 block; one that reaches beyond them (a prefix under 96) is refused.
 * @source SPEC.md LOC-2; RFC 4632 §3.1; SECURITY.md, Bad inputs 78, 79
 */
export function parseCidr(text: unknown): Cidr | null {
  if (typeof text !== 'string') return null;
  const match = /^([0-9A-Fa-f:.]{2,45})\/(0|[1-9][0-9]{0,2})$/.exec(text);
  const address = match && parseAddress(match[1]);
  if (!match || !address) return null;
  const wasMapped = address.family === 4 && match[1]!.includes(':');
  const prefix = Number(match[2]) - (wasMapped ? 96 : 0);
  if (prefix < 0 || prefix > address.words.length * 32) return null;

  const masks = address.words.map((_, index) => maskOf(prefix - index * 32));
  const make = (words: number[]) => (address.family === 4 ? ipv4(words[0]!) : ipv6(words));
  const first = make(address.words.map((word, index) => (word & masks[index]!) >>> 0));
  const last = make(address.words.map((word, index) => (word | ~masks[index]!) >>> 0));
  return {
    family: address.family,
    first,
    last,
    prefix,
    text: `${first.text}/${prefix}`,
    hadHostBits: compareAddresses(first, address) !== 0,
  };
}

/** Whether `address` lies in `cidr`; never across families. */
export function contains(cidr: Cidr, address: Address): boolean {
  return compareAddresses(cidr.first, address) <= 0 && compareAddresses(address, cidr.last) <= 0;
}

/** Negative, zero or positive, as `a` comes before, equals or follows `b`: all of IPv4 first, then by number. */
export function compareAddresses(a: Address, b: Address): number {
  if (a.family !== b.family) return a.family - b.family;
  for (let index = 0; index < a.words.length; index++) {
    const difference = a.words[index]! - b.words[index]!;
    if (difference !== 0) return difference;
  }
  return 0;
}

/**
 * The block that stands for one subscriber where tries are counted, as text: the address itself in IPv4 (`192.0.2.7/32`),
 * its /64 in IPv6 (`2001:db8::/64`), because whoever has one address of a /64 has all of them.
 * @source SPEC.md SIGN-4; RFC 4291 §2.5.1, RFC 6177
 */
export function addressBucket(address: Address): string {
  if (address.family === 4) return `${address.text}/32`;
  return `${ipv6([address.words[0]!, address.words[1]!, 0, 0]).text}/64`;
}

/** The number of an IPv4 address that makes up `text` from `start` to its end, or -1. */
function parseIpv4(text: string, start: number): number {
  let value = 0;
  let part = -1;
  let dots = 0;
  for (let index = start; index < text.length; index++) {
    const char = text.charCodeAt(index);
    if (char === 0x2e) {
      if (part < 0 || ++dots > 3) return -1;
      value = value * 256 + part;
      part = -1;
    } else if (char >= 0x30 && char <= 0x39) {
      if (part === 0) return -1;
      part = part < 0 ? char - 0x30 : part * 10 + char - 0x30;
      if (part > 255) return -1;
    } else {
      return -1;
    }
  }
  return dots === 3 && part >= 0 ? value * 256 + part : -1;
}

/** The eight groups of the address that {@link readIpv6} read last. */
const groups = new Uint16Array(8);

/** Reads an IPv6 address into {@link groups}; false where it is none. */
function readIpv6(text: string): boolean {
  const { length } = text;
  let count = 0;
  let gapAt = -1;
  let index = 0;
  if (text.charCodeAt(0) === COLON && text.charCodeAt(1) === COLON) {
    gapAt = 0;
    index = 2;
  }
  while (index < length) {
    if (count === 8) return false;
    const start = index;
    let group = 0;
    for (; index < length; index++) {
      const digit = hexValue(text.charCodeAt(index));
      if (digit < 0) break;
      if (index - start === 4) return false;
      group = group * 16 + digit;
    }
    if (text.charCodeAt(index) === DOT) {
      const word = parseIpv4(text, start);
      if (word < 0 || count > 6) return false;
      groups[count++] = word >>> 16;
      groups[count++] = word & 0xffff;
      break;
    }
    if (index === start) return false;
    groups[count++] = group;
    if (index === length) break;
    if (text.charCodeAt(index) !== COLON) return false;
    index++;
    if (text.charCodeAt(index) === COLON) {
      if (gapAt >= 0) return false;
      gapAt = count;
      index++;
    } else if (index === length) {
      return false;
    }
  }
  if (gapAt < 0) return count === 8;
  if (count > 7) return false;
  groups.copyWithin(gapAt + 8 - count, gapAt, count);
  groups.fill(0, gapAt, gapAt + 8 - count);
  return true;
}

const COLON = 0x3a;
const DOT = 0x2e;

function hexValue(char: number): number {
  if (char >= 0x30 && char <= 0x39) return char - 0x30;
  const lower = char | 0x20;
  return lower >= 0x61 && lower <= 0x66 ? lower - 0x57 : -1;
}

/** 32 bits of which the first `bits` are set; fewer than none is none, more than 32 is all. */
function maskOf(bits: number): number {
  if (bits <= 0) return 0;
  return bits >= 32 ? 0xffffffff : (0xffffffff << (32 - bits)) >>> 0;
}

function ipv4(word: number): Address {
  return {
    family: 4,
    words: [word],
    text: `${word >>> 24}.${(word >>> 16) & 255}.${(word >>> 8) & 255}.${word & 255}`,
  };
}

function ipv6(words: readonly number[]): Address {
  return { family: 6, words, text: ipv6Text(words) };
}

/** RFC 5952 §4: lower case, no leading zeros, the longest run of two or more zero groups (the first of equals) as `::`. */
function ipv6Text(words: readonly number[]): string {
  const groups: number[] = [];
  for (const word of words) groups.push(word >>> 16, word & 0xffff);
  let gapAt = -1;
  let gapLength = 1;
  for (let start = 0; start < 8; start++) {
    let end = start;
    while (end < 8 && groups[end] === 0) end++;
    if (end - start > gapLength) {
      gapAt = start;
      gapLength = end - start;
    }
    if (end > start) start = end;
  }
  let text = '';
  for (let index = 0; index < 8; index++) {
    if (index === gapAt) {
      text += '::';
      index += gapLength - 1;
      continue;
    }
    if (text !== '' && !text.endsWith(':')) text += ':';
    text += groups[index]!.toString(16);
  }
  return text;
}
