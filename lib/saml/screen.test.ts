import { DOMParser, MIME_TYPE } from '@xmldom/xmldom';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { fastest } from '@/e2e/fixtures/fastest';
import { bombs } from '@/e2e/fixtures/saml-bombs';
import { forgeResponse, forgeXml, makeProviderKey } from '@/e2e/fixtures/saml-forge';
import { SamlFault } from './fault';
import { passGate } from './gate';
import { screenXml } from './screen';
import { escapeXml, parseXml, rootOf, textOf } from './xml';

const key = makeProviderKey();
const given = {
  issuer: 'https://idp.test',
  acsUrl: 'https://sp.test/acs',
  audience: 'https://sp.test',
  key,
  requestId: '_1',
};

function screened(text: string | Uint8Array): string {
  try {
    screenXml(typeof text === 'string' ? Buffer.from(text) : text);
    return 'passed';
  } catch (error) {
    if (error instanceof SamlFault) return String(error.details['why'] ?? error.code);
    throw error;
  }
}

it('SAML-2 a letter that a provider could not read itself is one like any other', () => {
  const text = '<a b="L\uFFFDa">\uFFFD&#xFFFD;</a>';
  expect(screened(text)).toBe('passed');
  expect(textOf(rootOf(parseXml(screenXml(Buffer.from(text)))))).toBe('\uFFFD\uFFFD');
});

describe('SAML-2 nothing reaches a parser that could keep it busy', () => {
  it.each(Object.entries(bombs()))('%s', (_title, text) => {
    expect(screened(text)).not.toBe('passed');
    expect(fastest(() => screened(text))).toBeLessThan(50);
  });

  it('what passes is judged within 50 ms as well, however full it is', () => {
    const stranger = makeProviderKey();
    const settings = {
      entityId: given.issuer,
      certificates: [key.certificate],
      allowExpiredCertificate: false,
      allowLongValidity: false,
      ficam: false,
    };
    const held = {
      entityId: given.audience,
      acsUrl: given.acsUrl,
      settings,
      privateKey: '',
      requestId: '_1',
      now: new Date(),
    };
    const full: Record<string, string> = {
      attributes: forgeXml({
        ...given,
        key: stranger,
        attributes: Object.fromEntries(Array.from({ length: 900 }, (_, i) => [`a${i}`, ['x']])),
      }),
      names: forgeXml({ ...given, key: stranger, attributes: { x: Array.from({ length: 1_200 }, () => 'y') } }),
      wide: forgeXml({
        ...given,
        key: stranger,
        bend: (text) =>
          text.replace(
            '<saml:AttributeStatement>',
            (all) =>
              all +
              Array.from(
                { length: 75 },
                () =>
                  `<saml:Attribute Name="a"${Array.from({ length: 60 }, (_, i) => ` xmlns:n${i}="urn:${i}" n${i}:a=""`)
                    .slice(0, 31)
                    .join('')}/>`,
              ).join(''),
          ),
      }),
      deep: forgeXml({
        ...given,
        key: stranger,
        bend: (text) =>
          text.replace(
            '<saml:AttributeStatement>',
            (all) =>
              all +
              `${Array.from({ length: 40 }, (_, i) => `<n${i}:b${Array.from({ length: 60 }, (_, j) => ` xmlns:n${j}="urn:${i}:${j}"`).join('')}>`).join('')}${Array.from({ length: 40 }, (_, i) => `</n${39 - i}:b>`).join('')}`,
          ),
      }),
    };
    for (const [title, text] of Object.entries(full)) {
      const encoded = Buffer.from(text).toString('base64');
      expect(screened(text), title).toBe('passed');
      expect(() => passGate(encoded, held), title).toThrow('saml.key');
      const took = fastest(() => expect(() => passGate(encoded, held)).toThrow());
      expect(took, `${title}, ${text.length} characters`).toBeLessThan(50);
    }
  });

  it('in a time that grows with the length alone', () => {
    const time = (kilobytes: number, unit: string) => {
      const bytes = Buffer.from(`<r>${unit.repeat((kilobytes * 1024) / unit.length)}</r>`);
      return fastest(() => {
        try {
          screenXml(bytes, 8_000_000);
        } catch {
          // Refused or not: what counts is the time.
        }
      });
    };
    for (const unit of ['text ', '&amp;', '<!-- - -->', ' \n', 'é', '<![CDATA[ ]]>']) {
      // Sixteen times as long: with a margin for noise, far from 256 times.
      expect(time(1_600, unit), unit).toBeLessThan(Math.max(1, time(100, unit)) * 60);
    }
  });
});

