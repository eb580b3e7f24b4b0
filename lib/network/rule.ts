import { compareAddresses, parseAddress, parseCidr, type Address, type Cidr } from './address';
import type { Interval } from './matcher';

/** How many addresses a list may hold (LOC-1). */
export const LIST_MAX = 100;
/** Longer text than a hundred of the longest addresses with what stands between them. */
export const DEFINITION_MAX = 6_000;

export const RULE_TYPES = ['list', 'range', 'subnet', 'countries'] as const;
export type RuleType = (typeof RULE_TYPES)[number];
export type IpVersion = 4 | 6;

/** What can be wrong with an entry of a rule; the sentences stand in messages/ under `rules.<code>`. */
export const RULE_ISSUES = [
  'empty',
  'too-many',
  'too-long',
  'one-value',
  'not-an-address',
  'octal',
  'short',
  'zone',
  'port',
  'brackets',
  'prefix-in-list',
  'version',
  'mapped',
  'range-form',
  'reversed',
  'no-prefix',
  'prefix',
  'mask',
  'host-bits',
  'duplicate',
  'country',
] as const;
export type RuleIssueCode = (typeof RULE_ISSUES)[number];

export interface RuleIssue {
  readonly code: RuleIssueCode;
  /** The entry as it was typed, 60 characters at most. */
  readonly entry: string;
  /** What to write instead, where there is no doubt. */
  readonly instead?: string;
}

export type RuleReading =
  | {
      readonly ok: true;
      /** The definition in its one spelling. */
      readonly text: string;
      readonly intervals: readonly Interval[];
      /** Two capital letters each; only where the type is `countries`. */
      readonly countries: readonly string[];
      /** It lets in a 256th of all addresses or more: never by mistake, so it is asked again. */
      readonly wide: boolean;
    }
  | {
      readonly ok: false;
      readonly issues: readonly RuleIssue[];
      /** The whole definition mended, where every fault has a remedy; null: somebody must look. */
      readonly corrected: string | null;
    };

/**
 * Reads the definition of a rule as people write it — lists with commas, spaces and lines — and refuses each entry that
 * has no one meaning, by name and with the reason (LOC-2). Never throws.
 *
 * @param version the IP version that was chosen; of no meaning for countries
 * @source SPEC.md LOC-1, LOC-2; SECURITY.md, Bad inputs 71–79
 */
export function readRule(type: RuleType, version: IpVersion, definition: string): RuleReading {
  if (definition.length > DEFINITION_MAX) return refuse([{ code: 'too-long', entry: '' }]);
  const text = definition.trim();
  if (text === '') return refuse([{ code: 'empty', entry: '' }]);
  if (type === 'list') return readList(text, version);
  if (type === 'countries') return readCountries(text);
  return type === 'range' ? readRange(text, version) : readSubnet(text, version);
}

const shown = (entry: string) => ([...entry].length > 60 ? `${[...entry].slice(0, 59).join('')}…` : entry);
const refuse = (issues: readonly RuleIssue[], corrected: string | null = null): RuleReading => ({
  ok: false,
  issues,
  corrected,
});

function readList(text: string, version: IpVersion): RuleReading {
  const entries = text.split(/[\s,]+/).filter(Boolean);
  if (entries.length === 0) return refuse([{ code: 'empty', entry: '' }]);
  if (entries.length > LIST_MAX) return refuse([{ code: 'too-many', entry: String(entries.length) }]);
  const found = new Map<string, Address>();
  const issues: RuleIssue[] = [];
  for (const entry of entries) {
    const address = readEntry(entry, version);
    if ('code' in address) issues.push(address);
    else if (found.has(address.text)) issues.push({ code: 'duplicate', entry: shown(entry) });
    else found.set(address.text, address);
  }
  if (issues.length > 0) {
    const mended = issues.every(({ code, instead }) => code === 'duplicate' || instead !== undefined);
    const all = [...found.keys(), ...issues.flatMap(({ instead }) => instead ?? [])];
    return refuse(issues, mended ? [...new Set(all)].join(', ') : null);
  }
  const intervals = [...found.values()].map((address) => ({ first: address, last: address }));
  return accept([...found.keys()].join(', '), intervals);
}

function readRange(text: string, version: IpVersion): RuleReading {
  if (/[,;\n]/.test(text)) return refuse([{ code: 'one-value', entry: shown(text) }]);
  // Word processors make a long dash of a short one.
  const ends = text.split(/\s*[-–—]\s*/);
  if (ends.length !== 2 || ends.includes('')) return refuse([{ code: 'range-form', entry: shown(text) }]);
  const [first, last] = ends.map((end) => readEntry(end, version)) as [Address | RuleIssue, Address | RuleIssue];
  const issues = [first, last].filter((end): end is RuleIssue => 'code' in end);
  if ('code' in first || 'code' in last) return refuse(issues);
  if (compareAddresses(first, last) > 0) {
    const instead = `${last.text}-${first.text}`;
    return refuse([{ code: 'reversed', entry: shown(text), instead }], instead);
  }
  return accept(`${first.text}-${last.text}`, [{ first, last }]);
}

