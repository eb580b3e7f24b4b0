import { notFound, redirect } from 'next/navigation';
import { ClockHelp } from '@/components/enrolment/clock-help';
import {
  CodeDrawing,
  ComputerDrawing,
  PhoneDrawing,
  StorePageDrawing,
} from '@/components/enrolment/illustrations';
import { IntroView } from '@/components/enrolment/intro-view';
import { KeyView } from '@/components/enrolment/key-view';
import { phoneOf } from '@/components/enrolment/phone-kind';
import { RecoveryCodesView } from '@/components/enrolment/recovery-codes-view';
import { ScanView } from '@/components/enrolment/scan-view';
import { StepActions } from '@/components/enrolment/step-actions';
import { tapDrawings } from '@/components/enrolment/tap-drawings';
import { ActionForm, FormCodeField, FormPasswordField, WhenRefused } from '@/components/ui/action-form';
import { Button } from '@/components/ui/button';
import { buttonClasses } from '@/components/ui/button-classes';
import { ChoiceCard, ChoiceRadio, ChoiceRow } from '@/components/ui/choice-card';
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
import { REGIONAL, type Locale } from '@/lib/language/locale';
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
  /** Where the person was going; the forms of the first page hand it on. */
  readonly next?: string | null;
  /** The part of the address below the base. */
  readonly path: readonly string[] | undefined;
  /** « Connexion » while signing in; « Annuler » and « Activer » in My account (ENROL-4). */
  readonly within: 'sign-in' | 'account';
  readonly enrolment: EnrolmentView | null;
  readonly needsPassword: boolean;
  /** By the browser's own word: a choice to begin with. */
  readonly guessedPhone: Phone;
  /** « Plus tard » within the grace. */
  readonly postpone: { readonly action: ServerAction; readonly until: Date } | null;
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

/** On one line. */
const longDate = (date: Date, locale: Locale, timeZone: string) =>
  new Intl.DateTimeFormat(REGIONAL[locale], { dateStyle: 'long', timeZone }).format(date).replaceAll(' ', '\u00a0');

