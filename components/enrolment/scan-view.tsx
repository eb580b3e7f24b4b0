import type { ReactNode } from 'react';
import { Button } from '@/components/ui/button';
import { classNames } from '@/components/ui/class-names';
import { Link } from '@/components/ui/link';
import { PageTitle } from '@/components/ui/page-title';
import { CodeDrawing } from './illustrations';
import type { PhoneKind } from './phone-kind';
import { QrTile, type QrCode } from './qr-tile';
import { Taps, type Tap } from './taps';

export type ScanViewLabels = {
  title: string;
  lead?: string;
  /** « Ouvrir dans mon application » and why, for a person who reads this on the phone itself. */
  openApp: string;
  openAppHint?: string;
  /** What the picture is, for a screen reader. */
  qr: string;
  tapsTitle: string;
  codeTitle: string;
  /** « Difficulté à capturer ». */
  trouble: string;
};

export type ScanViewProps = {
  labels: ScanViewLabels;
  qr: QrCode;
  /** The `otpauth:` link that hands the key to the app of this phone. */
  openAppHref: string;
  /** The page is read on a phone: its own app comes first. Else one scans, and the link is for a window as narrow as a phone. */
  handheld: boolean;
  taps: Tap[];
  /** The phone of the pictures. */
  phone: PhoneKind;
  troubleHref: string;
  /** The form with the code and its button. */
  form: ReactNode;
  /** Where one is: `<Steps>`. */
  steps?: ReactNode;
  /** The attempt is about to expire. */
  notice?: ReactNode;
};

/**
 * Scan, then type the code. On a wide screen the square stands beside the taps. On a phone the app is usually on that
 * same phone, so its button comes first; the square stays in sight for those who scan it with another one.
 */
export function ScanView({
  labels,
  qr,
  openAppHref,
  handheld,
  taps,
  phone,
  troubleHref,
  form,
  steps,
  notice,
}: ScanViewProps) {
  const openApp = (
    <div className="flex flex-col gap-2 md:hidden">
      <Button
        variant={handheld ? 'primary' : undefined}
        wide
        href={openAppHref}
        className={
          handheld
            ? 'border border-transparent after-code:border-edge after-code:bg-transparent after-code:text-ink after-code:hover:bg-wash'
            : undefined
        }
      >
        {labels.openApp}
      </Button>
      {labels.openAppHint ? <p className="text-sm text-quiet">{labels.openAppHint}</p> : null}
    </div>
  );
  return (
    <div className={classNames('flex flex-col gap-6 md:gap-8', handheld && 'code-page')}>
      {steps}
      <PageTitle size="step" lead={labels.lead}>
        {labels.title}
      </PageTitle>
      {notice}

      {handheld ? openApp : null}

      <section aria-labelledby="capture-title" className="grid grid-cols-1 gap-6 md:grid-cols-[18rem_1fr] md:gap-10">
        <div className="flex flex-col items-center gap-1 md:items-start">
          <QrTile code={qr} label={labels.qr} />
          <Link href={troubleHref}>{labels.trouble}</Link>
        </div>
        <div className="flex flex-col gap-5">
          <h2 id="capture-title" className="text-lg font-semibold">
            {labels.tapsTitle}
          </h2>
          <Taps taps={taps} />
        </div>
      </section>
      {handheld ? null : openApp}

      <section
        aria-labelledby="code-title"
        className="grid gap-4 border-t border-line pt-6 md:grid-cols-[18rem_1fr] md:gap-10 md:pt-8"
      >
        <div className="flex flex-col gap-4">
          <h2 id="code-title" className="text-lg font-semibold">
            {labels.codeTitle}
          </h2>
          <CodeDrawing kind={phone} className="h-auto w-36 max-md:hidden" />
        </div>
        <div className="w-full max-w-form">{form}</div>
      </section>
    </div>
  );
}
