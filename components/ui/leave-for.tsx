'use client';

import { useEffect } from 'react';

/** Goes on to another document by itself; where no script runs, by the page's own heading. */
export function LeaveFor({ href }: { href: string }) {
  useEffect(() => window.location.replace(href), [href]);
  return (
    <noscript>
      <meta httpEquiv="refresh" content={`0;url=${href}`} />
    </noscript>
  );
}
