import { createTranslator } from 'use-intl/core';
import en from '@/messages/en.json';
import fr from '@/messages/fr.json';
import { REGIONAL, type Locale } from './locale';

export type Messages = typeof fr;

const MESSAGES: Record<Locale, Messages> = { fr, en: en as Messages };

const translate = (locale: Locale) =>
  createTranslator<Messages>({ locale: REGIONAL[locale], messages: MESSAGES[locale], timeZone: 'UTC' });

export type Translator = ReturnType<typeof translate>;

type Values = Readonly<Record<string, unknown>>;

/**
 * A sentence that needs nothing of ICU's grammar but names to fill in: its words, and between them the names.
 *
 * @returns null where the grammar says more: plurals, numbers, quotes, tags
 */
function gapsOf(message: unknown): { readonly words: readonly string[]; readonly names: readonly string[] } | null {
  if (typeof message !== 'string') return null;
  const pieces = message.split(/\{(\w+)\}/);
  const words = pieces.filter((_, index) => index % 2 === 0);
  return words.some((word) => /[{}'<>]/.test(word)) ? null : { words, names: pieces.filter((_, index) => index % 2) };
}

/** The sentence, where each name has words to stand in for it; numbers are written as each language does, by ICU. */
function fill({ words, names }: NonNullable<ReturnType<typeof gapsOf>>, values: Values): string | null {
  let sentence = words[0]!;
  for (let index = 0; index < names.length; index += 1) {
    const value = values[names[index]!];
    if (typeof value !== 'string') return null;
    sentence += value + words[index + 1]!;
  }
  return sentence;
}

/** Whether a language has something under a key. use-intl finds out by throwing, and catching, an error for what is not there. */
function holds(locale: Locale, key: string): boolean {
  let at: unknown = MESSAGES[locale];
  for (const part of key.split('.')) {
    if (typeof at !== 'object' || at === null || !Object.hasOwn(at, part)) return false;
    at = (at as Record<string, unknown>)[part];
  }
  return true;
}

/**
 * The parsed messages of a language are the same for everyone: one translator for each, for the life of the process. A
 * sentence without values is always the same as well, and is looked up once; one with words in its gaps is put together
 * here, without ICU's grammar.
 */
function make(locale: Locale): Translator {
  const full = translate(locale);
  const say = full as unknown as (key: string, ...values: unknown[]) => string;
  const has = (key: string) => holds(locale, key);
  const said = new Map<string, string>();
  const filled = new Map<string, ReturnType<typeof gapsOf>>();
  const quick = (key: string, ...values: unknown[]): string => {
    if (values.length > 0) {
      let gaps = filled.get(key);
      if (gaps === undefined && has(key)) filled.set(key, (gaps = gapsOf(full.raw(key as never))));
      const sentence = gaps && values.length === 1 ? fill(gaps, values[0] as Values) : null;
      return sentence ?? say(key, ...values);
    }
    const known = said.get(key);
    if (known !== undefined) return known;
    const sentence = say(key);
    // Only what the messages hold: a key that is made of something else must not fill the memory.
    if (has(key)) said.set(key, sentence);
    return sentence;
  };
  return Object.assign(quick, full, { has }) as unknown as Translator;
}

const translators: Record<Locale, Translator> = { fr: make('fr'), en: make('en') };

/** The sentences of one language. */
export function translator(locale: Locale): Translator {
  return translators[locale];
}

/** A sentence whose key is made at run time, such as that of a refusal; missing keys fail the tests, not the page. */
export function sentence(locale: Locale, key: string, values: Readonly<Record<string, string | number>> = {}): string {
  return (translators[locale] as unknown as (key: string, values: object) => string)(key, values);
}