function readSubnet(text: string, version: IpVersion): RuleReading {
  if (/[,;\s]/.test(text)) return refuse([{ code: 'one-value', entry: shown(text) }]);
  const slash = text.indexOf('/');
  if (slash < 0) {
    const address = readEntry(text, version);
    if ('code' in address) return refuse([address]);
    const instead = `${address.text}/${version === 4 ? 32 : 128}`;
    return refuse([{ code: 'no-prefix', entry: shown(text), instead }], instead);
  }
  const address = readEntry(text.slice(0, slash), version);
  if ('code' in address) return refuse([{ ...address, entry: shown(text) }]);
  const mask = prefixOfMask(text.slice(slash + 1));
  if (mask !== null && version === 4) {
    const instead = parseCidr(`${address.text}/${mask}`)!.text;
    return refuse([{ code: 'mask', entry: shown(text), instead }], instead);
  }
  const cidr: Cidr | null = parseCidr(text);
  if (cidr === null) return refuse([{ code: 'prefix', entry: shown(text) }]);
  if (cidr.hadHostBits) return refuse([{ code: 'host-bits', entry: shown(text), instead: cidr.text }], cidr.text);
  return accept(cidr.text, [cidr]);
}

/** The prefix of a mask such as 255.255.255.0, whose bits are ones first and then zeros; null for anything else. */
function prefixOfMask(text: string): number | null {
  const mask = parseAddress(text);
  if (mask?.family !== 4) return null;
  const zeros = Math.log2(2 ** 32 - mask.words[0]!);
  return Number.isInteger(zeros) ? 32 - zeros : null;
}

/** Knows every code of ISO 3166-1, and no other. */
const COUNTRIES = new Intl.DisplayNames('en', { type: 'region', fallback: 'none' });

function readCountries(text: string): RuleReading {
  const entries = text.split(/[\s,]+/).filter(Boolean);
  if (entries.length === 0) return refuse([{ code: 'empty', entry: '' }]);
  const countries = new Set<string>();
  const issues: RuleIssue[] = [];
  for (const entry of entries) {
    const code = entry.toUpperCase();
    if (!/^[A-Z]{2}$/.test(code) || COUNTRIES.of(code) === undefined)
      issues.push({ code: 'country', entry: shown(entry) });
    else if (countries.has(code)) issues.push({ code: 'duplicate', entry: shown(entry) });
    else countries.add(code);
  }
  const list = [...countries].join(', ');
  if (issues.length > 0) return refuse(issues, issues.every(({ code }) => code === 'duplicate') ? list : null);
  return { ok: true, text: list, intervals: [], countries: [...countries], wide: false };
}

/** One address of the chosen version, or why it is none. */
function readEntry(entry: string, version: IpVersion): Address | RuleIssue {
  const address = parseAddress(entry);
  if (address === null) return { code: reasonOf(entry), entry: shown(entry) };
  if (version === 6 && address.family === 4 && entry.includes(':')) {
    return { code: 'mapped', entry: shown(entry), instead: address.text };
  }
  return address.family === version ? address : { code: 'version', entry: shown(entry) };
}

/** What people most likely meant by what is no address, so that the sentence can say what to change. */
function reasonOf(entry: string): RuleIssueCode {
  if (entry.includes('%')) return 'zone';
  if (entry.includes('/')) return 'prefix-in-list';
  if (/^\[.*\](:\d+)?$/.test(entry)) return 'brackets';
  if (/^\d+(\.\d+){3}:\d+$/.test(entry)) return 'port';
  if (/^(0x[0-9a-f]+|\d+)(\.(0x[0-9a-f]+|\d+)){3}$/i.test(entry) && /(^|\.)0[\dx]/i.test(entry)) return 'octal';
  return /^\d+(\.\d+){0,2}$/.test(entry) ? 'short' : 'not-an-address';
}

function accept(text: string, intervals: readonly Interval[]): RuleReading {
  return { ok: true, text, intervals, countries: [], wide: intervals.some(isWide) };
}

/** Whether an interval is as large as a /7 of its family, or larger. */
function isWide({ first, last }: Interval): boolean {
  return last.words[0]! - first.words[0]! >= 2 ** 25 - 1;
}
