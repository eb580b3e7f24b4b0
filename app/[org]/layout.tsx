import '../globals.css';
import type { Metadata, Viewport } from 'next';
import type { ReactNode } from 'react';
import { REGIONAL } from '@/lib/language/locale';
import { translator } from '@/lib/language/translate';
import { pageLocale } from '@/lib/sessions/current';

export const metadata: Metadata = {
  title: 'Vestibule',
  robots: { index: false, follow: false },
  formatDetection: { telephone: false },
};

export const viewport: Viewport = { colorScheme: 'light dark' };

export default async function OrganisationLayout({
  children,
  params,
}: {
  children: ReactNode;
  params: Promise<{ org: string }>;
}) {
  const locale = await pageLocale((await params).org);
  return (
    <html lang={REGIONAL[locale]}>
      {/* For forms whose server doesn't answer: the sentence must be there already. */}
      <body data-unreachable={translator(locale)('refusals.server_unreachable')}>{children}</body>
    </html>
  );
}
