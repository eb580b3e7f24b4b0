import { notFound, redirect } from 'next/navigation';
import { ClockHelp } from '@/components/enrolment/clock-help';
import {
  AddButtonDrawing,
  CodeDrawing,
  ComputerDrawing,
  OtherAccountDrawing,
  PhoneDrawing,
  ScanDrawing,
  StorePageDrawing,
  TypedKeyDrawing,
} from '@/components/enrolment/illustrations';
import { IntroView } from '@/components/enrolment/intro-view';
import { KeyView } from '@/components/enrolment/key-view';
import { RecoveryCodesView } from '@/components/enrolment/recovery-codes-view';
import { ScanView } from '@/components/enrolment/scan-view';
import { ActionForm, FormCodeField, FormPasswordField, WhenRefused } from '@/components/ui/action-form';
import { Button } from '@/components/ui/button';
import { buttonClasses } from '@/components/ui/button-classes';
import { ChoiceRadio } from '@/components/ui/choice-card';
import { CopyButton } from '@/components/ui/copy-button';
import { Icon } from '@/components/ui/icon';
import { Link } from '@/components/ui/link';
import { Notice } from '@/components/ui/notice';
import { PageTitle } from '@/components/ui/page-title';
import { PrintButton } from '@/components/ui/print-button';
import { Steps } from '@/components/ui/steps';
import { SubmitButton } from '@/components/ui/submit-button';
import type { ServerAction } from '@/lib/actions/model';
import { APP_KEYS, APPS, type AppKey, type EnrolmentView, type Phone } from '@/lib/enrolment/model';
import { qrPath } from '@/lib/enrolment/qr';
import { groupKey } from '@/lib/factors/totp';
import type { Locale } from '@/lib/language/locale';
import { sentence, translator } from '@/lib/language/translate';
import type { Organisation } from '@/lib/organisations/model';

/** The steps of setting a factor up, each at its own address (ENROL-1). */
const STEPS = ['intro', 'method', 'phone', 'app', 'scan', 'codes'] as const;
type Step = (typeof STEPS)[number] | 'key';

export interface WizardProps {
  readonly organisation: Organisation;
  readonly locale: Locale;
  readonly firstName: string;
  readonly accountLabel: string;
  /** Address of the first step, without a slash at the end. */
  readonly base: string;
  /** The part of the address below the base. */
  readonly path: readonly string[] | undefined;
  /** « Connexion » while signing in; « Annuler » and « Activer » in My account (ENROL-4). */
  readonly within: 'sign-in' | 'account';
  readonly enrolment: EnrolmentView | null;
  readonly needsPassword: boolean;
  /** By the browser's own word: a choice to begin with. */
  readonly guessedPhone: Phone;
  /** « Plus tard » within the grace. */
  readonly postpone: { readonly action: ServerAction; readonly until: Date; readonly attempt: string } | null;
  /** Where « Annuler » leads, in My account. */
  readonly cancelHref: string | null;
  readonly downloadHref: string;
  readonly actions: {
    readonly begin: ServerAction;
    readonly chooseMethod: ServerAction;
    readonly choosePhone: ServerAction;
    readonly chooseApp: ServerAction;
    readonly confirm: ServerAction;
    readonly finish: ServerAction;
  };
}

/** Which step an address names, if the enrolment has come that far; otherwise the way to where it stands. */
function stepOf({ base, path, enrolment }: WizardProps): Step {
  if ((path?.length ?? 0) > 1) notFound();
  const wanted = (path?.[0] ?? 'intro') as Step;
  if (wanted !== 'key' && !STEPS.includes(wanted as (typeof STEPS)[number])) notFound();
  if (enrolment?.confirmed) {
    if (wanted !== 'codes') redirect(`${base}/codes`);
    return wanted;
  }
  if (wanted === 'codes') redirect(enrolment === null ? base : `${base}/scan`);
  if (wanted !== 'intro' && enrolment === null) redirect(base);
  return wanted;
}

