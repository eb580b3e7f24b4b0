/** One row of the options grid, in words: the browser knows neither the registry nor the messages. */
export interface OptionRow {
  readonly key: string;
  readonly label: string;
  readonly help: string;
  /** Where what it brings about can be seen. */
  readonly more: { readonly href: string; readonly label: string } | null;
  /** « Odile Tremblay, le 3 mars 2026 à 14 h 02 »; null: never changed. */
  readonly lastChange: string | null;
  /** What else a search looks through. */
  readonly also: string;
  readonly control: RowControl;
}

export type RowControl =
  | { readonly kind: 'choice'; readonly field: RowField; readonly choices: readonly Choice[] }
  | { readonly kind: 'number'; readonly field: RowField; readonly unit: string; readonly bounds: string }
  | { readonly kind: 'fields'; readonly fields: readonly LineField[] };

export interface Choice {
  readonly value: string;
  readonly label: string;
}

export interface RowField {
  readonly name: string;
  /** What is in force. */
  readonly stored: string;
  /** What stands in the field: a draft, or what is in force. */
  readonly shown: string;
}

export interface LineField extends RowField {
  readonly label: string;
  readonly type: 'text' | 'tel' | 'email';
  readonly longest: number;
}
