import '../globals.css';
import type { ReactNode } from 'react';
import { Document } from '@/components/shell/document';
import { REGIONAL } from '@/lib/language/locale';
import { translator } from '@/lib/language/translate';
import { currentLocale } from '@/lib/sessions/current';

export default async function FrontLayout({ children }: { children: ReactNode }) {
  const locale = await currentLocale();
  return (
    <Document lang={REGIONAL[locale]} unreachable={translator(locale)('refusals.server_unreachable')}>
      {children}
    </Document>
  );
}
