import { DoorwayMark } from '@/components/brand/doorway-mark';

export type FoldingCardLabels = {
  /** When it was made, in words. */
  date: string;
  /** How codes are used. */
  once: string;
  /** What to do where the card is lost. */
  lost: string;
  /** Beside the lines: where to fold and cut. */
  fold: string;
};

/**
 * A sheet that folds to the size of a bank card (85.6 × 54 mm): once backwards along the line across, so that the codes are on
 * one side and the cover on the other, then inwards along the line down, so that the codes are inside. No name and no
 * address is on it: who finds it knows neither whose it is nor what it opens.
 */
export function FoldingCard({
  codes,
  organisation,
  title,
  labels,
}: {
  codes: readonly string[];
  organisation: string;
  title: string;
  labels: FoldingCardLabels;
}) {
  const half = Math.ceil(codes.length / 2);
  return (
    <section aria-hidden="true" className="print-whole hidden print:block">
      <div className="relative grid h-[108mm] w-[171.2mm] grid-cols-2 grid-rows-2 bg-field text-ink">
        {/* The cover, and the back: upside down, for they come out upright once it is folded. */}
        <div className="flex rotate-180 flex-col justify-between p-[5mm] text-[9pt]">
          <p>{labels.once}</p>
          <p>{labels.lost}</p>
        </div>
        <div className="flex rotate-180 flex-col justify-between p-[5mm]">
          <DoorwayMark />
          <div>
            <p className="text-[12pt] font-semibold">{title}</p>
            <p className="text-[10pt]">{organisation}</p>
            <p className="text-[9pt]">{labels.date}</p>
          </div>
        </div>
        {[codes.slice(0, half), codes.slice(half)].map((column, index) => (
          <ul
            key={index}
            translate="no"
            className="flex flex-col justify-between p-[4mm] font-mono text-[9.5pt] leading-none font-medium"
          >
            {column.map((code) => (
              <li key={code} className="flex items-center gap-[2.5mm] whitespace-nowrap">
                <span className="inline-block size-[2.6mm] border border-ink" />
                {code}
              </li>
            ))}
          </ul>
        ))}
        <svg viewBox="0 0 1712 1080" className="absolute inset-0 size-full" aria-hidden="true">
          <rect x="1" y="1" width="1710" height="1078" fill="none" strokeWidth="2" className="stroke-ink" />
          <path d="M0 540h1712M856 0v1080" fill="none" strokeWidth="2" strokeDasharray="14 12" className="stroke-ink" />
        </svg>
      </div>
      <p className="mt-[4mm] text-[9pt]">{labels.fold}</p>
    </section>
  );
}
