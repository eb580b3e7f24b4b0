import type { ReactNode } from 'react';
import { headers } from 'next/headers';
import { ActionForm } from '@/components/ui/action-form';
import { SignInFrame } from '@/components/shell/sign-in-frame';
import { buttonClasses } from '@/components/ui/button-classes';
import type { Locale } from '@/lib/language/locale';
import { REGIONAL } from '@/lib/language/locale';
import { translator } from '@/lib/language/translate';
import type { Organisation } from '@/lib/organisations/model';
import { HEADERS } from '@/lib/request/headers';
import { chooseLanguage } from '../actions';

/** The other language, one press away: a form, so that it works without script and leads back to the same page. */
export async function LanguageSwitch({ locale }: { locale: Locale }) {
  const other = locale === 'fr' ? 'en' : 'fr';
  const path = (await headers()).get(HEADERS.path) ?? '/';
  return (
    <ActionForm action={chooseLanguage} hidden={{ language: other, path }}>
      <button type="submit" lang={REGIONAL[other]} className={buttonClasses('quiet', false, 'max-sm:px-3')}>
        {translator(locale)('site.switchTo')}
      </button>
    </ActionForm>
  );
}

/** The front of the house, around every step of signing in. */
export async function SignInPage({
  organisation,
  locale,
  size = 'narrow',
  aside,
  children,
}: {
  organisation: Organisation;
  locale: Locale;
  size?: 'narrow' | 'wide';
  /** On the wall beside the door, where there is room. */
  aside?: ReactNode;
  children: ReactNode;
}) {
  const t = translator(locale);
  return (
    <SignInFrame
      skipLabel={t('site.skip')}
      size={size}
      header={{ organisationName: organisation.name, children: <LanguageSwitch locale={locale} /> }}
      aside={aside}
    >
      {children}
    </SignInFrame>
  );
}