export function EnrolmentWizard(props: WizardProps) {
  const step = stepOf(props);
  const t = translator(props.locale);
  const place = STEPS.indexOf(step === 'key' ? 'scan' : step) + 1;
  const steps = (
    <Steps current={place} total={STEPS.length} label={t('enrol.step', { current: place, total: STEPS.length })} />
  );
  const title = {
    intro: t('enrol.introTitle'),
    method: t('enrol.methodTitle'),
    phone: t('enrol.phoneTitle'),
    app: t('enrol.appTitle'),
    scan: t('enrol.scanTitle'),
    key: t('enrol.keyTitle'),
    codes: t('enrol.codesTitle'),
  }[step];
  return (
    <>
      <title>{t('site.titleOf', { page: title, organisation: props.organisation.name })}</title>
      {step === 'intro' ? <Intro {...props} steps={steps} /> : null}
      {step === 'method' ? <Method {...props} steps={steps} /> : null}
      {step === 'phone' ? <PhoneChoice {...props} steps={steps} /> : null}
      {step === 'app' ? <AppChoice {...props} steps={steps} /> : null}
      {step === 'scan' ? <Scan {...props} steps={steps} /> : null}
      {step === 'key' ? <Key {...props} steps={steps} /> : null}
      {step === 'codes' ? <Codes {...props} steps={steps} /> : null}
    </>
  );
}

type StepProps = WizardProps & { steps: React.ReactNode };

function Back({ href, locale }: { href: string; locale: Locale }) {
  return (
    <Link href={href} icon="back" className="self-start">
      {translator(locale)('enrol.back')}
    </Link>
  );
}

const longDate = (date: Date, locale: Locale, timeZone: string) =>
  new Intl.DateTimeFormat(locale === 'fr' ? 'fr-CA' : 'en-CA', { dateStyle: 'long', timeZone }).format(date);

function Intro(props: StepProps) {
  const { organisation, locale, within, actions, needsPassword, postpone, cancelHref, steps } = props;
  const t = translator(locale);
  const hidden = { organisation: organisation.slug };
  return (
    <div className="flex flex-col gap-6">
      {steps}
      <IntroView
        title={t('enrol.introTitle')}
        lead={
          within === 'sign-in'
            ? t('enrol.introLead', { organisation: organisation.name })
            : t('enrol.introLeadVoluntary')
        }
        needsTitle={t('enrol.introTime')}
        needs={[
          { text: t('enrol.introNeed'), picture: <PhoneDrawing kind="iphone" className="size-12" /> },
          { text: t('enrol.introOnce'), picture: <CodeDrawing className="size-12" /> },
        ]}
        actions={
          <>
            <ActionForm action={actions.begin} hidden={hidden} refusalField={needsPassword ? 'password' : undefined}>
              {needsPassword ? (
                <FormPasswordField
                  name="password"
                  label={t('signIn.password')}
                  hint={t('enrol.introPassword')}
                  labels={{ show: t('signIn.showPassword'), hide: t('signIn.hidePassword') }}
                  autoComplete="current-password"
                  required
                />
              ) : null}
              <SubmitButton wide pendingLabel={t('enrol.nexting')}>
                {t('enrol.next')}
              </SubmitButton>
            </ActionForm>
            {postpone !== null ? (
              <ActionForm action={postpone.action} hidden={{ ...hidden, attempt: postpone.attempt }}>
                <div className="flex flex-col gap-1">
                  <SubmitButton wide variant="secondary" pendingLabel={t('enrol.latering')}>
                    {t('enrol.later')}
                  </SubmitButton>
                  <p className="text-center text-sm text-quiet">
                    {t('enrol.laterUntil', { date: longDate(postpone.until, locale, organisation.timeZone) })}
                  </p>
                </div>
              </ActionForm>
            ) : null}
            {cancelHref !== null ? (
              <Button href={cancelHref} wide>
                {t('site.cancel')}
              </Button>
            ) : null}
          </>
        }
      />
    </div>
  );
}

function Method({ organisation, locale, base, actions, steps }: StepProps) {
  const t = translator(locale);
  return (
    <div className="flex flex-col gap-6">
      {steps}
      <PageTitle size="step" lead={t('enrol.methodLead')}>
        {t('enrol.methodTitle')}
      </PageTitle>
      <ActionForm action={actions.chooseMethod} hidden={{ organisation: organisation.slug, method: 'app' }}>
        <div className="flex flex-wrap items-center gap-4 rounded-surface border border-edge bg-surface p-4">
          <CodeDrawing className="size-16 shrink-0" />
          <div className="flex min-w-40 flex-1 flex-col gap-0.5">
            <h2 id="method-app" className="font-semibold">
              {t('enrol.appMethod')}
            </h2>
            <p className="text-quiet">{t('enrol.appMethodFor')}</p>
          </div>
          <SubmitButton
            pendingLabel={t('enrol.choosing')}
            aria-describedby="method-app"
            className="max-[30rem]:w-full"
          >
            {t('enrol.choose')}
          </SubmitButton>
        </div>
      </ActionForm>
      <Back href={base} locale={locale} />
    </div>
  );
}

