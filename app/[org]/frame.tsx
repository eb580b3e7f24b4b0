import type { ReactNode } from 'react';
import type { LanguageFormProps } from '@/components/shell/language-form';
import { SignInFrame } from '@/components/shell/sign-in-frame';
import { nameOfAction } from '@/lib/actions/plain';
import type { Locale } from '@/lib/language/locale';
import { REGIONAL } from '@/lib/language/locale';
import { translator } from '@/lib/language/translate';
import type { Organisation } from '@/lib/organisations/model';
import { currentPlace } from '@/lib/sessions/current';
import { chooseLanguage } from '../actions';

/** The way to the other language, and back to this page. */
export function otherLanguage(locale: Locale): LanguageFormProps {
  const other = locale === 'fr' ? 'en' : 'fr';
  return {
    action: nameOfAction(chooseLanguage),
    language: other,
    lang: REGIONAL[other],
    path: currentPlace(),
    label: translator(locale)('site.switchTo'),
  };
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
      header={{ organisationName: organisation.name, language: otherLanguage(locale) }}
      aside={aside}
    >
      {children}
    </SignInFrame>
  );
}