describe('SAML-2 the screen and the parser agree', () => {
  const name = fc.stringMatching(/^[a-z]{1,6}$/);
  const words = fc.string({ unit: fc.constantFrom('a', 'é', ' ', '&', '<', '>', '"', "'", '\n', '😀'), maxLength: 12 });
  const { tree } = fc.letrec<{ tree: string }>((tie) => ({
    tree: fc
      .tuple(
        name,
        fc.uniqueArray(fc.tuple(name, words), { selector: ([one]) => one, maxLength: 4 }),
        fc.array(fc.oneof({ maxDepth: 4 }, words.map(escapeXml), tie('tree')), { maxLength: 4 }),
      )
      .map(
        ([tag, attributes, inside]) =>
          `<${tag}${attributes.map(([key, value]) => ` ${key}="${escapeXml(value)}"`).join('')}>${inside.join('')}</${tag}>`,
      ),
  }));
  const strict = (text: string) => {
    const parser = new DOMParser({
      onError: (_level, message) => {
        if (!/replacement character/.test(message)) throw new Error(message);
      },
    });
    return parser.parseFromString(text, MIME_TYPE.XML_APPLICATION);
  };

  it('whatever is well formed and plain passes, and is parsed', () => {
    fc.assert(
      fc.property(tree, (text) => {
        expect(screened(text)).toBe('passed');
        strict(text);
      }),
      { numRuns: 2_000 },
    );
  });

  it('whatever passes is parsed without a complaint, also once it was broken somewhere', () => {
    fc.assert(
      fc.property(
        tree,
        fc.nat(),
        fc.constantFrom('<', '>', '&', '"', '/', '=', '', ' ', '-->', '<!--', ']]>', '\u0000', 'xmlns:a=""'),
        (text, where, bit) => {
          const at = where % text.length;
          const broken = text.slice(0, at) + bit + text.slice(at + 1);
          if (screened(broken) === 'passed') strict(screenXml(Buffer.from(broken)));
        },
      ),
      { numRuns: 5_000 },
    );
  });

  it('nothing at all makes it throw anything but its own refusal', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 200 }), (bytes) => {
        screened(bytes);
      }),
      { numRuns: 5_000 },
    );
    expect(screened(forgeXml(given))).toBe('passed');
    expect(forgeResponse(given)).toMatch(/^[A-Za-z0-9+/]+=*$/);
  });
});

describe('SAML-2 one encoding, or none', () => {
  const text = '<r>Léa</r>';
  it.each([
    ['UTF-8', Buffer.from(text), 'passed'],
    ['UTF-8 with its mark', Buffer.from(`\uFEFF${text}`), 'passed'],
    ['UTF-16, little end first', Buffer.from(`\uFEFF${text}`, 'utf16le'), 'passed'],
    ['UTF-16, big end first', Buffer.from(`\uFEFF${text}`, 'utf16le').swap16(), 'passed'],
    ['UTF-16 without its mark', Buffer.from(text, 'utf16le'), 'encoding'],
    ['Latin-1', Buffer.from(text, 'latin1'), 'encoding'],
    ['Latin-1 declared', Buffer.from(`<?xml version="1.0" encoding="ISO-8859-1"?>${text}`), 'encoding'],
    ['UTF-7 declared', Buffer.from(`<?xml version="1.0" encoding="UTF-7"?>${text}`), 'encoding'],
    ['UTF-16 declared, in UTF-8', Buffer.from(`<?xml version="1.0" encoding="UTF-16"?>${text}`), 'encoding'],
    ['XML 1.1', Buffer.from(`<?xml version="1.1"?>${text}`), 'instruction'],
    ['a second declaration', Buffer.from(`<?xml version="1.0"?><?xml version="1.0"?>${text}`), 'instruction'],
    ['a surrogate alone', Buffer.from('\uFEFF<r>\uD800</r>', 'utf16le'), 'encoding'],
  ])('%s', (_title, bytes, expected) => {
    expect(screened(bytes)).toBe(expected);
  });
});
