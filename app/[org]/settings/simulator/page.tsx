import { Badge } from '@/components/ui/badge';
import { Button } from '@/components/ui/button';
import { Checkbox } from '@/components/ui/checkbox';
import { Field } from '@/components/ui/field';
import { Icon } from '@/components/ui/icon';
import { Notice, type NoticeTone } from '@/components/ui/notice';
import { Panel } from '@/components/ui/panel';
import { Select } from '@/components/ui/select';
import type { Actor } from '@/lib/actors/model';
import { translator } from '@/lib/language/translate';
import type { Decision } from '@/lib/policy/decision';
import {
  loadSimulator,
  simulate,
  simulationInput,
  type Simulation,
  type SimulationInput,
  type SimulationOutcome,
  type Simulator,
} from '@/lib/simulator/service';
import { currentActor } from '@/lib/sessions/current';
import { SettingsPage } from '../settings-page';
import { reasonWords } from './words';

export default async function SimulatorPage({ params, searchParams }: PageProps<'/[org]/settings/simulator'>) {
  const [{ org }, query] = await Promise.all([params, searchParams]);
  const { actor } = await currentActor(org, '/[org]/settings/simulator');
  const t = translator(actor.locale);
  const asked = query['person'] !== undefined;
  const simulator = await loadSimulator(actor);
  const input = simulationInput.parse({
    address: simulator.here ?? '',
    ...query,
    at: [query['at'] ?? []].flat(),
  });
  const outcome = asked ? await simulate(actor, input) : null;
  const simulation = outcome !== null && 'decision' in outcome ? outcome : null;
  return (
    <SettingsPage
      actor={actor}
      section="simulator"
      lead={t('simulator.lead')}
      documentTitle={simulation === null ? undefined : verdict(actor, simulation)}
    >
      {simulation === null ? null : <Answer actor={actor} simulation={simulation} input={input} />}
      <Question actor={actor} simulator={simulator} input={input} outcome={outcome} />
    </SettingsPage>
  );
}

const TONES: Record<Decision['step'], NoticeTone> = {
  password: 'info',
  redirect: 'info',
  blocked: 'danger',
  'change-password': 'warning',
  enrol: 'warning',
  challenge: 'info',
  'signed-in': 'success',
};

const verdict = ({ locale }: Actor, { name, decision }: Simulation) =>
  translator(locale)(`simulator.steps.${decision.step}`, { name });

/** What would be said to them, and why. */
function Answer({ actor, simulation, input }: { actor: Actor; simulation: Simulation; input: SimulationInput }) {
  const t = translator(actor.locale);
  const { kind, address, places, decision } = simulation;
  return (
    <section aria-labelledby="answer" className="flex flex-col gap-4">
      <h2 id="answer" className="sr-only">
        {t('simulator.answer')}
      </h2>
      <Notice tone={TONES[decision.step]} title={verdict(actor, simulation)} role="status">
        <ul className="mt-1 flex list-disc flex-col gap-1 pl-5">
          {decision.reasons.map((reason) => (
            <li key={reason}>{reasonWords(actor.locale, reason)}</li>
          ))}
        </ul>
      </Notice>
      <p className="flex flex-wrap items-center gap-2 text-quiet">
        <Badge>{t(`places.kind_${kind}`)}</Badge>
        <span className="break-words">
          {places.length === 0
            ? t('simulator.nowhere', { address })
            : t('simulator.inside', { address, places: places.join(', ') })}
        </span>
        {input.filter === 'in-force' ? null : <Badge tone="warning">{t('simulator.withDraft')}</Badge>}
      </p>
    </section>
  );
}

function Question({
  actor,
  simulator,
  input,
  outcome,
}: {
  actor: Actor;
  simulator: Simulator;
  input: SimulationInput;
  outcome: SimulationOutcome | null;
}) {
  const t = translator(actor.locale);
  const invalid = outcome !== null && 'invalid' in outcome ? outcome.invalid : {};
  return (
    <Panel title={t('simulator.question')} titleId="question">
      <form
        method="get"
        action={`/${actor.organisation.slug}/settings/simulator`}
        aria-labelledby="question"
        className="flex flex-col gap-5"
      >
        <div className="grid gap-5 sm:grid-cols-2">
          <Field
            name="person"
            label={t('places.person')}
            defaultValue={input.person}
            error={invalid.person ? t('simulator.nobody') : undefined}
            autoFocus={Boolean(invalid.person)}
            autoCapitalize="none"
            spellCheck={false}
            maxLength={254}
          />
          <Field
            name="address"
            label={t('simulator.address')}
            hint={simulator.here === null ? undefined : t('simulator.addressHint', { address: simulator.here })}
            defaultValue={input.address}
            error={invalid.address ? t('simulator.noAddress') : undefined}
            autoFocus={!invalid.person && Boolean(invalid.address)}
            autoCapitalize="none"
            spellCheck={false}
            maxLength={100}
          />
          <Select name="moment" label={t('simulator.moment')} defaultValue={input.moment}>
            {(['sign-in', 'request'] as const).map((moment) => (
              <option key={moment} value={moment}>
                {t(`simulator.moments.${moment}`)}
              </option>
            ))}
          </Select>
          <Select name="device" label={t('simulator.device')} defaultValue={input.device}>
            {(['new', 'trusted'] as const).map((device) => (
              <option key={device} value={device}>
                {t(`simulator.devices.${device}`)}
              </option>
            ))}
          </Select>
        </div>
        <details open={input.filter !== 'in-force'} className="group rounded-surface border border-line">
          <summary className="flex min-h-12 cursor-pointer list-none items-center gap-2 rounded-surface px-4 py-2 font-semibold hover:bg-wash [&::-webkit-details-marker]:hidden">
            <Icon name="forward" className="text-quiet transition-transform group-open:rotate-90" />
            {t('simulator.draft')}
          </summary>
          <Draft actor={actor} simulator={simulator} input={input} />
        </details>
        <Button variant="primary" type="submit" className="self-start">
          {t('simulator.ask')}
        </Button>
      </form>
    </Panel>
  );
}

/** The filter of the person's kind, as it might be. */
function Draft({ actor, simulator, input }: { actor: Actor; simulator: Simulator; input: SimulationInput }) {
  const t = translator(actor.locale);
  const locations = simulator.locations.filter(({ ruled }) => ruled);
  return (
    <div className="flex max-w-measure flex-col gap-5 p-4">
      <Select name="filter" label={t('simulator.filter')} defaultValue={input.filter}>
        <option value="in-force">{t('simulator.inForce')}</option>
        <option value="none">{t('simulator.none')}</option>
        {(['watch', 'warn', 'block'] as const).map((mode) => (
          <option key={mode} value={mode}>
            {t(`places.mode_${mode}`)}
          </option>
        ))}
      </Select>
      <Select name="applies" label={t('places.applies')} defaultValue={input.applies}>
        {(['request', 'sign-in'] as const).map((moment) => (
          <option key={moment} value={moment}>
            {t(`places.applies_${moment}`)}
          </option>
        ))}
      </Select>
      {locations.length === 0 ? (
        <p className="text-quiet">{t('places.needLocation')}</p>
      ) : (
        <fieldset className="flex flex-col gap-2">
          <legend className="mb-2 font-medium">{t('places.locations')}</legend>
          {locations.map(({ id, name }) => (
            <Checkbox
              key={id}
              id={`at-${id}`}
              name="at"
              value={id}
              label={name}
              defaultChecked={input.at.includes(id)}
            />
          ))}
        </fieldset>
      )}
    </div>
  );
}
