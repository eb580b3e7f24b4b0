import type { ReactNode } from 'react';
import { PortalFrame } from '@/components/shell/portal-frame';
import { ActionForm } from '@/components/ui/action-form';
import { buttonClasses } from '@/components/ui/button-classes';
import type { Actor } from '@/lib/actors/model';
import { translator } from '@/lib/language/translate';
import { LanguageSwitch } from '../frame';
import { signOut } from './actions';

/** The house around every signed-in page: ☰ at the top left, one's name at the top right. */
export function PortalPage({
  actor,
  title,
  current,
  width = 'measure',
  pictureVersion = null,
  children,
}: {
  actor: Actor;
  title: string;
  current: 'home' | 'account';
  width?: 'measure' | 'wide';
  pictureVersion?: Date | null;
  children: ReactNode;
}) {
  const { organisation, account, locale } = actor;
  const t = translator(locale);
  const home = `/${organisation.slug}`;
  const name = `${account.firstName} ${account.lastName}`;
  return (
    <PortalFrame
      skipLabel={t('site.skip')}
      width={width}
      header={{
        organisationName: organisation.name,
        homeHref: home,
        menu: {
          label: t('site.menu'),
          items: [
            { href: home, label: t('site.home'), current: current === 'home' },
            { href: `${home}/account`, label: t('site.account'), current: current === 'account' },
          ],
          children: (
            <ActionForm action={signOut}>
              <button type="submit" className={buttonClasses('quiet', true)}>
                {t('site.signOut')}
              </button>
            </ActionForm>
          ),
        },
        person: {
          name,
          href: `${home}/account`,
          initials: initialsOf(account.firstName, account.lastName),
          pictureUrl: pictureVersion === null ? undefined : `${home}/account/picture?v=${pictureVersion.getTime()}`,
        },
        children: <LanguageSwitch locale={locale} />,
      }}
    >
      <title>{t('site.titleOf', { page: title, organisation: organisation.name })}</title>
      {children}
    </PortalFrame>
  );
}

function initialsOf(...names: string[]): string {
  return names
    .map((name) => [...name][0] ?? '')
    .join('')
    .toLocaleUpperCase('fr-CA');
}
