import { Button } from '@/components/ui/button';
import { Notice } from '@/components/ui/notice';
import type { Locale } from '@/lib/language/locale';
import { translator } from '@/lib/language/translate';

/** For whoever comes in by a provider and has no password here: the provider says anew who they are, and leads back. */
export function ProviderFirst({ slug, locale, next }: { slug: string; locale: Locale; next: string }) {
  const t = translator(locale);
  return (
    <Notice tone="warning" title={t('resets.providerFirst')}>
      <p className="mb-3">{t('resets.providerFirstWhy')}</p>
      <Button variant="primary" href={`/${slug}/sign-in?next=${encodeURIComponent(next)}`}>
        {t('resets.providerFirstGo')}
      </Button>
    </Notice>
  );
}
