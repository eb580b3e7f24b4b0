import type { Locale } from '@/lib/language/locale';
import { sentence } from '@/lib/language/translate';
import type { Reason } from '@/lib/policy/decision';

/** A reason of the one decision as a sentence. */
export function reasonWords(locale: Locale, reason: Reason): string {
  return sentence(locale, `simulator.reasons.${reason.replace('.', '_')}`);
}
