import type { Locale } from '@/lib/language/locale';
import { clock } from '@/lib/language/moment';
import { sentence } from '@/lib/language/translate';
import type { HelpContact } from '@/lib/options/registry';
import type { Organisation } from '@/lib/organisations/model';
import { describeUserAgent } from '@/lib/sessions/user-agent';
import type { Letter, LetterBody } from './model';
import { renderHtml } from './render-html';
import { renderText } from './render-text';

/** Where and when a letter is written. */
export interface Desk {
  readonly organisation: Pick<Organisation, 'name' | 'slug' | 'timeZone'>;
  readonly locale: Locale;
  /** APP_ORIGIN. */
  readonly origin: string;
  /** When that happened which the letter tells of. */
  readonly at: Date;
  /** Whom people can ask; its lines may be empty. */
  readonly help: HelpContact;
}

/** A letter as it leaves. */
export interface ComposedLetter {
  readonly locale: Locale;
  /** The name before the sender's address. */
  readonly sender: string;
  readonly subject: string;
  readonly html: string;
  readonly text: string;
}

/** RFC 5322 §2.1.1 allows 998 characters a line; a phone shows about 40 of a subject. */
const SUBJECT_MAX = 150;

/** Text from outside, as it may stand in a line: no line breaks, no control or direction characters. */
function clean(text: string): string {
  return text
    .replace(/\p{Bidi_Control}/gu, '')
    .replace(/[\p{Cc}\p{Zl}\p{Zp}]+/gu, ' ')
    .trim();
}

/** What a header may hold: one short line, and nothing that a mail app would decode once more (RFC 2047 §2). */
function header(text: string): string {
  const letters = [...clean(text).replaceAll('=?', '= ?')];
  return letters.length > SUBJECT_MAX ? `${letters.slice(0, SUBJECT_MAX - 1).join('')}…` : letters.join('');
}

/** Writes a letter: in the person's language, with times of the organisation's clock. */
export function composeLetter(letter: Letter, desk: Desk): ComposedLetter {
  const { locale, organisation } = desk;
  // Whoever asks for their organisations may belong to several: no single one writes to them.
  const ofHouse = letter.template === 'organisations';
  const sender = ofHouse ? sentence(locale, 'mail.sender') : clean(organisation.name);
  const values = { organisation: clean(organisation.name), ...valuesOf(letter) };
  const say = (key: string) => sentence(locale, `mail.${key}`, values);
  const own = (word: 'subject' | 'title' | 'text' | 'button' | 'note') => say(`letters.${letter.template}.${word}`);
  const frame = { say, own, desk };
  const body: LetterBody = {
    locale,
    organisation: sender,
    title: own('title'),
    hello: say('hello'),
    text: own('text'),
    facts: factsOf(letter, frame),
    ...doorsOf(letter, frame),
    note: NOTES[letter.template] === 'own' ? own('note') : NOTES[letter.template] === 'not-you' ? say('notYou') : null,
    foot: ofHouse ? [say('footPlain'), say('contactPlain')] : [say('foot'), contactOf(desk)],
  };
  return {
    locale,
    sender: header(sender),
    subject: header(own('subject')),
    html: renderHtml(body),
    text: renderText(body),
  };
}

/** What stands last in a letter: words of its own, what to do where it was somebody else, or nothing. */
const NOTES = {
  invitation: 'own',
  'access-lost': 'none',
  'password-needed': 'own',
  signup: 'own',
  'email-confirmation': 'own',
  'password-reset': 'own',
  organisations: 'own',
  'password-changed': 'not-you',
  'email-changed': 'own',
  'password-demanded': 'own',
  'factor-added': 'not-you',
  'factor-another': 'not-you',
  'factor-removed': 'not-you',
  'mfa-off': 'not-you',
  'codes-revoked': 'own',
  'token-assigned': 'own',
  'trust-ended': 'none',
  'recovery-codes-renewed': 'not-you',
  'recovery-code-used': 'not-you',
  'passkey-cloned': 'not-you',
  'passkey-cloned-somebody': 'own',
  'new-device': 'not-you',
  'device-waiting': 'own',
  'device-new': 'own',
  'device-approved': 'not-you',
  'exception-own': 'own',
  'factors-reset': 'own',
  'pass-issued': 'own',
  'reset-requested': 'own',
  'reset-refused': 'own',
  'certificate-ends': 'own',
  'provider-keys': 'own',
  'enrolment-reminder': 'none',
} as const satisfies Record<Letter['template'], 'own' | 'not-you' | 'none'>;

/** Whom to ask: the person whom the organisation names, else the organisation. */
function contactOf({ organisation, locale, help }: Desk): string {
  const lines = [help.name, help.telephone, help.email, help.hours].filter((line) => line !== '');
  return lines.length === 0
    ? sentence(locale, 'mail.contact', { organisation: clean(organisation.name) })
    : sentence(locale, 'mail.contactHelp', { help: clean(lines.join(', ')) });
}

