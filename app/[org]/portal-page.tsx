import type { ReactNode } from 'react';
import { PortalFrame, type PortalFrameValues } from '@/components/shell/portal-frame';
import { nameOfAction } from '@/lib/actions/plain';
import type { Actor } from '@/lib/actors/model';
import { translator } from '@/lib/language/translate';
import { otherLanguage } from './frame';
import { signOut } from './actions';
import { sectionHref, sectionsFor } from './settings/sections';

type Where = {
  actor: Actor;
  /** Null where what stands within gives the document its title. */
  title: string | null;
  current: 'home' | 'account' | 'settings';
};

/** What the house says around a signed-in page, in plain values: ☰ at the top left, one's name at the top right. */
export function portalFrame({ actor, title, current }: Where): PortalFrameValues {
  const { organisation, account, locale } = actor;
  const t = translator(locale);
  const home = `/${organisation.slug}`;
  return {
    skipLabel: t('site.skip'),
    title: title === null ? undefined : t('site.titleOf', { page: title, organisation: organisation.name }),
    header: {
      organisationName: organisation.name,
      homeHref: home,
      menu: {
        label: t('site.menu'),
        items: [
          { href: home, label: t('site.home'), current: current === 'home' },
          { href: `${home}/account`, label: t('site.account'), current: current === 'account' },
          ...sectionsFor(actor.permissions).map((section) => ({
            href: sectionHref(organisation.slug, section),
            label: t(`settings.sections.${section.key}`),
            group: t('settings.title'),
          })),
        ],
        signOut: { label: t('site.signOut'), action: nameOfAction(signOut) },
      },
      person: {
        name: `${account.firstName} ${account.lastName}`,
        href: `${home}/account`,
        initials: initialsOf(actor),
        pictureUrl: pictureHref(actor),
      },
      language: otherLanguage(locale),
    },
  };
}

/** The house around a signed-in page, where what stands in it does not draw it. */
export function PortalPage({
  width = 'measure',
  children,
  ...where
}: Where & {
  width?: 'measure' | 'wide' | 'page';
  children: ReactNode;
}) {
  return (
    <PortalFrame {...portalFrame(where)} width={width}>
      {children}
    </PortalFrame>
  );
}

/** What stands where there is no picture. */
export function initialsOf({ account }: Actor): string {
  return [account.firstName, account.lastName]
    .map((name) => [...name][0] ?? '')
    .join('')
    .toLocaleUpperCase('fr-CA');
}

/** One's own picture, under an address that changes with it; undefined: there is none. */
export function pictureHref({ account, organisation }: Actor): string | undefined {
  return account.pictureVersion === null
    ? undefined
    : `/${organisation.slug}/account/picture?v=${account.pictureVersion.getTime()}`;
}
