import { domainToASCII, domainToUnicode } from 'node:url';
import { z } from 'zod';

/**
 * Every reason for which a text is refused here. They are stable codes, carried as the `message` of a zod issue; the
 * sentences stand in `messages/`.
 */
export const TEXT_ISSUES = [
  'text.required',
  'text.invalid',
  'text.tooShort',
  'text.tooLong',
  'text.forbiddenCharacters',
  'email.invalid',
  'username.invalid',
  'slug.invalid',
  'slug.reserved',
  'domain.invalid',
  'secret.differs',
  'identity.form',
  'identity.claim',
  'identity.value',
  'identity.tooLong',
] as const;

export type TextIssue = (typeof TEXT_ISSUES)[number];

const LONGEST_EMAIL = 254;
const LONGEST_LOCAL_PART = 64;
/** In code points. */
export const LONGEST_NAME = 100;
const SHORTEST_USERNAME = 2;
const LONGEST_USERNAME = 64;
const SHORTEST_SLUG = 2;
const LONGEST_SLUG = 40;
const LONGEST_PASSWORD = 256;

/** What stands, or may come to stand, at the root of the site, or would pass for the house itself in an address. */
const RESERVED_SLUGS = new Set(
  `api auth saml oidc oauth sso scim webhooks _next assets static public images fonts favicon robots sitemap manifest
  well-known outbox signup sign-up signin sign-in signout sign-out login logout account accounts settings invitation reset
  verify error errors not-found healthz readyz livez metrics status admin www mail help support docs about legal
  privacy terms security internal system vestibule null undefined`.split(/\s+/),
);

/** Controls (NUL included), lone surrogates, line and paragraph separators, and what turns the direction of writing. */
const FORBIDDEN = /[\p{Cc}\p{Cs}\u2028\u2029\u202A-\u202E\u2066-\u2069]/u;

/** What shows nothing by itself: spaces, zero-width characters, Hangul fillers, marks without a letter, empty Braille. */
const INVISIBLE = /[\p{Z}\p{M}\p{Cf}\p{Default_Ignorable_Code_Point}\u2800]/gu;

type Reading = { value: string } | { issue: TextIssue };

/**
 * One e-mail address, trimmed. ASCII before the `@`, unquoted, at most 64 characters; a domain of at least two labels,
 * whose international names become A-labels (`münchen.test` → `xn--mnchen-3ya.test`); 254 in all. The case typed is kept;
 * look people up by {@link emailKey}.
 *
 * Narrower than RFC 5321 on purpose: quoted local parts are where mail goes astray, `%` and `!` were once routes to other
 * hosts and `%0a` is how headers are injected, and characters that merely look like ASCII would make two accounts of one.
 * Issues: `text.required`, `text.invalid` (not text), `text.tooLong`, `email.invalid`.
 * @source SPEC.md SAFE-5; RFC 5321 §4.1.2, §4.5.3.1; RFC 5890 §2.3.2.1; SECURITY.md, Bad inputs 1–12
 */
