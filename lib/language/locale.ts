/** The two languages of every page; French is written first (LOOK-1). */
export const LOCALES = ['fr', 'en'] as const;
export type Locale = (typeof LOCALES)[number];

export function isLocale(value: unknown): value is Locale {
  return value === 'fr' || value === 'en';
}

/** The regional form used for dates, numbers and the `lang` attribute. */
export const REGIONAL = { fr: 'fr-CA', en: 'en-CA' } as const satisfies Record<Locale, string>;

/**
 * The first of our languages in an `Accept-Language` header, by its weights; null where it names neither.
 *
 * @source RFC 9110 §12.5.4
 */
export function localeFromAcceptLanguage(header: string | null): Locale | null {
  if (!header) return null;
  const wanted = header
    .slice(0, 500)
    .split(',')
    .map((part, position) => {
      const [tag = '', ...parameters] = part.trim().toLowerCase().split(';');
      const weight = parameters.map((text) => /^\s*q=([01](?:\.\d{0,3})?)\s*$/.exec(text)?.[1]).find(Boolean);
      return { language: tag.trim().split('-')[0], weight: weight === undefined ? 1 : Number(weight), position };
    })
    .filter(({ language, weight }) => isLocale(language) && weight > 0)
    .sort((a, b) => b.weight - a.weight || a.position - b.position);
  return (wanted[0]?.language as Locale | undefined) ?? null;
}
