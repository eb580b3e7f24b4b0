import '../globals.css';
import type { Metadata, Viewport } from 'next';
import type { ReactNode } from 'react';
import { REGIONAL } from '@/lib/language/locale';
import { translator } from '@/lib/language/translate';
import { currentLocale } from '@/lib/sessions/current';

export const metadata: Metadata = { title: 'Vestibule', robots: { index: false, follow: false } };

export const viewport: Viewport = { colorScheme: 'light dark' };

export default async function FrontLayout({ children }: { children: ReactNode }) {
  const locale = await currentLocale();
  return (
    <html lang={REGIONAL[locale]}>
      <body data-unreachable={translator(locale)('refusals.server_unreachable')}>{children}</body>
    </html>
  );
}
