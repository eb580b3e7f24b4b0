import type { ReactNode } from 'react';
import { Button } from '@/components/ui/button';
import { Link } from '@/components/ui/link';
import { PageTitle } from '@/components/ui/page-title';
import { CodeDrawing } from './illustrations';
import type { PhoneKind } from './phone-kind';
import { QrTile, type QrCode } from './qr-tile';
import { Taps, type Tap } from './taps';

export type ScanViewLabels = {
  /** « Scannez ce code », where another screen shows it than the one that reads it. */
  title: string;
  /** What one does instead on the phone itself, and what comes of it. */
  titleHere: string;
  leadHere: string;
  /** « Ouvrir dans mon application », and for whom it is where nobody knows whether this is a phone. */
  openApp: string;
  openAppHint: string;
  /** To the key, where the button opens nothing. */
  nothingOpens: string;
  /** Whoever sets another device up from this phone. */
  otherPhone: string;
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
  /** The page is read on a phone: its own app comes first. Else one scans, and the link is for a screen as narrow as a phone's. */
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
 * Scan, then type the code. On a wide screen the square stands beside the taps. Nobody scans the phone in her own hand:
 * there the way into its app comes first, then the code, and the square stays in sight for whoever sets another device up.
 */
export function ScanView(props: ScanViewProps) {
  return props.handheld ? <OnPhone {...props} /> : <OnComputer {...props} />;
}

function OnPhone({ labels, qr, openAppHref, taps, troubleHref, form, steps, notice }: ScanViewProps) {
  return (
    <div className="code-page flex flex-col gap-6">
      {steps}
      <PageTitle size="step" lead={labels.leadHere}>
        {labels.titleHere}
      </PageTitle>
      {notice}

      <div className="flex w-full max-w-form flex-col">
        <Button
          variant="primary"
          wide
          href={openAppHref}
          className="border border-transparent after-code:border-edge after-code:bg-transparent after-code:text-ink after-code:hover:bg-wash"
        >
          {labels.openApp}
        </Button>
        <Link href={troubleHref} className="self-start">
          {labels.nothingOpens}
        </Link>
      </div>

      <section aria-labelledby="code-title" className="flex w-full max-w-form flex-col gap-4">
        <h2 id="code-title" className="text-lg font-semibold">
          {labels.codeTitle}
        </h2>
        {form}
      </section>

      <section aria-labelledby="capture-title" className="flex flex-col gap-5 border-t border-line pt-6">
        <div className="flex flex-col gap-2">
          <h2 id="capture-title" className="text-lg font-semibold">
            {labels.otherPhone}
          </h2>
          <p>{labels.tapsTitle}</p>
        </div>
        <Taps taps={taps} />
        <Square qr={qr} label={labels.qr} trouble={labels.trouble} troubleHref={troubleHref} />
      </section>
    </div>
  );
}

function OnComputer({ labels, qr, openAppHref, taps, phone, troubleHref, form, steps, notice }: ScanViewProps) {
  // Where a narrow screen is touched it is a phone after all, whatever its browser calls itself. One of the two is drawn.
  const openApp = (
    <>
      <Button wide href={openAppHref}>
        {labels.openApp}
      </Button>
      <p className="text-sm text-quiet">{labels.openAppHint}</p>
    </>
  );
  return (
    <div className="flex flex-col gap-6 md:gap-8">
      {steps}
      <PageTitle size="step">
        <span className="touch:hidden">{labels.title}</span>
        <span className="hidden touch:inline">{labels.titleHere}</span>
      </PageTitle>
      {notice}

      <div className="hidden flex-col gap-2 touch:flex">{openApp}</div>
      <section aria-labelledby="capture-title" className="grid grid-cols-1 gap-6 md:grid-cols-[18rem_1fr] md:gap-10">
        <Square qr={qr} label={labels.qr} trouble={labels.trouble} troubleHref={troubleHref} />
        <div className="flex flex-col gap-5">
          <h2 id="capture-title" className="text-lg font-semibold">
            {labels.tapsTitle}
          </h2>
          <Taps taps={taps} />
        </div>
      </section>
      <div className="flex flex-col gap-2 md:hidden touch:hidden">{openApp}</div>

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

/** What is scanned, and the way out for whoever can't. */
function Square({
  qr,
  label,
  trouble,
  troubleHref,
}: {
  qr: QrCode;
  label: string;
  trouble: string;
  troubleHref: string;
}) {
  return (
    <div className="flex flex-col items-center gap-1 md:items-start">
      <QrTile code={qr} label={label} />
      <Link href={troubleHref}>{trouble}</Link>
    </div>
  );
}
