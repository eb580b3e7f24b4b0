import { ClockHelp } from '@/components/enrolment/clock-help';
import { ComputerDrawing, PhoneDrawing, StorePageDrawing } from '@/components/enrolment/illustrations';
import { KeyView } from '@/components/enrolment/key-view';
import { phoneOf } from '@/components/enrolment/phone-kind';
import { ScanView } from '@/components/enrolment/scan-view';
import { StepActions } from '@/components/enrolment/step-actions';
import { tapDrawings } from '@/components/enrolment/tap-drawings';
import { ActionForm, FormCodeField, WhenRefused } from '@/components/ui/action-form';
import { Button } from '@/components/ui/button';
import { ChoiceRadio, ChoiceRow } from '@/components/ui/choice-card';
import { Icon } from '@/components/ui/icon';
import { Link } from '@/components/ui/link';
import { PageTitle } from '@/components/ui/page-title';
import { SubmitButton } from '@/components/ui/submit-button';
import { APP_KEYS, APPS, COUNTER_APPS, type AppKey, type EnrolmentView } from '@/lib/enrolment/model';
import { qrPath } from '@/lib/enrolment/qr';
import { groupKey } from '@/lib/factors/totp';
import type { Locale } from '@/lib/language/locale';
import { sentence, translator } from '@/lib/language/translate';
import { Back, ConfirmButtons, type StepProps } from './parts';

