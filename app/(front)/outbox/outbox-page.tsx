import type { ReactNode } from 'react';
import { PortalFrame } from '@/components/shell/portal-frame';
import type { Locale } from '@/lib/language/locale';
import { moment } from '@/lib/language/moment';
import { translator } from '@/lib/language/translate';
import { otherLanguage } from '../../[org]/frame';

/** The frame of the demo's outbox: it belongs to no organisation. */
export function OutboxPage({ locale, children }: { locale: Locale; children: ReactNode }) {
  const t = translator(locale);
  return (
    <PortalFrame
      skipLabel={t('site.skip')}
      header={{ organisationName: t('site.name'), homeHref: '/', language: otherLanguage(locale) }}
      width="wide"
    >
      {children}
    </PortalFrame>
  );
}

/** When a letter was written, by the clock of its organisation. */
export function writtenAt(at: Date, timeZone: string, locale: Locale): string {
  return moment(at, locale, timeZone, 'short');
}
