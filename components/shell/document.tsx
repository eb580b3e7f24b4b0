'use client';

import type { ReactNode } from 'react';
import { Said } from '@/components/ui/said';

/**
 * The document of every page. Its head: not for search engines, in both lights, no telephone numbers but our own links. Written
 * by hand: what Next.js calls metadata is gathered, merged and copied for each request. The title is each page's own.
 */
export function Document({
  lang,
  unreachable,
  children,
}: {
  lang: string;
  /** For forms whose server doesn't answer: the sentence must be there already. */
  unreachable: string;
  children: ReactNode;
}) {
  return (
    <html lang={lang}>
      <head>
        <meta name="robots" content="noindex, nofollow" />
        <meta name="format-detection" content="telephone=no" />
        <meta name="color-scheme" content="light dark" />
        <link rel="icon" href="/icon.svg" type="image/svg+xml" />
      </head>
      <body data-unreachable={unreachable}>
        {children}
        <Said />
      </body>
    </html>
  );
}
