/**
 * The browser and system that a User-Agent speaks of, well enough for a person to know her own devices again; null where
 * it says nothing we know. A claim, never a proof.
 */
export function describeUserAgent(userAgent: string): { browser: string | null; system: string | null } {
  const first = (candidates: readonly (readonly [RegExp, string])[]) =>
    candidates.find(([pattern]) => pattern.test(userAgent))?.[1] ?? null;
  return {
    browser: first([
      [/Edg(e|A|iOS)?\//, 'Edge'],
      [/OPR\//, 'Opera'],
      [/SamsungBrowser\//, 'Samsung Internet'],
      [/Firefox\/|FxiOS\//, 'Firefox'],
      [/Chrome\/|CriOS\/|Chromium\//, 'Chrome'],
      [/Safari\//, 'Safari'],
    ]),
    system: first([
      [/iPhone/, 'iPhone'],
      [/iPad/, 'iPad'],
      [/Android/, 'Android'],
      [/Windows/, 'Windows'],
      [/Mac OS X|Macintosh/, 'macOS'],
      [/CrOS/, 'ChromeOS'],
      [/Linux/, 'Linux'],
    ]),
  };
}
