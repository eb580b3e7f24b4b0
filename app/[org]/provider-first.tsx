import { Button } from '@/components/ui/button';
import { Link } from '@/components/ui/link';
import { Notice } from '@/components/ui/notice';
import type { Locale } from '@/lib/language/locale';
import { translator } from '@/lib/language/translate';

/**
 * For whoever comes in by a provider and has no password here: the provider says anew who they are, and leads back.
 * `quiet` where it stands beside other things, in the place of a password's field.
 */
export function ProviderFirst({
  slug,
  locale,
  next,
  quiet = false,
}: {
  slug: string;
  locale: Locale;
  next: string;
  quiet?: boolean;
}) {
  const t = translator(locale);
  const href = `/${slug}/sign-in?next=${encodeURIComponent(next)}`;
  if (quiet) {
    return (
      <p className="max-w-measure text-sm text-quiet">
        {t('resets.providerFirstWhy')}{' '}
        <Link href={href} inline>
          {t('resets.providerFirstGo')}
        </Link>
      </p>
    );
  }
  return (
    <Notice tone="warning" title={t('resets.providerFirst')}>
      <p className="mb-3">{t('resets.providerFirstWhy')}</p>
      <Button variant="primary" href={href}>
        {t('resets.providerFirstGo')}
      </Button>
    </Notice>
  );
}
