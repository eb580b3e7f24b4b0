import { SignInFrame } from '@/components/shell/sign-in-frame';
import { ActionForm, FormField } from '@/components/ui/action-form';
import { Link } from '@/components/ui/link';
import { Notice } from '@/components/ui/notice';
import { PageTitle } from '@/components/ui/page-title';
import { SubmitButton } from '@/components/ui/submit-button';
import { translator } from '@/lib/language/translate';
import { currentLocale } from '@/lib/sessions/current';
import { signupIsOpen } from '@/lib/signup/service';
import { goToOrganisation, mailOrganisations } from '../actions';
import { otherLanguage } from '../[org]/frame';

export default async function FrontPage({ searchParams }: PageProps<'/'>) {
  const [{ sent }, locale] = await Promise.all([searchParams, currentLocale()]);
  const t = translator(locale);
  return (
    <SignInFrame
      skipLabel={t('site.skip')}
      header={{ organisationName: t('site.name'), language: otherLanguage(locale) }}
      aside={<p className="text-2xl leading-tight font-bold tracking-tight">{t('signIn.aside')}</p>}
    >
      <title>{t('site.name')}</title>
      <div className="flex flex-col gap-6">
        <PageTitle lead={t('front.lead')}>{t('front.title')}</PageTitle>
        <ActionForm action={goToOrganisation} refusalField="slug">
          <FormField
            name="slug"
            label={t('front.slug')}
            hint={t('front.slugHint')}
            roomy
            autoComplete="organization"
            autoCapitalize="none"
            spellCheck={false}
            maxLength={40}
            required
          />
          <SubmitButton wide className="-mt-2" pendingLabel={t('front.going')}>
            {t('front.go')}
          </SubmitButton>
        </ActionForm>
        <section aria-labelledby="unknown" className="flex flex-col gap-4 border-t border-line pt-6">
          <h2 id="unknown" className="text-lg font-semibold">
            {t('front.unknown')}
          </h2>
          {sent === '1' ? <Notice tone="success">{t('front.listSent')}</Notice> : null}
          <ActionForm action={mailOrganisations}>
            <FormField
              name="email"
              type="email"
              label={t('front.email')}
              hint={t('front.emailHint')}
              autoComplete="email"
              maxLength={254}
              required
            />
            <SubmitButton wide variant="secondary" pendingLabel={t('front.sendingList')}>
              {t('front.sendList')}
            </SubmitButton>
          </ActionForm>
        </section>
        {signupIsOpen() ? (
          <Link href="/signup" className="self-start">
            {t('front.signup')}
          </Link>
        ) : null}
      </div>
    </SignInFrame>
  );
}
