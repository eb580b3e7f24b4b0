import type { ReactNode } from 'react';

/** The document itself is drawn one level below, where the organisation, and so the language, is known. */
export default function RootLayout({ children }: { children: ReactNode }) {
  return children;
}
