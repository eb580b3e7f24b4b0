import { notFound } from 'next/navigation';
import {
  ActionForm,
  FormCheckbox,
  FormField,
  FormSelect,
  FormTextArea,
  WhenRefused,
} from '@/components/ui/action-form';
import { Badge } from '@/components/ui/badge';
import { Link } from '@/components/ui/link';
import { Notice } from '@/components/ui/notice';
import { Panel } from '@/components/ui/panel';
import { SubmitButton } from '@/components/ui/submit-button';
import type { Actor } from '@/lib/actors/model';
import { translator } from '@/lib/language/translate';
import { RULES_MAX, type LocationView, type RuleView } from '@/lib/locations/model';
import { listPlaces } from '@/lib/locations/service';
import { RULE_TYPES } from '@/lib/network/rule';
import { currentActor } from '@/lib/sessions/current';
import { PendingChange } from '../../pending-change';
import { SettingsPage } from '../../settings-page';
import { allowMyAddress, remove, removeOneRule, save, saveOneRule } from '../actions';
import { LocationFields } from '../location-fields';

const DONE = ['created', 'saved', 'rule', 'rule-removed'] as const;

export default async function LocationPage({ params, searchParams }: PageProps<'/[org]/settings/locations/[id]'>) {
  const [{ org, id }, query] = await Promise.all([params, searchParams]);
  const { actor } = await currentActor(org, '/[org]/settings/locations/[id]');
  const { locations, here } = await listPlaces(actor);
  const location = locations.find((one) => one.id === id);
  if (location === undefined) notFound();
  const t = translator(actor.locale);
  const done = DONE.find((word) => word === query['done']);
  const covered = typeof query['covered'] === 'string' ? query['covered'].slice(0, 100) : null;
  return (
    <SettingsPage
      actor={actor}
      section="locations"
      title={location.name}
      back={{ href: `/${actor.organisation.slug}/settings/locations`, label: t('places.back') }}
    >
      {covered !== null ? (
        <Notice tone="warning">{t('places.covered', { name: covered })}</Notice>
      ) : done ? (
        <Notice tone="success">{t(`places.done_${done}`)}</Notice>
      ) : null}
      <PendingChange actor={actor} subject="places" />
      <Rules
        actor={actor}
        location={location}
        editing={location.rules.find((rule) => rule.id === query['rule']) ?? null}
        address={here.address}
        inside={here.locationIds.includes(location.id)}
      />
      <Panel title={t('places.whom')} titleId="whom">
        {location.filters.length === 0 ? (
          <p className="text-quiet">{t('places.whomNobody')}</p>
        ) : (
          <ul className="flex flex-col gap-2">
            {location.filters.map((filter) => (
              <li key={filter.id} className="flex flex-wrap items-center gap-3">
                <span className="font-medium">
                  {'kind' in filter.subject
                    ? t(`places.kind_${filter.subject.kind}`)
                    : filter.subject.authenticatorName}
                </span>
                <Badge tone={!filter.paused && filter.mode === 'block' ? 'warning' : 'plain'}>
                  {filter.paused ? t('places.pausedBadge') : t(`places.mode_${filter.mode}`)}
                </Badge>
                <span className="text-quiet">{t(`places.applies_${filter.applies}`)}</span>
              </li>
            ))}
          </ul>
        )}
      </Panel>
      <Panel title={t('places.details')} titleId="details">
        <ActionForm action={save} hidden={{ location: location.id }} refusalField="name" className="max-w-measure">
          <LocationFields locale={actor.locale} location={location} />
          <SubmitButton className="self-start" pendingLabel={t('site.saving')}>
            {t('places.save')}
          </SubmitButton>
        </ActionForm>
      </Panel>
      <Panel title={t('places.removeTitle')} titleId="remove" lead={t('places.removeText')}>
        <ActionForm action={remove} hidden={{ location: location.id }}>
          <SubmitButton variant="danger" className="self-start" pendingLabel={t('places.removing')}>
            {t('places.remove', { name: location.name })}
          </SubmitButton>
        </ActionForm>
      </Panel>
    </SettingsPage>
  );
}