export function PhoneChoice({ organisation, locale, base, actions, enrolment, guessedPhone, steps }: StepProps) {
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

export function AppChoice(props: StepProps) {
  const { organisation, locale, base, actions, enrolment, steps } = props;
  const t = translator(locale);
  const phone = enrolment?.phone ?? 'iphone';
  const computer = phone === 'other';
  const counts = enrolment?.kind === 'hotp';
  const keys = (computer ? COMPUTER_APPS : APP_KEYS).filter(
    (key) => (key !== 'apple' || phone !== 'android') && (!counts || COUNTER_APPS.includes(key)),
  );
  const chosen = enrolment?.app && keys.includes(enrolment.app) ? enrolment.app : keys[0];
  return (
    <div className="flex flex-col gap-6 md:gap-8">
      {steps}
      <PageTitle
        size="step"
        lead={counts ? t('enrol.appLeadCounter') : computer ? t('enrol.appLeadOther') : t('enrol.appLead')}
      >
        {computer ? t('enrol.appTitleOther') : t('enrol.appTitle')}
      </PageTitle>
      <ActionForm action={actions.chooseApp} hidden={{ organisation: organisation.slug }} className="md:gap-8">
        <fieldset className="grid min-w-0 grid-cols-1 items-start gap-6 md:grid-cols-2 md:gap-8">
          <legend className="sr-only">{t('enrol.appLegend')}</legend>
          {computer ? (
            <ComputerDrawing className="mx-auto h-auto w-36 md:order-last md:w-52" />
          ) : (
            <>{counts ? null : <RecommendedApp {...props} phone={phone} chosen={chosen === 'microsoft'} />}</>
          )}
          <div className="flex flex-col gap-2">
            {computer || counts ? null : <p className="text-quiet">{t('enrol.otherApps')}</p>}
            <div className="divide-y divide-line overflow-hidden rounded-surface border border-edge bg-surface">
              {keys
                .filter((key) => computer || counts || key !== 'microsoft')
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
          back={<Back href={`${base}/${computer ? 'other' : 'phone'}`} locale={locale} />}
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

/** The app that the taps speak of: the advised one where none was chosen. */
const appOf = ({ app, kind }: EnrolmentView): AppKey => app ?? (kind === 'hotp' ? COUNTER_APPS[0]! : 'microsoft');

/** The code, and the one button that sends it. */
function ConfirmForm(props: StepProps) {
  const { organisation, locale, actions } = props;
  const t = translator(locale);
  return (
    <ActionForm action={actions.confirm} hidden={{ organisation: organisation.slug }} refusalField="code">
      <FormCodeField name="code" label={t('enrol.code')} hint={t('enrol.codeHint')} roomy />
      <div className="-mt-2">
        <ConfirmButtons
          {...props}
          className="border border-transparent before-code:border-edge before-code:bg-transparent before-code:text-ink before-code:hover:bg-wash"
        />
      </div>
      {/* Below the button: nothing that one was about to press moves away. */}
      <WhenRefused codes={['code.clock-late', 'code.clock-ahead']}>
        <ClockHelp title={t('clock.title')} iphone={t('clock.iphone')} android={t('clock.android')} />
      </WhenRefused>
    </ActionForm>
  );
}

export function Scan(props: StepProps) {
  const { locale, base, handheld, steps } = props;
  const enrolment = props.enrolment!;
  const t = translator(locale);
  const app = appOf(enrolment);
  const computer = enrolment.phone === 'other';
  const drawings = tapDrawings('scan', app, enrolment.phone);
  const lead = computer ? 'enrol.scanLeadOther' : handheld ? 'enrol.scanLeadThere' : 'enrol.scanLead';
  return (
    <div className="flex flex-col gap-6">
      <ScanView
        labels={{
          title: t('enrol.scanTitle'),
          titleHere: t('enrol.openTitle'),
          leadHere: t('enrol.openLead'),
          openApp: t('enrol.openApp'),
          openAppHint: t('enrol.openAppHint'),
          nothingOpens: t('enrol.nothingOpens'),
          otherPhone: t('enrol.otherHandset'),
          qr: t('enrol.qrLabel'),
          tapsTitle: t(lead, { app: sentence(locale, `apps.${app}`) }),
          codeTitle: t('enrol.thenType'),
          trouble: t('enrol.trouble'),
        }}
        qr={qrPath(enrolment.otpauthUri!)}
        openAppHref={enrolment.otpauthUri!}
        handheld={handheld && !computer}
        troubleHref={`${base}/key`}
        taps={[1, 2, 3].map((number, index) => ({
          text: sentence(locale, `taps.${app}.${number}`),
          picture: drawings[index],
        }))}
        phone={phoneOf(enrolment.phone)}
        form={<ConfirmForm {...props} />}
        steps={steps}
      />
      <Back href={computer ? `${base}/key` : `${base}/app`} locale={locale} />
    </div>
  );
}

/** The key, to type by hand; for an app on this very computer it comes first, to be copied, and the square only on demand. */
export function Key(props: StepProps) {
  const { organisation, locale, base, steps } = props;
  const enrolment = props.enrolment!;
  const t = translator(locale);
  const app = appOf(enrolment);
  const computer = enrolment.phone === 'other';
  const drawings = tapDrawings('type', app, enrolment.phone);
  return (
    <KeyView
      labels={{
        title: t(computer ? 'enrol.keyTitleOther' : 'enrol.keyTitle'),
        lead: t(computer ? 'enrol.keyLeadOther' : 'enrol.keyLead', { app: sentence(locale, `apps.${app}`) }),
        key: t('enrol.key'),
        copy: t('enrol.copy'),
        copied: t('enrol.copied'),
        tapsTitle: t('enrol.keyTaps'),
        codeTitle: t('enrol.thenType'),
        back: t(computer ? 'enrol.keySquare' : 'enrol.keyBack'),
      }}
      groups={groupKey(enrolment.secret!).split(' ')}
      taps={[1, 2, 3].map((number, index) => ({
        text:
          number === 3 && enrolment.kind === 'hotp'
            ? t('enrol.typeCounter', { organisation: organisation.name })
            : sentence(locale, `typing.${app}.${number}`, { organisation: organisation.name }),
        picture: drawings[index],
      }))}
      backHref={`${base}/scan`}
      form={<ConfirmForm {...props} />}
      steps={steps}
      foot={computer ? <Back href={`${base}/app`} locale={locale} /> : null}
    />
  );
}
