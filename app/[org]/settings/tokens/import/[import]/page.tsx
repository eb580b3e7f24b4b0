import { notFound } from 'next/navigation';
import { z } from 'zod';
import { ActionForm } from '@/components/ui/action-form';
import { Badge } from '@/components/ui/badge';
import { Button } from '@/components/ui/button';
import { DataTable } from '@/components/ui/data-table';
import { Notice } from '@/components/ui/notice';
import { SubmitButton } from '@/components/ui/submit-button';
import { momentFor } from '@/lib/language/moment';
import { sentence, translator } from '@/lib/language/translate';
import { currentActor } from '@/lib/sessions/current';
import { viewTokenImport } from '@/lib/tokens/service';
import { SettingsPage } from '../../../settings-page';
import { confirmImport } from '../../actions';

/** The dry run of a file of tokens: what each line would do, and no seed. */
export default async function TokenImportPage({ params }: PageProps<'/[org]/settings/tokens/import/[import]'>) {
  const { org, import: id } = await params;
  const { actor } = await currentActor(org, '/[org]/settings/tokens/import/[import]');
  const view = z.uuid().safeParse(id).success ? await viewTokenImport(actor, id) : null;
  if (view === null) notFound();
  const { locale } = actor;
  const t = translator(locale);
  const room = `/${actor.organisation.slug}/settings/tokens`;
  const good = view.wrong === 0;
  return (
    <SettingsPage
      actor={actor}
      section="tokens"
      title={t('tokens.many')}
      back={{ href: room, label: t('settings.sections.tokens') }}
    >
      <Notice tone={good ? 'success' : 'warning'} title={t('tokens.ready', { count: view.ready })}>
        {good
          ? t('tokens.until', { date: momentFor(actor, view.expiresAt) })
          : t('tokens.wrong', { count: view.wrong })}
      </Notice>
      {good ? (
        <ActionForm action={confirmImport} hidden={{ import: view.id }}>
          <div className="flex flex-col gap-3 sm:flex-row">
            <SubmitButton pendingLabel={t('site.saving')}>{t('tokens.confirm', { count: view.ready })}</SubmitButton>
            <Button href={`${room}/new`}>{t('accounts.importOther')}</Button>
          </div>
        </ActionForm>
      ) : (
        <Button href={`${room}/new`} variant="primary" className="self-start">
          {t('accounts.importOther')}
        </Button>
      )}
      <DataTable
        caption={t('accounts.importReport')}
        columns={[
          { key: 'serial', label: t('tokens.serial'), heading: true },
          { key: 'line', label: t('accounts.importLine'), numeric: true },
          { key: 'kind', label: t('tokens.kind') },
          { key: 'verdict', label: t('accounts.importVerdict'), plain: true },
        ]}
        rows={view.lines.map((line) => ({
          id: String(line.line),
          cells: {
            serial: <span className="wrap-anywhere">{line.serial || '—'}</span>,
            line: line.line,
            kind: line.kind === null ? '—' : line.kind.toUpperCase(),
            verdict:
              line.issues.length === 0 ? (
                <Badge tone="success">{t('accounts.importOk')}</Badge>
              ) : (
                <ul className="flex flex-col gap-1 text-danger">
                  {line.issues.map(({ code, line: other }) => (
                    <li key={code}>
                      {sentence(locale, `tokens.issues.${code.replace('.', '_')}`, { line: other ?? 0 })}
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
    </SettingsPage>
  );
}
