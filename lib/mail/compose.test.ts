import fc from 'fast-check';
import nodemailer from 'nodemailer';
import { describe, expect, it, vi } from 'vitest';
import { readLetter } from '@/e2e/fixtures/smtp';
import { LOCALES, type Locale } from '@/lib/language/locale';
import { composeLetter, type ComposedLetter, type Desk } from './compose';
import type { Letter, LetterTemplate } from './model';
import { PATIENCE_HOURS, secondsUntilNextTry } from './patience';

const ORIGIN = 'https://portail.example.org';
const LINK = `${ORIGIN}/petits-pas/invitation?ticket=abc&from=mail`;

/** One letter of each kind. */
const LETTERS: { readonly [T in LetterTemplate]: Extract<Letter, { template: T }> } = {
  invitation: { template: 'invitation', link: LINK },
  signup: { template: 'signup', link: LINK },
  'email-confirmation': { template: 'email-confirmation', link: LINK },
  'password-reset': { template: 'password-reset', link: LINK },
  organisations: {
    template: 'organisations',
    organisations: [
      { name: 'À petits pas', link: `${ORIGIN}/petits-pas/sign-in` },
      { name: 'École <b>du</b> Ruisseau & fils', link: `${ORIGIN}/ruisseau/sign-in` },
    ],
  },
  'password-changed': { template: 'password-changed' },
  'email-changed': { template: 'email-changed', newEmail: 'lea@erables.test' },
  'password-demanded': { template: 'password-demanded', by: 'Marc Gagnon', link: LINK },
  'factor-added': { template: 'factor-added', factor: 'Microsoft Authenticator' },
  'factor-another': { template: 'factor-another', factor: 'Clé YubiKey', replaces: false },
  'factor-removed': { template: 'factor-removed', factor: 'Jeton 00417', by: 'Marc Gagnon', left: 0 },
  'mfa-off': { template: 'mfa-off' },
  'codes-revoked': { template: 'codes-revoked', by: 'Marc Gagnon', card: true },
  'token-assigned': { template: 'token-assigned', serial: '00417', by: 'Marc Gagnon' },
  'trust-ended': { template: 'trust-ended', userAgent: '', by: 'Marc Gagnon' },
  'recovery-codes-renewed': { template: 'recovery-codes-renewed' },
  'recovery-code-used': { template: 'recovery-code-used', left: 3 },
  'passkey-cloned': { template: 'passkey-cloned', passkey: 'Clé YubiKey' },
  'passkey-cloned-somebody': {
    template: 'passkey-cloned-somebody',
    name: 'Léa Tremblay',
    passkey: 'Clé YubiKey',
    link: LINK,
  },
  'new-device': {
    template: 'new-device',
    userAgent: 'Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:140.0) Gecko/20100101 Firefox/140.0',
    address: '203.0.113.7',
    at: '2026-07-01T01:30:00Z',
  },
  'device-waiting': {
    template: 'device-waiting',
    name: 'Léa Tremblay',
    userAgent: 'Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:140.0) Gecko/20100101 Firefox/140.0',
    address: '203.0.113.7',
    at: '2026-07-01T01:30:00Z',
    link: LINK,
  },
  'device-new': {
    template: 'device-new',
    name: 'Léa Tremblay',
    userAgent: '',
    address: null,
    at: '2026-07-01T01:30:00Z',
    link: LINK,
  },
  'device-approved': { template: 'device-approved', userAgent: '', link: LINK },
  'exception-own': { template: 'exception-own', name: 'Marc Gagnon', until: '2026-07-01T12:00:00Z', link: LINK },
  'factors-reset': { template: 'factors-reset', by: 'Marc Gagnon' },
  'pass-issued': { template: 'pass-issued', by: 'Marc Gagnon', until: '2026-07-01T12:00:00Z' },
  'reset-requested': { template: 'reset-requested', name: 'Léa Tremblay', link: LINK },
  'reset-refused': { template: 'reset-refused', by: 'Marc Gagnon' },
  'certificate-ends': {
    template: 'certificate-ends',
    name: 'Google Workspace',
    until: '2026-12-20T15:00:00.000Z',
    days: 30,
    link: 'https://portail.test/petits-pas/settings/authenticators/1',
  },
  'provider-keys': {
    template: 'provider-keys',
    name: 'Google Workspace',
    link: 'https://portail.test/petits-pas/settings/authenticators/1',
  },
  'access-lost': { template: 'access-lost' },
  'password-needed': { template: 'password-needed', link: LINK },
  'enrolment-reminder': { template: 'enrolment-reminder', link: LINK },
};

const CASES = Object.values(LETTERS).flatMap((letter) => LOCALES.map((locale) => ({ letter, locale })));

