import type { ProviderFirstValues } from '@/components/shell/provider-first';
import type { Locale } from '@/lib/language/locale';
import { translator } from '@/lib/language/translate';

/** What is said to whoever has no password here, and the way to their provider, which leads back to `next`. */
export function providerFirst({
  slug,
  locale,
  next,
}: {
  slug: string;
  locale: Locale;
  next: string;
}): ProviderFirstValues {
  const t = translator(locale);
  return {
    href: `/${slug}/sign-in?next=${encodeURIComponent(next)}`,
    title: t('resets.providerFirst'),
    why: t('resets.providerFirstWhy'),
    go: t('resets.providerFirstGo'),
  };
}
