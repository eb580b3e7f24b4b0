import '../globals.css';
import type { ReactNode } from 'react';
import { Head } from '@/components/shell/head';
import { Said } from '@/components/ui/said';
import { REGIONAL } from '@/lib/language/locale';
import { translator } from '@/lib/language/translate';
import { currentLocale } from '@/lib/sessions/current';

export default async function FrontLayout({ children }: { children: ReactNode }) {
  const locale = await currentLocale();
  return (
    <html lang={REGIONAL[locale]}>
      <Head />
      <body data-unreachable={translator(locale)('refusals.server_unreachable')}>
        {children}
        <Said />
      </body>
    </html>
  );
}
