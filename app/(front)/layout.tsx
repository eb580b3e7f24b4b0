import '../globals.css';
import type { Metadata, Viewport } from 'next';
import type { ReactNode } from 'react';
import { REGIONAL } from '@/lib/language/locale';
import { currentLocale } from '@/lib/sessions/current';

export const metadata: Metadata = { title: 'Vestibule', robots: { index: false, follow: false } };

export const viewport: Viewport = { colorScheme: 'light dark' };

export default async function FrontLayout({ children }: { children: ReactNode }) {
  return (
    <html lang={REGIONAL[await currentLocale()]}>
      <body>{children}</body>
    </html>
  );
}
