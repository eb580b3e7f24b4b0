import { REGIONAL, type Locale } from './locale';

/** « Odile Tremblay, Marc Gagnon ou Léa Roy »: any of these people. */
export function namesInWords(locale: Locale, names: readonly string[]): string {
  return new Intl.ListFormat(REGIONAL[locale], { type: 'disjunction' }).format(names);
}
