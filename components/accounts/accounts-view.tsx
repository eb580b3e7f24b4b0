'use client';

import { EmptyState } from '@/components/brand/empty-state';
import { SettingsFrame, type SettingsFrameValues } from '@/components/shell/settings-frame';
import { Badge, type BadgeTone } from '@/components/ui/badge';
import { Button } from '@/components/ui/button';
import { DataTable, type Column } from '@/components/ui/data-table';
import { Field } from '@/components/ui/field';
import { Icon } from '@/components/ui/icon';
import { Link } from '@/components/ui/link';
import { Notice } from '@/components/ui/notice';
import { Pager, type PagerProps } from '@/components/ui/pager';
import { Select } from '@/components/ui/select';
import type { AccountStatus } from '@/lib/accounts/model';
import type { MfaState } from '@/lib/directory/model';
import type { AccountKind } from '@/lib/policy/decision';

export type AccountsViewProps = {
  frame: SettingsFrameValues;
  lead: string;
  /** The address of the room: its links and its form begin there. */
  room: string;
  ways: Readonly<Record<'import' | 'new', string>>;
  /** What was done a moment ago. */
  done: string | null;
  search: AccountsSearch;
  /** What each kind and state is called. */
  kinds: Readonly<Record<AccountKind, string>>;
  statuses: Readonly<Record<AccountStatus, { readonly label: string; readonly tone: BadgeTone }>>;
  mfaStates: Readonly<Record<MfaState, string>>;
  list: AccountsList;
};

/** The field above the list, the filters that are folded away until one is set, and what stands in them. */
export type AccountsSearch = {
  readonly labels: Readonly<Record<'search' | 'hint' | 'filters' | 'all' | 'find', string>>;
  readonly typed: string;
  readonly filtered: boolean;
  readonly filters: readonly AccountsFilter[];
  /** What asks for all of them again, where not all are asked for. */
  readonly clear: string | null;
};

type AccountsFilter = {
  readonly name: string;
  readonly label: string;
  readonly chosen: string;
  readonly choices: readonly { readonly id: string; readonly name: string }[];
};

/** One page of the accounts, and the ways on from there. */
export type AccountsList = {
  readonly caption: string;
  readonly columns: Readonly<Record<'name' | 'kind' | 'status' | 'mfa', string>> & {
    /** Left out where there is one authenticator for all. */
    readonly authenticator?: string;
  };
  readonly accounts: readonly AccountValues[];
  /** The badge of one's own account. */
  readonly you: string;
  /** Stands in the place of the accounts where there are none. */
  readonly empty: Readonly<Record<'title' | 'text', string>>;
  readonly pager: PagerProps;
};

/** One account; what it doesn't have is left out. */
export type AccountValues = {
  readonly id: string;
  readonly name: string;
  readonly email: string;
  readonly username: string;
  readonly kind: AccountKind;
  readonly role?: string;
  readonly status: AccountStatus;
  readonly mfa: MfaState;
  readonly authenticator?: string;
  readonly own?: true;
};

/** Everybody whom the organisation knows: a search by GET, so that what was found has an address, and the list. */
export function AccountsView({ frame, lead, room, ways, done, search, list, ...words }: AccountsViewProps) {
  return (
    <SettingsFrame
      {...frame}
      lead={lead}
      actions={
        <>
          <Button href={`${room}/import`}>{ways.import}</Button>
          <Button variant="primary" href={`${room}/new`}>
            {ways.new}
          </Button>
        </>
      }
    >
      {done === null ? null : <Notice tone="success">{done}</Notice>}
      <Search {...search} room={room} />
      <DataTable
        caption={list.caption}
        columns={columnsOf(list.columns)}
        rows={list.accounts.map((account) => ({
          id: account.id,
          cells: {
            name: <Name {...account} room={room} you={list.you} />,
            kind: (
              <>
                {words.kinds[account.kind]}
                {account.role === undefined ? null : <span className="block text-sm text-quiet">{account.role}</span>}
              </>
            ),
            status: <Badge tone={words.statuses[account.status].tone}>{words.statuses[account.status].label}</Badge>,
            mfa: words.mfaStates[account.mfa],
            authenticator: account.authenticator,
          },
        }))}
        empty={
          <EmptyState title={list.empty.title}>
            <p className="text-quiet">{list.empty.text}</p>
            {search.clear === null ? null : <Button href={room}>{search.clear}</Button>}
          </EmptyState>
        }
      />
      <Pager {...list.pager} />
    </SettingsFrame>
  );
}

const columnsOf = (labels: AccountsList['columns']): readonly Column[] => [
  { key: 'name', label: labels.name, heading: true },
  { key: 'kind', label: labels.kind },
  { key: 'status', label: labels.status },
  { key: 'mfa', label: labels.mfa },
  ...(labels.authenticator === undefined ? [] : [{ key: 'authenticator', label: labels.authenticator }]),
];

function Name({ id, name, email, username, own, room, you }: AccountValues & { room: string; you: string }) {
  return (
    <span className="flex min-w-0 flex-col">
      <span className="flex flex-wrap items-center gap-x-2">
        <Link href={`${room}/${id}`} className="-my-2.5 font-semibold wrap-anywhere">
          {name}
        </Link>
        {own ? <Badge>{you}</Badge> : null}
      </span>
      <span className="text-sm text-quiet wrap-anywhere">{email}</span>
      <span className="text-sm text-quiet wrap-anywhere">{username}</span>
    </span>
  );
}

function Search({ labels, typed, filtered, filters, clear, room }: AccountsSearch & { room: string }) {
  return (
    <form
      role="search"
      action={room}
      className="flex flex-col gap-4 rounded-surface border border-line bg-surface p-4 sm:p-5"
    >
      <Field
        name="q"
        type="search"
        label={labels.search}
        hint={labels.hint}
        defaultValue={typed}
        maxLength={200}
        autoComplete="off"
      />
      <details open={filtered} className="group">
        <summary className="-mx-2 inline-flex min-h-11 items-center gap-2 rounded-field px-2 font-medium hover:bg-wash">
          <Icon name="forward" className="text-quiet transition-transform group-open:rotate-90" />
          {labels.filters}
        </summary>
        <div className="grid gap-4 pt-3 sm:grid-cols-2 xl:grid-cols-4">
          {filters.map(({ name, label, chosen, choices }) => (
            <Select key={name} name={name} label={label} defaultValue={chosen}>
              <option value="">{labels.all}</option>
              {choices.map((choice) => (
                <option key={choice.id} value={choice.id}>
                  {choice.name}
                </option>
              ))}
            </Select>
          ))}
        </div>
      </details>
      <div className="flex flex-wrap gap-3">
        <Button variant="primary" type="submit">
          {labels.find}
        </Button>
        {clear === null ? null : (
          <Button variant="quiet" href={room}>
            {clear}
          </Button>
        )}
      </div>
    </form>
  );
}
