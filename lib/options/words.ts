import type { Locale } from '@/lib/language/locale';
import { sentence } from '@/lib/language/translate';
import { OPTIONS, type OptionKey } from './registry';

/** What people read of an option. */
export function optionWords(locale: Locale, key: OptionKey): { label: string; help: string; effect: string } {
  const say = (part: string) => sentence(locale, `options.${key}.${part}`);
  return { label: say('label'), help: say('help'), effect: say('effect') };
}

/** A value as people read it: « Activé (Obligatoire) », « 15 minutes », the filled lines one below the other. */
export function valueWords(locale: Locale, key: OptionKey, value: unknown): readonly string[] {
  const { control } = OPTIONS[key];
  switch (control.kind) {
    case 'choice':
      return [sentence(locale, `optionValues.${control.words}.${String(value)}`)];
    case 'number':
      return [sentence(locale, `optionValues.${control.unit}`, { count: Number(value) })];
    case 'fields': {
      const lines = control.fields.map(({ name }) => (value as Record<string, string>)[name] ?? '').filter(Boolean);
      return lines.length === 0 ? [sentence(locale, 'optionValues.empty')] : lines;
    }
  }
}