interface Frame {
  readonly say: (key: string) => string;
  readonly own: (word: 'button') => string;
  readonly desk: Desk;
}

function valuesOf(letter: Letter): Record<string, string | number> {
  switch (letter.template) {
    case 'organisations':
      return { count: letter.organisations.length };
    case 'recovery-code-used':
      return { left: letter.left };
    case 'factor-another':
      return { replaces: String(letter.replaces) };
    case 'factor-removed':
      return { left: letter.left };
    case 'codes-revoked':
      return { card: String(letter.card) };
    case 'token-assigned':
      return { serial: clean(letter.serial) };
    case 'passkey-cloned':
      return { passkey: clean(letter.passkey) };
    case 'passkey-cloned-somebody':
      return { name: clean(letter.name), passkey: clean(letter.passkey) };
    case 'certificate-ends':
      return { name: clean(letter.name), days: letter.days };
    case 'exception-own':
    case 'provider-keys':
    case 'reset-requested':
    case 'device-waiting':
    case 'device-new':
      return { name: clean(letter.name) };
    default:
      return {};
  }
}

function factsOf(letter: Letter, { say, desk }: Frame): LetterBody['facts'] {
  const fact = (name: string, value: string) => ({ label: say(`facts.${name}`), value: clean(value) });
  const at = fact('at', moment(desk.at, desk));
  switch (letter.template) {
    case 'factor-added':
      return letter.factor === undefined ? [at] : [fact('factor', letter.factor), at];
    case 'factor-another':
      return [fact('factor', letter.factor), at];
    case 'factor-removed':
      return [fact('factor', letter.factor), ...(letter.by === null ? [] : [fact('by', letter.by)]), at];
    case 'password-demanded':
      return letter.by === null ? [at] : [fact('by', letter.by), at];
    case 'codes-revoked':
      return [fact('by', letter.by), at];
    case 'token-assigned':
      return [fact('serial', letter.serial), fact('by', letter.by), at];
    case 'trust-ended':
      return [fact('device', deviceName(letter.userAgent, desk.locale)), fact('by', letter.by), at];
    case 'password-changed':
    case 'mfa-off':
    case 'recovery-codes-renewed':
    case 'recovery-code-used':
    case 'passkey-cloned':
    case 'passkey-cloned-somebody':
      return [at];
    case 'email-changed':
      return [fact('email', letter.newEmail), at];
    case 'new-device':
    case 'device-waiting':
    case 'device-new':
      return [
        fact('device', deviceName(letter.userAgent, desk.locale)),
        ...(letter.address === null ? [] : [fact('address', letter.address)]),
        fact('at', moment(new Date(letter.at), desk)),
      ];
    case 'exception-own':
      return [fact('until', moment(new Date(letter.until), desk)), at];
    case 'certificate-ends':
      return [fact('until', moment(new Date(letter.until), desk))];
    case 'device-approved':
      return [fact('device', deviceName(letter.userAgent, desk.locale)), at];
    case 'factors-reset':
    case 'reset-refused':
      return [fact('by', letter.by ?? say('operator')), at];
    case 'pass-issued':
      return [fact('by', letter.by), fact('until', moment(new Date(letter.until), desk))];
    default:
      return [];
  }
}

function doorsOf(letter: Letter, { say, own, desk }: Frame): Pick<LetterBody, 'doors' | 'copy'> {
  switch (letter.template) {
    case 'organisations':
      return { doors: letter.organisations.map(({ name, link }) => ({ label: clean(name), href: link })), copy: null };
    case 'invitation':
    case 'signup':
    case 'email-confirmation':
    case 'password-reset':
    case 'password-needed':
    case 'password-demanded':
    case 'reset-requested':
    case 'device-waiting':
    case 'device-new':
    case 'device-approved':
    case 'exception-own':
    case 'certificate-ends':
    case 'provider-keys':
    case 'passkey-cloned-somebody':
    case 'enrolment-reminder':
      return { doors: [{ label: own('button'), href: letter.link }], copy: say('copy') };
    // An address that no longer belongs to the account, or an account that may be in other hands: nothing to press.
    case 'email-changed':
    case 'reset-refused':
    case 'access-lost':
      return { doors: [], copy: null };
    default: {
      const href = `${desk.origin}/${desk.organisation.slug}/account`;
      return { doors: [{ label: say('openAccount'), href }], copy: say('copy') };
    }
  }
}

/** « dimanche 22 novembre 2026 à 03 h 29 », by the clock of the organisation. */
function moment(at: Date, { locale, organisation }: Desk): string {
  return clock(locale, organisation.timeZone, { dateStyle: 'full', timeStyle: 'short' }).format(at);
}

function deviceName(userAgent: string, locale: Locale): string {
  const { browser, system } = describeUserAgent(userAgent);
  if (browser !== null && system !== null) return sentence(locale, 'account.sessionOn', { browser, system });
  return browser ?? system ?? sentence(locale, 'account.unknownBrowser');
}
