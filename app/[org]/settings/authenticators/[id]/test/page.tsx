import { z } from 'zod';
import { Button } from '@/components/ui/button';
import { Link } from '@/components/ui/link';
import { Notice } from '@/components/ui/notice';
import { Panel } from '@/components/ui/panel';
import type { Actor } from '@/lib/actors/model';
import type { AuthenticatorView } from '@/lib/authenticators/service';
import { FAULTS, type FaultCode } from '@/lib/external/model';
import { findTestResult, type TestResult } from '@/lib/external/service';
import { sentence, translator } from '@/lib/language/translate';
import { currentActor } from '@/lib/sessions/current';
import { authenticatorOf, AuthenticatorPage } from '../frame';

const QUERY = z.object({
  flow: z.uuid().nullable().catch(null),
  fault: z
    .enum(Object.keys(FAULTS) as [keyof typeof FAULTS])
    .nullable()
    .catch(null),
});

/** What a provider said of the administrator who tried it: every claim, and whom it would let in; or the exact fault. */
export default async function TestPage({
  params,
  searchParams,
}: PageProps<'/[org]/settings/authenticators/[id]/test'>) {
  const [{ org, id }, query] = await Promise.all([params, searchParams]);
  const { actor } = await currentActor(org, '/[org]/settings/authenticators/[id]/test');
  const view = await authenticatorOf(actor, id);
  const { flow, fault } = QUERY.parse(query);
  const result: TestResult | null =
    fault !== null ? { state: 'fault', fault, claims: {} } : flow === null ? null : await findTestResult(actor, flow);
  const t = translator(actor.locale);
  const base = `/${actor.organisation.slug}/settings/authenticators/${id}`;
  return (
    <AuthenticatorPage actor={actor} view={view} tab="configuration" documentTitle={t('providerTest.panel')}>
      {result === null ? (
        <Notice tone="warning" title={t('providerTest.noneTitle')}>
          {t('providerTest.noneText')}
        </Notice>
      ) : result.state === 'fault' ? (
        <FaultNotice actor={actor} fault={result.fault} />
      ) : (
        <Match actor={actor} view={view} result={result} />
      )}
      {result === null ? null : result.state === 'fault' ? (
        <Claims actor={actor} claims={result.claims} />
      ) : (
        <Claims actor={actor} claims={result.identity.claims} lead={expectedFrom(actor, view)} />
      )}
      <div className="flex flex-wrap items-center gap-x-6 gap-y-2">
        <Button href={`${base}/test/go`}>{t('providerTest.again')}</Button>
        <Link href={base}>{t('providerTest.back')}</Link>
      </div>
    </AuthenticatorPage>
  );
}

/** What in an answer says who somebody is, as the protocol or the administrator calls it. */
const subjectName = (actor: Actor, { authenticator }: AuthenticatorView) =>
  authenticator.type === 'saml'
    ? authenticator.settings.identityAttribute || 'NameID'
    : translator(actor.locale)('providerTest.subject');

function expectedFrom(actor: Actor, view: AuthenticatorView): string {
  const t = translator(actor.locale);
  return view.authenticator.type === 'saml'
    ? t('providerTest.expectedFromSaml', { name: subjectName(actor, view) })
    : t('providerTest.expectedFromOidc');
}

function FaultNotice({ actor, fault }: { actor: Actor; fault: FaultCode }) {
  const t = translator(actor.locale);
  const key = `externalFaults.${fault.replaceAll('.', '_')}`;
  const has = (t.has as (key: string) => boolean)(`${key}.what`);
  return (
    <Notice tone="danger" title={has ? sentence(actor.locale, `${key}.what`) : t('providerTest.faultTitle')}>
      {has ? <p>{sentence(actor.locale, `${key}.mend`)}</p> : null}
      <p className="mt-1 text-sm text-quiet">
        {t('providerTest.code')} <code className="font-mono select-all">{fault}</code>
      </p>
    </Notice>
  );
}

function Match({
  actor,
  view,
  result: { identity, match },
}: {
  actor: Actor;
  view: AuthenticatorView;
  result: Extract<TestResult, { state: 'identity' }>;
}) {
  const t = translator(actor.locale);
  const account = 'account' in match ? match.account : null;
  const name = account === null ? '' : `${account.firstName} ${account.lastName}`;
  const comesIn = (match.outcome === 'bound' || match.outcome === 'expected') && account?.status !== 'suspended';
  const { externalMfa } = view.authenticator;
  return (
    <>
      <Notice
        tone={comesIn || match.outcome === 'made' ? 'success' : 'warning'}
        title={t(
          `providerTest.match.${account?.status === 'suspended' ? 'suspended' : match.outcome.replace('-', '_')}` as never,
          { name } as never,
        )}
      >
        {match.outcome === 'none' ? (
          <p>
            {sentence(actor.locale, `externalFaults.${match.fault.replace('.', '_')}.what`)}{' '}
            {sentence(actor.locale, `externalFaults.${match.fault.replace('.', '_')}.mend`)}
          </p>
        ) : account === null ? null : (
          <Link href={`/${actor.organisation.slug}/settings/accounts/${account.accountId}`} inline>
            {account.email}
          </Link>
        )}
      </Notice>
      <Panel title={t('providerTest.identity')} titleId="identity">
        <dl className="grid gap-x-4 gap-y-1 sm:grid-cols-[12rem_1fr]">
          <dt className="text-quiet">{t('providerTest.issuer')}</dt>
          <dd className="min-w-0 break-all">{identity.issuer}</dd>
          <dt className="min-w-0 break-all text-quiet">{subjectName(actor, view)}</dt>
          <dd className="min-w-0 font-mono break-all select-all">{identity.subject}</dd>
          <dt className="text-quiet">{t('providerTest.email')}</dt>
          <dd className="min-w-0 break-all">
            {identity.email === null
              ? t('audit.nothing')
              : t(identity.emailVerified ? 'providerTest.verified' : 'providerTest.unverified', {
                  email: identity.email,
                })}
          </dd>
          <dt className="text-quiet">{t('providerTest.factor')}</dt>
          <dd>
            {t(identity.factorShown ? 'audit.yes' : 'audit.no')}
            {externalMfa === 'demand' && !identity.factorShown ? ` — ${t('providerTest.factorDemanded')}` : ''}
          </dd>
        </dl>
      </Panel>
    </>
  );
}

/** Everything that was said, as it was said. */
function Claims({ actor, claims, lead }: { actor: Actor; claims: Readonly<Record<string, unknown>>; lead?: string }) {
  const t = translator(actor.locale);
  const entries = Object.entries(claims).toSorted(([one], [other]) => one.localeCompare(other));
  if (entries.length === 0) return null;
  return (
    <Panel title={t('providerTest.claims')} titleId="claims" lead={lead}>
      <dl className="flex flex-col divide-y divide-line">
        {entries.map(([name, value]) => (
          <div key={name} className="grid gap-x-4 py-2 sm:grid-cols-[12rem_1fr]">
            <dt className="min-w-0 font-mono text-sm break-all text-quiet">{name}</dt>
            <dd className="min-w-0 font-mono text-sm break-all whitespace-pre-wrap select-all" translate="no">
              {typeof value === 'string' ? value : JSON.stringify(value)}
            </dd>
          </div>
        ))}
      </dl>
    </Panel>
  );
}
