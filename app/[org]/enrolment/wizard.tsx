import { notFound, redirect } from 'next/navigation';
import { ComputerDrawing } from '@/components/enrolment/illustrations';
import { IntroView } from '@/components/enrolment/intro-view';
import { phoneOf } from '@/components/enrolment/phone-kind';
import { RecoveryCodesView } from '@/components/enrolment/recovery-codes-view';
import { ProviderFirst } from '@/components/shell/provider-first';
import { ActionForm, FormPasswordField } from '@/components/ui/action-form';
import { Button } from '@/components/ui/button';
import { ChoiceCard } from '@/components/ui/choice-card';
import { Notice } from '@/components/ui/notice';
import { PageTitle } from '@/components/ui/page-title';
import { Steps } from '@/components/ui/steps';
import { SubmitButton } from '@/components/ui/submit-button';
import { METHOD_STEPS, METHODS, placeOf, type EnrolmentView, type Method } from '@/lib/enrolment/model';
import type { Locale } from '@/lib/language/locale';
import { clock } from '@/lib/language/moment';
import { sentence, translator } from '@/lib/language/translate';
import { ProofButton, ProofField } from '../factor-proof';
import { providerFirst } from '../provider-first';
import { CodesActions, paperLabels } from './codes-actions';
import { METHOD_FLOWS } from './methods';
import { Back, type StepProps, type WizardProps } from './parts';

/** The method that a step belongs to; null: it is a step of all. */
const methodOfStep = (step: string): Method | null =>
  METHODS.find((method) => (METHOD_STEPS[method] as readonly string[]).includes(step)) ?? null;

/** The last page: the codes that are to be kept, or, where there are none, only that it is done. */
const endOf = ({ recoveryCodes }: EnrolmentView) => (recoveryCodes === null ? 'done' : 'codes');

/** Which step an address names, if the enrolment has come that far; otherwise the way to where it stands (ENROL-1). */
function stepOf({ base, path, enrolment }: WizardProps): string {
  if ((path?.length ?? 0) > 1) notFound();
  const wanted = path?.[0] ?? 'intro';
  const owner = methodOfStep(wanted);
  if (owner === null && !['intro', 'method', 'other', 'codes', 'done'].includes(wanted)) notFound();
  if (enrolment === null) return wanted === 'intro' ? wanted : redirect(base);
  const { confirmed, onlyCodes, underWay, method } = enrolment;
  const isEnd = wanted === 'codes' || wanted === 'done';
  if (confirmed && (isEnd || wanted === 'intro' || onlyCodes || (owner !== null && !underWay))) {
    return wanted === endOf(enrolment) ? wanted : redirect(`${base}/${endOf(enrolment)}`);
  }
  if (isEnd) redirect(`${base}/${METHOD_STEPS[method ?? 'app'].at(-1)}`);
  // What an older version began has no method: it was an app.
  if (owner !== null && owner !== (method ?? 'app')) redirect(`${base}/method`);
  return wanted;
}

/** The page of each step that is no method's own. */
const PAGES: Record<string, (props: StepProps) => React.ReactNode> = {
  intro: Intro,
  method: MethodChoice,
  other: OtherChoice,
  codes: Codes,
  done: Done,
};

export function EnrolmentWizard(props: WizardProps) {
  const step = stepOf(props);
  const t = translator(props.locale);
  const place = placeOf(step, props.enrolment?.method ?? null);
  const steps = (
    <Steps
      {...place}
      label={
        place.total === null
          ? t('enrol.stepOpen', { current: place.current })
          : t('enrol.step', { ...place, total: place.total })
      }
    />
  );
  const owner = methodOfStep(step);
  const Page = (owner === null ? PAGES[step] : METHOD_FLOWS[owner].pages[step])!;
  return (
    <>
      <title>{t('site.titleOf', { page: titleOf(step, props), organisation: props.organisation.name })}</title>
      <Page {...props} steps={steps} />
    </>
  );
}

/** A step as its page is headed: of an app elsewhere than on a phone, or on the phone that reads it. */
function titleOf(step: string, { locale, enrolment, handheld }: WizardProps): string {
  const t = translator(locale);
  const computer = enrolment?.phone === 'other';
  if (step === 'app' && computer) return t('enrol.appTitleOther');
  if (step === 'key' && computer) return t('enrol.keyTitleOther');
  return step === 'scan' && handheld && !computer ? t('enrol.openTitle') : sentence(locale, `enrol.${step}Title`);
}

/** On one line. */
const longDate = (date: Date, locale: Locale, timeZone: string) =>
  clock(locale, timeZone, { dateStyle: 'long' }).format(date).replaceAll(' ', '\u00a0');

