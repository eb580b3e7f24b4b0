import { SignInFrame } from '@/components/shell/sign-in-frame';
import { ActionForm, FormField } from '@/components/ui/action-form';
import { PageTitle } from '@/components/ui/page-title';
import { SubmitButton } from '@/components/ui/submit-button';
import { translator } from '@/lib/language/translate';
import { currentLocale } from '@/lib/sessions/current';
import { goToOrganisation } from '../actions';
import { LanguageSwitch } from '../[org]/frame';

export default async function FrontPage() {
  const locale = await currentLocale();
  const t = translator(locale);
  return (
    <SignInFrame
      skipLabel={t('site.skip')}
      header={{ organisationName: t('site.name'), children: <LanguageSwitch locale={locale} /> }}
      aside={<p className="text-2xl leading-tight font-bold tracking-tight">{t('signIn.aside')}</p>}
    >
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
      </div>
    </SignInFrame>
  );
}
