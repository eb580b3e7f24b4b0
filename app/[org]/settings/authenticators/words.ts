import type { AuthenticatorState } from '@/lib/authenticators/model';
import { FAULT_CODES, type Fault, type FaultCode } from '@/lib/authenticators/rules';
import type { Locale } from '@/lib/language/locale';
import type { FieldIssue } from '@/lib/saml/editor';
import { clock } from '@/lib/language/moment';
import { sentence } from '@/lib/language/translate';

/** How loudly a state speaks; its word says the same. */
export const STATE_TONES = { active: 'success', draft: 'plain', deactivated: 'warning' } as const satisfies Record<
  AuthenticatorState,
  string
>;

/** A sentence for each field that keeps an authenticator from being put in force. */
export function faultSentences(locale: Locale, faults: readonly Fault[]): Record<string, string> {
  const sentences: Record<string, string> = {};
  for (const { field, code, details } of faults) {
    sentences[field] ??= sentence(locale, `authenticators.faults.${code.replace('.', '_')}`, details);
  }
  return sentences;
}

/** Faults on their way through an address: which field, and why. */
export const writeFaults = (faults: readonly Fault[]): string =>
  new URLSearchParams(faults.map(({ field, code }) => ['fault', `${field}:${code}`])).toString();

/** What is no fault of ours in an address is none. */
export function readFaults(given: string | readonly string[] | undefined): Fault[] {
  return [given ?? []].flat().flatMap((written) => {
    const [, field, code] = /^([A-Za-z]{1,40}):([a-z.-]{1,60})$/.exec(written) ?? [];
    return field !== undefined && isFaultCode(code) ? [{ field, code }] : [];
  });
}

const isFaultCode = (code: string | undefined): code is FaultCode => FAULT_CODES.includes(code as FaultCode);

/** A sentence for each field that brought what can't be read. */
export function issueSentences(
  locale: Locale,
  timeZone: string,
  issues: readonly FieldIssue[],
): Record<string, string> {
  const sentences: Record<string, string> = {};
  for (const { field, code, date } of issues) {
    const day = date === undefined ? '' : dayOf(date, locale, timeZone);
    sentences[field] ??= sentence(locale, `fields.${code.replace('.', '_')}`, { date: day });
  }
  return sentences;
}

export const dayOf = (date: Date, locale: Locale, timeZone: string) =>
  clock(locale, timeZone, { dateStyle: 'long' }).format(date);
