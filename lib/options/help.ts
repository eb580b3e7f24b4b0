import type { Locale } from '@/lib/language/locale';
import { translator } from '@/lib/language/translate';

/** The words around `helpContact`, for pages and for the server's own error pages alike. */
export function helpWords(locale: Locale): { title: string; telephone: string; email: string; hours: string } {
  const t = translator(locale);
  return {
    title: t('help.contactTitle'),
    telephone: t('help.telephone'),
    email: t('help.email'),
    hours: t('help.hours'),
  };
}
