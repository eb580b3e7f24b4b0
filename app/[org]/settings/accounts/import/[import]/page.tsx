import { notFound } from 'next/navigation';
import { z } from 'zod';
import { ActionForm, FormCheckbox } from '@/components/ui/action-form';
import { Badge } from '@/components/ui/badge';
import { Button } from '@/components/ui/button';
import { DataTable } from '@/components/ui/data-table';
import { Notice } from '@/components/ui/notice';
import { Panel } from '@/components/ui/panel';
import { Refresher } from '@/components/ui/refresher';
import { SubmitButton } from '@/components/ui/submit-button';
import type { Actor } from '@/lib/actors/model';
import { LINE_ISSUES, type Column, type ImportView, type LineIssue } from '@/lib/imports/model';
import { viewImport } from '@/lib/imports/service';
import { clockOf } from '@/lib/language/moment';
import { sentence, translator, type Translator } from '@/lib/language/translate';
import { currentActor } from '@/lib/sessions/current';
import { SettingsPage } from '../../../settings-page';
import { confirmImport, resumeInvitations } from '../../actions';
import { fieldNames } from '../../words';

export default async function ImportReportPage({ params }: PageProps<'/[org]/settings/accounts/import/[import]'>) {
  const { org, import: id } = await params;
  const { actor } = await currentActor(org, '/[org]/settings/accounts/import/[import]');
  const view = z.uuid().safeParse(id).success ? await viewImport(actor, id) : null;
  if (view === null) notFound();
  const t = translator(actor.locale);
  const room = `/${actor.organisation.slug}/settings/accounts`;
  return (
    <SettingsPage
      actor={actor}
      section="accounts"
      title={t('accounts.importTitle')}
      back={{ href: room, label: t('accounts.back') }}
    >
      {view.state === 'checked' ? (
        <Report actor={actor} view={view} room={room} />
      ) : (
        <Progress actor={actor} view={view} room={room} />
      )}
    </SettingsPage>
  );
}

interface PartProps<S extends ImportView['state']> {
  readonly actor: Actor;
  readonly view: Extract<ImportView, { state: S }>;
  readonly room: string;
}

function Report({ actor, view, room }: PartProps<'checked'>) {
  const { locale } = actor;
  const t = translator(locale);
  const time = clockOf(actor, { timeStyle: 'short' }).format(view.expiresAt);
  const good = view.wrong === 0;
  return (
    <>
      <Notice tone={good ? 'success' : 'warning'} title={t('accounts.importReady', { count: view.ready })}>
        {good ? t('accounts.importUntil', { time }) : t('accounts.importWrong', { count: view.wrong })}
      </Notice>
      {view.ignored.length > 0 ? (
        <Notice>{t('accounts.importIgnored', { columns: view.ignored.join(', ') })}</Notice>
      ) : null}
      {good ? (
        <Panel className="max-w-measure">
          <ActionForm action={confirmImport} hidden={{ import: view.id }}>
            <FormCheckbox
              name="invite"
              value="on"
              defaultChecked
              label={t('accounts.importInvite')}
              hint={t('accounts.importInviteHint')}
            />
            <div className="flex flex-col gap-3 sm:flex-row">
              <SubmitButton pendingLabel={t('accounts.importing')}>
                {t('accounts.importConfirm', { count: view.ready })}
              </SubmitButton>
              <Button href={`${room}/import`}>{t('accounts.importOther')}</Button>
            </div>
          </ActionForm>
        </Panel>
      ) : (
        <Button href={`${room}/import`} variant="primary" className="self-start">
          {t('accounts.importOther')}
        </Button>
      )}
      <DataTable
        caption={t('accounts.importReport')}
        columns={[
          { key: 'name', label: t('accounts.name'), heading: true },
          { key: 'line', label: t('accounts.importLine'), numeric: true },
          { key: 'username', label: t('accounts.username') },
          { key: 'verdict', label: t('accounts.importVerdict'), plain: true },
        ]}
        rows={view.lines.map((line) => ({
          id: String(line.line),
          cells: {
            name: (
              <span className="flex min-w-0 flex-col">
                <span className="font-semibold wrap-anywhere">{line.name || '—'}</span>
                <span className="text-sm text-quiet wrap-anywhere">{line.email}</span>
              </span>
            ),
            line: line.line,
            username: <span className="wrap-anywhere">{line.username ?? '—'}</span>,
            verdict:
              line.issues.length === 0 ? (
                <Badge tone="success">{t('accounts.importOk')}</Badge>
              ) : (
                <ul className="flex flex-col gap-1">
                  {line.issues.map((issue) => (
                    <li key={`${issue.column} ${issue.code}`}>
                      <strong>{columnName(t, issue.column)}</strong>{' '}
                      <span className="text-danger">{issueSentence(actor, issue)}</span>
                    </li>
                  ))}
                </ul>
              ),
          },
        }))}
        empty={null}
      />
      {view.lines.length < view.ready + view.wrong ? (
        <p className="text-sm text-quiet">{t('accounts.importCut')}</p>
      ) : null}
    </>
  );
}

function columnName(t: Translator, column: Column): string {
  return {
    ...fieldNames(t),
    authenticator: t('accounts.authenticatorField'),
    identity: t('accounts.identity'),
  }[column];
}

function issueSentence({ locale }: Actor, { code, line }: LineIssue): string {
  const own = (LINE_ISSUES as readonly string[]).includes(code);
  return sentence(locale, `${own ? 'accounts.issues' : 'fields'}.${code.replace('.', '_')}`, { line: line ?? 0 });
}

function Progress({ actor, view, room }: PartProps<'imported'>) {
  const t = translator(actor.locale);
  const { all, left } = view.invitations;
  return (
    <>
      <Notice tone="success" title={t('accounts.importedTitle', { count: view.accounts })}>
        {all === 0 ? t('accounts.importNotSent') : left === 0 ? t('accounts.importSent') : null}
      </Notice>
      {left > 0 ? (
        <Panel className="max-w-measure">
          <div className="flex flex-col gap-4">
            <label className="flex flex-col gap-2">
              <span aria-live="polite">{t('accounts.importSending', { sent: all - left, all })}</span>
              <progress value={all - left} max={all} className="h-3 w-full accent-accent" />
            </label>
            {view.stalled ? (
              <ActionForm action={resumeInvitations} hidden={{ import: view.id }}>
                <Notice tone="warning">{t('accounts.importStalled')}</Notice>
                <SubmitButton className="self-start" pendingLabel={t('accounts.invitationSending')}>
                  {t('accounts.importResume')}
                </SubmitButton>
              </ActionForm>
            ) : (
              <>
                <Refresher seconds={2} />
                <Button href={`${room}/import/${view.id}`} className="self-start">
                  {t('accounts.importRefresh')}
                </Button>
              </>
            )}
          </div>
        </Panel>
      ) : (
        <Button href={room} variant="primary" className="self-start">
          {t('accounts.back')}
        </Button>
      )}
    </>
  );
}
