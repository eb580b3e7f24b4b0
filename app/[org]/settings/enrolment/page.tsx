import { z } from 'zod';
import { ActionForm } from '@/components/ui/action-form';
import { Badge } from '@/components/ui/badge';
import { DataTable } from '@/components/ui/data-table';
import { EmptyState } from '@/components/brand/empty-state';
import { Notice } from '@/components/ui/notice';
import { Pager } from '@/components/ui/pager';
import { SubmitButton } from '@/components/ui/submit-button';
import type { Actor } from '@/lib/actors/model';
import type { ToEnrol } from '@/lib/adoption/model';
import { listStillToEnrol } from '@/lib/adoption/service';
import { clockOf } from '@/lib/language/moment';
import { translator } from '@/lib/language/translate';
import { currentActor } from '@/lib/sessions/current';
import { SettingsPage } from '../settings-page';
import { remind } from './actions';

/** « MFA à configurer » (MFA-9). */
export default async function EnrolmentBoardPage({ params, searchParams }: PageProps<'/[org]/settings/enrolment'>) {
  const [{ org }, query] = await Promise.all([params, searchParams]);
  const { actor, settings } = await currentActor(org, '/[org]/settings/enrolment');
  const t = translator(actor.locale);
  const after = z.uuid().safeParse(query['after']).data ?? null;
  const board = await listStillToEnrol(actor, settings, after);
  const room = `/${actor.organisation.slug}/settings/enrolment`;
  const reminded = /^\d{1,4}$/.test(String(query['reminded'] ?? '')) ? Number(query['reminded']) : null;
  return (
    <SettingsPage actor={actor} section="enrolment" lead={t('enrolmentBoard.lead')}>
      {reminded === null ? null : <Notice tone="success">{t('enrolmentBoard.reminded', { count: reminded })}</Notice>}
      <div className="flex flex-wrap items-center justify-between gap-4">
        {board.total === 0 ? null : (
          <p className="text-lg font-semibold">{t('enrolmentBoard.total', { count: board.total })}</p>
        )}
        {board.remindable > 0 ? (
          <ActionForm action={remind}>
            <SubmitButton pendingLabel={t('enrolmentBoard.reminding')}>
              {t('enrolmentBoard.remindAll', { count: board.remindable })}
            </SubmitButton>
          </ActionForm>
        ) : null}
      </div>
      <DataTable
        caption={t('enrolmentBoard.caption')}
        columns={[
          { key: 'person', label: t('enrolmentBoard.person'), heading: true },
          { key: 'kind', label: t('enrolmentBoard.kind') },
          { key: 'state', label: t('enrolmentBoard.state') },
          { key: 'action', label: t('enrolmentBoard.action'), plain: true, className: 'md:w-44 max-md:empty:hidden' },
        ]}
        rows={board.people.map((person) => ({
          id: person.id,
          cells: {
            person: (
              <span className="flex flex-col">
                <span className="font-semibold break-words">{person.name}</span>
                <span className="text-sm wrap-anywhere text-quiet">{person.email}</span>
              </span>
            ),
            kind: t(`enrolmentBoard.kinds.${person.kind}`),
            state: <State actor={actor} person={person} />,
            action: person.mayRemind ? (
              <ActionForm action={remind} hidden={{ account: person.id }}>
                <SubmitButton
                  variant="secondary"
                  className="whitespace-nowrap"
                  pendingLabel={t('enrolmentBoard.reminding')}
                  aria-label={t('enrolmentBoard.remindName', { name: person.name })}
                >
                  {t('enrolmentBoard.remind')}
                </SubmitButton>
              </ActionForm>
            ) : null,
          },
        }))}
        empty={
          <EmptyState>
            <p className="text-quiet">{t('enrolmentBoard.empty')}</p>
          </EmptyState>
        }
      />
      <Pager
        label={t('enrolmentBoard.pages')}
        previous={null}
        next={board.next === null ? null : { href: `${room}?after=${board.next}`, label: t('enrolmentBoard.next') }}
      />
    </SettingsPage>
  );
}

function State({ actor, person }: { actor: Actor; person: ToEnrol }) {
  const t = translator(actor.locale);
  if (person.invited) return <Badge>{t('enrolmentBoard.invited')}</Badge>;
  if (person.remindedAt === null) return <span className="text-quiet">{t('enrolmentBoard.notReminded')}</span>;
  const date = clockOf(actor, { dateStyle: 'medium', timeStyle: 'short' }).format(person.remindedAt);
  return t('enrolmentBoard.remindedAt', { date });
}