function PhoneChoice({ organisation, locale, base, actions, enrolment, guessedPhone, steps }: StepProps) {
  const t = translator(locale);
  const chosen = enrolment?.phone ?? guessedPhone;
  return (
    <div className="flex flex-col gap-6">
      {steps}
      <PageTitle size="step" lead={t('enrol.phoneLead')}>
        {t('enrol.phoneTitle')}
      </PageTitle>
      <ActionForm action={actions.choosePhone} hidden={{ organisation: organisation.slug }}>
        <fieldset className="flex flex-col gap-3">
          <legend className="sr-only">{t('enrol.phoneTitle')}</legend>
          <ChoiceRadio
            id="phone-iphone"
            name="phone"
            value="iphone"
            title={t('enrol.iphone')}
            defaultChecked={chosen === 'iphone'}
            picture={<PhoneDrawing kind="iphone" className="size-14" />}
          />
          <ChoiceRadio
            id="phone-android"
            name="phone"
            value="android"
            title={t('enrol.android')}
            defaultChecked={chosen === 'android'}
            picture={<PhoneDrawing kind="android" className="size-14" />}
          />
          <ChoiceRadio
            id="phone-other"
            name="phone"
            value="other"
            title={t('enrol.otherPhone')}
            defaultChecked={chosen === 'other'}
            picture={<ComputerDrawing className="size-14" />}
          >
            {t('enrol.otherPhoneFor')}
          </ChoiceRadio>
        </fieldset>
        <SubmitButton wide pendingLabel={t('enrol.nexting')}>
          {t('enrol.next')}
        </SubmitButton>
      </ActionForm>
      <Back href={`${base}/method`} locale={locale} />
    </div>
  );
}

/** Apps that also run on a computer, for people without a smartphone. */
const COMPUTER_APPS: readonly AppKey[] = ['onepassword', 'apple'];

function AppChoice({ organisation, locale, base, actions, enrolment, steps }: StepProps) {
  const t = translator(locale);
  const phone = enrolment?.phone ?? 'iphone';
  const computer = phone === 'other';
  const keys = computer ? COMPUTER_APPS : APP_KEYS.filter((key) => key !== 'apple' || phone === 'iphone');
  const chosen = enrolment?.app && keys.includes(enrolment.app) ? enrolment.app : keys[0];
  const store = phone === 'android' ? t('enrol.playStore') : t('enrol.appStore');
  return (
    <div className="flex flex-col gap-6">
      {steps}
      <PageTitle size="step" lead={computer ? t('enrol.appLeadOther') : t('enrol.appLead')}>
        {computer ? t('enrol.appTitleOther') : t('enrol.appTitle')}
      </PageTitle>
      {computer ? null : (
        <StorePageDrawing kind={phone === 'android' ? 'android' : 'iphone'} className="mx-auto h-28 w-auto" />
      )}
      <ActionForm action={actions.chooseApp} hidden={{ organisation: organisation.slug }}>
        <fieldset className="flex flex-col gap-2">
          <legend className="sr-only">{t('enrol.appLegend')}</legend>
          {keys.map((key) => {
            const name = sentence(locale, `apps.${key}`);
            const address = phone === 'android' ? APPS[key].android : APPS[key].iphone;
            return (
              <div key={key} className="flex flex-col">
                <ChoiceRadio
                  id={`app-${key}`}
                  name="app"
                  value={key}
                  title={name}
                  badge={key === 'microsoft' ? t('enrol.recommended') : undefined}
                  defaultChecked={key === chosen}
                >
                  {key === 'apple' && !computer ? t('enrol.builtIn') : null}
                </ChoiceRadio>
                {address !== null && !computer ? (
                  <Link
                    href={address}
                    icon="external"
                    target="_blank"
                    rel="noreferrer"
                    className="self-start px-4 text-sm"
                  >
                    {t('enrol.getIn', { app: name, store })}
                  </Link>
                ) : null}
              </div>
            );
          })}
        </fieldset>
        <SubmitButton wide pendingLabel={t('enrol.nexting')}>
          {t('enrol.next')}
        </SubmitButton>
      </ActionForm>
      <Back href={`${base}/phone`} locale={locale} />
    </div>
  );
}

