import type { ReactNode } from 'react';
import { SettingsFrame, type SettingsFrameValues } from '@/components/shell/settings-frame';
import type { Actor } from '@/lib/actors/model';
import { translator } from '@/lib/language/translate';
import { portalFrame } from '../portal-page';
import { sectionHref, sectionsFor, type SectionKey } from './sections';

type Where = {
  actor: Actor;
  section: SectionKey;
  /** Where the page is not the room itself, but one thing in it. */
  title?: string;
  /** Where the heading is not enough to tell the document from others, or what it answers: it is heard first. */
  documentTitle?: string;
  /** From one thing to the list that it stands in. */
  back?: { href: string; label: string };
};

/** What the settings say around one of their rooms, in plain values: the quiet list of all that one may enter, and the title. */
export function settingsFrame({ actor, section, title, documentTitle, back }: Where): SettingsFrameValues {
  const { organisation, permissions, locale } = actor;
  const t = translator(locale);
  const heading = title ?? t(`settings.sections.${section}`);
  const here = sectionsFor(permissions).find(({ key }) => key === section);
  return {
    portal: portalFrame({ actor, title: documentTitle ?? heading, current: 'settings' }),
    label: t('settings.title'),
    here: here === undefined ? '' : sectionHref(organisation.slug, here),
    title: heading,
    back,
  };
}

/** One room of the settings, where it does not draw its frame itself. */
export function SettingsPage({
  lead,
  actions,
  children,
  ...where
}: Where & {
  lead?: ReactNode;
  actions?: ReactNode;
  children: ReactNode;
}) {
  return (
    <SettingsFrame {...settingsFrame(where)} lead={lead} actions={actions}>
      {children}
    </SettingsFrame>
  );
}
