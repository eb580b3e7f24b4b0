/**
 * The head of every page: not for search engines, in both lights, no telephone numbers but our own links. Written by hand:
 * what Next.js calls metadata is gathered, merged and copied for each request. The title is each page's own.
 */
export function Head() {
  return (
    <head>
      <meta name="robots" content="noindex, nofollow" />
      <meta name="format-detection" content="telephone=no" />
      <meta name="color-scheme" content="light dark" />
      <link rel="icon" href="/icon.svg" type="image/svg+xml" />
    </head>
  );
}