/** The code, and the one button that sends it: « Connexion » while signing in, « Activer » in My account (ENROL-4). */
function ConfirmForm({ organisation, locale, within, actions, cancelHref }: StepProps) {
  const t = translator(locale);
  const signingIn = within === 'sign-in';
  return (
    <ActionForm action={actions.confirm} hidden={{ organisation: organisation.slug }} refusalField="code">
      <WhenRefused codes={['code.clock-late', 'code.clock-ahead']}>
        <ClockHelp title={t('clock.title')} iphone={t('clock.iphone')} android={t('clock.android')} />
      </WhenRefused>
      <FormCodeField name="code" label={t('enrol.code')} hint={t('enrol.codeHint')} />
      <div className="flex flex-col gap-3 sm:flex-row-reverse">
        <SubmitButton
          className="flex-1"
          pendingLabel={signingIn ? t('enrol.submitting') : t('enrol.activating')}
        >
          {signingIn ? t('enrol.submit') : t('enrol.activate')}
        </SubmitButton>
        {cancelHref === null ? null : <Button href={cancelHref}>{t('site.cancel')}</Button>}
      </div>
    </ActionForm>
  );
}

function Scan(props: StepProps) {
  const { locale, base, steps } = props;
  const enrolment = props.enrolment!;
  const t = translator(locale);
  const app = enrolment.app ?? 'microsoft';
  const drawings = [
    <AddButtonDrawing key="1" className="size-14" />,
    app === 'microsoft' ? <OtherAccountDrawing key="2" className="size-14" /> : null,
    <ScanDrawing key="3" className="size-14" />,
  ];
  return (
    <div className="flex flex-col gap-6">
      <ScanView
        labels={{
          title: t('enrol.scanTitle'),
          openApp: t('enrol.openApp'),
          openAppHint: t('enrol.openAppHint'),
          qr: t('enrol.qrLabel'),
          tapsTitle: t('enrol.scanLead', { app: sentence(locale, `apps.${app}`) }),
          codeTitle: t('enrol.thenType'),
          trouble: t('enrol.trouble'),
        }}
        qr={qrPath(enrolment.otpauthUri!)}
        openAppHref={enrolment.otpauthUri!}
        troubleHref={`${base}/key`}
        taps={[1, 2, 3].map((number, index) => ({
          text: sentence(locale, `taps.${app}.${number}`),
          picture: drawings[index],
        }))}
        form={<ConfirmForm {...props} />}
        steps={steps}
      />
      <Back href={`${base}/app`} locale={locale} />
    </div>
  );
}

function Key(props: StepProps) {
  const { organisation, locale, base, steps } = props;
  const enrolment = props.enrolment!;
  const t = translator(locale);
  const app = enrolment.app ?? 'microsoft';
  return (
    <KeyView
      labels={{
        title: t('enrol.keyTitle'),
        lead: t('enrol.keyLead', { app: sentence(locale, `apps.${app}`) }),
        key: t('enrol.key'),
        copy: t('enrol.copy'),
        copied: t('enrol.copied'),
        tapsTitle: t('enrol.keyTaps'),
        codeTitle: t('enrol.thenType'),
        back: t('enrol.keyBack'),
      }}
      groups={groupKey(enrolment.secret!).split(' ')}
      taps={[1, 2, 3].map((number, index) => ({
        text: sentence(locale, `typing.${app}.${number}`, { organisation: organisation.name }),
        picture: index === 1 ? <TypedKeyDrawing className="size-14" /> : null,
      }))}
      backHref={`${base}/scan`}
      form={<ConfirmForm {...props} />}
      steps={steps}
    />
  );
}

function Codes(props: StepProps) {
  const { organisation, locale, firstName, accountLabel, actions, downloadHref, steps, enrolment } = props;
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
      }}
      finish={
        <ActionForm action={actions.finish} hidden={{ organisation: organisation.slug }}>
          <SubmitButton wide pendingLabel={t('enrol.finishing')}>
            {t('enrol.finish')}
          </SubmitButton>
        </ActionForm>
      }
      owner={[organisation.name, accountLabel]}
      steps={enrolment?.onlyCodes ? null : steps}
      notice={
        enrolment?.onlyCodes ? null : <Notice tone="success">{t('enrol.doneNotice', { name: firstName })}</Notice>
      }
      actions={
        <>
          <CopyButton
            text={codes.join('\n')}
            labels={{ copy: t('enrol.copy'), copied: t('enrol.copied') }}
          />
          {/* A POST, so that neither history nor a log keeps an address that gives the codes (ENROL-7). */}
          <form method="post" action={downloadHref}>
            <input type="hidden" name="organisation" value={organisation.slug} />
            <button type="submit" className={buttonClasses('secondary', false)}>
              <Icon name="download" />
              {t('enrol.download')}
            </button>
          </form>
          <PrintButton label={t('enrol.print')} />
        </>
      }
    />
  );
}
