import { ActionForm, FormSelect } from '@/components/ui/action-form';
import { ChoiceRadio } from '@/components/ui/choice-card';
import { Notice } from '@/components/ui/notice';
import { Panel } from '@/components/ui/panel';
import { SubmitButton } from '@/components/ui/submit-button';
import { KINDS } from '@/lib/accounts/model';
import type { Actor } from '@/lib/actors/model';
import type { ListedAuthenticator } from '@/lib/authenticators/model';
import { crowd, WITHOUT_IDENTITY, type Move, type MovePreview } from '@/lib/authenticators/people/model';
import { listMoves, previewMove } from '@/lib/authenticators/people/service';
import { listAuthenticators, listRolesToServe } from '@/lib/authenticators/service';
import { momentFor } from '@/lib/language/moment';
import { translator } from '@/lib/language/translate';
import { Refusal } from '@/lib/refusals';
import { currentActor } from '@/lib/sessions/current';
import { roleLabel } from '../../roles/words';
import { SettingsPage } from '../../settings-page';
import { move, takeMoveBack, tryMove } from '../actions';

const DONE = ['moved', 'returned'] as const;

export default async function MovePage({ params, searchParams }: PageProps<'/[org]/settings/authenticators/move'>) {
  const [{ org }, query] = await Promise.all([params, searchParams]);
  const { actor } = await currentActor(org, '/[org]/settings/authenticators/move');
  const [listed, roles, moves] = await Promise.all([
    listAuthenticators(actor),
    listRolesToServe(actor),
    listMoves(actor),
  ]);
  const t = translator(actor.locale);
  const done = DONE.find((word) => word === query['done']);
  const targets = listed.filter(({ state }) => state === 'active');
  const to = targets.find(({ id }) => id === query['to']);
  const whom = typeof query['whom'] === 'string' ? query['whom'] : '';
  const preview = await previewOf(actor, whom, to);
  return (
    <SettingsPage
      actor={actor}
      section="authenticators"
      title={t('authenticators.move')}
      lead={t('authenticators.moveLead')}
      back={{ href: `/${actor.organisation.slug}/settings/authenticators`, label: t('authenticators.back') }}
    >
      {done ? (
        <Notice tone="success">{t(`authenticators.done.${done}`, { count: Number(query['count']) || 0 })}</Notice>
      ) : null}
      <Panel title={t('authenticators.moveWhom')} titleId="crowd">
        <ActionForm action={tryMove} className="max-w-measure" refusalField="to">
          <FormSelect name="whom" label={t('authenticators.moveFrom')} defaultValue={whom}>
            <optgroup label={t('authenticators.moveKinds')}>
              {KINDS.map((kind) => (
                <option key={kind} value={`kind:${kind}`}>
                  {t(`places.kind_${kind}`)}
                </option>
              ))}
            </optgroup>
            <optgroup label={t('authenticators.moveRoles')}>
              {roles.map((role) => (
                <option key={role.id} value={`role:${role.id}`}>
                  {roleLabel(actor.locale, role)}
                </option>
              ))}
            </optgroup>
            <optgroup label={t('authenticators.moveServed')}>
              {listed.map((one) => (
                <option key={one.id} value={`from:${one.id}`}>
                  {one.name}
                </option>
              ))}
            </optgroup>
          </FormSelect>
          <FormSelect name="to" label={t('authenticators.moveTo')} defaultValue={to?.id ?? ''}>
            {targets.map((one) => (
              <option key={one.id} value={one.id}>
                {one.name}
              </option>
            ))}
          </FormSelect>
          <SubmitButton variant="secondary" className="self-start" pendingLabel={t('site.oneMoment')}>
            {t('authenticators.movePreview')}
          </SubmitButton>
        </ActionForm>
      </Panel>
      {preview === null || to === undefined ? null : <Preview actor={actor} whom={whom} to={to} preview={preview} />}
      {moves.length > 0 ? <Undoable actor={actor} moves={moves} /> : null}
    </SettingsPage>
  );
}

