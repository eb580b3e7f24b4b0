import { ActionForm, FormField, FormSelect } from '@/components/ui/action-form';
import { Button } from '@/components/ui/button';
import { FormFileField } from '@/components/ui/file-field';
import { Panel } from '@/components/ui/panel';
import { SubmitButton } from '@/components/ui/submit-button';
import { translator } from '@/lib/language/translate';
import { currentActor } from '@/lib/sessions/current';
import { SERIAL_MAX, TOKEN_LINES_MAX } from '@/lib/tokens/model';
import { SettingsPage } from '../../settings-page';
import { register, upload } from '../actions';

/** One token by hand, or many by a file. */
export default async function NewTokenPage({ params }: PageProps<'/[org]/settings/tokens/new'>) {
  const { actor } = await currentActor((await params).org, '/[org]/settings/tokens/new');
  const t = translator(actor.locale);
  const room = `/${actor.organisation.slug}/settings/tokens`;
  return (
    <SettingsPage
      actor={actor}
      section="tokens"
      title={t('tokens.addTitle')}
      lead={t('tokens.addLead')}
      back={{ href: room, label: t('settings.sections.tokens') }}
    >
      <Panel className="max-w-measure" title={t('tokens.one')} titleId="one">
        <ActionForm action={register} refusalField={{ 'token.serial-taken': 'serial' }}>
          <FormField
            name="serial"
            label={t('tokens.serial')}
            hint={t('tokens.serialHint')}
            maxLength={SERIAL_MAX}
            autoComplete="off"
            spellCheck={false}
            required
          />
          <FormField
            name="seed"
            type="password"
            label={t('tokens.seed')}
            hint={t('tokens.seedHint')}
            maxLength={300}
            autoComplete="off"
            spellCheck={false}
            required
          />
          <FormSelect name="kind" label={t('tokens.kind')} defaultValue="totp">
            <option value="totp">{t('tokens.kinds.totp')}</option>
            <option value="hotp">{t('tokens.kinds.hotp')}</option>
          </FormSelect>
          <FormField
            name="counter"
            label={t('tokens.counter')}
            hint={t('tokens.counterHint')}
            defaultValue="0"
            inputMode="numeric"
            maxLength={10}
            autoComplete="off"
          />
          <div className="flex flex-col gap-3 sm:flex-row">
            <SubmitButton pendingLabel={t('site.saving')}>{t('tokens.register')}</SubmitButton>
            <Button href={room}>{t('site.cancel')}</Button>
          </div>
        </ActionForm>
      </Panel>
      <Panel className="max-w-measure" title={t('tokens.many')} titleId="many" lead={t('tokens.manyLead')}>
        <ActionForm action={upload} refusalField="file">
          <FormFileField
            name="file"
            accept=".csv,text/csv,text/plain"
            label={t('tokens.file')}
            labels={{ choose: t('site.chooseFile'), none: t('site.noFile') }}
            hint={t('tokens.fileHint', { max: TOKEN_LINES_MAX })}
            required
          />
          <SubmitButton variant="secondary" className="self-start" pendingLabel={t('accounts.importChecking')}>
            {t('accounts.importCheck')}
          </SubmitButton>
        </ActionForm>
      </Panel>
    </SettingsPage>
  );
}
