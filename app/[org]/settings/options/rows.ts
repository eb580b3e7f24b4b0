import type { OptionRow, RowControl } from '@/components/options/model';
import type { Actor } from '@/lib/actors/model';
import { clockOf } from '@/lib/language/moment';
import { sentence, translator } from '@/lib/language/translate';
import { fieldValues, type Draft } from '@/lib/options/draft';
import { OPTION_KEYS, OPTIONS, type OptionKey } from '@/lib/options/registry';
import type { LastChange, OptionsGrid } from '@/lib/options/service';
import { optionWords, valueWords } from '@/lib/options/words';

/** The grid in words, the draft in its fields. */
export function optionRows(actor: Actor, grid: OptionsGrid, draft: Draft | null): OptionRow[] {
  return OPTION_KEYS.map((key) => {
    const { label, help } = optionWords(actor.locale, key);
    const change = grid.changes[key];
    const group = sentence(actor.locale, `optionGroups.${OPTIONS[key].group}`);
    return {
      key,
      label,
      help,
      more: grid.options[key] === 'mandatory' && actor.permissions.has('mfa.reset') ? board(actor) : null,
      lastChange: change === undefined ? null : changeWords(actor, change),
      also: [group, ...valueWords(actor.locale, key, grid.options[key])].join(' '),
      control: controlOf(actor, key, grid.options[key], draft?.values[key] ?? grid.options[key]),
    };
  });
}

const board = ({ locale, organisation }: Actor) => ({
  href: `/${organisation.slug}/settings/enrolment`,
  label: translator(locale)('settings.sections.enrolment'),
});

function controlOf(actor: Actor, key: OptionKey, stored: unknown, shown: unknown): RowControl {
  const { locale } = actor;
  const { control } = OPTIONS[key];
  const [storedFields, shownFields] = [fieldValues(key, stored), fieldValues(key, shown)];
  const field = (name: string) => ({ name, stored: storedFields[name] ?? '', shown: shownFields[name] ?? '' });
  switch (control.kind) {
    case 'choice':
      return {
        kind: 'choice',
        field: field(key),
        choices: control.values.map((value) => ({
          value,
          label: sentence(locale, `optionValues.${control.words}.${value}`),
        })),
      };
    case 'number':
      return {
        kind: 'number',
        field: field(key),
        unit: sentence(locale, `optionValues.units.${control.unit}`),
        bounds: translator(locale)('optionsGrid.bounds', { min: control.min, max: control.max }),
      };
    case 'fields':
      return {
        kind: 'fields',
        fields: control.fields.map(({ name, type, longest }) => ({
          ...field(`${key}.${name}`),
          label: sentence(locale, `options.${key}.lines.${name}`),
          type,
          longest,
        })),
      };
  }
}

/** « Odile Tremblay, 3 mars 2026, 14 h 02 ». */
export function changeWords(actor: Actor, { by, at }: LastChange): string {
  const t = translator(actor.locale);
  const name = by === null ? t('optionsGrid.erased') : by === 'operator' ? t('optionsGrid.operator') : by.name;
  const date = clockOf(actor, { dateStyle: 'medium', timeStyle: 'short' }).format(at);
  return t('optionsGrid.changedBy', { name, date });
}
