import { OrganisationFields } from '@/components/signup/organisation-fields';
import { SignInFrame } from '@/components/shell/sign-in-frame';
import { ActionForm, FormField, FormSelect } from '@/components/ui/action-form';
import { Link } from '@/components/ui/link';
import { PageTitle } from '@/components/ui/page-title';
import { SubmitButton } from '@/components/ui/submit-button';
import { FormTimeZoneSelect } from '@/components/ui/time-zone-select';
import { config } from '@/lib/config';
import type { Locale } from '@/lib/language/locale';
import { timeZonesIn } from '@/lib/language/time-zones';
import { translator } from '@/lib/language/translate';
import { currentLocale } from '@/lib/sessions/current';
import { signupIsOpen } from '@/lib/signup/service';
import { otherLanguage } from '../../[org]/frame';
import { createOrganisation } from './actions';

const INITIAL_TIME_ZONE = 'America/Toronto';

export default async function SignupPage({ searchParams }: PageProps<'/signup'>) {
  const [{ sent }, locale] = await Promise.all([searchParams, currentLocale()]);
  const t = translator(locale);
  return (
    <SignInFrame
      skipLabel={t('site.skip')}
      header={{ organisationName: t('site.name'), language: otherLanguage(locale) }}
      aside={<p className="text-2xl leading-tight font-bold tracking-tight">{t('signIn.aside')}</p>}
    >
      <title>{t('site.titleOf', { page: t('signup.title'), organisation: t('site.name') })}</title>
      <div className="flex flex-col gap-6">
        {!signupIsOpen() ? (
          <PageTitle lead={t('signup.offLead')}>{t('signup.offTitle')}</PageTitle>
        ) : sent === '1' ? (
          <>
            <PageTitle lead={t('signup.sentLead')}>{t('signup.sentTitle')}</PageTitle>
            <p className="text-quiet">{t('signup.sentHelp')}</p>
          </>
        ) : (
          <>
            <PageTitle lead={t('signup.lead')}>{t('signup.title')}</PageTitle>
            <SignupForm locale={locale} />
          </>
        )}
        <Link href="/" icon="back" className="self-start">
          {t('signup.back')}
        </Link>
      </div>
    </SignInFrame>
  );
}

function SignupForm({ locale }: { locale: Locale }) {
  const t = translator(locale);
  const address = `${new URL(config().APP_ORIGIN).host}/…`;
  return (
    <ActionForm
      action={createOrganisation}
      refusalField={{ 'organisation.slug-taken': 'slug', 'organisation.slug-needed': 'slug' }}
      className="gap-6"
    >
      <fieldset className="flex flex-col gap-5">
        <legend className="mb-4 text-lg font-semibold">{t('signup.organisation')}</legend>
        <OrganisationFields
          name={{ label: t('signup.name') }}
          slug={{ label: t('signup.slug'), hint: t('signup.slugHint', { address }) }}
        />
        <FormSelect name="locale" label={t('signup.language')} defaultValue={locale}>
          <option value="fr" lang="fr-CA">
            {t('account.french')}
          </option>
          <option value="en" lang="en-CA">
            {t('account.english')}
          </option>
        </FormSelect>
        <FormTimeZoneSelect
          name="timeZone"
          label={t('signup.timeZone')}
          defaultValue={INITIAL_TIME_ZONE}
          zones={timeZonesIn(locale)}
          parts={{ near: t('site.zonesNear'), far: t('site.zonesFar') }}
        />
      </fieldset>
      <fieldset className="flex flex-col gap-5">
        <legend className="mb-4 text-lg font-semibold">{t('signup.person')}</legend>
        <FormField name="firstName" label={t('account.firstName')} autoComplete="given-name" maxLength={200} required />
        <FormField name="lastName" label={t('account.lastName')} autoComplete="family-name" maxLength={200} required />
        <FormField
          name="email"
          type="email"
          label={t('signup.email')}
          hint={t('signup.emailHint')}
          autoComplete="email"
          maxLength={254}
          required
        />
      </fieldset>
      <SubmitButton wide pendingLabel={t('signup.submitting')}>
        {t('signup.submit')}
      </SubmitButton>
    </ActionForm>
  );
}
