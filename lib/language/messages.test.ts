import { describe, expect, it, vi } from 'vitest';
import { TEXT_ISSUES } from '@/lib/accounts/text';
import { APP_KEYS } from '@/lib/enrolment/model';
import { REFUSALS } from '@/lib/refusals';
import { OPTION_GROUPS, OPTION_KEYS, OPTIONS, type OptionKey } from '@/lib/options/registry';
import en from '@/messages/en.json';
import fr from '@/messages/fr.json';
import { LOCALES, type Locale } from './locale';
import { sentence } from './translate';

/** What an option's values, or their lines, are called. */
function valueWords(key: OptionKey): string[] {
  const { control } = OPTIONS[key];
  if (control.kind === 'choice') return control.values.map((value) => `optionValues.${control.words}.${value}`);
  if (control.kind === 'number') return [`optionValues.${control.unit}`, `optionValues.units.${control.unit}`];
  return control.fields.map(({ name }) => `options.${key}.lines.${name}`);
}

type Tree = { readonly [key: string]: string | Tree };

/** All messages of a language, by their whole key. */
function flatten(tree: Tree, prefix = ''): [string, string][] {
  return Object.entries(tree).flatMap(([key, value]) =>
    typeof value === 'string' ? [[prefix + key, value] as [string, string]] : flatten(value, `${prefix}${key}.`),
  );
}

const MESSAGES: Record<Locale, Map<string, string>> = { fr: new Map(flatten(fr)), en: new Map(flatten(en)) };

interface Read {
  /** What people see, without the arguments. */
  texts: string[];
  /** Each argument with its type: `count:plural`, `name:text`. */
  parameters: Set<string>;
}

/**
 * Takes an ICU message apart. A small reader of our own: the library that formats them later would forgive things.
 *
 * @source https://unicode-org.github.io/icu/userguide/format_parse/messages/
 */
function read(message: string): Read {
  const found: Read = { texts: [], parameters: new Set() };
  let at = 0;
  const word = () => {
    const match = /^\s*([^\s,{}]+)\s*/.exec(message.slice(at));
    if (!match) throw new Error(`nothing to read at ${at} of: ${message}`);
    at += match[0].length;
    return match[1]!;
  };
  const take = (character: string) => {
    if (message[at] !== character) throw new Error(`"${character}" is missing at ${at} of: ${message}`);
    at += 1;
  };
  const text = (nested: boolean) => {
    let literal = '';
    while (at < message.length && message[at] !== '}') {
      if (message[at] === '{') {
        argument();
        // Something stands here that is neither a space nor a sign.
        literal += '\uFFFC';
      } else {
        literal += message[at];
        at += 1;
      }
    }
    if (nested !== (message[at] === '}')) throw new Error(`braces don't match in: ${message}`);
    found.texts.push(literal);
  };
  const argument = () => {
    take('{');
    const name = word();
    const type = message[at] === ',' ? ((at += 1), word()) : 'text';
    found.parameters.add(`${name}:${type}`);
    if (type === 'plural' || type === 'select' || type === 'selectordinal') {
      take(',');
      while (message[at] !== '}') {
        word();
        take('{');
        text(true);
        take('}');
        while (message[at] === ' ') at += 1;
      }
    } else if (message[at] === ',') {
      while (message[at] !== '}') at += 1;
    }
    take('}');
  };
  text(false);
  return found;
}

/** Every text of a language with its key. */
const textsOf = (locale: Locale) =>
  [...MESSAGES[locale]].flatMap(([key, message]) => read(message).texts.map((text) => ({ key, text })));

const breaking = (locale: Locale, rule: RegExp) => textsOf(locale).filter(({ text }) => rule.test(text));