function Rules({
  actor,
  location,
  editing,
  address,
  inside,
}: {
  actor: Actor;
  location: LocationView;
  editing: RuleView | null;
  address: string | null;
  inside: boolean;
}) {
  const t = translator(actor.locale);
  const here = `/${actor.organisation.slug}/settings/locations/${location.id}`;
  return (
    <Panel title={t('places.autodetect')} titleId="rules" lead={t('places.autodetectText')}>
      <div className="flex flex-col gap-6">
        {location.rules.length === 0 ? (
          <p className="text-quiet">{t('places.noRules')}</p>
        ) : (
          <ul className="divide-y divide-line">
            {location.rules.map((rule) => (
              <li key={rule.id} className="flex flex-wrap items-center justify-between gap-x-6 gap-y-2 py-3">
                <span className="min-w-0 flex-1 basis-60">
                  <span className="flex flex-wrap items-center gap-2">
                    <span className="font-semibold break-words">{rule.name}</span>
                    <Badge>
                      {t(`places.type_${rule.type}`)}
                      {rule.ipVersion === null ? '' : `\u00a0IPv${rule.ipVersion}`}
                    </Badge>
                  </span>
                  <span className="block font-mono text-sm break-words text-quiet">{rule.definition}</span>
                </span>
                <span className="flex flex-wrap items-center gap-3">
                  <Link href={`${here}?rule=${rule.id}#rule-form`}>{t('places.edit')}</Link>
                  <ActionForm action={removeOneRule} hidden={{ location: location.id, rule: rule.id }}>
                    <SubmitButton
                      variant="secondary"
                      pendingLabel={t('site.oneMoment')}
                      aria-label={t('places.removeRuleOf', { name: rule.name })}
                    >
                      {t('places.removeRule')}
                    </SubmitButton>
                  </ActionForm>
                </span>
              </li>
            ))}
          </ul>
        )}
        {address === null ? (
          <p className="text-quiet">{t('places.hereUnknown')}</p>
        ) : (
          <div className="flex flex-wrap items-center gap-3 rounded-field bg-sunken px-4 py-3">
            <p className="min-w-0 flex-1 basis-60">{t('places.here', { address })}</p>
            {inside ? (
              <p className="text-quiet">{t('places.allowed')}</p>
            ) : (
              <ActionForm action={allowMyAddress} hidden={{ location: location.id }}>
                <SubmitButton variant="secondary" pendingLabel={t('site.oneMoment')}>
                  {t('places.allowHere')}
                </SubmitButton>
              </ActionForm>
            )}
          </div>
        )}
        {editing !== null || location.rules.length < RULES_MAX ? (
          <RuleForm key={editing?.id ?? 'new'} actor={actor} location={location} rule={editing} />
        ) : null}
      </div>
    </Panel>
  );
}

function RuleForm({ actor, location, rule }: { actor: Actor; location: LocationView; rule: RuleView | null }) {
  const t = translator(actor.locale);
  return (
    <section id="rule-form" aria-labelledby="rule-title" className="flex scroll-mt-8 flex-col gap-4">
      <h3 id="rule-title" className="font-semibold">
        {rule === null ? t('places.newRule') : t('places.editRule', { name: rule.name })}
      </h3>
      <ActionForm
        action={saveOneRule}
        hidden={{ location: location.id, ...(rule === null ? {} : { rule: rule.id }) }}
        refusalField={{ 'rule.name-taken': 'name', 'rule.wide': 'definition' }}
        className="max-w-measure"
      >
        <FormField
          id="rule-name"
          name="name"
          label={t('places.ruleName')}
          defaultValue={rule?.name}
          maxLength={100}
          required
        />
        <div className="grid gap-4 sm:grid-cols-2">
          <FormSelect name="type" label={t('places.type')} defaultValue={rule?.type ?? 'list'}>
            {RULE_TYPES.map((type) => (
              <option key={type} value={type}>
                {t(`places.type_${type}`)}
              </option>
            ))}
          </FormSelect>
          <FormSelect name="ipVersion" label={t('places.version')} defaultValue={String(rule?.ipVersion ?? 4)}>
            <option value="4">IPv4</option>
            <option value="6">IPv6</option>
          </FormSelect>
        </div>
        <FormTextArea
          name="definition"
          label={t('places.definition')}
          hint={t('places.definitionHint')}
          defaultValue={rule?.definition}
          maxLength={6000}
          autoComplete="off"
          spellCheck={false}
          required
        />
        <WhenRefused codes={['rule.wide']}>
          <FormCheckbox name="wide" label={t('places.wide')} />
        </WhenRefused>
        <SubmitButton className="self-start" pendingLabel={t('site.saving')}>
          {t('places.saveRule')}
        </SubmitButton>
      </ActionForm>
    </section>
  );
}