export const email = textSchema((typed) => {
  const trimmed = typed.trim();
  if (trimmed === '') return { issue: 'text.required' };
  if (trimmed.length > LONGEST_EMAIL) return { issue: 'text.tooLong' };
  const [local = '', domain = '', ...rest] = trimmed.split('@');
  if (rest.length > 0 || local.length > LONGEST_LOCAL_PART) return { issue: 'email.invalid' };
  if (!/^[A-Za-z0-9#$&'*+/=?^_`{|}~-]+(\.[A-Za-z0-9#$&'*+/=?^_`{|}~-]+)*$/.test(local))
    return { issue: 'email.invalid' };
  const asciiDomain = toAsciiDomain(domain);
  if (asciiDomain === null) return { issue: 'email.invalid' };
  const address = `${local}@${asciiDomain}`;
  return address.length > LONGEST_EMAIL ? { issue: 'text.tooLong' } : { value: address };
});

/**
 * A person's first or last name: trimmed, NFC, 1 to 100 code points, any script, emoji too. It is text and nothing else:
 * `<b>`, `=1+1` and `null` are kept as typed, to be encoded where they are shown.
 * Issues: `text.required` (also where nothing of it could be seen), `text.invalid`, `text.tooLong`,
 * `text.forbiddenCharacters` (NUL and other controls, lone surrogates, bidirectional overrides).
 * @source SPEC.md SAFE-5; SECURITY.md, Design rules 29, Bad inputs 13–22; Unicode UAX #9, UAX #15
 */
export const personName = textSchema(readName);

/**
 * An organisation's name, under the same rules as {@link personName}. A colon may stand in it; where an `otpauth:` URI
 * is made of it the colon is left out.
 * @source SPEC.md ACC-1; SECURITY.md, Bad inputs 23
 */
export const organisationName = textSchema(readName);

/** A role's name, under the same rules as {@link personName}. @source SPEC.md ACC-4 */
export const roleName = textSchema(readName);

/**
 * A username: trimmed, 2 to 64 ASCII letters, digits, dots, hyphens or underscores, beginning and ending with a letter or
 * digit. No `@`, so that it can't be taken for an e-mail. The case typed is kept; look people up by {@link identifierKey}.
 * Issues: `text.required`, `text.invalid`, `text.tooShort`, `text.tooLong`, `username.invalid`.
 * @source SPEC.md SIGN-1, ACC-2
 */
export const username = textSchema((typed) => {
  const trimmed = typed.trim();
  if (trimmed === '') return { issue: 'text.required' };
  if (trimmed.length > LONGEST_USERNAME) return { issue: 'text.tooLong' };
  if (!/^[A-Za-z0-9]([A-Za-z0-9._-]*[A-Za-z0-9])?$/.test(trimmed)) return { issue: 'username.invalid' };
  return trimmed.length < SHORTEST_USERNAME ? { issue: 'text.tooShort' } : { value: trimmed };
});

/**
 * An organisation's slug, the first part of its URLs: trimmed, 2 to 40 of `a-z`, `0-9` and `-`, no hyphen at either end,
 * and none of the words that the site needs itself.
 * Issues: `text.required`, `text.invalid`, `text.tooShort`, `text.tooLong`, `slug.invalid`, `slug.reserved`.
 * @source SPEC.md, URLs, ACC-1; SECURITY.md, Bad inputs 24
 */
export const slug = textSchema((typed) => {
  const trimmed = typed.trim();
  if (trimmed === '') return { issue: 'text.required' };
  if (RESERVED_SLUGS.has(trimmed)) return { issue: 'slug.reserved' };
  if (trimmed.length > LONGEST_SLUG) return { issue: 'text.tooLong' };
  if (!/^[a-z0-9]([a-z0-9-]*[a-z0-9])?$/.test(trimmed)) return { issue: 'slug.invalid' };
  return trimmed.length < SHORTEST_SLUG ? { issue: 'text.tooShort' } : { value: trimmed };
});

/**
 * What is typed at sign-in as « Courriel ou nom d'utilisateur »: trimmed, 1 to 254 code points. Whether it is an e-mail
 * or a username that anyone could have is not asked here: what nobody has is treated like what somebody might.
 * Issues: `text.required`, `text.invalid`, `text.tooLong`, `text.forbiddenCharacters`.
 * @source SPEC.md SIGN-1; SECURITY.md, Bad inputs 16, 17
 */
export const identifierInput = textSchema((typed) => readLine(typed, LONGEST_EMAIL));

/**
 * A password as it is typed, new or current: NFC, nothing trimmed, 1 to 256 code points after normalising. Longer ones are
 * refused at a glance, before anything is hashed. NUL is refused, and so are lone surrogates, which UTF-8 can't hold: two
 * different passwords would have the same hash. All else, line breaks and spaces included, counts as typed.
 * Issues: `text.required`, `text.invalid` (not text), `text.tooLong`, `text.forbiddenCharacters`.
 * @source SPEC.md AUTH-2, SAFE-1; NIST SP 800-63B-4 §3.1.1.2; SECURITY.md, Bad inputs 26–30, 36
 */
export const passwordInput = textSchema((typed) => {
  if (typed === '') return { issue: 'text.required' };
  if (isFarTooLong(typed, LONGEST_PASSWORD)) return { issue: 'text.tooLong' };
  if (/[\0\p{Cs}]/u.test(typed)) return { issue: 'text.forbiddenCharacters' };
  const password = typed.normalize('NFC');
  return codePointsOf(password) > LONGEST_PASSWORD ? { issue: 'text.tooLong' } : { value: password };
});

/**
 * The form by which e-mails are compared: ASCII letters in lower case, everything else as it is. Without any locale, so
 * that `ı`, `K` (Kelvin) or `ſ` never become the letters of somebody else's address.
 * @param address as {@link email} gives it
 * @source SECURITY.md, Design rules 29, Bad inputs 4, 11
 */
export function emailKey(address: string): string {
  return address.replace(/[A-Z]/g, (letter) => letter.toLowerCase());
}

/**
 * The form by which what was typed at sign-in is looked up: the {@link emailKey} of the address where it is one (an
 * international domain is found by its A-label), else the text with its ASCII letters in lower case, which is also how
 * usernames are compared.
 * @param identifier as {@link identifierInput} or {@link username} gives it
 * @source SPEC.md SIGN-1
 */
export function identifierKey(identifier: string): string {
  return emailKey(email.safeParse(identifier).data ?? identifier);
}

/**
 * One line that may be left empty: trimmed, NFC, at most `longest` code points.
 * Issues: `text.invalid` (not text), `text.tooLong`, `text.forbiddenCharacters`.
 * @source SPEC.md SAFE-5
 */
export const optionalLine = (longest: number) =>
  textSchema((typed) => (typed.trim() === '' ? { value: '' } : readLine(typed, longest)));

function textSchema(read: (typed: string) => Reading) {
  return z
    .string({
      error: ({ input }): TextIssue => (input === undefined || input === null ? 'text.required' : 'text.invalid'),
    })
    .transform((typed, context) => {
      const reading = read(typed);
      if ('value' in reading) return reading.value;
      context.addIssue({ code: 'custom', message: reading.issue });
      return z.NEVER;
    });
}

function readName(typed: string): Reading {
  const reading = readLine(typed, LONGEST_NAME);
  if ('value' in reading && reading.value.replace(INVISIBLE, '') === '') return { issue: 'text.required' };
  return reading;
}

/** One line of text: trimmed, NFC, without anything that is {@link FORBIDDEN}. */
function readLine(typed: string, longest: number): Reading {
  if (isFarTooLong(typed, longest)) return { issue: 'text.tooLong' };
  const trimmed = typed.trim();
  if (trimmed === '') return { issue: 'text.required' };
  if (FORBIDDEN.test(trimmed)) return { issue: 'text.forbiddenCharacters' };
  const line = trimmed.normalize('NFC');
  return codePointsOf(line) > longest ? { issue: 'text.tooLong' } : { value: line };
}

/**
 * Spares long texts the work: at most four UTF-16 units become one code point in NFC, so what has eight times as many
 * units as code points allowed stays too long however it is written, if it isn't mostly spaces.
 */
function isFarTooLong(typed: string, longest: number): boolean {
  return typed.length > longest * 8;
}

function codePointsOf(text: string): number {
  return [...text].length;
}

/**
 * Whether every label of an ASCII domain that begins with `xn--` stands for a name, and for that one in no other way. Of ASCII
 * the parser of URLs passes what stands for none as well, from Node.js 24 on.
 */
function spellsNames(domain: string): boolean {
  const spelt = domainToUnicode(domain);
  return !/(^|\.)xn--/.test(spelt) && domainToASCII(spelt) === domain.toLowerCase();
}

/** The domain in A-labels, as typed where it is ASCII already, or null where it is no domain name for mail. */
function toAsciiDomain(domain: string): string | null {
  const isAscii = /^[\0-\x7F]*$/.test(domain);
  let ascii = domain;
  if (!isAscii || /(^|\.)xn--/i.test(domain)) {
    // The parser of URLs knows the rules of international names; nothing else that it understands may reach it.
    if (!/^[\p{L}\p{M}\p{N}.-]+$/u.test(domain)) return null;
    if (!URL.canParse(`https://${domain}/`)) return null;
    if (isAscii && !spellsNames(domain)) return null;
    if (!isAscii) ascii = new URL(`https://${domain}/`).hostname;
  }
  const labels = ascii.split('.');
  const typedLabels = domain.split('.');
  const isLabel = (label: string) => /^[A-Za-z0-9]([A-Za-z0-9-]{0,61}[A-Za-z0-9])?$/.test(label);
  if (labels.length < 2 || !labels.every(isLabel) || !/^(?=.*[A-Za-z])..+$/.test(labels.at(-1)!)) return null;
  // A label that turns into plain ASCII was only dressed up (full-width, circled, Kelvin): it is somebody else's name.
  const isDressedUp = (label: string, index: number) => /[^\0-\x7F]/.test(label) && !labels[index]?.startsWith('xn--');
  return typedLabels.some(isDressedUp) ? null : ascii;
}