function Intro(props: StepProps) {
  const { organisation, locale, within, actions, needsPassword, postpone, cancelHref, guessedPhone, steps } = props;
  const t = translator(locale);
  const hidden = { organisation: organisation.slug, ...(props.next ? { next: props.next } : {}) };
  return (
    <IntroView
      steps={steps}
      title={t('enrol.introTitle')}
      lead={
        within === 'sign-in' ? t('enrol.introLead', { organisation: organisation.name }) : t('enrol.introLeadVoluntary')
      }
      needs={[
        { text: t('enrol.introTime'), icon: 'clock' },
        { text: t('enrol.introNeed'), icon: 'phone' },
        { text: t('enrol.introOnce'), icon: 'success' },
      ]}
      phone={phoneOf(guessedPhone)}
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
            <div className="flex flex-col gap-3 sm:flex-row-reverse">
              <SubmitButton className="flex-1" pendingLabel={t('enrol.nexting')}>
                {t('enrol.next')}
              </SubmitButton>
              {cancelHref !== null ? <Button href={cancelHref}>{t('site.cancel')}</Button> : null}
            </div>
          </ActionForm>
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

function Method({ organisation, locale, base, actions, guessedPhone, steps }: StepProps) {
  const t = translator(locale);
  return (
    <div className="flex flex-col gap-6 md:gap-8">
      {steps}
      <PageTitle size="step" lead={t('enrol.methodLead')}>
        {t('enrol.methodTitle')}
      </PageTitle>
      <ActionForm action={actions.chooseMethod} hidden={{ organisation: organisation.slug, method: 'app' }}>
        <ChoiceCard
          title={<span id="method-app">{t('enrol.appMethod')}</span>}
          picture={<CodeDrawing kind={phoneOf(guessedPhone)} className="h-auto w-28 sm:w-36" />}
          action={
            <SubmitButton pendingLabel={t('enrol.choosing')} aria-describedby="method-app">
              {t('enrol.choose')}
            </SubmitButton>
          }
        >
          {t('enrol.appMethodFor')}
        </ChoiceCard>
      </ActionForm>
      <Back href={base} locale={locale} />
    </div>
  );
}

function PhoneChoice({ organisation, locale, base, actions, enrolment, guessedPhone, steps }: StepProps) {
  const t = translator(locale);
  const chosen = enrolment?.phone ?? guessedPhone;
  const picture = 'h-auto w-20 max-[22rem]:w-14 md:w-36';
  return (
    <div className="flex flex-col gap-6 md:gap-8">
      {steps}
      <PageTitle size="step" lead={t('enrol.phoneLead')}>
        {t('enrol.phoneTitle')}
      </PageTitle>
      <ActionForm action={actions.choosePhone} hidden={{ organisation: organisation.slug }} className="md:gap-8">
        <fieldset className="grid min-w-0 gap-3 md:grid-cols-3 md:gap-4">
          <legend className="sr-only">{t('enrol.phoneTitle')}</legend>
          <ChoiceRadio
            id="phone-iphone"
            name="phone"
            value="iphone"
            layout="tile"
            title={t('enrol.iphone')}
            defaultChecked={chosen === 'iphone'}
            picture={<PhoneDrawing kind="iphone" className={picture} />}
          />
          <ChoiceRadio
            id="phone-android"
            name="phone"
            value="android"
            layout="tile"
            title={t('enrol.android')}
            defaultChecked={chosen === 'android'}
            picture={<PhoneDrawing kind="android" className={picture} />}
          />
          <ChoiceRadio
            id="phone-other"
            name="phone"
            value="other"
            layout="tile"
            title={t('enrol.otherPhone')}
            defaultChecked={chosen === 'other'}
            picture={<ComputerDrawing className={picture} />}
          >
            {t('enrol.otherPhoneFor')}
          </ChoiceRadio>
        </fieldset>
        <StepActions
          next={<SubmitButton pendingLabel={t('enrol.nexting')}>{t('enrol.next')}</SubmitButton>}
          back={<Back href={`${base}/method`} locale={locale} />}
        />
      </ActionForm>
    </div>
  );
}

/** Apps that also run on a computer, for people without a smartphone. */
const COMPUTER_APPS: readonly AppKey[] = ['onepassword', 'apple'];

function AppChoice(props: StepProps) {
  const { organisation, locale, base, actions, enrolment, steps } = props;
  const t = translator(locale);
  const phone = enrolment?.phone ?? 'iphone';
  const computer = phone === 'other';
  const keys = computer ? COMPUTER_APPS : APP_KEYS.filter((key) => key !== 'apple' || phone === 'iphone');
  const chosen = enrolment?.app && keys.includes(enrolment.app) ? enrolment.app : keys[0];
  return (
    <div className="flex flex-col gap-6 md:gap-8">
      {steps}
      <PageTitle size="step" lead={computer ? t('enrol.appLeadOther') : t('enrol.appLead')}>
        {computer ? t('enrol.appTitleOther') : t('enrol.appTitle')}
      </PageTitle>
      <ActionForm action={actions.chooseApp} hidden={{ organisation: organisation.slug }} className="md:gap-8">
        <fieldset className="grid min-w-0 grid-cols-1 items-start gap-6 md:grid-cols-2 md:gap-8">
          <legend className="sr-only">{t('enrol.appLegend')}</legend>
          {computer ? (
            <ComputerDrawing className="mx-auto h-auto w-36 md:order-last md:w-52" />
          ) : (
            <RecommendedApp {...props} phone={phone} chosen={chosen === 'microsoft'} />
          )}
          <div className="flex flex-col gap-2">
            {computer ? null : <p className="text-quiet">{t('enrol.otherApps')}</p>}
            <div className="divide-y divide-line overflow-hidden rounded-surface border border-edge bg-surface">
              {keys
                .filter((key) => computer || key !== 'microsoft')
                .map((key) => (
                  <ChoiceRow
                    key={key}
                    id={`app-${key}`}
                    name="app"
                    value={key}
                    title={sentence(locale, `apps.${key}`)}
                    detail={key === 'apple' && !computer ? t('enrol.builtIn') : undefined}
                    defaultChecked={key === chosen}
                    end={computer ? null : <StoreLink app={key} phone={phone} locale={locale} />}
                  />
                ))}
            </div>
          </div>
        </fieldset>
        <StepActions
          next={<SubmitButton pendingLabel={t('enrol.nexting')}>{t('enrol.next')}</SubmitButton>}
          back={<Back href={`${base}/phone`} locale={locale} />}
        />
      </ActionForm>
    </div>
  );
}

/** The app that we advise, with its page in the store: the one thing to do for those who have none yet. */
function RecommendedApp({ locale, phone, chosen }: StepProps & { phone: 'iphone' | 'android'; chosen: boolean }) {
  const t = translator(locale);
  const app = sentence(locale, 'apps.microsoft');
  return (
    <div className="flex flex-col gap-3 rounded-surface border border-edge bg-surface p-4 has-checked:border-accent has-checked:bg-wash sm:p-5">
      <div className="flex items-center gap-3 sm:gap-4">
        <StorePageDrawing kind={phone} className="h-auto w-20 max-[22rem]:hidden sm:w-28" />
        <label htmlFor="app-microsoft" className="flex min-w-0 flex-1 items-start gap-3 self-stretch py-2">
          <input
            type="radio"
            id="app-microsoft"
            name="app"
            value="microsoft"
            defaultChecked={chosen}
            className="mt-0.5 size-5 shrink-0 accent-accent"
          />
          <span className="flex min-w-0 flex-col items-start gap-1.5">
            <span className="font-semibold">{app}</span>
            <span className="rounded-full bg-success-wash px-2.5 py-0.5 text-sm font-medium text-success">
              {t('enrol.recommended')}
            </span>
          </span>
        </label>
      </div>
      <StoreLink app="microsoft" phone={phone} locale={locale} asButton />
    </div>
  );
}

/** To an app's page in the store of the chosen phone; none where the phone already has the app. */
function StoreLink({
  app,
  phone,
  locale,
  asButton = false,
}: {
  app: AppKey;
  phone: 'iphone' | 'android';
  locale: Locale;
  asButton?: boolean;
}) {
  const address = APPS[app][phone];
  if (address === null) return null;
  const t = translator(locale);
  const store = phone === 'android' ? t('enrol.playStore') : t('enrol.appStore');
  const name = sentence(locale, `apps.${app}`);
  if (asButton) {
    return (
      <Button
        href={address}
        wide
        target="_blank"
        rel="noreferrer"
        aria-label={t('enrol.storeOf', { phone, app: name })}
        className="bg-surface"
      >
        <Icon name="external" />
        {t('enrol.openStore', { phone })}
      </Button>
    );
  }
  return (
    <Link
      href={address}
      target="_blank"
      rel="noreferrer"
      aria-label={t('enrol.getIn', { app: name, phone })}
      className="text-sm"
    >
      {store}
    </Link>
  );
}

/** The code, and the one button that sends it: « Connexion » while signing in, « Activer » in My account (ENROL-4). */
function ConfirmForm({ organisation, locale, within, actions, cancelHref }: StepProps) {
  const t = translator(locale);
  const signingIn = within === 'sign-in';
  return (
    <ActionForm action={actions.confirm} hidden={{ organisation: organisation.slug }} refusalField="code">
      <FormCodeField name="code" label={t('enrol.code')} hint={t('enrol.codeHint')} roomy />
      <div className="-mt-2 flex flex-col gap-3 sm:flex-row-reverse">
        <SubmitButton
          className="flex-1 border border-transparent before-code:border-edge before-code:bg-transparent before-code:text-ink before-code:hover:bg-wash"
          pendingLabel={signingIn ? t('enrol.submitting') : t('enrol.activating')}
        >
          {signingIn ? t('enrol.submit') : t('enrol.activate')}
        </SubmitButton>
        {cancelHref === null ? null : <Button href={cancelHref}>{t('site.cancel')}</Button>}
      </div>
      {/* Below the button: nothing that one was about to press moves away. */}
      <WhenRefused codes={['code.clock-late', 'code.clock-ahead']}>
        <ClockHelp title={t('clock.title')} iphone={t('clock.iphone')} android={t('clock.android')} />
      </WhenRefused>
    </ActionForm>
  );
}

function Scan(props: StepProps) {
  const { locale, base, steps } = props;
  const enrolment = props.enrolment!;
  const t = translator(locale);
  const app = enrolment.app ?? 'microsoft';
  const drawings = tapDrawings('scan', app, enrolment.phone);
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
        phone={phoneOf(enrolment.phone)}
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
  const drawings = tapDrawings('type', app, enrolment.phone);
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
        picture: drawings[index],
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
          <SubmitButton className="sm:min-w-56 sm:self-end" pendingLabel={t('enrol.finishing')}>
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
          <CopyButton text={codes.join('\n')} labels={{ copy: t('enrol.copy'), copied: t('enrol.copied') }} />
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