const deskIn = (locale: Locale, given: Partial<Desk['organisation']> = {}): Desk => ({
  organisation: { name: 'À petits pas', slug: 'petits-pas', timeZone: 'America/Toronto', ...given },
  locale,
  origin: ORIGIN,
  at: new Date('2026-11-22T03:30:00Z'),
  help: { name: 'Sylvie Roy', telephone: '418 555-0123', email: 'aide@petits-pas.test', hours: '' },
});

/** What a person sees of the HTML. */
const seen = (html: string) =>
  html
    .replace(/<head>[\s\S]*<\/head>/, '')
    .replace(/<div style="display: none[\s\S]*?<\/div>/, '')
    .replace(/<[^>]+>/g, ' ')
    .replace(/&nbsp;/g, '\u00A0')
    .replace(/&#39;/g, "'")
    .replace(/&quot;/g, '"')
    .replace(/&lt;/g, '<')
    .replace(/&gt;/g, '>')
    .replace(/&amp;/g, '&')
    .replace(/\s+/g, ' ');

const hrefs = (html: string) => [...html.matchAll(/href="([^"]+)"/g)].map(([, href]) => href!.replaceAll('&amp;', '&'));

describe('LOOK-4 every letter, in both languages', () => {
  it.each(CASES)(
    'LOOK-4 $letter.template in $locale: every word is there, in HTML as in text',
    ({ letter, locale }) => {
      const complaints = vi.spyOn(console, 'error').mockImplementation(() => {});
      const { subject, html, text } = composeLetter(letter, deskIn(locale));
      expect(complaints.mock.calls).toEqual([]);
      complaints.mockRestore();
      for (const part of [subject, html, text])
        expect(part).not.toMatch(/(?<!e-)mail\.\w|[{}](?![^<]*<\/style>)|undefined|null|NaN/);
      expect(html).toContain(`<html lang="${locale}-CA">`);
      // What one part says, the other says too, line by line; only the ways to press differ.
      const view = seen(html).replace(/\s/g, ' ');
      for (const line of text.split('\n').filter((one) => one !== '' && one !== '-- ')) {
        expect(view).toContain(line.replace(/\s/g, ' '));
      }
      expect([...subject].length).toBeLessThanOrEqual(60);
      expect(subject).not.toMatch(/[.!]$/);
    },
  );

  it.each(CASES)(
    'LOOK-4 $letter.template in $locale: the same links in both parts, each in full',
    ({ letter, locale }) => {
      const { html, text } = composeLetter(letter, deskIn(locale));
      const wanted =
        'link' in letter
          ? [letter.link]
          : letter.template === 'organisations'
            ? letter.organisations.map(({ link }) => link)
            : ['email-changed', 'reset-refused', 'access-lost'].includes(letter.template)
              ? []
              : [`${ORIGIN}/petits-pas/account`];
      expect([...new Set(hrefs(html))]).toEqual(wanted);
      expect(text.match(/https?:\S+/g) ?? []).toEqual(wanted);
      for (const link of wanted) expect(seen(html)).toContain(link);
      expect(html.match(/class="button"/g) ?? []).toHaveLength(wanted.length);
    },
  );

  it.each(CASES)(
    'LOOK-4 $letter.template in $locale: nothing is fetched, nothing follows, no table',
    ({ letter, locale }) => {
      const { html } = composeLetter(letter, deskIn(locale));
      expect(html).not.toMatch(
        /<(img|link|script|iframe|table|form|input|video|object|svg)\b|@import|url\(|\son\w+=|src=/i,
      );
      // Gmail shows the first 102 kB.
      expect(Buffer.byteLength(html)).toBeLessThan(20_000);
    },
  );

  it('LOOK-4 says whom to call, and says it without', () => {
    const { text } = composeLetter(LETTERS['password-changed'], deskIn('fr'));
    expect(text).toContain('Sylvie Roy, 418 555-0123, aide@petits-pas.test');
    const nobody = { ...deskIn('fr'), help: { name: '', telephone: '', email: '', hours: '' } };
    expect(composeLetter(LETTERS['password-changed'], nobody).text).toContain('adressez-vous à À petits pas');
  });

  it('LOOK-4 times are those of the organisation’s clock, in the words of the language', () => {
    expect(composeLetter(LETTERS['new-device'], deskIn('fr')).text).toContain(
      'Quand\u00A0: mardi 30 juin 2026 à 21 h 30',
    );
    expect(composeLetter(LETTERS['new-device'], deskIn('en', { timeZone: 'Europe/Paris' })).text).toMatch(
      /When: Wednesday, July 1, 2026 at 3:30\sa\.m\./,
    );
    expect(composeLetter(LETTERS['password-changed'], deskIn('fr')).text).toContain(
      'samedi 21 novembre 2026 à 22 h 30',
    );
  });

  it('LOOK-4 counts are sentences', () => {
    const left = (count: number) =>
      composeLetter({ template: 'recovery-code-used', left: count }, deskIn('fr')).text.replace(/\s/g, ' ');
    expect(left(0)).toContain('Il n’en reste aucun');
    expect(left(1)).toContain('Il en reste 1 : créez-en bientôt');
    expect(left(9)).toContain('Il en reste 9.');
  });

  it('SELF-3 a device is named as My account names it, also where nothing is known of it', () => {
    const device = (userAgent: string) =>
      composeLetter({ ...LETTERS['new-device'], userAgent, address: null }, deskIn('fr')).text;
    expect(device(LETTERS['new-device'].userAgent)).toContain('Firefox sur Windows');
    expect(device('')).toContain('Navigateur inconnu');
    expect(device('')).not.toContain('Adresse réseau');
  });
});

/** What hostile or unlucky names look like. */
const NAMES = [
  '<img src=x onerror=alert(1)>',
  '"><script>alert(1)</script>',
  'Zoé\r\nBcc: victim@example.test',
  'Zoé\nSubject: other\n\nbody',
  'Bérubé, Mireille; "Mimi" <x@y.test>',
  '=?utf-8?q?=0D=0ABcc:_x@y.test?=',
  '{{7*7}} ${7*7} {count, plural, other {#}}',
  'Bob\u202Enimda\u2066',
  'a\u2028b\u2029c\u0000d',
  '李小龍 👨‍👩‍👧',
  'x'.repeat(500),
];

async function overTheWire(letter: ComposedLetter): Promise<Awaited<ReturnType<typeof readLetter>>> {
  const { message } = (await nodemailer.createTransport({ streamTransport: true, buffer: true }).sendMail({
    from: { name: letter.sender, address: 'no-reply@portail.test' },
    to: { name: '', address: 'lea@erables.test' },
    subject: letter.subject,
    text: letter.text,
    html: letter.html,
  })) as unknown as { message: Buffer };
  return readLetter('lea@erables.test', message);
}

describe('SAFE-6 names are only names', () => {
  it.each(NAMES)('LOOK-4 %j in a letter is text, in the HTML and in the headers', async (name) => {
    for (const letter of [
      { template: 'reset-requested', name, link: LINK },
      { template: 'factors-reset', by: name },
      { template: 'organisations', organisations: [{ name, link: LINK }] },
      { template: 'device-waiting', name, userAgent: name, address: name, at: '2026-07-01T01:30:00Z', link: LINK },
      { template: 'new-device', userAgent: name, address: name, at: '2026-07-01T01:30:00Z' },
    ] satisfies Letter[]) {
      const composed = composeLetter(letter, deskIn('fr', { name }));
      expect(composed.html).not.toMatch(/<(img|script)/);
      expect(composed.subject).not.toMatch(/[\p{Cc}\p{Zl}\p{Zp}\p{Bidi_Control}]/u);
      expect([...composed.subject].length).toBeLessThanOrEqual(150);
      const { email, html } = await overTheWire(composed);
      expect(email.headers.map(({ key }) => key).toSorted()).toEqual(
        ['content-type', 'date', 'from', 'message-id', 'mime-version', 'subject', 'to'].toSorted(),
      );
      expect(email.from).toMatchObject({ name: composed.sender, address: 'no-reply@portail.test' });
      expect(email.to).toMatchObject([{ address: 'lea@erables.test' }]);
      expect(email.subject).toBe(composed.subject);
      expect(html.trim()).toBe(composed.html.trim());
    }
  });

  it('LOOK-4 whatever a name is, the letter has the tags of every other', () => {
    const tags = (html: string) => [...html.matchAll(/<\/?[a-z0-9]+/g)].map(([tag]) => tag);
    const plain = tags(composeLetter(LETTERS['reset-requested'], deskIn('fr')).html);
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), fc.string(), (name, organisation) => {
        const letter = { ...LETTERS['reset-requested'], name };
        const { html, subject } = composeLetter(letter, deskIn('fr', { name: organisation }));
        expect(tags(html)).toEqual(plain);
        expect(subject).not.toMatch(/[\r\n]/);
      }),
    );
  });
});

describe('SAFE-6 patience', () => {
  it('SAFE-6 tries soon, then seldom, for three days', () => {
    const minutes = Array.from({ length: 12 }, (_, index) => secondsUntilNextTry(index + 1) / 60);
    expect(minutes).toEqual([1, 2, 5, 15, 30, 60, 120, 240, 360, 360, 360, 360]);
    expect(secondsUntilNextTry(1_000_000)).toBe(360 * 60);
    expect(PATIENCE_HOURS).toBe(72);
  });
});
