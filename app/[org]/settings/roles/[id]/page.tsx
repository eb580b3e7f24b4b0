import { notFound } from 'next/navigation';
import { ActionForm } from '@/components/ui/action-form';
import { Badge } from '@/components/ui/badge';
import { Icon } from '@/components/ui/icon';
import { Link } from '@/components/ui/link';
import { Notice } from '@/components/ui/notice';
import { Pager } from '@/components/ui/pager';
import { Panel } from '@/components/ui/panel';
import { SubmitButton } from '@/components/ui/submit-button';
import type { Actor } from '@/lib/actors/model';
import { translator } from '@/lib/language/translate';
import { Refusal } from '@/lib/refusals';
import { orderedPermissions, permissionsBetween, type Role, type RoleContent } from '@/lib/roles/model';
import { loadRole, mayChangeRole, type LoadedRole } from '@/lib/roles/service';
import { currentActor } from '@/lib/sessions/current';
import { SettingsPage } from '../../settings-page';
import { change, remove } from '../actions';
import { RoleFields } from '../role-fields';
import { permissionList, permissionWords, roleLabel } from '../words';

type Query = Awaited<PageProps<'/[org]/settings/roles/[id]'>['searchParams']>;

const DONE = ['created', 'saved'] as const;
const wordOf = (query: Query, key: string) => (typeof query[key] === 'string' ? query[key].slice(0, 400) : null);

export default async function RolePage({ params, searchParams }: PageProps<'/[org]/settings/roles/[id]'>) {
  const [{ org, id }, query] = await Promise.all([params, searchParams]);
  const { actor } = await currentActor(org, '/[org]/settings/roles/[id]');
  const loaded = await loadRole(actor, id, wordOf(query, 'after')).catch((error: unknown) => {
    if (error instanceof Refusal && error.code === 'not-found') notFound();
    throw error;
  });
  const { role } = loaded;
  const t = translator(actor.locale);
  const room = `/${actor.organisation.slug}/settings/roles`;
  const done = DONE.find((word) => word === query['done']);
  return (
    <SettingsPage
      actor={actor}
      section="roles"
      title={roleLabel(actor.locale, role)}
      back={{ href: room, label: t('roles.back') }}
    >
      {done ? <Notice tone="success">{t(`roles.${done}`)}</Notice> : null}
      {mayChangeRole(actor, role) ? (
        <Editor actor={actor} role={role} query={query} held={loaded.holderCount > 0} />
      ) : (
        <Reading actor={actor} role={role} />
      )}
      <Holders actor={actor} loaded={loaded} room={room} paged={wordOf(query, 'after') !== null} />
      {mayChangeRole(actor, role) ? <Removal actor={actor} loaded={loaded} /> : null}
    </SettingsPage>
  );
}

/** A role that can't be changed here: why, and what it allows, in sentences. */
function Reading({ actor, role }: { actor: Actor; role: Role }) {
  const t = translator(actor.locale);
  return (
    <Panel title={t('roles.content')} titleId="content">
      <div className="flex flex-col gap-5">
        <Notice>{role.builtIn === null ? t('roles.aboveNote') : t('roles.builtInNote')}</Notice>
        <ul className="flex flex-col gap-3">
          {role.permissions.map((permission) => {
            const words = permissionWords(actor.locale, permission);
            return (
              <li key={permission} className="flex gap-3">
                <Icon name="check" className="mt-0.5 text-success" />
                <span>
                  <span className="font-medium">{words.label}</span>
                  <span className="block text-sm text-quiet">{words.sentence}</span>
                </span>
              </li>
            );
          })}
        </ul>
      </div>
    </Panel>
  );
}

/**
 * The form on a role. Where somebody else changed it between the drawing of the form and its sending, the address carries
 * what this person saw and chose: the page tells the difference, and the form keeps the choice (OPT-2).
 */
