import { RecoveryCodesView } from '@/components/enrolment/recovery-codes-view';
import { ActionForm, FormField } from '@/components/ui/action-form';
import { translator } from '@/lib/language/translate';
import { CodesActions, paperLabels } from './codes-actions';
import { Back, ConfirmButtons, type StepProps } from './parts';

/** A card of codes for somebody without a phone: print it, then type one of its codes, which counts from then on. */
export function CardStep(props: StepProps) {
  const { organisation, locale, base, actions, enrolment, steps } = props;
  const t = translator(locale);
  const codes = [...(enrolment?.recoveryCodes ?? [])];
  return (
    <RecoveryCodesView
      codes={codes}
      labels={{
        title: t('enrol.cardTitle'),
        lead: t('enrol.cardLead'),
        card: t('enrol.card'),
        cardFoot: t('enrol.fileOnce'),
        paper: paperLabels(props),
      }}
      owner={[organisation.name]}
      steps={steps}
      actions={<CodesActions {...props} codes={codes} />}
      finish={
        <div className="flex flex-col gap-6">
          <ActionForm
            action={actions.confirmCard}
            hidden={{ organisation: organisation.slug }}
            refusalField="code"
            className="max-w-form"
          >
            <FormField
              name="code"
              label={t('enrol.cardCode')}
              hint={t('enrol.cardCodeHint')}
              autoComplete="off"
              autoCapitalize="characters"
              spellCheck={false}
              maxLength={64}
              required
            />
            <ConfirmButtons {...props} />
          </ActionForm>
          <Back href={`${base}/method`} locale={locale} />
        </div>
      }
    />
  );
}
