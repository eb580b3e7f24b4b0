import { createTranslator } from 'use-intl/core';
import en from '@/messages/en.json';
import fr from '@/messages/fr.json';
import { REGIONAL, type Locale } from './locale';

export type Messages = typeof fr;

const MESSAGES: Record<Locale, Messages> = { fr, en: en as Messages };

const translate = (locale: Locale) =>
  createTranslator<Messages>({ locale: REGIONAL[locale], messages: MESSAGES[locale], timeZone: 'UTC' });

export type Translator = ReturnType<typeof translate>;

/**
 * The parsed messages of a language are the same for everyone: one translator for each, for the life of the process. A
 * sentence without values is always the same as well, and is looked up once.
 */
function make(locale: Locale): Translator {
  const full = translate(locale);
  const say = full as unknown as (key: string, ...values: unknown[]) => string;
  const said = new Map<string, string>();
  const quick = (key: string, ...values: unknown[]): string => {
    if (values.length > 0) return say(key, ...values);
    const known = said.get(key);
    if (known !== undefined) return known;
    const sentence = say(key);
    // Only what the messages hold: a key that is made of something else must not fill the memory.
    if (full.has(key as never)) said.set(key, sentence);
    return sentence;
  };
  return Object.assign(quick, full) as unknown as Translator;
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
