import { SectionNav } from '@/components/shell/section-nav';
import { ActionForm, FormCodeField, FormField, FormPasswordField, FormSelect } from '@/components/ui/action-form';
import { buttonClasses } from '@/components/ui/button-classes';
import { classNames } from '@/components/ui/class-names';
import { FormFileField } from '@/components/ui/file-field';
import { Icon } from '@/components/ui/icon';
import { Link } from '@/components/ui/link';
import { Notice } from '@/components/ui/notice';
import { PageTitle } from '@/components/ui/page-title';
import { Panel } from '@/components/ui/panel';
import { PlainForm } from '@/components/ui/plain-form';
import { SubmitButton } from '@/components/ui/submit-button';
import { Switch } from '@/components/ui/switch';
import { FormTimeZoneSelect } from '@/components/ui/time-zone-select';
import { nameOfAction } from '@/lib/actions/plain';
import { activityKey } from '@/lib/activity/model';
import { wayOf } from '@/lib/factors/model';
import { mfaChoice } from '@/lib/factors/service';
import { REGIONAL, type Locale } from '@/lib/language/locale';
import { moment } from '@/lib/language/moment';
import { timeZonesIn } from '@/lib/language/time-zones';
import { sentence, translator } from '@/lib/language/translate';
import { loadOwnRequirements } from '@/lib/passwords/service';
import type { PasswordRequirements } from '@/lib/passwords/rules';
import { loadOwnAccount, type OwnAccount } from '@/lib/profile/service';
import { listOwnIdentities } from '@/lib/external/own';
import { currentActor, type SignedIn } from '@/lib/sessions/current';
import { describeUserAgent } from '@/lib/sessions/user-agent';
import { signOut } from '../actions';
import { NewPassword } from '../new-password';
import { ProofButton, ProofField } from '../factor-proof';
import { initialsOf, pictureHref, PortalPage } from '../portal-page';
import { EmailSection } from './email-section';
import { Identities } from './identities-section';
import { FactorList } from './factor-list';
import {
  changePassword,
  changePicture,
  changeProfile,
  distrustDevice,
  endOthers,
  endOne,
  forget,
  removePicture,
  switchMfa,
} from './actions';

type SectionProps = SignedIn & { own: OwnAccount };

/** What a page says of an act that led back to it: a word in the address, never a sentence. */
const DONE = [
  'saved',
  'on',
  'off',
  'ended',
  'password',
  'email-sent',
  'email-cancelled',
  'email',
  'forgotten',
  'added',
  'removed',
  'renamed',
  'distrusted',
] as const;

export default async function AccountPage({ params, searchParams }: PageProps<'/[org]/account'>) {
  const [{ org }, { done, identity }] = await Promise.all([params, searchParams]);
  const signedIn = await currentActor(org, '/[org]/account');
  const { actor } = signedIn;
  const [own, requirements, identities] = await Promise.all([
    loadOwnAccount(actor),
    loadOwnRequirements(actor),
    listOwnIdentities(actor),
  ]);
  const t = translator(actor.locale);
  const outcome = DONE.find((word) => word === done);
  // Their provider knows their password, and there is none here to change (MFA-3).
  const external = signedIn.authenticator.type !== 'system';
  return (
    <PortalPage actor={actor} title={t('account.title')} current="account" width="wide">
      <div className="mb-8 flex flex-wrap items-center justify-between gap-x-6 gap-y-2">
        <PageTitle>{t('account.title')}</PageTitle>
        <PlainForm action={nameOfAction(signOut)}>
          <button type="submit" className={buttonClasses('secondary', false)}>
            {t('account.signOut')}
          </button>
        </PlainForm>
      </div>
      <div className="grid items-start gap-8 lg:grid-cols-[14rem_minmax(0,1fr)]">
        <SectionNav
          label={t('account.sections')}
          sections={[
            { id: 'mfa', label: t('account.mfa') },
            { id: 'profile', label: t('account.profile') },
            ...(external ? [] : [{ id: 'password-section', label: t('account.password') }]),
            ...(identities.length === 0 ? [] : [{ id: 'identities', label: t('identities.title') }]),
            { id: 'sessions', label: t('account.sessions') },
            { id: 'devices', label: t('account.devices') },
            { id: 'activity', label: t('account.activity') },
            { id: 'data', label: t('account.data') },
          ]}
        />
        <div className="flex min-w-0 flex-col gap-6">
          {outcome ? (
            <Notice tone="success">
              {
                {
                  saved: t('site.saved'),
                  on: t('account.onDone'),
                  off: t('account.offDone'),
                  ended: t('account.sessionEnded'),
                  password: t('account.passwordChanged'),
                  'email-sent': t('account.emailSent'),
                  'email-cancelled': t('account.emailCancelled'),
                  email: t('account.emailConfirmed'),
                  forgotten: t('account.deviceForgotten'),
                  added: t('factors.added'),
                  removed: t('factors.removed'),
                  renamed: t('factors.renamed'),
                  distrusted: t('account.deviceDistrusted'),
                }[outcome]
              }
            </Notice>
          ) : null}
          <Mfa {...signedIn} own={own} />
          <Profile {...signedIn} own={own} />
          {external ? null : <Password actor={actor} requirements={requirements} />}
          {identities.length === 0 ? null : <Identities actor={actor} identities={identities} result={identity} />}
          <Sessions {...signedIn} own={own} />
          <Devices {...signedIn} own={own} />
          <Activity {...signedIn} own={own} />
          <Panel title={t('account.data')} titleId="data" lead={t('account.dataLead')}>
            <Link href={`/${actor.organisation.slug}/account/data`}>{t('account.dataOpen')}</Link>
          </Panel>
        </div>
      </div>
    </PortalPage>
  );
}

