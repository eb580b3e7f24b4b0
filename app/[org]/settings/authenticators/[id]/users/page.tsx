import { ActionForm, FormCheckbox, FormField } from '@/components/ui/action-form';
import { Badge } from '@/components/ui/badge';
import { Button } from '@/components/ui/button';
import { DataTable } from '@/components/ui/data-table';
import { EmptyState } from '@/components/brand/empty-state';
import { Field } from '@/components/ui/field';
import { Link } from '@/components/ui/link';
import { Notice } from '@/components/ui/notice';
import { Pager } from '@/components/ui/pager';
import { Panel } from '@/components/ui/panel';
import { SubmitButton } from '@/components/ui/submit-button';
import { KINDS, type RoleChoice } from '@/lib/accounts/model';
import type { Actor } from '@/lib/actors/model';
import type { RefusedIdentity } from '@/lib/authenticators/identities/model';
import { listRefusedAt } from '@/lib/authenticators/identities/service';
import { listServed, type ServedPage } from '@/lib/authenticators/people/service';
import { listRolesToServe, type AuthenticatorView } from '@/lib/authenticators/service';
import { directoryQuery } from '@/lib/directory/model';
import { momentFor } from '@/lib/language/moment';
import { translator } from '@/lib/language/translate';
import { currentActor } from '@/lib/sessions/current';
import { fullName, STATUS_TONES } from '../../../accounts/words';
import { roleLabel } from '../../../roles/words';
import { assign, saveNewcomers, unassign } from '../../actions';
import { authenticatorOf, AuthenticatorPage } from '../frame';

const DONE = ['assigned', 'unassigned', 'defaults'] as const;

export default async function ServedPeople({
  params,
  searchParams,
}: PageProps<'/[org]/settings/authenticators/[id]/users'>) {
  const [{ org, id }, asked] = await Promise.all([params, searchParams]);
  const { actor } = await currentActor(org, '/[org]/settings/authenticators/[id]/users');
  const view = await authenticatorOf(actor, id);
  const query = directoryQuery.parse({ search: asked['q'], after: asked['after'], before: asked['before'] });
  const [page, roles, refused] = await Promise.all([
    listServed(actor, id, query),
    listRolesToServe(actor),
    listRefusedAt(actor, id),
  ]);
  const t = translator(actor.locale);
  const done = DONE.find((word) => word === asked['done']);
  const active = view.authenticator.state === 'active';
  return (
    <AuthenticatorPage actor={actor} view={view} tab="users">
      {done ? <Notice tone="success">{t(`authenticators.done.${done}`)}</Notice> : null}
      {active ? <Adding actor={actor} view={view} /> : <Notice>{t('authenticators.assignInactive')}</Notice>}
      <People actor={actor} view={view} page={page} search={query.search} />
      {refused.length > 0 ? <Refused actor={actor} refused={refused} /> : null}
      <Newcomers actor={actor} view={view} roles={roles} />
    </AuthenticatorPage>
  );
}

function Adding({ actor, view }: { actor: Actor; view: AuthenticatorView }) {
  const t = translator(actor.locale);
  const room = `/${actor.organisation.slug}/settings/authenticators`;
  return (
    <Panel title={t('authenticators.assignTitle')} titleId="assign" lead={t('authenticators.assignText')}>
      <div className="flex flex-col gap-4">
        <ActionForm
          action={assign}
          hidden={{ authenticator: view.authenticator.id }}
          refusalField="person"
          className="max-w-form"
        >
          <FormField name="person" label={t('places.person')} maxLength={254} autoComplete="off" required />
          <SubmitButton className="self-start" pendingLabel={t('site.oneMoment')}>
            {t('authenticators.assign')}
          </SubmitButton>
        </ActionForm>
        <Link href={`${room}/move?to=${view.authenticator.id}`} className="self-start">
          {t('authenticators.assignMany')}
        </Link>
      </div>
    </Panel>
  );
}

