import type { ReactNode } from 'react';
import type { LanguageFormProps } from '@/components/shell/language-form';
import { SignInFrame, type SignInFrameValues } from '@/components/shell/sign-in-frame';
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

type Within = { organisation: Organisation; locale: Locale };

/** What the front of the house says, in plain values, for the steps that draw their frame themselves (decision 009). */
export function signInFrame({ organisation, locale }: Within, page: string): SignInFrameValues {
  const t = translator(locale);
  return {
    skipLabel: t('site.skip'),
    title: t('site.titleOf', { page, organisation: organisation.name }),
    header: { organisationName: organisation.name, language: otherLanguage(locale) },
  };
}

/** The front of the house, around every other page of signing in. */
export function SignInPage({
  organisation,
  locale,
  size = 'narrow',
  aside,
  children,
}: Within & {
  size?: 'narrow' | 'wide';
  /** On the wall beside the door, where there is room. */
  aside?: ReactNode;
  children: ReactNode;
}) {
  return (
    <SignInFrame
      skipLabel={translator(locale)('site.skip')}
      size={size}
      header={{ organisationName: organisation.name, language: otherLanguage(locale) }}
      aside={aside}
    >
      {children}
    </SignInFrame>
  );
}
