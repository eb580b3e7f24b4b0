import '../globals.css';
import type { ReactNode } from 'react';
import { Document } from '@/components/shell/document';
import { REGIONAL } from '@/lib/language/locale';
import { translator } from '@/lib/language/translate';
import { pageLocale } from '@/lib/sessions/current';

export default async function OrganisationLayout({
  children,
  params,
}: {
  children: ReactNode;
  params: Promise<{ org: string }>;
}) {
  const locale = await pageLocale((await params).org);
  return (
    <Document lang={REGIONAL[locale]} unreachable={translator(locale)('refusals.server_unreachable')}>
      {children}
    </Document>
  );
}