const countryName = (code: string, locale: Locale) =>
  new Intl.DisplayNames(REGIONAL[locale], { type: 'region' }).of(code) ?? code;

const isPhone = (system: string | null) => system === 'iPhone' || system === 'Android';

const zoneOf = ({ account, organisation }: SignedIn['actor']) => account.timeZone ?? organisation.timeZone;

function Mfa({ actor, settings, authenticator, own }: SectionProps) {
  const { organisation, account, locale } = actor;
  const t = translator(locale);
  const enrolled = account.factorKinds.length > 0;
  const choice = mfaChoice(actor, settings, authenticator);
  const locked =
    choice === 'locked-on'
      ? t('account.mfaLocked', { organisation: organisation.name })
      : choice === 'unavailable'
        ? t('account.mfaUnavailable', { organisation: organisation.name })
        : undefined;
  const on = choice === 'locked-on' || (choice === 'free' && enrolled);
  if (choice === 'unavailable' && authenticator.type !== 'system') {
    return (
      <Panel title={t('account.mfa')} titleId="mfa">
        <p className="max-w-measure">{t('account.mfaByProvider')}</p>
      </Panel>
    );
  }
  return (
    <Panel title={t('account.mfa')} titleId="mfa">
      <div className="flex flex-col gap-6">
        <ActionForm
          action={switchMfa}
          hidden={{ to: on ? 'off' : 'on' }}
          className={classNames('rounded-field p-4 sm:p-5', on ? 'bg-success-wash' : 'bg-sunken')}
        >
          <Switch
            id="mfa-switch"
            label={t('account.mfaSwitch')}
            checked={on}
            stateLabel={on ? t('account.mfaOn') : t('account.mfaOff')}
            hint={choice === 'unavailable' ? undefined : t(`account.mfaHints.${wayOf(account.factorKinds)}`)}
            lockedReason={locked}
          />
        </ActionForm>
        {enrolled && choice !== 'unavailable' ? (
          <FactorList actor={actor} factors={own.factors} choice={choice} />
        ) : null}
      </div>
    </Panel>
  );
}

function Profile({ actor, own }: SectionProps) {
  const { organisation, account, locale } = actor;
  const t = translator(locale);
  return (
    <Panel title={t('account.profile')} titleId="profile">
      <div className="flex flex-col gap-8">
        <ActionForm action={changeProfile}>
          <div className="grid gap-5 sm:grid-cols-2">
            <FormField
              name="firstName"
              label={t('account.firstName')}
              defaultValue={account.firstName}
              autoComplete="given-name"
              maxLength={200}
              required
            />
            <FormField
              name="lastName"
              label={t('account.lastName')}
              defaultValue={account.lastName}
              autoComplete="family-name"
              maxLength={200}
              required
            />
            <FormSelect
              name="language"
              className="sm:col-span-2"
              label={t('account.language')}
              defaultValue={account.locale ?? ''}
            >
              <option value="">{t('account.languageAuto')}</option>
              <option value="fr" lang="fr-CA">
                {t('account.french')}
              </option>
              <option value="en" lang="en-CA">
                {t('account.english')}
              </option>
            </FormSelect>
            <FormTimeZoneSelect
              name="timeZone"
              className="sm:col-span-2"
              label={t('account.timeZone')}
              defaultValue={account.timeZone ?? ''}
              zones={timeZonesIn(locale)}
              parts={{ near: t('site.zonesNear'), far: t('site.zonesFar') }}
              unset={t('account.timeZoneOrganisation', { zone: organisation.timeZone })}
            />
          </div>
          <SubmitButton className="self-start" pendingLabel={t('site.saving')} aria-label={t('account.saveProfile')}>
            {t('site.save')}
          </SubmitButton>
        </ActionForm>
        <EmailSection actor={actor} pending={own.pendingEmail} />
        <div className="grid items-start gap-x-6 gap-y-4 border-t border-line pt-6 sm:grid-cols-[auto_minmax(0,1fr)]">
          {account.pictureVersion !== null ? (
            <img
              src={pictureHref(actor)}
              alt={t('account.pictureAlt')}
              width="96"
              height="96"
              className="size-24 rounded-full object-cover"
            />
          ) : (
            <span
              aria-hidden="true"
              className="flex size-24 items-center justify-center rounded-full bg-wash text-xl font-semibold text-accent"
            >
              {initialsOf(actor)}
            </span>
          )}
          <div className="flex flex-col gap-3">
            <ActionForm action={changePicture} refusalField="picture">
              <FormFileField
                name="picture"
                accept="image/jpeg,image/png,image/webp"
                label={t('account.picture')}
                labels={{ choose: t('site.chooseFile'), none: t('site.noFile') }}
                hint={t('account.pictureHint')}
                required
              />
              <SubmitButton variant="secondary" className="self-start" pendingLabel={t('account.pictureSaving')}>
                {t('account.pictureSave')}
              </SubmitButton>
            </ActionForm>
            {account.pictureVersion !== null ? (
              <ActionForm action={removePicture}>
                <SubmitButton variant="quiet" className="-ml-5 self-start" pendingLabel={t('account.pictureRemoving')}>
                  {t('account.pictureRemove')}
                </SubmitButton>
              </ActionForm>
            ) : null}
          </div>
        </div>
      </div>
    </Panel>
  );
}

