import { SignInFrame } from '@/components/shell/sign-in-frame';
import { ErrorView, type ErrorViewProps } from './error-view';

/** A whole page of its own, without a line of script: it must stand when nothing else does. */
export function ErrorDocument({
  lang,
  stylesheets,
  organisationName,
  skipLabel,
  ...view
}: ErrorViewProps & { lang: string; stylesheets: readonly string[]; organisationName: string; skipLabel: string }) {
  return (
    <html lang={lang}>
      <head>
        <meta charSet="utf-8" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <meta name="color-scheme" content="light dark" />
        <meta name="robots" content="noindex" />
        <title>{view.title}</title>
        <link rel="icon" href="/icon.svg" type="image/svg+xml" />
        {stylesheets.map((href) => (
          <link key={href} rel="stylesheet" href={href} />
        ))}
      </head>
      <body>
        <SignInFrame skipLabel={skipLabel} header={{ organisationName }}>
          <ErrorView {...view} />
        </SignInFrame>
      </body>
    </html>
  );
}