/** Why one is here, in a sentence. */
function introLead({ organisation, locale, within, another, replaces }: StepProps): string {
  const t = translator(locale);
  if (replaces === 'mfa.set-aside') return t('enrol.replaceSetAside');
  if (replaces !== null) return t('enrol.replaceNotAllowed', { organisation: organisation.name });
  if (within === 'sign-in') return t('enrol.introLead', { organisation: organisation.name });
  return another ? t('enrol.anotherLead') : t('enrol.introLeadVoluntary');
}

function Intro(props: StepProps) {
  const { organisation, locale, actions, needs, another, replaces, postpone, cancelHref, guessedPhone, steps } = props;
  const prover = needs === 'code' ? props.prover : undefined;
  const t = translator(locale);
  const hidden = { organisation: organisation.slug, ...(props.next ? { next: props.next } : {}) };
  return (
    <IntroView
      steps={steps}
      title={replaces !== null ? t('enrol.replaceTitle') : another ? t('enrol.anotherTitle') : t('enrol.introTitle')}
      lead={introLead(props)}
      needs={[
        { text: t('enrol.introTime'), icon: 'clock' },
        { text: another || replaces !== null ? t('enrol.anotherNeed') : t('enrol.introNeed'), icon: 'phone' },
        {
          text: replaces !== null ? t('enrol.replaceKeeps') : another ? t('enrol.anotherKeeps') : t('enrol.introOnce'),
          icon: 'success',
        },
      ]}
      phone={phoneOf(guessedPhone)}
      actions={
        <>
          {needs === 'provider' ? (
            <ProviderFirst
              {...providerFirst({
                slug: organisation.slug,
                locale,
                next: props.next ?? (props.within === 'account' ? props.base : `/${organisation.slug}`),
              })}
            />
          ) : (
            <ActionForm action={actions.begin} hidden={hidden} refusalField={needs ?? undefined}>
              {needs === 'password' ? (
                <FormPasswordField
                  name="password"
                  label={t('signIn.password')}
                  hint={t('enrol.introPassword')}
                  showLabel={t('signIn.showPassword')}
                  autoComplete="current-password"
                  required
                />
              ) : null}
              {prover ? (
                <ProofField actor={prover} label={t('account.yourCode')} hint={t('enrol.anotherProof')} />
              ) : null}
              <div className="flex flex-col gap-3 sm:flex-row-reverse">
                {prover ? (
                  <ProofButton actor={prover} className="flex-1" pendingLabel={t('enrol.nexting')}>
                    {t('enrol.next')}
                  </ProofButton>
                ) : (
                  <SubmitButton className="flex-1" pendingLabel={t('enrol.nexting')}>
                    {t('enrol.next')}
                  </SubmitButton>
                )}
                {cancelHref !== null ? <Button href={cancelHref}>{t('site.cancel')}</Button> : null}
              </div>
            </ActionForm>
          )}
          {postpone !== null ? (
            <ActionForm action={postpone.action} hidden={hidden}>
              <div className="flex flex-col gap-1.5">
                <SubmitButton wide variant="secondary" pendingLabel={t('enrol.latering')}>
                  {t('enrol.later')}
                </SubmitButton>
                <p className="text-center text-sm text-quiet">
                  {t('enrol.laterUntil', { date: longDate(postpone.until, locale, organisation.timeZone) })}
                </p>
              </div>
            </ActionForm>
          ) : null}
        </>
      }
    />
  );
}

/** One method, with a drawing, on whom it suits, and « Choisir ». */
function MethodCard({
  method,
  hidden,
  title,
  children,
  ...props
}: StepProps & {
  method: Method;
  hidden?: Readonly<Record<string, string>>;
  title?: string;
  children?: React.ReactNode;
}) {
  const { organisation, locale, actions, guessedPhone } = props;
  const t = translator(locale);
  const { Drawing } = METHOD_FLOWS[method];
  const id = `method-${method}`;
  return (
    <ActionForm action={actions.chooseMethod} hidden={{ organisation: organisation.slug, method, ...hidden }}>
      <ChoiceCard
        title={<span id={id}>{title ?? sentence(locale, `enrol.methods.${method}.title`)}</span>}
        picture={
          hidden?.['phone'] === 'other' ? (
            <ComputerDrawing className="h-auto w-28 sm:w-36" />
          ) : (
            <Drawing phone={phoneOf(guessedPhone)} className="h-auto w-28 sm:w-36" />
          )
        }
        action={
          <SubmitButton id={`${id}-choose`} pendingLabel={t('enrol.choosing')} aria-labelledby={`${id}-choose ${id}`}>
            {t('enrol.choose')}
          </SubmitButton>
        }
      >
        {children ?? sentence(locale, `enrol.methods.${method}.for`)}
      </ChoiceCard>
    </ActionForm>
  );
}

