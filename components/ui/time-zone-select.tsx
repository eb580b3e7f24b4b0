'use client';

import { FormSelect, useField } from './action-form';
import type { SelectProps } from './select';

export type TimeZoneSelectProps = Omit<SelectProps, 'children' | 'defaultValue'> & {
  /** The near ones, each with what it is called, and the names of the far ones with a space between them. */
  zones: { readonly near: readonly { readonly zone: string; readonly label: string }[]; readonly far: string };
  /** What the two parts of the list are called. */
  parts: Readonly<Record<'near' | 'far', string>>;
  defaultValue: string;
  /** The choice of no zone; undefined: one must be chosen. */
  unset?: string;
};

/**
 * The time zones, the near ones first, in a list of the form around it. The far ones are text: as elements of React's, four
 * hundred names cost more than all the rest of a page.
 */
export function FormTimeZoneSelect({ zones, parts, unset, ...select }: TimeZoneSelectProps) {
  const chosen = useField(select.name).typed ?? select.defaultValue;
  const far = zones.far.split(' ');
  const listed = chosen === '' || far.includes(chosen) || zones.near.some(({ zone }) => zone === chosen);
  return (
    <FormSelect {...select}>
      {unset === undefined ? null : <option value="">{unset}</option>}
      {listed ? null : <option value={chosen}>{chosen}</option>}
      <optgroup label={parts.near}>
        {zones.near.map(({ zone, label }) => (
          <option key={zone} value={zone}>
            {label}
          </option>
        ))}
      </optgroup>
      <optgroup label={parts.far} dangerouslySetInnerHTML={{ __html: optionsOf(far, chosen) }} />
    </FormSelect>
  );
}

/** Names from IANA's data have no character that HTML gives a meaning; what was typed is compared with them and never written. */
const optionsOf = (names: readonly string[], chosen: string) =>
  names.map((name) => `<option${name === chosen ? ' selected' : ''}>${name}</option>`).join('');