function People({
  actor,
  view,
  page,
  search,
}: {
  actor: Actor;
  view: AuthenticatorView;
  page: ServedPage;
  search: string;
}) {
  const t = translator(actor.locale);
  const settings = `/${actor.organisation.slug}/settings`;
  const { id, isDefault } = view.authenticator;
  const here = `${settings}/authenticators/${id}/users`;
  const link = (more: Record<string, string>) =>
    `${here}?${new URLSearchParams({ ...(search === '' ? {} : { q: search }), ...more })}`;
  return (
    <section aria-labelledby="people" className="flex flex-col gap-4">
      <h2 id="people" className="text-lg font-semibold">
        {t('authenticators.servedCount', { count: view.served })}
      </h2>
      <form action={here} className="flex max-w-form flex-wrap items-end gap-3">
        <Field
          name="q"
          type="search"
          label={t('accounts.search')}
          defaultValue={search}
          maxLength={200}
          className="min-w-48 flex-1"
        />
        <Button type="submit">{t('accounts.find')}</Button>
      </form>
      <DataTable
        caption={t('authenticators.tabs.users', { count: view.served })}
        columns={[
          { key: 'name', label: t('accounts.name'), heading: true },
          { key: 'kind', label: t('accounts.kind') },
          { key: 'status', label: t('accounts.status') },
          ...(isDefault ? [] : [{ key: 'remove', label: t('authenticators.unassign'), plain: true }]),
        ]}
        rows={page.rows.map((row) => ({
          id: row.id,
          cells: {
            name: (
              <span className="flex min-w-0 flex-col">
                <span className="flex flex-wrap items-center gap-x-2">
                  {actor.permissions.has('accounts.manage') ? (
                    <Link href={`${settings}/accounts/${row.id}`} className="-my-2.5 font-semibold wrap-anywhere">
                      {fullName(row)}
                    </Link>
                  ) : (
                    <span className="font-semibold wrap-anywhere">{fullName(row)}</span>
                  )}
                  {page.lacking.has(row.id) ? (
                    <Badge tone="warning">{t('authenticators.withoutIdentity')}</Badge>
                  ) : null}
                </span>
                <span className="text-sm wrap-anywhere text-quiet">{row.email}</span>
              </span>
            ),
            kind: t(`accounts.kinds.${row.kind}`),
            status: <Badge tone={STATUS_TONES[row.status]}>{t(`accounts.statuses.${row.status}`)}</Badge>,
            remove: (
              <ActionForm action={unassign} hidden={{ authenticator: id, account: row.id }}>
                <SubmitButton
                  variant="secondary"
                  className="self-start"
                  pendingLabel={t('site.oneMoment')}
                  aria-label={t('authenticators.unassignNamed', { name: fullName(row) })}
                >
                  {t('authenticators.unassign')}
                </SubmitButton>
              </ActionForm>
            ),
          },
        }))}
        empty={
          <EmptyState title={t(search === '' ? 'authenticators.nobodyTitle' : 'accounts.nothingTitle')}>
            <p className="text-quiet">{t(search === '' ? 'authenticators.nobodyText' : 'accounts.nothingText')}</p>
          </EmptyState>
        }
      />
      <Pager
        label={t('accounts.pages')}
        previous={
          page.previous === null ? null : { href: link({ before: page.previous }), label: t('accounts.previousPage') }
        }
        next={page.next === null ? null : { href: link({ after: page.next }), label: t('accounts.nextPage') }}
      />
    </section>
  );
}

/** Those who came from the provider and resembled somebody, without being the same: shown, and never accepted (AUTH-7). */
function Refused({ actor, refused }: { actor: Actor; refused: readonly RefusedIdentity[] }) {
  const t = translator(actor.locale);
  return (
    <Panel title={t('authenticators.refusedTitle')} titleId="refused" lead={t('authenticators.refusedText')}>
      <ul className="divide-y divide-line">
        {refused.map(({ id, at, reason }) => (
          <li key={id} className="flex min-h-11 flex-wrap items-center gap-x-3 py-2">
            <span>{t(`authenticators.refused.${REFUSED_WORDS[reason]}`)}</span>
            <span className="text-quiet">{momentFor(actor, at)}</span>
            {actor.permissions.has('audit.read') ? (
              <Link href={`/${actor.organisation.slug}/settings/audit/${id}`}>{t('authenticators.refusedEvent')}</Link>
            ) : null}
          </li>
        ))}
      </ul>
    </Panel>
  );
}

const REFUSED_WORDS = {
  'external.near-match': 'near',
  'external.other-subject': 'other',
  'external.ambiguous': 'ambiguous',
} as const;

/** Which accounts to come get this authenticator by themselves (AUTH-1). */
function Newcomers({
  actor,
  view: { authenticator, defaults },
  roles,
}: {
  actor: Actor;
  view: AuthenticatorView;
  roles: readonly RoleChoice[];
}) {
  const t = translator(actor.locale);
  return (
    <Panel title={t('authenticators.newcomers')} titleId="newcomers" lead={t('authenticators.newcomersText')}>
      <ActionForm action={saveNewcomers} hidden={{ authenticator: authenticator.id }}>
        <div className="grid gap-x-8 gap-y-4 sm:grid-cols-2">
          <fieldset className="flex flex-col gap-1">
            <legend className="mb-1 font-medium">{t('authenticators.newcomersKinds')}</legend>
            {KINDS.map((kind) => (
              <FormCheckbox
                key={kind}
                name={kind}
                label={t(`accounts.kinds.${kind}`)}
                defaultChecked={defaults.kinds.includes(kind)}
                className="-mx-3"
              />
            ))}
          </fieldset>
          <fieldset className="flex flex-col gap-1">
            <legend className="mb-1 font-medium">{t('authenticators.newcomersRoles')}</legend>
            {roles.slice(0, 40).map((role, place) => (
              <FormCheckbox
                key={role.id}
                name={`role${place}`}
                value={role.id}
                label={roleLabel(actor.locale, role)}
                defaultChecked={defaults.roleIds.includes(role.id)}
                className="-mx-3"
              />
            ))}
          </fieldset>
        </div>
        <SubmitButton variant="secondary" className="self-start" pendingLabel={t('site.saving')}>
          {t('site.save')}
        </SubmitButton>
      </ActionForm>
    </Panel>
  );
}
