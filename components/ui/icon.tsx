import { classNames } from './class-names';
import { still } from './still';

/** Our own marks, on a grid of 20, drawn with one line of 1.75: a library would cost the sign-in page its script budget. */
const paths = {
  check: 'M4 10.5 8.2 15 16 5.5',
  cross: 'M5 5l10 10M15 5 5 15',
  info: 'M10 9v5M10 6.2v.1M10 18a8 8 0 1 0 0-16 8 8 0 0 0 0 16Z',
  warning:
    'M10 7.5v4M10 14.2v.1M8.7 3.2 2 15a1.5 1.5 0 0 0 1.3 2.3h13.4A1.5 1.5 0 0 0 18 15L11.3 3.2a1.5 1.5 0 0 0-2.6 0Z',
  danger: 'M10 6v5M10 13.8v.1M6.7 2h6.6L18 6.7v6.6L13.3 18H6.7L2 13.3V6.7L6.7 2Z',
  success: 'M6.5 10.2 9 12.8l4.6-5.3M10 18a8 8 0 1 0 0-16 8 8 0 0 0 0 16Z',
  menu: 'M3 5.5h14M3 10h14M3 14.5h14',
  eye: 'M1.8 10S4.6 4.5 10 4.5 18.2 10 18.2 10 15.4 15.5 10 15.5 1.8 10 1.8 10ZM10 12.4a2.4 2.4 0 1 0 0-4.8 2.4 2.4 0 0 0 0 4.8Z',
  'eye-closed':
    'M3 3l14 14M8.3 4.7A8 8 0 0 1 10 4.5c5.4 0 8.2 5.5 8.2 5.5a14 14 0 0 1-2.1 2.8M5.3 6A13.6 13.6 0 0 0 1.8 10s2.8 5.5 8.2 5.5a7.5 7.5 0 0 0 3.7-1M8.3 8.3a2.4 2.4 0 0 0 3.4 3.4',
  copy: 'M7.5 7.5V4A1.5 1.5 0 0 1 9 2.5h7A1.5 1.5 0 0 1 17.5 4v7a1.5 1.5 0 0 1-1.5 1.5h-3.5M4 7.5h7A1.5 1.5 0 0 1 12.5 9v7a1.5 1.5 0 0 1-1.5 1.5H4A1.5 1.5 0 0 1 2.5 16V9A1.5 1.5 0 0 1 4 7.5Z',
  print:
    'M6 7V2.5h8V7M6 14.5H4A1.5 1.5 0 0 1 2.5 13V8.5A1.5 1.5 0 0 1 4 7h12a1.5 1.5 0 0 1 1.5 1.5V13a1.5 1.5 0 0 1-1.5 1.5h-2M6 12h8v5.5H6V12Z',
  download: 'M10 3v9.5M6 9l4 4 4-4M3 16.5h14',
  key: 'M6.5 17.5a4 4 0 1 0 0-8 4 4 0 0 0 0 8ZM9.4 10.6 17 3M13.8 6.2 16.5 9',
  lock: 'M6.5 9V6.5a3.5 3.5 0 0 1 7 0V9M5 9h10a1 1 0 0 1 1 1v6.5a1 1 0 0 1-1 1H5a1 1 0 0 1-1-1V10a1 1 0 0 1 1-1Z',
  back: 'M12 4.5 6.5 10l5.5 5.5',
  forward: 'M8 4.5l5.5 5.5L8 15.5',
  down: 'M4.5 8l5.5 5.5L15.5 8',
  person: 'M10 10a3.25 3.25 0 1 0 0-6.5 3.25 3.25 0 0 0 0 6.5ZM3.5 17a6.5 6.5 0 0 1 13 0',
  clock: 'M10 5.5V10l3 2M10 18a8 8 0 1 0 0-16 8 8 0 0 0 0 16Z',
  phone:
    'M6.5 1.8h7A1.7 1.7 0 0 1 15.2 3.5v13a1.7 1.7 0 0 1-1.7 1.7h-7a1.7 1.7 0 0 1-1.7-1.7v-13A1.7 1.7 0 0 1 6.5 1.8ZM8.8 15.5h2.4',
  computer: 'M4 4h12a1 1 0 0 1 1 1v8a1 1 0 0 1-1 1H4a1 1 0 0 1-1-1V5a1 1 0 0 1 1-1ZM1.5 17h17',
  settings: 'M3 6h8M15 6h2M3 14h2M9 14h8M13 8a2 2 0 1 0 0-4 2 2 0 0 0 0 4ZM7 16a2 2 0 1 0 0-4 2 2 0 0 0 0 4Z',
  once: 'M10 5.5v9M8 7.2l2-1.7M10 18a8 8 0 1 0 0-16 8 8 0 0 0 0 16Z',
  external:
    'M8 4H4.5A1.5 1.5 0 0 0 3 5.5v10A1.5 1.5 0 0 0 4.5 17h10a1.5 1.5 0 0 0 1.5-1.5V12M11.5 3H17v5.5M17 3l-7.5 7.5',
} as const;

export type IconName = keyof typeof paths;

const marks = Object.fromEntries(
  Object.entries(paths).map(([name, d]) => [
    name,
    still(
      <path d={d} fill="none" stroke="currentColor" strokeWidth="1.75" strokeLinecap="round" strokeLinejoin="round" />,
    ),
  ]),
) as Record<IconName, { __html: string }>;

/** A decorative mark: what it means always stands beside it in words. */
export function Icon({ name, className }: { name: IconName; className?: string }) {
  return (
    <svg
      viewBox="0 0 20 20"
      width="20"
      height="20"
      aria-hidden="true"
      className={classNames('shrink-0', className)}
      dangerouslySetInnerHTML={marks[name]}
    />
  );
}
