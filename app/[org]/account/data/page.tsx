import { ActionForm, FormPasswordField } from '@/components/ui/action-form';
import { Button } from '@/components/ui/button';
import { Link } from '@/components/ui/link';
import { PageTitle } from '@/components/ui/page-title';
import { Panel } from '@/components/ui/panel';
import { SubmitButton } from '@/components/ui/submit-button';
import { hasFreshProof } from '@/lib/actions/define-action';
import type { Actor } from '@/lib/actors/model';
import type { AuditOutcome } from '@/lib/audit/model';
import { actionWords, reasonWords, valueWords } from '@/lib/audit/words';
import type { Locale } from '@/lib/language/locale';
import { momentFor } from '@/lib/language/moment';
import { translator, type Messages } from '@/lib/language/translate';
import { comesByProvider } from '@/lib/passwords/service';
import { DATA_PARTS, DATA_PROOF_SECONDS, ownData } from '@/lib/privacy/service';
import { currentActor } from '@/lib/sessions/current';
import { ProviderFirst } from '../../provider-first';
import { PortalPage } from '../../portal-page';
import { proveForData } from '../actions';

export default async function OwnDataPage({ params }: PageProps<'/[org]/account/data'>) {
  const { actor } = await currentActor((await params).org, '/[org]/account/data');
  const t = translator(actor.locale);
  const account = `/${actor.organisation.slug}/account`;
  return (
    <PortalPage actor={actor} title={t('account.data')} current="account" width="wide">
      <div className="flex flex-col gap-6">
        <Link href={account} icon="back" className="-mb-4 self-start">
          {t('account.title')}
        </Link>
        <PageTitle lead={t('account.dataLead')}>{t('account.data')}</PageTitle>
        {hasFreshProof(actor, DATA_PROOF_SECONDS) ? <Held actor={actor} /> : <Proof actor={actor} />}
      </div>
    </PortalPage>
  );
}

function Proof({ actor }: { actor: Actor }) {
  const t = translator(actor.locale);
  const { slug } = actor.organisation;
  if (comesByProvider(actor)) return <ProviderFirst slug={slug} locale={actor.locale} next={`/${slug}/account/data`} />;
  return (
    <ActionForm action={proveForData} refusalField="password" className="max-w-form">
      <p>{t('account.dataProof')}</p>
      <input type="text" value={actor.account.email} autoComplete="username" readOnly hidden />
      <FormPasswordField
        name="password"
        label={t('signIn.password')}
        showLabel={t('signIn.showPassword')}
        autoComplete="current-password"
        required
      />
      <SubmitButton className="self-start" pendingLabel={t('account.dataShowing')}>
        {t('account.dataShow')}
      </SubmitButton>
    </ActionForm>
  );
}

async function Held({ actor }: { actor: Actor }) {
  const t = translator(actor.locale);
  const data = await ownData(actor);
  return (
    <>
      <Button variant="primary" href={`/${actor.organisation.slug}/account/data/file`} className="self-start" download>
        {t('account.dataDownload')}
      </Button>
      {DATA_PARTS.map((part) => (
        <Panel key={part} title={t(`account.dataParts.${part}`)} titleId={`data-${part}`}>
          {data[part].length === 0 ? <p className="text-quiet">{t('account.dataNone')}</p> : null}
          <ul className="flex flex-col divide-y divide-line">
            {data[part].slice(0, SHOWN_MAX).map((thing, index) => (
              <li key={index} className="py-3 first:pt-0 last:pb-0">
                <dl className="grid gap-x-6 gap-y-1 sm:grid-cols-2">
                  {Object.entries(thing).map(([name, value]) =>
                    value === null ? null : (
                      <div key={name} className="flex min-w-0 flex-wrap gap-x-2">
                        <dt className="text-sm text-quiet">{fieldLabel(actor, name)}</dt>
                        <dd className="min-w-0 text-sm wrap-anywhere">{readable(actor, name, value)}</dd>
                      </div>
                    ),
                  )}
                </dl>
              </li>
            ))}
          </ul>
        </Panel>
      ))}
    </>
  );
}

/** A field that has no name of its own yet keeps that of the file. */
function fieldLabel({ locale }: Actor, name: string): string {
  const t = translator(locale);
  const key = `account.dataFields.${name as keyof Messages['account']['dataFields']}` as const;
  return t.has(key) ? t(key) : name.replaceAll('_', ' ');
}

/** Moments as somebody's own clock shows them, and our words in their language; everything else as the file has it. */
function readable(actor: Actor, name: string, value: unknown): string {
  if (typeof value !== 'string') return valueWords(actor.locale, name, value);
  if (MOMENT.test(value)) return momentFor(actor, new Date(value));
  if (name === 'role') return roleWords(actor.locale, value);
  if (name === 'action') return actionWords(actor.locale, value);
  if (name === 'reason') return reasonWords(actor.locale, value);
  if (name === 'outcome') return translator(actor.locale)(`audit.outcomes.${value as AuditOutcome}`);
  return SAID_IN_WORDS.has(name) ? valueWords(actor.locale, null, value) : value;
}

/** A built-in role stands in the data by its key, another by its name. */
function roleWords(locale: Locale, role: string): string {
  const t = translator(locale);
  const key = `roles.builtIn.${role as keyof Messages['roles']['builtIn']}` as const;
  return t.has(key) ? t(key) : role;
}

const SAID_IN_WORDS = new Set(['kind', 'status', 'locale', 'state']);

const MOMENT = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(\.\d+)?([+-]\d{2}:\d{2}|Z)$/;

/** The page is to be read; the file has all of it. */
const SHOWN_MAX = 50;
