'use client';

import { useEffect } from 'react';

/**
 * Where a script led to a page that is refused or missing, asks for it once more as a whole document: the server draws
 * the sentence, and nobody is left before a blank (ACC-4).
 */
export function WholePage() {
  useEffect(() => window.location.reload(), []);
  return null;
}
