import type { ReactNode } from 'react';
import { SettingsFrame } from '@/components/shell/settings-frame';
import type { Actor } from '@/lib/actors/model';
import { translator } from '@/lib/language/translate';
import { PortalPage } from '../portal-page';
import { sectionHref, sectionsFor, type SectionKey } from './sections';

/** One room of the settings: the quiet list of all that one may enter, the title, and what is done here. */
export function SettingsPage({
  actor,
  section,
  title,
  documentTitle,
  lead,
  actions,
  back,
  children,
}: {
  actor: Actor;
  section: SectionKey;
  /** Where the page is not the room itself, but one thing in it. */
  title?: string;
  /** Where the heading is not enough to tell the document from others, or what it answers: it is heard first. */
  documentTitle?: string;
  lead?: ReactNode;
  actions?: ReactNode;
  /** From one thing to the list that it stands in. */
  back?: { href: string; label: string };
  children: ReactNode;
}) {
  const t = translator(actor.locale);
  const heading = title ?? t(`settings.sections.${section}`);
  return (
    <PortalPage actor={actor} title={documentTitle ?? heading} current="settings" width="page">
      <SettingsFrame
        label={t('settings.title')}
        sections={sectionsFor(actor.permissions).map((one) => ({
          href: sectionHref(actor.organisation.slug, one),
          label: t(`settings.sections.${one.key}`),
          current: one.key === section,
        }))}
        title={heading}
        lead={lead}
        actions={actions}
        back={back}
      >
        {children}
      </SettingsFrame>
    </PortalPage>
  );
}
