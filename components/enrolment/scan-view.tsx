import type { ReactNode } from 'react';
import { Button } from '@/components/ui/button';
import { Link } from '@/components/ui/link';
import { PageTitle } from '@/components/ui/page-title';
import { CodeForm, type CodeFormLabels, type CodeFormProps } from './code-form';
import { CodeDrawing } from './illustrations';
import { QrTile, type QrCode } from './qr-tile';
import { Taps, type Tap } from './taps';

export type ScanViewLabels = CodeFormLabels & {
  title: string;
  lead?: string;
  /** « Ouvrir dans mon application » and why, for a person who reads this on the phone itself. */
  openApp: string;
  openAppHint?: string;
  /** « L'application est sur un autre appareil »: unfolds the QR on a phone. */
  showQr: string;
  /** What the picture is, for a screen reader. */
  qr: string;
  tapsTitle: string;
  codeTitle: string;
  /** « Difficulté à capturer ». */
  trouble: string;
};

export type ScanViewProps = Omit<CodeFormProps, 'labels'> & {
  labels: ScanViewLabels;
  qr: QrCode;
  /** The `otpauth:` link that hands the key to the app of this phone. */
  openAppHref: string;
  taps: Tap[];
  troubleHref: string;
  /** Where one is: `<Steps>`. */
  steps?: ReactNode;
  /** The phone's clock is wrong, the attempt is about to expire. */
  notice?: ReactNode;
};

/**
 * Scan, then type the code. On a wide screen the QR stands beside the taps. On a phone the app is usually on that same
 * phone, so its button comes first and the QR unfolds where it is asked for: a link to its own place, which needs no
 * script.
 */
export function ScanView({ labels, qr, openAppHref, taps, troubleHref, steps, notice, ...form }: ScanViewProps) {
  return (
    <div className="flex flex-col gap-6 md:gap-8">
      {steps}
      <PageTitle size="step" lead={labels.lead}>
        {labels.title}
      </PageTitle>
      {notice}

      <div className="flex flex-col gap-2 md:hidden">
        <Button variant="primary" wide href={openAppHref}>
          {labels.openApp}
        </Button>
        {labels.openAppHint ? <p className="text-sm text-quiet">{labels.openAppHint}</p> : null}
        <Link href="#capture" icon="down">
          {labels.showQr}
        </Link>
      </div>

      <section
        id="capture"
        aria-labelledby="capture-title"
        className="hidden grid-cols-1 gap-6 target:grid md:grid md:grid-cols-[16rem_1fr] md:gap-10"
      >
        <div className="flex flex-col items-center gap-1 md:items-start">
          <QrTile code={qr} label={labels.qr} />
          <Link href={troubleHref} className="max-md:hidden">
            {labels.trouble}
          </Link>
        </div>
        <div className="flex flex-col gap-4">
          <h2 id="capture-title" className="text-lg font-semibold">
            {labels.tapsTitle}
          </h2>
          <Taps taps={taps} />
        </div>
      </section>

      <section
        aria-labelledby="code-title"
        className="grid gap-4 border-t border-line pt-6 md:grid-cols-[16rem_1fr] md:gap-10 md:pt-8"
      >
        <div className="flex flex-col gap-4">
          <h2 id="code-title" className="text-lg font-semibold">
            {labels.codeTitle}
          </h2>
          <CodeDrawing className="max-md:hidden" />
        </div>
        <CodeForm {...form} labels={labels} />
        <Link href={troubleHref} className="justify-self-start md:hidden">
          {labels.trouble}
        </Link>
      </section>
    </div>
  );
}
