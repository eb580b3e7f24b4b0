import { classNames } from '@/components/ui/class-names';

/** A QR code without its margin: a matrix of dark modules, or its size in modules and an SVG path in module units. */
export type QrCode = { modules: boolean[][] } | { size: number; path: string };

const quietZone = 4;

/** What a telephone of 360 px leaves for it. */
const widthMax = 284;

/** Dark modules as one path, a run of neighbours at a time. */
function pathOf(modules: boolean[][]): string {
  return modules
    .flatMap((row, y) => {
      const runs: string[] = [];
      for (let x = 0; x < row.length; x++) {
        if (!row[x]) continue;
        const from = x;
        while (row[x + 1]) x++;
        runs.push(`M${from} ${y}h${x + 1 - from}v1h-${x + 1 - from}z`);
      }
      return runs;
    })
    .join('');
}

/**
 * The largest width at which each module takes a whole number of pixels: then all of them are equally wide, and a dense
 * code (of a long name) is read as surely as a sparse one.
 */
function widthOf(modules: number): number {
  return modules * Math.max(1, Math.floor(widthMax / modules));
}

/** Black on white on its own white tile, in both themes and on paper: the one thing here that a machine reads. */
export function QrTile({ code, label, className }: { code: QrCode; label: string; className?: string }) {
  const size = 'modules' in code ? code.modules.length : code.size;
  const path = 'modules' in code ? pathOf(code.modules) : code.path;
  const whole = size + 2 * quietZone;
  return (
    <div
      className={classNames(
        'w-fit max-w-full min-w-52 overflow-hidden rounded-surface border border-line bg-qr-light',
        className,
      )}
    >
      <svg
        viewBox={`${-quietZone} ${-quietZone} ${whole} ${whole}`}
        width={widthOf(whole)}
        height={widthOf(whole)}
        shapeRendering="crispEdges"
        role="img"
        aria-label={label}
        className="block h-auto max-w-full"
      >
        <path d={`M${-quietZone} ${-quietZone}h${whole}v${whole}h-${whole}z`} fill="#fff" />
        <path d={path} fill="#000" />
      </svg>
    </div>
  );
}
