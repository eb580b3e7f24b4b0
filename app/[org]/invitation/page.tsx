import { Whose } from '@/components/sign-in/whose';
import { ActionForm } from '@/components/ui/action-form';
import { Button } from '@/components/ui/button';
import { Link } from '@/components/ui/link';
import { PageTitle } from '@/components/ui/page-title';
import { SubmitButton } from '@/components/ui/submit-button';
import { findInvitation, type InvitationView } from '@/lib/invitations/service';
import { translator } from '@/lib/language/translate';
import { currentVisitor } from '@/lib/sessions/current';
import { readTicketToken } from '@/lib/tickets/model';
import { ChoosePassword } from '../choose-password';
import { SignInPage } from '../frame';
import { accept, renew } from './actions';

type Props = { slug: string; name: string; locale: 'fr' | 'en'; token: string };

/** Behind the link of an invitation. Opening it uses nothing up: only its forms do (ACC-3). */
export default async function InvitationPage({ params, searchParams }: PageProps<'/[org]/invitation'>) {
  const [{ org }, { ticket, sent }] = await Promise.all([params, searchParams]);
  const visitor = await currentVisitor(org);
  const { organisation, locale } = visitor;
  const t = translator(locale);
  const token = readTicketToken(ticket);
  const invitation = sent === '1' ? null : await findInvitation(visitor, token);
  const props: Props = { slug: organisation.slug, name: organisation.name, locale, token: token ?? '' };
  return (
    <SignInPage organisation={organisation} locale={locale}>
      <title>{t('site.titleOf', { page: t('invitation.title'), organisation: organisation.name })}</title>
      <div className="flex flex-col gap-6">
        {invitation?.state === 'open' ? <Open {...props} invitation={invitation} /> : null}
        {invitation?.state === 'used' ? (
          <>
            <PageTitle size="step" lead={t('invitation.usedLead')}>
              {t('invitation.usedTitle')}
            </PageTitle>
            <Button href={`/${organisation.slug}/sign-in`} variant="primary">
              {t('invitation.toSignIn')}
            </Button>
          </>
        ) : null}
        {invitation?.state === 'expired' ? <Expired {...props} /> : null}
        {invitation?.state === 'unknown' || invitation === null ? (
          <>
            {invitation === null ? (
              <PageTitle size="step" lead={t('invitation.sentLead')}>
                {t('invitation.sentTitle')}
              </PageTitle>
            ) : (
              <PageTitle size="step" lead={t('invitation.unknownLead')}>
                {t('invitation.unknownTitle')}
              </PageTitle>
            )}
            <Link href={`/${organisation.slug}/sign-in`} className="self-start">
              {t('invitation.toSignIn')}
            </Link>
          </>
        ) : null}
      </div>
    </SignInPage>
  );
}

function Open({
  slug,
  name,
  locale,
  token,
  invitation,
}: Props & { invitation: Extract<InvitationView, { state: 'open' }> }) {
  const t = translator(locale);
  const { founding, firstName, email, requirements, provider } = invitation;
  const lead = requirements === null ? 'externalLead' : founding ? 'foundingLead' : 'lead';
  const hidden = { organisation: slug, ticket: token };
  return (
    <>
      <PageTitle size="step" lead={t(`invitation.${lead}`, { organisation: name, provider: provider ?? '' })}>
        {t('invitation.welcome', { name: firstName })}
      </PageTitle>
      <Whose says={t('invitation.account')} name={email} />
      {requirements === null ? (
        <ActionForm action={accept} hidden={hidden}>
          <SubmitButton wide pendingLabel={t('invitation.accepting')}>
            {t('provider.go', { provider: provider ?? '' })}
          </SubmitButton>
        </ActionForm>
      ) : (
        <ChoosePassword
          action={accept}
          hidden={hidden}
          username={email}
          locale={locale}
          requirements={requirements}
          first
          submit={t('invitation.accept')}
          submitting={t('invitation.accepting')}
        />
      )}
    </>
  );
}

function Expired({ slug, locale, token }: Props) {
  const t = translator(locale);
  return (
    <>
      <PageTitle size="step" lead={t('invitation.expiredLead')}>
        {t('invitation.expiredTitle')}
      </PageTitle>
      <ActionForm action={renew} hidden={{ organisation: slug, ticket: token }}>
        <SubmitButton wide pendingLabel={t('invitation.renewing')}>
          {t('invitation.renew')}
        </SubmitButton>
      </ActionForm>
      <Link href={`/${slug}/sign-in`} className="self-start">
        {t('invitation.toSignIn')}
      </Link>
    </>
  );
}
