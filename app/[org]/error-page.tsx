import { headers } from 'next/headers';
import { ErrorView, type ErrorKind } from '@/components/errors/error-view';
import { SignInFrame } from '@/components/shell/sign-in-frame';
import { translator } from '@/lib/language/translate';
import { findOrganisation } from '@/lib/organisations/store';
import { HEADERS } from '@/lib/request/headers';
import { pageLocale } from '@/lib/sessions/current';
import { LanguageSwitch } from './frame';

/** A page that can't be shown. It is not told which organisation it stands in: the address that was asked for is. */
export async function ErrorPage({ kind, status }: { kind: ErrorKind; status: '403' | '404' }) {
  const given = await headers();
  const slug = (given.get(HEADERS.path) ?? '').split(/[/?]/)[1] ?? '';
  const [organisation, locale] = await Promise.all([findOrganisation(slug), pageLocale(slug)]);
  const t = translator(locale);
  const title = t(`errors.${status}.title`);
  return (
    <SignInFrame
      skipLabel={t('site.skip')}
      header={{ organisationName: organisation?.name ?? t('site.name'), children: <LanguageSwitch locale={locale} /> }}
    >
      <title>{title}</title>
      <ErrorView
        kind={kind}
        title={title}
        next={{ href: organisation === null ? '/' : `/${organisation.slug}`, label: t('errors.home') }}
      >
        {t(`errors.${status}.sentence`)}
      </ErrorView>
    </SignInFrame>
  );
}
