import { ActionForm } from '@/components/ui/action-form';
import { FormFileField } from '@/components/ui/file-field';
import { Link } from '@/components/ui/link';
import { Panel } from '@/components/ui/panel';
import { SubmitButton } from '@/components/ui/submit-button';
import { translator } from '@/lib/language/translate';
import { currentActor } from '@/lib/sessions/current';
import { SettingsPage } from '../../settings-page';
import { upload } from '../actions';

export default async function ImportPage({ params }: PageProps<'/[org]/settings/accounts/import'>) {
  const { actor } = await currentActor((await params).org, '/[org]/settings/accounts/import');
  const t = translator(actor.locale);
  const room = `/${actor.organisation.slug}/settings/accounts`;
  return (
    <SettingsPage
      actor={actor}
      section="accounts"
      title={t('accounts.importTitle')}
      lead={t('accounts.importLead')}
      back={{ href: room, label: t('accounts.back') }}
    >
      <Panel className="max-w-measure">
        <ActionForm action={upload} refusalField="file">
          <FormFileField
            name="file"
            accept=".csv,text/csv,text/plain"
            label={t('accounts.importFile')}
            labels={{ choose: t('site.chooseFile'), none: t('site.noFile') }}
            hint={t('accounts.importFileHint')}
            required
          />
          <SubmitButton className="self-start" pendingLabel={t('accounts.importChecking')}>
            {t('accounts.importCheck')}
          </SubmitButton>
        </ActionForm>
      </Panel>
      <Panel className="max-w-measure" title={t('accounts.importColumns')} titleId="columns">
        <p>{t('accounts.importColumnsText')}</p>
        <Link href={`${room}/import/sample`}>{t('accounts.importSample')}</Link>
      </Panel>
    </SettingsPage>
  );
}
