import {
  AccountsView,
  type AccountsList,
  type AccountsSearch,
  type AccountsViewProps,
} from '@/components/accounts/accounts-view';
import { KINDS, STATUSES } from '@/lib/accounts/model';
import type { Actor } from '@/lib/actors/model';
import { directoryQuery, MFA_STATES, type DirectoryQuery } from '@/lib/directory/model';
import { listAccounts } from '@/lib/directory/service';
import { translator } from '@/lib/language/translate';
import { currentActor } from '@/lib/sessions/current';
import { roleLabel } from '../roles/words';
import { settingsFrame } from '../settings-page';
import { fullName, STATUS_TONES } from './words';

type Found = Awaited<ReturnType<typeof listAccounts>>;

export default async function AccountsPage({ params, searchParams }: PageProps<'/[org]/settings/accounts'>) {
  const [{ org }, asked] = await Promise.all([params, searchParams]);
  const { actor } = await currentActor(org, '/[org]/settings/accounts');
  const query = directoryQuery.parse({ ...asked, search: asked['q'] });
  const found = await listAccounts(actor, query);
  const t = translator(actor.locale);
  const words = wordsFor(actor);
  return (
    <AccountsView
      frame={settingsFrame({ actor, section: 'accounts' })}
      lead={t('accounts.lead')}
      room={roomOf(actor)}
      ways={{ import: t('accounts.import'), new: t('accounts.new') }}
      done={asked['done'] === 'removed' ? t('accounts.removed') : null}
      search={searchOf(actor, words, query, found)}
      list={listOf(actor, query, found)}
      {...words}
    />
  );
}

const roomOf = ({ organisation }: Actor) => `/${organisation.slug}/settings/accounts`;

const isFiltered = ({ kind, status, mfa, authenticator }: DirectoryQuery) =>
  [kind, status, mfa, authenticator].some(Boolean);

const isNarrowed = (query: DirectoryQuery) => query.search !== '' || isFiltered(query);

/** What kinds and states are called, in the list as in the filters. */
function wordsFor({ locale }: Actor): Pick<AccountsViewProps, 'kinds' | 'statuses' | 'mfaStates'> {
  const t = translator(locale);
  return {
    kinds: {
      employee: t('accounts.kinds.employee'),
      parent: t('accounts.kinds.parent'),
      external: t('accounts.kinds.external'),
    },
    statuses: {
      invited: { label: t('accounts.statuses.invited'), tone: STATUS_TONES.invited },
      active: { label: t('accounts.statuses.active'), tone: STATUS_TONES.active },
      suspended: { label: t('accounts.statuses.suspended'), tone: STATUS_TONES.suspended },
    },
    mfaStates: {
      enrolled: t('accounts.mfaStates.enrolled'),
      'not-enrolled': t('accounts.mfaStates.not-enrolled'),
      provider: t('accounts.mfaStates.provider'),
    },
  };
}

function searchOf(
  { locale }: Actor,
  { kinds, statuses, mfaStates }: ReturnType<typeof wordsFor>,
  query: DirectoryQuery,
  { authenticators }: Found,
): AccountsSearch {
  const t = translator(locale);
  const { search, kind, status, mfa, authenticator } = query;
  return {
    labels: {
      search: t('accounts.search'),
      hint: t('accounts.searchHint'),
      filters: t('accounts.filters'),
      all: t('accounts.all'),
      find: t('accounts.find'),
    },
    typed: search,
    filtered: isFiltered(query),
    filters: [
      {
        name: 'kind',
        label: t('accounts.kind'),
        chosen: kind ?? '',
        choices: KINDS.map((id) => ({ id, name: kinds[id] })),
      },
      {
        name: 'status',
        label: t('accounts.status'),
        chosen: status ?? '',
        choices: STATUSES.map((id) => ({ id, name: statuses[id].label })),
      },
      {
        name: 'mfa',
        label: t('accounts.mfa'),
        chosen: mfa ?? '',
        choices: MFA_STATES.map((id) => ({ id, name: mfaStates[id] })),
      },
      ...(authenticators.length > 1 || authenticator
        ? [
            {
              name: 'authenticator',
              label: t('accounts.authenticator'),
              chosen: authenticator ?? '',
              choices: authenticators.map(({ id, name }) => ({ id, name })),
            },
          ]
        : []),
    ],
    clear: isNarrowed(query) ? t('accounts.clear') : null,
  };
}

function listOf(actor: Actor, query: DirectoryQuery, { rows, previous, next, authenticators }: Found): AccountsList {
  const t = translator(actor.locale);
  const room = roomOf(actor);
  const narrowed = isNarrowed(query);
  const several = authenticators.length > 1;
  return {
    caption: t('accounts.title'),
    columns: {
      name: t('accounts.name'),
      kind: t('accounts.kind'),
      status: t('accounts.status'),
      mfa: t('accounts.mfa'),
      ...(several ? { authenticator: t('accounts.authenticator') } : {}),
    },
    accounts: rows.map((row) => ({
      id: row.id,
      name: fullName(row),
      email: row.email,
      username: row.username,
      kind: row.kind,
      ...(row.role === null ? {} : { role: roleLabel(actor.locale, row.role) }),
      status: row.status,
      mfa: row.mfa,
      ...(several ? { authenticator: row.authenticator } : {}),
      ...(row.id === actor.account.id ? { own: true } : {}),
    })),
    you: t('accounts.you'),
    empty: {
      title: t(narrowed ? 'accounts.nothingTitle' : 'accounts.emptyTitle'),
      text: t(narrowed ? 'accounts.nothingText' : 'accounts.emptyText'),
    },
    pager: {
      label: t('accounts.pages'),
      previous:
        previous === null
          ? null
          : { href: addressOf(room, query, { before: previous }), label: t('accounts.previousPage') },
      next: next === null ? null : { href: addressOf(room, query, { after: next }), label: t('accounts.nextPage') },
    },
  };
}

/** The same question, from another row on. */
function addressOf(room: string, query: DirectoryQuery, from: { before?: string; after?: string }): string {
  const { search, kind, status, mfa, authenticator } = query;
  const asked = Object.entries({ q: search, kind, status, mfa, authenticator, ...from });
  return `${room}?${new URLSearchParams(asked.filter((entry): entry is [string, string] => Boolean(entry[1])))}`;
}
