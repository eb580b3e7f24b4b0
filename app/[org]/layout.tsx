import '../globals.css';
import type { ReactNode } from 'react';
import { Head } from '@/components/shell/head';
import { Said } from '@/components/ui/said';
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
    <html lang={REGIONAL[locale]}>
      <Head />
      {/* For forms whose server doesn't answer: the sentence must be there already. */}
      <body data-unreachable={translator(locale)('refusals.server_unreachable')}>
        {children}
        <Said />
      </body>
    </html>
  );
}
