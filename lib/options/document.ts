import { LOCALES } from '@/lib/language/locale';
import { sentence } from '@/lib/language/translate';
import { OPTION_GROUPS, OPTION_KEYS, OPTIONS, optionText } from './registry';
import { whatFits } from './service';
import { optionWords } from './words';

/** `docs/options.md`, drawn from the registry and the messages: `npm run docs` writes it, a test compares it (OPT-1). */
export function optionsDocument(): string {
  const sections = OPTION_GROUPS.map((group) =>
    [
      `## ${LOCALES.map((locale) => sentence(locale, `optionGroups.${group}`)).join(' · ')}`,
      ...OPTION_KEYS.filter((key) => OPTIONS[key].group === group).map((key) =>
        [
          `### \`${key}\``,
          ...LOCALES.map((locale) => {
            const { label, help, effect } = optionWords(locale, key);
            return `**${label}.** ${help} ${effect}`;
          }),
          [
            `- Takes: ${whatFits(key)}.`,
            `- From the start: \`${optionText(OPTIONS[key].initial)}\``,
            ...(OPTIONS[key].risky ? ['- Risky: it can keep people out.'] : []),
          ].join('\n'),
        ].join('\n\n'),
      ),
    ].join('\n\n'),
  );
  return (
    [
      '# Options',
      'What an organisation can set, in the grid (Settings, System, Options) or with `npm run vestibule -- option set --org SLUG KEY VALUE`. Drawn from `lib/options/registry.ts` by `npm run docs`: edit that, not this.',
      ...sections,
      '',
    ]
      .join('\n\n')
      .trimEnd() + '\n'
  );
}
