import { DataTable } from '@/components/ui/data-table';
import { translator } from '@/lib/language/translate';
import { OPTIONS, type OptionKey } from '@/lib/options/registry';
import { currentActor } from '@/lib/sessions/current';
import { SettingsPage } from '../settings-page';

export default async function OptionsPage({ params }: PageProps<'/[org]/settings/options'>) {
  const { actor, settings } = await currentActor((await params).org, '/[org]/settings/options');
  const t = translator(actor.locale);
  return (
    <SettingsPage actor={actor} section="options">
      <DataTable
        caption={t('settings.sections.options')}
        columns={[
          { key: 'key', label: 'Option', heading: true },
          { key: 'value', label: 'Valeur' },
        ]}
        rows={(Object.keys(OPTIONS) as OptionKey[]).map((key) => ({
          id: key,
          cells: { key, value: String(settings.options[key]) },
        }))}
        empty={null}
      />
    </SettingsPage>
  );
}
