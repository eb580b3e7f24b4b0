'use client';

import { useEffect, useRef, useState } from 'react';
import { ActionForm } from '@/components/ui/action-form';
import { Button } from '@/components/ui/button';
import { DataTable } from '@/components/ui/data-table';
import { controlClasses } from '@/components/ui/field';
import { Link } from '@/components/ui/link';
import { SubmitButton } from '@/components/ui/submit-button';
import type { ServerAction } from '@/lib/actions/model';
import { holdsWords } from '@/lib/options/search';
import type { OptionRow } from './model';
import { OptionControl } from './option-control';

export interface GridWords {
  readonly caption: string;
  readonly search: string;
  readonly searchLabel: string;
  readonly name: string;
  readonly description: string;
  readonly value: string;
  readonly lastChange: string;
  readonly never: string;
  readonly none: string;
  readonly save: string;
  readonly saving: string;
  readonly cancel: string;
  readonly bar: string;
  /** « Aucune modification », « 1 modification », …: one for each number of options. */
  readonly changes: readonly string[];
  /** « Aucune option », « 1 option », …: how many the search leaves. */
  readonly found: readonly string[];
}

export type OptionsGridProps = {
  readonly action: ServerAction;
  readonly hidden: Readonly<Record<string, string>>;
  readonly rows: readonly OptionRow[];
  readonly query: string;
  /** The room itself: where the search asks, and where « Annuler » leads. */
  readonly href: string;
  readonly words: GridWords;
};

/**
 * The grid: found by words, edited in place, saved from the bar below, which says how many options were touched. Without
 * script the search is a request and the bar counts what the server knows.
 */
export function OptionsGrid({ action, hidden, rows, query, href, words }: OptionsGridProps) {
  const [typed, setTyped] = useState(query);
  const [live, setLive] = useState(false);
  const grid = useRef<HTMLDivElement>(null);
  const drafted = rows.filter((row) => fieldsOf(row).some(({ stored, shown }) => stored !== shown)).length;
  const [changed, setChanged] = useState(drafted);
  const count = () => setChanged(countChanged(grid.current));
  useEffect(() => {
    setLive(true);
    // What a browser put back into the fields by itself counts too.
    setChanged(countChanged(grid.current));
  }, [rows]);
  useEffect(() => {
    // Back from what was to be confirmed: where one had been.
    if (document.activeElement === document.body && document.querySelector('dialog:modal') === null)
      changedIn(grid.current)[0]?.focus();
  }, []);
  // What is wrong may stand in an option that the search has hidden.
  const showAll = () => setTyped('');
  const found =
    typed === ''
      ? rows
      : rows.filter(({ key, label, help, also }) => holdsWords(`${key} ${label} ${help} ${also}`, typed));
  return (
    <div ref={grid} className="flex flex-col gap-5" onInput={count} onSubmit={showAll}>
      <form
        action={href}
        role="search"
        className="flex flex-wrap items-end gap-3"
        onSubmit={(event) => {
          event.stopPropagation();
          if (live) event.preventDefault();
        }}
      >
        <label htmlFor="q" className="sr-only">
          {words.searchLabel}
        </label>
        <input
          id="q"
          name="q"
          type="search"
          value={typed}
          maxLength={100}
          autoComplete="off"
          placeholder={words.searchLabel}
          aria-controls="options"
          onChange={(event) => setTyped(event.currentTarget.value)}
          className={`${controlClasses} sm:max-w-72 sm:flex-1`}
        />
        <Button type="submit">{words.search}</Button>
        <p role="status" className="self-center text-quiet">
          {words.found[found.length]}
        </p>
      </form>
      <ActionForm action={action} hidden={hidden} className="gap-0">
        <div id="options">
          {found.length === 0 ? (
            <p className="rounded-surface border border-line bg-surface p-6 text-center sm:p-10">{words.none}</p>
          ) : null}
          <div hidden={found.length === 0}>
            <DataTable
              caption={words.caption}
              columns={[
                { key: 'name', label: words.name, heading: true, className: 'md:w-[17rem]' },
                { key: 'help', label: words.description, plain: true },
                { key: 'value', label: words.value, plain: true, className: 'md:w-60' },
                { key: 'change', label: words.lastChange, className: 'md:w-40' },
              ]}
              rows={rows.map((row) => ({
                id: row.key,
                hidden: !found.includes(row),
                cells: {
                  name: <Name row={row} />,
                  help: <Help row={row} />,
                  value: <OptionControl row={row} labelId={labelId(row)} helpId={helpId(row)} />,
                  change: <span className="text-sm text-quiet">{row.lastChange ?? words.never}</span>,
                },
              }))}
              empty={null}
            />
          </div>
        </div>
        <div
          role="group"
          aria-label={words.bar}
          className="sticky bottom-0 z-10 [@media(height<30rem)]:static -mx-4 mt-4 flex flex-wrap items-center gap-3 border-t border-line bg-surface px-4 py-3 sm:mx-0 sm:rounded-surface sm:border"
        >
          <p role="status" className="w-full font-medium sm:mr-auto sm:w-auto">
            {words.changes[changed]}
          </p>
          <Button href={href} className="max-sm:flex-1">
            {words.cancel}
          </Button>
          <SubmitButton className="max-sm:flex-1" pendingLabel={words.saving}>
            {words.save}
          </SubmitButton>
        </div>
      </ActionForm>
    </div>
  );
}

const labelId = ({ key }: OptionRow) => `option-${key}`;
const helpId = ({ key }: OptionRow) => `option-${key}-help`;

function Name({ row }: { row: OptionRow }) {
  return (
    <span className="flex flex-col gap-0.5">
      <span id={labelId(row)} className="font-semibold">
        {row.label}
      </span>
      <span className="font-mono text-sm break-all text-quiet">{row.key}</span>
    </span>
  );
}

function Help({ row }: { row: OptionRow }) {
  return (
    <span className="text-sm text-quiet">
      <span id={helpId(row)}>{row.help}</span>
      {row.more === null ? null : (
        <>
          {' '}
          <Link inline href={row.more.href}>
            {row.more.label}
          </Link>
        </>
      )}
    </span>
  );
}

const fieldsOf = ({ control }: OptionRow) => (control.kind === 'fields' ? control.fields : [control.field]);

/** The controls that differ from what is in force. */
function changedIn(grid: HTMLElement | null): (HTMLInputElement | HTMLSelectElement)[] {
  const controls = grid?.querySelectorAll<HTMLInputElement | HTMLSelectElement>('[data-stored]') ?? [];
  return [...controls].filter(({ value, dataset }) => value !== dataset['stored']);
}

/** How many options differ; an option of several lines counts once. */
function countChanged(grid: HTMLElement | null): number {
  return new Set(changedIn(grid).map(({ name }) => name.split('.')[0])).size;
}
