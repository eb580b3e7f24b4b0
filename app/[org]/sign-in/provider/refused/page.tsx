import { z } from 'zod';
import { Button } from '@/components/ui/button';
import { Link } from '@/components/ui/link';
import { PageTitle } from '@/components/ui/page-title';
import { findProviderName } from '@/lib/external/begin';
import { REFUSED_PAGES, type RefusedPage } from '@/lib/external/model';
import { sentence, translator } from '@/lib/language/translate';
import { currentVisitor } from '@/lib/sessions/current';
import { signInPath } from '@/lib/sign-in/service';
import { SignInPage } from '../../../frame';
import { Help } from '../../../help';

const QUERY = z.object({
  why: z.enum(REFUSED_PAGES).catch('lost'),
  /** Of the act that led here: an administrator finds it in the audit. */
  code: z
    .string()
    .regex(/^[0-9a-f]{8}$/)
    .nullable()
    .catch(null),
  at: z.uuid().nullable().catch(null),
});

/** Where trying once more may help, and where it can only help as somebody else. */
const NEXT: Record<RefusedPage, 'start' | 'again' | 'other' | 'home'> = {
  lost: 'start',
  cancelled: 'again',
  away: 'again',
  answer: 'again',
  'no-account': 'other',
  taken: 'start',
  mfa: 'start',
  'sign-out': 'home',
};

/** Where a way to a provider ends that came to no session: a sentence, a code, and what to do next. */
export default async function ProviderRefusedPage({
  params,
  searchParams,
}: PageProps<'/[org]/sign-in/provider/refused'>) {
  const [{ org }, query] = await Promise.all([params, searchParams]);
  const visitor = await currentVisitor(org);
  const { organisation, locale, origin } = visitor;
  const { why, code, at } = QUERY.parse(query);
  const t = translator(locale);
  const provider = (at === null ? null : await findProviderName(visitor, at)) ?? t('provider.someProvider');
  const names = { provider, organisation: organisation.name };
  const key = why.replace('-', '_');
  const title = sentence(locale, `provider.refused.${key}.title`, names);
  const base = signInPath(organisation.slug, 'redirect');
  const start = signInPath(organisation.slug, 'start');
  const next = { start, again: base, other: `${base}/go?anew=1`, home: `/${organisation.slug}` }[NEXT[why]];
  return (
    <SignInPage organisation={organisation} locale={locale}>
      <title>{t('site.titleOf', { page: title, organisation: organisation.name })}</title>
      <div className="flex flex-col gap-8">
        <PageTitle size="step" lead={sentence(locale, `provider.refused.${key}.lead`, names)}>
          {title}
        </PageTitle>
        <div className="flex flex-wrap items-center gap-x-6 gap-y-2">
          <Button href={next} variant="primary">
            {t(`provider.next.${NEXT[why]}`)}
          </Button>
          {NEXT[why] === 'again' || NEXT[why] === 'other' ? <Link href={start}>{t('provider.next.start')}</Link> : null}
        </div>
        <Help organisation={organisation} locale={locale} />
        <p className="text-sm text-quiet">
          {t('errors.supportCode')}{' '}
          <span className="font-mono text-ink select-all">{code ?? origin.requestId.slice(0, 8)}</span>
        </p>
      </div>
    </SignInPage>
  );
}