describe('LOOK-1 both languages', () => {
  it('LOOK-1 have the same keys, and none is empty', () => {
    expect([...MESSAGES.fr.keys()]).toEqual([...MESSAGES.en.keys()]);
    for (const locale of LOCALES) {
      expect([...MESSAGES[locale]].filter(([, message]) => message.trim() !== message || message === '')).toEqual([]);
    }
  });

  it('LOOK-1 take the same arguments, in the same way', () => {
    for (const [key, french] of MESSAGES.fr) {
      const english = MESSAGES.en.get(key) ?? '';
      const sorted = (message: string) => [...read(message).parameters].sort();
      expect({ key, parameters: sorted(english) }).toEqual({ key, parameters: sorted(french) });
    }
  });

  it('LOOK-1 can be put into sentences, whatever the numbers', () => {
    const complaints = vi.spyOn(console, 'error').mockImplementation(() => {});
    for (const locale of LOCALES) {
      for (const [key, message] of MESSAGES[locale]) {
        const parameters = [...read(message).parameters].map((one) => one.split(':') as [string, string]);
        for (const number of [0, 1, 2, 5, 1_000_000]) {
          const values = Object.fromEntries(
            parameters.map(([name, type]) => [name, type === 'text' || type === 'select' ? 'Zoé' : number]),
          );
          const made = sentence(locale, key, values);
          expect({ key, made }).toEqual({ key, made: expect.not.stringMatching(/[{}]|undefined|NaN|^$/) });
        }
      }
    }
    expect(complaints.mock.calls).toEqual([]);
    complaints.mockRestore();
  });

  it('LOOK-1 have a sentence for every refusal, every wrong field and every app', () => {
    const wanted = [
      ...Object.keys(REFUSALS).map((code) => `refusals.${code.replace('.', '_')}`),
      ...TEXT_ISSUES.map((code) => `fields.${code.replace('.', '_')}`),
      ...APP_KEYS.flatMap((app) => [`apps.${app}`, `taps.${app}.1`, `typing.${app}.1`]),
      'apps.other',
      ...OPTION_KEYS.flatMap((key) => ['label', 'help', 'effect'].map((part) => `options.${key}.${part}`)),
      ...OPTION_KEYS.flatMap((key) => valueWords(key)),
      ...OPTION_GROUPS.map((group) => `optionGroups.${group}`),
    ];
    for (const locale of LOCALES) {
      expect({ locale, missing: wanted.filter((key) => !MESSAGES[locale].has(key)) }).toEqual({ locale, missing: [] });
    }
    const refusals = [...MESSAGES.fr.keys()].filter((key) => key.startsWith('refusals.'));
    expect(refusals.filter((key) => !wanted.includes(key))).toEqual([]);
  });

  it('LOOK-1 write with true apostrophes, quotation marks and ellipses, without stray spaces', () => {
    for (const locale of LOCALES) {
      expect({ locale, straight: breaking(locale, /['"`]/) }).toEqual({ locale, straight: [] });
      expect({ locale, dots: breaking(locale, /\.\.\./) }).toEqual({ locale, dots: [] });
      expect({ locale, spaces: breaking(locale, / {2}|\t|\n/) }).toEqual({ locale, spaces: [] });
    }
    expect(breaking('en', /[«»]|[\u00A0\u202F][:;!?]| [:;!?]/)).toEqual([]);
  });
});

describe('LOOK-1 French typography', () => {
  it('LOOK-1 an unbreakable space stands before : ; ! ? » and after «', () => {
    expect(breaking('fr', /[^\u00A0\u202F][:;!?»]/)).toEqual([]);
    expect(breaking('fr', /«[^\u00A0\u202F]|«$|^[:;!?»]/)).toEqual([]);
  });

  it('LOOK-1 « » are the only quotation marks, and each is closed', () => {
    expect(breaking('fr', /[“”„‹›]/)).toEqual([]);
    const unbalanced = textsOf('fr').filter(
      ({ text }) => (text.match(/«/g)?.length ?? 0) !== (text.match(/»/g)?.length ?? 0),
    );
    expect(unbalanced).toEqual([]);
  });

  it('LOOK-1 an unbreakable space stands before a unit', () => {
    expect(breaking('fr', /\d (Mo|Ko|%|\$)/)).toEqual([]);
  });
});