function Password({ actor, requirements }: { actor: SignedIn['actor']; requirements: PasswordRequirements }) {
  const t = translator(actor.locale);
  const enrolled = actor.account.factorKinds.length > 0;
  return (
    <Panel title={t('account.password')} titleId="password-section" lead={t('account.passwordLead')}>
      <ActionForm action={changePassword} className="max-w-form">
        <input type="text" value={actor.account.email} autoComplete="username" readOnly hidden />
        <FormPasswordField
          name="current"
          label={t('account.currentPassword')}
          showLabel={t('account.showCurrent')}
          autoComplete="current-password"
        />
        <NewPassword name="next" locale={actor.locale} requirements={requirements} />
        {!enrolled ? null : wayOf(actor.account.factorKinds) === 'code' ? (
          <FormCodeField
            name="code"
            id="password-code"
            label={t('account.yourCode')}
            hint={t('account.offCodeHint')}
            required={false}
          />
        ) : (
          <ProofField
            actor={actor}
            id="password-code"
            label={t('account.yourCode')}
            hint={t('account.offCodeHint')}
            required={false}
          />
        )}
        <ProofButton actor={actor} className="self-start" pendingLabel={t('account.changingPassword')}>
          {t('account.changePassword')}
        </ProofButton>
      </ActionForm>
    </Panel>
  );
}

function Sessions({ actor, own }: SectionProps) {
  const { locale } = actor;
  const t = translator(locale);
  return (
    <Panel title={t('account.sessions')} titleId="sessions" lead={t('account.sessionsLead')}>
      <div className="flex flex-col gap-6">
        <ul className="flex flex-col divide-y divide-line">
          {own.sessions.map((session) => {
            const agent = describeUserAgent(session.userAgent);
            const name = t('account.sessionOn', {
              browser: agent.browser ?? t('account.unknownBrowser'),
              system: agent.system ?? t('account.unknownSystem'),
            });
            return (
              <li key={session.id} className="flex items-center gap-4 py-4 first:pt-0">
                <Icon name={isPhone(agent.system) ? 'phone' : 'computer'} className="size-6 self-start text-quiet" />
                <div className="min-w-0 flex-1">
                  <p className="flex flex-wrap items-center gap-x-2 gap-y-1">
                    <span className="font-medium">{name}</span>
                    {session.current ? (
                      <span className="rounded-full bg-success-wash px-2.5 py-0.5 text-sm font-medium text-success">
                        {t('account.thisSession')}
                      </span>
                    ) : null}
                  </p>
                  {session.address ? (
                    <p className="text-sm break-all text-quiet">
                      {session.country === null
                        ? t('account.sessionFrom', { address: session.address })
                        : t('account.sessionFromPlace', {
                            address: session.address,
                            place: countryName(session.country, locale),
                          })}
                    </p>
                  ) : null}
                  <p className="text-sm text-quiet tabular-nums">
                    {t('account.sessionSeen', { date: moment(session.lastSeenAt, locale, zoneOf(actor), 'short') })}
                  </p>
                </div>
                {session.current ? null : (
                  <ActionForm action={endOne} hidden={{ session: session.id }}>
                    <SubmitButton
                      variant="secondary"
                      className="max-sm:px-3"
                      pendingLabel={t('account.endingSession')}
                      aria-label={t('account.endSessionOf', { name })}
                    >
                      {t('account.endSession')}
                    </SubmitButton>
                  </ActionForm>
                )}
              </li>
            );
          })}
        </ul>
        {own.sessions.length > 1 ? (
          <ActionForm action={endOthers}>
            <SubmitButton variant="secondary" className="self-start" pendingLabel={t('account.endingOthers')}>
              {t('account.endOthers')}
            </SubmitButton>
          </ActionForm>
        ) : null}
      </div>
    </Panel>
  );
}

