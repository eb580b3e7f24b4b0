import { Badge } from '@/components/ui/badge';
import { Button } from '@/components/ui/button';
import { DataTable } from '@/components/ui/data-table';
import { EmptyState } from '@/components/brand/empty-state';
import { Field } from '@/components/ui/field';
import { Icon } from '@/components/ui/icon';
import { Link } from '@/components/ui/link';
import { Notice } from '@/components/ui/notice';
import { Pager } from '@/components/ui/pager';
import { Select } from '@/components/ui/select';
import { KINDS, STATUSES } from '@/lib/accounts/model';
import type { Actor } from '@/lib/actors/model';
import { directoryQuery, MFA_STATES, type DirectoryQuery } from '@/lib/directory/model';
import { listAccounts } from '@/lib/directory/service';
import { translator } from '@/lib/language/translate';
import { currentActor } from '@/lib/sessions/current';
import { roleLabel } from '../roles/words';
import { SettingsPage } from '../settings-page';
import { fullName, STATUS_TONES } from './words';

export default async function AccountsPage({ params, searchParams }: PageProps<'/[org]/settings/accounts'>) {
  const [{ org }, asked] = await Promise.all([params, searchParams]);
  const { actor } = await currentActor(org, '/[org]/settings/accounts');
  const query = directoryQuery.parse({ ...asked, search: asked['q'] });
  const { rows, previous, next, authenticators } = await listAccounts(actor, query);
  const t = translator(actor.locale);
  const room = `/${actor.organisation.slug}/settings/accounts`;
  const filtered = [query.kind, query.status, query.mfa, query.authenticator].some(Boolean);
  const narrowed = query.search !== '' || filtered;
  return (
    <SettingsPage
      actor={actor}
      section="accounts"
      lead={t('accounts.lead')}
      actions={
        <>
          <Button href={`${room}/import`}>{t('accounts.import')}</Button>
          <Button variant="primary" href={`${room}/new`}>
            {t('accounts.new')}
          </Button>
        </>
      }
    >
      {asked['done'] === 'removed' ? <Notice tone="success">{t('accounts.removed')}</Notice> : null}
      <Search
        actor={actor}
        query={query}
        room={room}
        authenticators={authenticators}
        filtered={filtered}
        narrowed={narrowed}
      />
      <DataTable
        caption={t('accounts.title')}
        columns={[
          { key: 'name', label: t('accounts.name'), heading: true },
          { key: 'kind', label: t('accounts.kind') },
          { key: 'status', label: t('accounts.status') },
          { key: 'mfa', label: t('accounts.mfa') },
          ...(authenticators.length > 1 ? [{ key: 'authenticator', label: t('accounts.authenticator') }] : []),
        ]}
        rows={rows.map((row) => ({
          id: row.id,
          cells: {
            name: (
              <span className="flex min-w-0 flex-col">
                <span className="flex flex-wrap items-center gap-x-2">
                  <Link href={`${room}/${row.id}`} className="-my-2.5 font-semibold wrap-anywhere">
                    {fullName(row)}
                  </Link>
                  {row.id === actor.account.id ? <Badge>{t('accounts.you')}</Badge> : null}
                </span>
                <span className="text-sm text-quiet wrap-anywhere">{row.email}</span>
                <span className="text-sm text-quiet wrap-anywhere">{row.username}</span>
              </span>
            ),
            kind: (
              <>
                {t(`accounts.kinds.${row.kind}`)}
                {row.role === null ? null : (
                  <span className="block text-sm text-quiet">{roleLabel(actor.locale, row.role)}</span>
                )}
              </>
            ),
            status: <Badge tone={STATUS_TONES[row.status]}>{t(`accounts.statuses.${row.status}`)}</Badge>,
            mfa: t(`accounts.mfaStates.${row.mfa}`),
            authenticator: row.authenticator,
          },
        }))}
        empty={
          <EmptyState title={t(narrowed ? 'accounts.nothingTitle' : 'accounts.emptyTitle')}>
            <p className="text-quiet">{t(narrowed ? 'accounts.nothingText' : 'accounts.emptyText')}</p>
            {narrowed ? <Button href={room}>{t('accounts.clear')}</Button> : null}
          </EmptyState>
        }
      />
      <Pager
        label={t('accounts.pages')}
        previous={
          previous === null
            ? null
            : { href: addressOf(room, query, { before: previous }), label: t('accounts.previousPage') }
        }
        next={next === null ? null : { href: addressOf(room, query, { after: next }), label: t('accounts.nextPage') }}
      />
    </SettingsPage>
  );
}

/** The same question, from another row on. */
function addressOf(room: string, query: DirectoryQuery, from: { before?: string; after?: string }): string {
  const { search, kind, status, mfa, authenticator } = query;
  const asked = Object.entries({ q: search, kind, status, mfa, authenticator, ...from });
  return `${room}?${new URLSearchParams(asked.filter((entry): entry is [string, string] => Boolean(entry[1])))}`;
}

/** A plain form that asks by GET: what was found has an address. */
function Search({
  actor,
  query,
  room,
  authenticators,
  filtered,
  narrowed,
}: {
  actor: Actor;
  query: DirectoryQuery;
  room: string;
  authenticators: readonly { id: string; name: string }[];
  /** Whether one of the filters is set, which are folded away else. */
  filtered: boolean;
  narrowed: boolean;
}) {
  const t = translator(actor.locale);
  const filters = [
    { name: 'kind', choices: KINDS.map((id) => ({ id, name: t(`accounts.kinds.${id}`) })) },
    { name: 'status', choices: STATUSES.map((id) => ({ id, name: t(`accounts.statuses.${id}`) })) },
    { name: 'mfa', choices: MFA_STATES.map((id) => ({ id, name: t(`accounts.mfaStates.${id}`) })) },
    ...(authenticators.length > 1 || query.authenticator ? [{ name: 'authenticator', choices: authenticators }] : []),
  ] as const;
  return (
    <form
      role="search"
      action={room}
      className="flex flex-col gap-4 rounded-surface border border-line bg-surface p-4 sm:p-5"
    >
      <Field
        name="q"
        type="search"
        label={t('accounts.search')}
        hint={t('accounts.searchHint')}
        defaultValue={query.search}
        maxLength={200}
        autoComplete="off"
      />
      <details open={filtered} className="group">
        <summary className="-mx-2 inline-flex min-h-11 items-center gap-2 rounded-field px-2 font-medium hover:bg-wash">
          <Icon name="forward" className="text-quiet transition-transform group-open:rotate-90" />
          {t('accounts.filters')}
        </summary>
        <div className="grid gap-4 pt-3 sm:grid-cols-2 xl:grid-cols-4">
          {filters.map(({ name, choices }) => (
            <Select
              key={name}
              name={name}
              label={t(`accounts.${name as 'kind' | 'status' | 'mfa' | 'authenticator'}`)}
              defaultValue={query[name as 'kind'] ?? ''}
            >
              <option value="">{t('accounts.all')}</option>
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
          {t('accounts.find')}
        </Button>
        {narrowed ? (
          <Button variant="quiet" href={room}>
            {t('accounts.clear')}
          </Button>
        ) : null}
      </div>
    </form>
  );
}
