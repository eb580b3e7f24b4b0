import type { Locale } from '@/lib/language/locale';
import { sentence, translator } from '@/lib/language/translate';
import type { Change } from './search/changes';

/** What a refusal's sentence may ask for; where it stands for a reason, the code says enough. */
const UNTOLD = {
  name: '—',
  names: 'none',
  domain: '—',
  address: '—',
  columns: '—',
  word: '',
  seconds: 0,
  minutes: 0,
  hours: 0,
  days: 0,
  count: 0,
  line: 0,
  min: 0,
  max: 0,
};

const first = (locale: Locale, keys: readonly string[]): string | null => {
  const has = translator(locale).has as (key: string) => boolean;
  const key = keys.find((one) => has(one));
  return key === undefined ? null : sentence(locale, key, UNTOLD);
};

/** What happened, in words. An action that only an older version knew keeps its code. */
export function actionWords(locale: Locale, action: string): string {
  return first(locale, [`audit.actions.${action.replace('.', '_')}`]) ?? action;
}

/**
 * Why it ended as it did: in the audit's own words, else in those of the decision, of the refusal or of the
 * provider's fault that it names.
 */
export function reasonWords(locale: Locale, reason: string): string {
  const key = reason.replaceAll('.', '_');
  return (
    first(locale, [
      `audit.reasons.${key}`,
      `simulator.reasons.${key}`,
      `refusals.${key}`,
      `externalFaults.${key}.what`,
    ]) ?? reason
  );
}

/** The name of a detail of an event, or of what it changed: as its own page calls it where that has a label for it. */
export function detailWords(locale: Locale, name: string): string {
  return (
    first(locale, [
      `options.${name}.label`,
      `audit.details.${name}`,
      ...['', 'oidc.', 'saml.'].map((type) => `authenticators.${type}${name}`),
    ]) ?? name
  );
}

/** What is said in a person's own words; it is never taken for one of ours. */
const OWN_WORDS = new Set(['name', 'reason', 'definition', 'slug', 'username']);

/**
 * A value of a detail: text and numbers as they are, words of ours in the reader's language, what has a before and an
 * after with an arrow.
 *
 * @param name of the detail that it is a value of
 */
export function valueWords(locale: Locale, name: string | null, value: unknown): string {
  const t = translator(locale);
  if (value === null || value === undefined || value === '') return t('audit.nothing');
  if (typeof value === 'boolean') return value ? t('audit.yes') : t('audit.no');
  if (Array.isArray(value)) {
    return value.length === 0 ? t('audit.nothing') : value.map((one) => valueWords(locale, name, one)).join(', ');
  }
  if (typeof value === 'object') {
    const parts = value as Readonly<Record<string, unknown>>;
    if ('before' in parts && 'after' in parts) {
      return `${valueWords(locale, name, parts['before'])} → ${valueWords(locale, name, parts['after'])}`;
    }
    return Object.entries(parts)
      .map(([part, one]) =>
        t('audit.detail', { name: detailWords(locale, part), value: valueWords(locale, part, one) }),
      )
      .join(', ');
  }
  if (typeof value !== 'string' || (name !== null && OWN_WORDS.has(name))) return String(value as string | number);
  if (name === 'reasons') return reasonWords(locale, value);
  if (name === 'changed' || name === 'key') return detailWords(locale, value);
  if (name === 'filters') return first(locale, [`audit.${value}`]) ?? value;
  return first(locale, [`audit.values.${value}`]) ?? value;
}

/** What changed, and from what to what; the name is null where the act itself says what. */
export function changeWords(
  locale: Locale,
  { what, before, after }: Change,
): { name: string | null; before: string; after: string } {
  const last = what?.split('.').at(-1) ?? null;
  return {
    name:
      what === null
        ? null
        : what
            .split('.')
            .map((part) => detailWords(locale, part))
            .join(' · '),
    before: valueWords(locale, last, before),
    after: valueWords(locale, last, after),
  };
}
