import { z } from 'zod';
import { Button } from '@/components/ui/button';
import { Link } from '@/components/ui/link';
import { Notice } from '@/components/ui/notice';
import { PageTitle } from '@/components/ui/page-title';
import { findOwnState } from '@/lib/device-approval/waiting';
import { translator } from '@/lib/language/translate';
import { currentVisitor } from '@/lib/sessions/current';
import { SignInPage } from '../../frame';
import { Help } from '../../help';

/** Of the sign-in that led here. */
const SUPPORT_CODE = z.string().regex(/^[0-9a-f]{8}$/);

/** Where a sign-in ends whose browser an administrator has yet to approve, or has refused (LOC-6). */
export default async function WaitingPage({ params, searchParams }: PageProps<'/[org]/sign-in/waiting'>) {
  const [{ org }, query] = await Promise.all([params, searchParams]);
  const visitor = await currentVisitor(org);
  const { organisation, locale, origin } = visitor;
  const state = (await findOwnState(visitor)) ?? 'waiting';
  const t = translator(locale);
  const title = {
    waiting: t('waiting.title'),
    approved: t('waiting.approvedTitle'),
    revoked: t('waiting.revokedTitle'),
  };
  const lead = { waiting: t('waiting.lead'), approved: t('waiting.approvedLead'), revoked: t('waiting.revokedLead') };
  const code = SUPPORT_CODE.safeParse(query['code']).data ?? origin.requestId.slice(0, 8);
  const door = `/${organisation.slug}/sign-in`;
  return (
    <SignInPage organisation={organisation} locale={locale}>
      <title>{t('site.titleOf', { page: title[state], organisation: organisation.name })}</title>
      <div className="flex flex-col gap-8">
        <PageTitle size="step" lead={lead[state]}>
          {title[state]}
        </PageTitle>
        {state === 'approved' ? (
          <Button href={door} variant="primary" className="self-start">
            {t('waiting.signIn')}
          </Button>
        ) : null}
        {state === 'waiting' ? (
          <>
            <Notice>{t('waiting.next')}</Notice>
            <Link href={`${door}/waiting?code=${code}`} className="self-start">
              {t('waiting.again')}
            </Link>
          </>
        ) : null}
        {state === 'approved' ? null : (
          <>
            <Help organisation={organisation} locale={locale} />
            <p className="text-sm text-quiet">
              {t('errors.supportCode')} <span className="font-mono text-ink select-all">{code}</span>
            </p>
          </>
        )}
      </div>
    </SignInPage>
  );
}
