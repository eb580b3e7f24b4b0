import { OPTION_KEYS, OPTIONS, optionText } from '@/lib/options/registry';
import { parseOption, setOption, settingsOf, whatFits } from '@/lib/options/service';
import { ORGANISATION, operatorIn, table, type Command } from './command';

export const listOptionsCommand: Command = {
  name: 'option list',
  summary: 'Lists the options of an organisation.',
  options: { org: ORGANISATION, json: { value: null, help: 'as JSON, for programs' } },
  async run(given) {
    const { organisation } = await operatorIn(given.option('org'));
    const { options, changedAt } = await settingsOf(organisation);
    const rows = OPTION_KEYS.map((key) => ({
      key,
      value: options[key],
      initial: OPTIONS[key].initial,
      changedAt: changedAt[key]?.toISOString() ?? null,
    }));
    if (given.has('json')) return JSON.stringify(rows, null, 2);
    return table([
      ['OPTION', 'VALUE', 'INITIAL', 'LAST CHANGE'],
      ...rows.map(({ key, value, initial, changedAt: at }) => [
        key,
        optionText(value),
        optionText(initial),
        at ?? 'never',
      ]),
    ]).join('\n');
  },
};

export const setOptionCommand: Command = {
  name: 'option set',
  summary: 'Sets one option; the next request of everyone meets it.',
  options: { org: ORGANISATION },
  arguments: [
    { name: 'KEY', help: `one of ${OPTION_KEYS.join(', ')}` },
    { name: 'VALUE', help: 'as option list shows them' },
  ],
  remarks: [
    'Values:',
    ...table(
      OPTION_KEYS.map((key) => [key, whatFits(key)]),
      '  ',
    ),
  ].join('\n'),
  async run(given) {
    const option = parseOption(given.argument('KEY'), given.argument('VALUE'));
    const before = await setOption(await operatorIn(given.option('org')), option.key, option.value);
    const [was, is] = [optionText(before), optionText(option.value)];
    return was === is ? `${option.key} is ${was} already.` : `${option.key}: ${was} → ${is}`;
  },
};