async function previewOf(
  actor: Actor,
  written: string,
  to: ListedAuthenticator | undefined,
): Promise<MovePreview | null> {
  const whom = crowd.safeParse(written);
  if (!whom.success || to === undefined) return null;
  return previewMove(actor, whom.data, to.id).catch((error: unknown) => {
    // Switched off between the list and the question.
    if (error instanceof Refusal) return null;
    throw error;
  });
}

/** What would happen, by number and by name, and the one button that does it (AUTH-9). */
function Preview({
  actor,
  whom,
  to,
  preview,
}: {
  actor: Actor;
  whom: string;
  to: ListedAuthenticator;
  preview: MovePreview;
}) {
  const t = translator(actor.locale);
  const { moving, there, own, beyond, lacking, lackingNames, withoutPassword } = preview;
  const more = lacking - lackingNames.length;
  const names = more > 0 ? [...lackingNames, t('places.effectMore', { count: more })] : lackingNames;
  const lines = [
    there > 0 ? t('authenticators.moveThere', { count: there }) : null,
    own ? t('authenticators.moveOwn') : null,
    beyond > 0 ? t('authenticators.moveBeyond', { count: beyond }) : null,
    withoutPassword > 0 ? t('authenticators.moveLetters', { count: withoutPassword }) : null,
    moving > 0 ? t('authenticators.moveSessions') : null,
  ].filter((line) => line !== null);
  return (
    <Panel title={t('authenticators.moving', { count: moving, name: to.name })} titleId="preview">
      <div className="flex flex-col gap-5">
        {lines.length > 0 ? (
          <ul className="flex list-disc flex-col gap-1 pl-5">
            {lines.map((line) => (
              <li key={line}>{line}</li>
            ))}
          </ul>
        ) : null}
        {moving === 0 ? null : (
          <ActionForm action={move} hidden={{ whom, to: to.id }} className="max-w-measure">
            {lacking > 0 ? (
              <>
                <Notice tone="warning" title={t('authenticators.moveLacking', { count: lacking })}>
                  <p className="break-words">
                    {new Intl.ListFormat(actor.locale, { type: 'conjunction' }).format(names)}
                  </p>
                </Notice>
                <fieldset className="flex flex-col gap-3">
                  <legend className="mb-2 font-medium">{t('authenticators.without')}</legend>
                  {WITHOUT_IDENTITY.map((one) => (
                    <ChoiceRadio
                      key={one}
                      id={`without-${one}`}
                      name="without"
                      value={one}
                      defaultChecked={one === 'refuse'}
                      title={t(`authenticators.withoutChoices.${one}.label`)}
                    >
                      {t(`authenticators.withoutChoices.${one}.sentence`)}
                    </ChoiceRadio>
                  ))}
                </fieldset>
              </>
            ) : null}
            <SubmitButton className="self-start" pendingLabel={t('authenticators.movingNow')}>
              {t('authenticators.moveButton', { count: moving })}
            </SubmitButton>
          </ActionForm>
        )}
      </div>
    </Panel>
  );
}

/** The moves of the last day, each with the way back. */
function Undoable({ actor, moves }: { actor: Actor; moves: readonly Move[] }) {
  const t = translator(actor.locale);
  return (
    <Panel title={t('authenticators.moves')} titleId="moves" lead={t('authenticators.movesText')}>
      <ul className="divide-y divide-line">
        {moves.map((one) => (
          <li key={one.id} className="flex flex-wrap items-center justify-between gap-x-6 gap-y-2 py-3">
            <span className="min-w-0 flex-1 basis-60">
              <span className="block font-semibold break-words">
                {t('authenticators.moveOf', { count: one.accounts, name: one.toName })}
              </span>
              <span className="block text-sm break-words text-quiet">
                {t('authenticators.moveBy', {
                  name: one.madeByName,
                  at: momentFor(actor, one.createdAt),
                  until: momentFor(actor, one.undoableUntil),
                })}
              </span>
            </span>
            <ActionForm action={takeMoveBack} hidden={{ move: one.id }}>
              <SubmitButton variant="secondary" pendingLabel={t('site.oneMoment')}>
                {t('authenticators.undoMove')}
              </SubmitButton>
            </ActionForm>
          </li>
        ))}
      </ul>
    </Panel>
  );
}
