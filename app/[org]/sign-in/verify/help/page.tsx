import { ActionForm, FormField } from '@/components/ui/action-form';
import { DoorLink } from '@/components/ui/door-link';
import { Notice } from '@/components/ui/notice';
import { PageTitle } from '@/components/ui/page-title';
import { SubmitButton } from '@/components/ui/submit-button';
import { moment } from '@/lib/language/moment';
import { translator } from '@/lib/language/translate';
import { findOwnRequest } from '@/lib/reset-requests/service';
import { SignInPage } from '../../../frame';
import { Help } from '../../../help';
import { askForHelp, enterRecoveryCode } from '../../actions';
import { attemptAt } from '../../step';
import { challengeOf, WaysBack } from '../ways';

/** « Je n’ai plus mon téléphone » (RESET-4): a recovery code, a pass, or somebody who helps. */
export default async function LostPhonePage({ params }: PageProps<'/[org]/sign-in/verify/help'>) {
  const { visitor, attempt } = await attemptAt((await params).org, 'challenge');
  const { organisation, locale } = visitor;
  const request = await findOwnRequest(visitor, attempt.id);
  const challenge = challengeOf(attempt);
  const t = translator(locale);
  const verify = `/${organisation.slug}/sign-in/verify`;
  // Whoever has a token, a card or a key has lost something else than a phone.
  const title =
    challenge.ways.includes('code') && challenge.source !== 'token' ? 'verify.helpTitle' : 'verify.helpTitleOther';
  const hidden = { organisation: organisation.slug, attempt: attempt.id };
  return (
    <SignInPage organisation={organisation} locale={locale}>
      <title>{t('site.titleOf', { page: t(title), organisation: organisation.name })}</title>
      <div className="flex flex-col gap-8">
        <PageTitle size="step" lead={t('verify.helpLead')}>
          {t(title)}
        </PageTitle>
        <DoorLink href={`${verify}/recovery`} icon="print" title={t('verify.useRecovery')}>
          {t('verify.useRecoveryWhy')}
        </DoorLink>
        <section aria-labelledby="pass" className="flex flex-col gap-3">
          <h2 id="pass" className="text-lg font-semibold">
            {t('verify.passTitle')}
          </h2>
          <ActionForm action={enterRecoveryCode} hidden={hidden} refusalField="code">
            <FormField
              name="code"
              label={t('verify.pass')}
              hint={t('verify.passHint')}
              autoComplete="off"
              autoCapitalize="characters"
              spellCheck={false}
              maxLength={64}
              required
            />
            <SubmitButton variant="secondary" className="self-start" pendingLabel={t('verify.submitting')}>
              {t('verify.submit')}
            </SubmitButton>
          </ActionForm>
        </section>
        <section aria-labelledby="ask" className="flex flex-col gap-3">
          <h2 id="ask" className="text-lg font-semibold">
            {t('verify.askTitle')}
          </h2>
          {request === null ? (
            <>
              <p className="text-quiet">{t('verify.askLead')}</p>
              <ActionForm action={askForHelp} hidden={hidden}>
                <SubmitButton className="self-start" pendingLabel={t('verify.asking')}>
                  {t('verify.ask')}
                </SubmitButton>
              </ActionForm>
            </>
          ) : (
            <Notice tone="success" title={t('verify.asked')}>
              <p>{t('verify.askedNext')}</p>
              <p className="mt-1 text-sm">
                {t('verify.askedUntil', {
                  at: moment(request.createdAt, locale, organisation.timeZone, 'short'),
                  until: moment(request.expiresAt, locale, organisation.timeZone, 'short'),
                })}
              </p>
            </Notice>
          )}
          <Help organisation={organisation} locale={locale} />
        </section>
        <WaysBack visitor={visitor} challenge={challenge} />
      </div>
    </SignInPage>
  );
}
