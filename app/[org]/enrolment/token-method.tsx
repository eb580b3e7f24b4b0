import { TokenDrawing } from '@/components/enrolment/illustrations';
import { ActionForm, FormCodeField, FormField, WhenRefused } from '@/components/ui/action-form';
import { PageTitle } from '@/components/ui/page-title';
import { translator } from '@/lib/language/translate';
import { SERIAL_MAX } from '@/lib/tokens/model';
import { Back, ConfirmButtons, type StepProps } from './parts';

/** A hardware token: the number on its back, and a code of it; a second one where it has run ahead (ENROL-8). */
export async function TokenStep(props: StepProps) {
  const { organisation, locale, base, actions, offered, steps } = props;
  const t = translator(locale);
  const { serials } = await offered();
  return (
    <div className="flex flex-col gap-6 md:gap-8">
      {steps}
      <div className="grid gap-8 md:grid-cols-[minmax(0,26rem)_1fr] md:gap-10">
        <div className="flex flex-col gap-6">
          <PageTitle size="step" lead={t('enrol.tokenLead')}>
            {t('enrol.tokenTitle')}
          </PageTitle>
          <ActionForm
            action={actions.confirmToken}
            hidden={{ organisation: organisation.slug }}
            refusalField={{ 'token.wrong': 'code', 'code.throttled': 'code' }}
          >
            <FormField
              name="serial"
              label={t('enrol.tokenSerial')}
              hint={serials.length === 1 ? t('enrol.tokenYours') : t('enrol.tokenSerialHint')}
              defaultValue={serials.length === 1 ? serials[0] : undefined}
              autoComplete="off"
              autoCapitalize="characters"
              spellCheck={false}
              maxLength={SERIAL_MAX}
              required
            />
            <FormCodeField name="code" label={t('enrol.code')} hint={t('enrol.tokenCodeHint')} />
            <WhenRefused codes={['token.wrong']}>
              <FormCodeField
                name="following"
                label={t('enrol.following')}
                hint={t('enrol.followingHint')}
                required={false}
              />
            </WhenRefused>
            <ConfirmButtons {...props} />
          </ActionForm>
        </div>
        <TokenDrawing className="h-auto w-full max-w-60 justify-self-center max-md:hidden" />
      </div>
      <Back href={`${base}/method`} locale={locale} />
    </div>
  );
}