function Editor({ actor, role, query, held }: { actor: Actor; role: Role; query: Query; held: boolean }) {
  const t = translator(actor.locale);
  const [seen, wanted, name] = [wordOf(query, 'seen'), wordOf(query, 'wanted'), wordOf(query, 'name')];
  const content: RoleContent = {
    name: name ?? role.name,
    permissions: wanted === null ? role.permissions : orderedPermissions(wanted.split(',')),
  };
  return (
    <>
      {seen === null ? null : (
        <Changed
          actor={actor}
          role={role}
          seen={{ name: wordOf(query, 'seenName') ?? role.name, permissions: orderedPermissions(seen.split(',')) }}
        />
      )}
      <Panel title={t('roles.content')} titleId="content">
        <ActionForm action={change} hidden={{ role: role.id, seenName: role.name, seen: role.permissions.join() }}>
          <RoleFields actor={actor} content={content} />
          {held ? <p className="text-sm text-quiet">{t('roles.sessionsNote')}</p> : null}
          <SubmitButton className="self-start" pendingLabel={t('site.saving')}>
            {t('roles.save')}
          </SubmitButton>
        </ActionForm>
      </Panel>
    </>
  );
}

function Changed({ actor, role, seen }: { actor: Actor; role: Role; seen: RoleContent }) {
  const t = translator(actor.locale);
  const { added, removed } = permissionsBetween(seen.permissions, role.permissions);
  const list = (permissions: typeof added) => ({ list: permissionList(actor.locale, permissions) });
  return (
    <Notice tone="warning" title={t('roles.changedTitle')} role="alert">
      <p>{t('roles.changedText')}</p>
      <ul className="mt-2 list-disc pl-5">
        {seen.name === role.name ? null : <li>{t('roles.changedName', { before: seen.name, after: role.name })}</li>}
        {added.length > 0 ? <li>{t('roles.changedAdded', list(added))}</li> : null}
        {removed.length > 0 ? <li>{t('roles.changedRemoved', list(removed))}</li> : null}
      </ul>
    </Notice>
  );
}

function Holders({
  actor,
  loaded: { role, holders, holderCount, next },
  room,
  paged,
}: {
  actor: Actor;
  loaded: LoadedRole;
  room: string;
  paged: boolean;
}) {
  const t = translator(actor.locale);
  const page = `${room}/${role.id}`;
  return (
    <Panel title={t('roles.heldBy')} titleId="holders" lead={t('roles.heldByCount', { count: holderCount })}>
      {holders.length > 0 ? (
        <ul className="divide-y divide-line">
          {holders.map(({ id, firstName, lastName, status }) => (
            <li key={id} className="flex min-h-12 flex-wrap items-center gap-x-3 gap-y-1 py-2">
              {actor.permissions.has('accounts.manage') ? (
                <Link href={`/${actor.organisation.slug}/settings/accounts/${id}`} className="break-words">
                  {firstName} {lastName}
                </Link>
              ) : (
                <span className="break-words">
                  {firstName} {lastName}
                </span>
              )}
              {status === 'active' ? null : <Badge>{t(`roles.${status}`)}</Badge>}
            </li>
          ))}
        </ul>
      ) : null}
      <Pager
        label={t('roles.heldByPages')}
        previous={paged ? { href: `${page}#holders`, label: t('roles.firstHolders') } : null}
        next={next === null ? null : { href: `${page}?after=${next}#holders`, label: t('roles.moreHolders') }}
      />
    </Panel>
  );
}

function Removal({ actor, loaded: { role, holderCount } }: { actor: Actor; loaded: LoadedRole }) {
  const t = translator(actor.locale);
  return (
    <Panel title={t('roles.deleteTitle')} titleId="delete">
      {holderCount > 0 ? (
        <>
          <p>{t('roles.deleteHeld', { count: holderCount })}</p>
          <Link href="#holders">{t('roles.deleteHeldLink')}</Link>
        </>
      ) : (
        <ActionForm action={remove} hidden={{ role: role.id }}>
          <p>{t('roles.deleteText')}</p>
          <SubmitButton variant="danger" className="self-start" pendingLabel={t('roles.deleting')}>
            {t('roles.delete', { name: role.name })}
          </SubmitButton>
        </ActionForm>
      )}
    </Panel>
  );
}