/** The browsers that the account knows: each has a budget of tries of its own, and some are trusted. */
function Devices({ actor, own }: SectionProps) {
  const { locale, now } = actor;
  const t = translator(locale);
  const day = (date: Date) => moment(date, locale, zoneOf(actor));
  return (
    <Panel title={t('account.devices')} titleId="devices" lead={t('account.devicesLead')}>
      <ul className="flex flex-col divide-y divide-line">
        {own.devices.map((device) => {
          const agent = describeUserAgent(device.userAgent);
          const name = t('account.sessionOn', {
            browser: agent.browser ?? t('account.unknownBrowser'),
            system: agent.system ?? t('account.unknownSystem'),
          });
          return (
            <li key={device.id} className="flex items-center gap-4 py-4 first:pt-0">
              <Icon name={isPhone(agent.system) ? 'phone' : 'computer'} className="size-6 self-start text-quiet" />
              <div className="min-w-0 flex-1">
                <p className="flex flex-wrap items-center gap-x-2 gap-y-1">
                  <span className="font-medium">{name}</span>
                  {device.current ? (
                    <span className="rounded-full bg-success-wash px-2.5 py-0.5 text-sm font-medium text-success">
                      {t('account.thisDevice')}
                    </span>
                  ) : null}
                </p>
                {device.name === '' ? null : <p className="text-sm break-words">{device.name}</p>}
                {device.waiting ? <p className="text-sm text-quiet">{t('account.deviceWaiting')}</p> : null}
                {device.address ? (
                  <p className="text-sm break-all text-quiet">
                    {t('account.sessionFrom', { address: device.address })}
                  </p>
                ) : null}
                <p className="text-sm text-quiet tabular-nums">
                  {day(device.firstSeenAt) === day(device.lastSeenAt)
                    ? t('account.deviceSeenOn', { date: day(device.lastSeenAt) })
                    : t('account.deviceSeen', { first: day(device.firstSeenAt), last: day(device.lastSeenAt) })}
                </p>
                {device.trustedUntil && device.trustedUntil > now ? (
                  <>
                    <p className="text-sm text-quiet">
                      {t('account.deviceTrusted', { date: day(device.trustedUntil) })}
                    </p>
                    <ActionForm action={distrustDevice} hidden={{ device: device.id }}>
                      <SubmitButton
                        variant="quiet"
                        className="-ml-5 self-start"
                        pendingLabel={t('site.oneMoment')}
                        aria-label={t('account.distrustDeviceOf', { name })}
                      >
                        {t('devices.distrust')}
                      </SubmitButton>
                    </ActionForm>
                  </>
                ) : null}
              </div>
              {device.current ? null : (
                <ActionForm action={forget} hidden={{ device: device.id }}>
                  <SubmitButton
                    variant="secondary"
                    className="max-sm:px-3"
                    pendingLabel={t('site.oneMoment')}
                    aria-label={t('account.forgetDeviceOf', { name })}
                  >
                    {t('account.forgetDevice')}
                  </SubmitButton>
                </ActionForm>
              )}
            </li>
          );
        })}
      </ul>
    </Panel>
  );
}

/** What happened to the account of late, in words, so that its owner sees what was not them (SELF-1). */
function Activity({ actor, authenticator, own }: SectionProps) {
  const { locale } = actor;
  const t = translator(locale);
  return (
    <Panel
      title={t('account.activity')}
      titleId="activity"
      lead={t(authenticator.type === 'system' ? 'account.activityLead' : 'account.activityLeadProvider')}
    >
      <ol className="flex flex-col divide-y divide-line">
        {own.activity.map((event) => (
          <li key={event.id} className="flex flex-col gap-0.5 py-3 first:pt-0 last:pb-0">
            <p className="font-medium">{sentence(locale, `activity.${activityKey(event)}`)}</p>
            <p className="text-sm text-quiet tabular-nums">
              {moment(event.at, locale, zoneOf(actor), 'short')}
              {event.by === 'self' ? null : ` · ${t(`account.activityBy.${event.by}`)}`}
              {event.by === 'self' && event.address
                ? ` · ${t('account.sessionFrom', { address: event.address })}`
                : null}
            </p>
          </li>
        ))}
      </ol>
    </Panel>
  );
}
