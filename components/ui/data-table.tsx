'use client';

import type { ReactNode } from 'react';
import { classNames } from './class-names';

export type Column = {
  readonly key: string;
  readonly label: ReactNode;
  /** Names the row: its cell is the row's heading, and the title of its card on a phone. */
  readonly heading?: boolean;
  /** Figures stand at the right, all of one width. */
  readonly numeric?: boolean;
  /** Speaks for itself: its label is left out of the cards of a phone, and it takes their whole width. */
  readonly plain?: boolean;
  readonly className?: string;
};

export type Row = {
  readonly id: string;
  readonly cells: Readonly<Record<string, ReactNode>>;
  /** Still there, so that what was typed in it is kept, and not seen. */
  readonly hidden?: boolean;
};

/**
 * A table where there is room, a card for each row on a phone. The roles are spelled out, because browsers forget them
 * where the display changes.
 */
export function DataTable({
  caption,
  columns,
  rows,
  empty,
}: {
  /** Says what the table lists, for those who can't see what stands around it. */
  caption: string;
  columns: readonly Column[];
  rows: readonly Row[];
  /** Stands in the place of the rows where there are none. */
  empty: ReactNode;
}) {
  if (rows.length === 0) {
    return <div className="rounded-surface border border-line bg-surface p-6 text-center sm:p-10">{empty}</div>;
  }
  return (
    <div className="md:overflow-clip md:rounded-surface md:border md:border-line md:bg-surface">
      <table role="table" className="w-full border-collapse text-left max-md:block">
        <caption className="sr-only">{caption}</caption>
        <thead role="rowgroup" className="max-md:sr-only">
          <tr role="row" className="border-b border-line">
            {columns.map((column) => (
              <th
                key={column.key}
                role="columnheader"
                scope="col"
                className={classNames(
                  'px-3 py-3 align-bottom text-sm font-semibold text-quiet md:first:pl-5 md:last:pr-5',
                  column.numeric && 'text-right',
                  column.className,
                )}
              >
                {column.label}
              </th>
            ))}
          </tr>
        </thead>
        <tbody role="rowgroup" className="max-md:flex max-md:flex-col max-md:gap-3">
          {rows.map((row) => (
            <tr
              key={row.id}
              role="row"
              hidden={row.hidden}
              className="border-b border-line last:border-0 hover:bg-wash/50 max-md:block max-md:rounded-surface max-md:border max-md:border-line max-md:bg-surface max-md:p-4 max-md:last:border"
            >
              {columns.map((column) => {
                const content = row.cells[column.key];
                const Cell = column.heading ? 'th' : 'td';
                const labelled = !column.heading && !column.plain;
                return (
                  <Cell
                    key={column.key}
                    role={column.heading ? 'rowheader' : 'cell'}
                    scope={column.heading ? 'row' : undefined}
                    className={classNames(
                      'px-3 py-3 align-top font-normal max-md:px-0 max-md:py-1 md:first:pl-5 md:last:pr-5',
                      labelled ? 'max-md:flex max-md:gap-3' : 'max-md:block',
                      column.numeric && 'tabular-nums md:text-right',
                      column.className,
                    )}
                  >
                    {labelled ? (
                      <>
                        <span className="w-24 shrink-0 pt-0.5 text-sm text-quiet md:hidden" aria-hidden="true">
                          {column.label}
                        </span>
                        <div className="min-w-0 max-md:flex-1">{content}</div>
                      </>
                    ) : (
                      content
                    )}
                  </Cell>
                );
              })}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}
