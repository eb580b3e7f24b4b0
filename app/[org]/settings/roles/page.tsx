import { Badge } from '@/components/ui/badge';
import { Button } from '@/components/ui/button';
import { DataTable } from '@/components/ui/data-table';
import { Link } from '@/components/ui/link';
import { Notice } from '@/components/ui/notice';
import { translator } from '@/lib/language/translate';
import { listRoles } from '@/lib/roles/service';
import { currentActor } from '@/lib/sessions/current';
import { SettingsPage } from '../settings-page';
import { permissionList, roleLabel } from './words';

export default async function RolesPage({ params, searchParams }: PageProps<'/[org]/settings/roles'>) {
  const [{ org }, { done }] = await Promise.all([params, searchParams]);
  const { actor } = await currentActor(org, '/[org]/settings/roles');
  const t = translator(actor.locale);
  const room = `/${actor.organisation.slug}/settings/roles`;
  return (
    <SettingsPage
      actor={actor}
      section="roles"
      lead={t('roles.lead')}
      actions={
        <Button variant="primary" href={`${room}/new`}>
          {t('roles.new')}
        </Button>
      }
    >
      {done === 'deleted' ? <Notice tone="success">{t('roles.deleted')}</Notice> : null}
      <DataTable
        caption={t('roles.title')}
        columns={[
          { key: 'role', label: t('roles.role'), heading: true, className: 'md:w-64' },
          { key: 'allows', label: t('roles.allows') },
          { key: 'holders', label: t('roles.holders'), numeric: true },
        ]}
        rows={(await listRoles(actor)).map((role) => ({
          id: role.id,
          cells: {
            role: (
              <span className="flex flex-wrap items-center gap-x-2 gap-y-1">
                <Link href={`${room}/${role.id}`} className="-my-2.5 font-semibold break-words">
                  {roleLabel(actor.locale, role)}
                </Link>
                {role.builtIn === null ? null : <Badge>{t('roles.builtInBadge')}</Badge>}
              </span>
            ),
            allows: permissionList(actor.locale, role.permissions),
            holders: role.holders.toLocaleString(actor.locale),
          },
        }))}
        empty={null}
      />
    </SettingsPage>
  );
}