async function MethodChoice(props: StepProps) {
  const { locale, base, enrolment, offered, steps } = props;
  const t = translator(locale);
  const { methods } = await offered();
  return (
    <div className="flex flex-col gap-6 md:gap-8">
      {steps}
      <PageTitle size="step" lead={methods.length > 1 ? t('enrol.methodLead') : undefined}>
        {t('enrol.methodTitle')}
      </PageTitle>
      {methods.length === 0 ? <Notice tone="warning">{t('enrol.methodNone')}</Notice> : null}
      <div className="flex flex-col gap-4">
        {methods.map((method) => (
          <MethodCard key={method} {...props} method={method} />
        ))}
      </div>
      <Back href={enrolment?.confirmed ? `${base}/${endOf(enrolment)}` : base} locale={locale} />
    </div>
  );
}

/** « Autre ou aucun téléphone »: what does without one, and no square before it was chosen. */
async function OtherChoice(props: StepProps) {
  const { locale, base, enrolment, offered, steps } = props;
  const t = translator(locale);
  const { methods } = await offered();
  const others = methods.filter((method) => method !== 'app');
  const computer = methods.includes('app') && enrolment?.kind !== 'hotp';
  return (
    <div className="flex flex-col gap-6 md:gap-8">
      {steps}
      <PageTitle size="step" lead={t('enrol.otherLead')}>
        {t('enrol.otherTitle')}
      </PageTitle>
      <div className="flex flex-col gap-4">
        {others.map((method) => (
          <MethodCard key={method} {...props} method={method} />
        ))}
        {computer ? (
          <MethodCard {...props} method="app" hidden={{ phone: 'other' }} title={t('enrol.appTitleOther')}>
            {t('enrol.computerFor')}
          </MethodCard>
        ) : null}
      </div>
      <Back href={`${base}/phone`} locale={locale} />
    </div>
  );
}

/** « Terminer », or another method: both at hand on the last page (ENROL-1). */
function End({ organisation, locale, base, actions, enrolment }: StepProps) {
  const t = translator(locale);
  return (
    <ActionForm action={actions.finish} hidden={{ organisation: organisation.slug }}>
      <div className="flex flex-col gap-3 sm:flex-row-reverse sm:justify-between">
        <SubmitButton className="sm:min-w-56" pendingLabel={t('enrol.finishing')}>
          {t('enrol.finish')}
        </SubmitButton>
        {enrolment?.onlyCodes ? null : <Button href={`${base}/method`}>{t('enrol.another')}</Button>}
      </div>
    </ActionForm>
  );
}

function Codes(props: StepProps) {
  const { organisation, locale, firstName, accountLabel, steps, enrolment } = props;
  const t = translator(locale);
  const codes = [...(enrolment?.recoveryCodes ?? [])];
  return (
    <RecoveryCodesView
      codes={codes}
      labels={{
        title: t('enrol.codesTitle'),
        lead: `${t('enrol.codesLead')} ${t('enrol.codesKeep')}`,
        card: t('account.recoveryCodes'),
        cardFoot: t('enrol.fileOnce'),
        paper: paperLabels(props),
      }}
      finish={<End {...props} />}
      owner={[organisation.name, accountLabel]}
      steps={enrolment?.onlyCodes ? null : steps}
      notice={
        enrolment?.onlyCodes ? null : (
          <Notice tone="success">
            {enrolment?.method === 'passkey'
              ? t('passkeys.doneNotice', { name: firstName })
              : t('enrol.doneNotice', { name: firstName })}
          </Notice>
        )
      }
      actions={<CodesActions {...props} codes={codes} />}
    />
  );
}

/** The last page where there is nothing to keep: an account that has its recovery codes already, or a card. */
function Done(props: StepProps) {
  const { locale, firstName, steps, enrolment } = props;
  const t = translator(locale);
  const method = enrolment?.method ?? 'app';
  return (
    <div className="flex flex-col gap-6 md:gap-8">
      {steps}
      <PageTitle size="step" lead={sentence(locale, `enrol.methods.${method}.done`)}>
        {t('enrol.doneTitle')}
      </PageTitle>
      <Notice tone="success">{t('enrol.addedNotice', { name: firstName })}</Notice>
      <End {...props} />
    </div>
  );
}
