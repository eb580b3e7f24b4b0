import { createTranslator } from 'use-intl/core';
import en from '@/messages/en.json';
import fr from '@/messages/fr.json';
import { REGIONAL, type Locale } from './locale';

export type Messages = typeof fr;

const MESSAGES: Record<Locale, Messages> = { fr, en: en as Messages };

// The parsed messages of a language are the same for everyone: one translator for each, for the life of the process.
const make = (locale: Locale) =>
  createTranslator<Messages>({ locale: REGIONAL[locale], messages: MESSAGES[locale], timeZone: 'UTC' });

export type Translator = ReturnType<typeof make>;

const translators: Record<Locale, Translator> = { fr: make('fr'), en: make('en') };

/** The sentences of one language. */
export function translator(locale: Locale): Translator {
  return translators[locale];
}

/** A sentence whose key is made at run time, such as that of a refusal; missing keys fail the tests, not the page. */
export function sentence(locale: Locale, key: string, values: Readonly<Record<string, string | number>> = {}): string {
  return (translators[locale] as unknown as (key: string, values: object) => string)(key, values);
}
