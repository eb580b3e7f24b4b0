import { DataView, type DataViewProps, type HeldValues } from '@/components/account/data-view';
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
import { providerFirst } from '../../provider-first';
import { portalFrame } from '../../portal-page';
import { proveForData } from '../actions';

export default async function OwnDataPage({ params }: PageProps<'/[org]/account/data'>) {
  const { actor } = await currentActor((await params).org, '/[org]/account/data');
  const t = translator(actor.locale);
  return (
    <DataView
      frame={portalFrame({ actor, title: t('account.data'), current: 'account' })}
      title={t('account.data')}
      lead={t('account.dataLead')}
      back={{ href: `/${actor.organisation.slug}/account`, label: t('account.title') }}
      shown={hasFreshProof(actor, DATA_PROOF_SECONDS) ? await held(actor) : proof(actor)}
    />
  );
}

function proof(actor: Actor): DataViewProps['shown'] {
  const { account, organisation, locale } = actor;
  const t = translator(locale);
  const { slug } = organisation;
  if (comesByProvider(actor)) return providerFirst({ slug, locale, next: `/${slug}/account/data` });
  return {
    action: proveForData,
    text: t('account.dataProof'),
    email: account.email,
    label: t('signIn.password'),
    showLabel: t('signIn.showPassword'),
    submit: t('account.dataShow'),
    submitting: t('account.dataShowing'),
  };
}

async function held(actor: Actor): Promise<HeldValues> {
  const t = translator(actor.locale);
  const data = await ownData(actor);
  return {
    download: { href: `/${actor.organisation.slug}/account/data/file`, label: t('account.dataDownload') },
    parts: DATA_PARTS.map((part) => {
      const things = data[part].slice(0, SHOWN_MAX);
      const names = Object.keys(things[0] ?? {});
      return {
        key: part,
        title: t(`account.dataParts.${part}`),
        fields: names.map((name) => fieldLabel(actor, name)),
        things: things.map((thing) =>
          names.map((name) => {
            const value = thing[name] ?? null;
            return value === null ? null : readable(actor, name, value);
          }),
        ),
      };
    }),
    none: t('account.dataNone'),
  };
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
