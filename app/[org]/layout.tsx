import '../globals.css';
import type { Metadata, Viewport } from 'next';
import type { ReactNode } from 'react';
import { REGIONAL } from '@/lib/language/locale';
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
  return (
    <html lang={REGIONAL[await pageLocale((await params).org)]}>
      <body>{children}</body>
    </html>
  );
}
