import type { ReactNode } from 'react';
import { ActionForm } from '@/components/ui/action-form';
import { Button } from '@/components/ui/button';
import { Notice } from '@/components/ui/notice';
import { Panel } from '@/components/ui/panel';
import { SubmitButton } from '@/components/ui/submit-button';
import type { RoleChoice } from '@/lib/accounts/model';
import type { ServerAction } from '@/lib/actions/model';
import type { Actor } from '@/lib/actors/model';
import type { AuthenticatorType } from '@/lib/authenticators/model';
import type { Fault } from '@/lib/authenticators/rules';
import { listGrantableRoles, type AuthenticatorView } from '@/lib/authenticators/service';
import { translator } from '@/lib/language/translate';
import { currentActor } from '@/lib/sessions/current';
import { PendingChange } from '../../pending-change';
import { makeDefault, reactivate, removeOne, saveOidc, saveSaml, saveSystem } from '../actions';
import { faultSentences, readFaults } from '../words';
import { NameFields } from './common-fields';
import { authenticatorOf, AuthenticatorPage } from './frame';
import { Guides } from './guides';
import { OidcFields } from './oidc-fields';
import { OidcKey } from './oidc-panels';
import { SamlFields } from './saml-fields';
import { SamlKeys } from './saml-panels';
import { SystemFields } from './system-fields';
import { TestPanel } from './test-panel';
import { UrlList } from './url-list';

const DONE = ['created', 'saved', 'activated'] as const;

const SAVE = { system: saveSystem, oidc: saveOidc, saml: saveSaml } as const satisfies Record<
  AuthenticatorType,
  ServerAction
>;

export default async function AuthenticatorEditor({
  params,
  searchParams,
}: PageProps<'/[org]/settings/authenticators/[id]'>) {
  const [{ org, id }, query] = await Promise.all([params, searchParams]);
  const { actor } = await currentActor(org, '/[org]/settings/authenticators/[id]');
  const [view, roles] = await Promise.all([authenticatorOf(actor, id), listGrantableRoles(actor)]);
  const t = translator(actor.locale);
  const done = DONE.find((word) => word === query['done']);
  const faults = readFaults(query['fault']);
  return (
    <AuthenticatorPage actor={actor} view={view} tab="configuration">
      {done ? <Notice tone="success">{t(`authenticators.done.${done}`)}</Notice> : null}
      {query['cleared'] === '1' ? <Notice tone="warning">{t('authenticators.secretCleared')}</Notice> : null}
      {faults.length > 0 ? (
        <Notice tone="danger" title={t('authenticators.notActivated')}>
          {t('authenticators.notActivatedText')}
        </Notice>
      ) : null}
      <PendingChange actor={actor} subject="authenticators" />
      <UrlList locale={actor.locale} urls={view.urls} />
      {view.authenticator.type === 'saml' ? (
        <>
          <SamlKeys actor={actor} authenticator={view.authenticator} />
          <Guides locale={actor.locale} protocol="saml" />
        </>
      ) : null}
      {view.authenticator.type === 'oidc' ? (
        <>
          {view.authenticator.settings.clientAuthentication === 'private_key_jwt' ? (
            <OidcKey actor={actor} view={view} />
          ) : null}
          <Guides locale={actor.locale} protocol="oidc" />
        </>
      ) : null}
      {view.withinReach ? null : <Notice>{t('authenticators.beyond')}</Notice>}
      <Editor actor={actor} view={view} roles={roles} faults={faults} />
      {view.authenticator.type === 'system' ? null : <TestPanel actor={actor} id={view.authenticator.id} />}
      {view.withinReach ? <States actor={actor} view={view} /> : null}
    </AuthenticatorPage>
  );
}

function Editor({
  actor,
  view,
  roles,
  faults,
}: {
  actor: Actor;
  view: AuthenticatorView;
  roles: readonly RoleChoice[];
  faults: readonly Fault[];
}) {
  const { authenticator } = view;
  const t = translator(actor.locale);
  const fields = { locale: actor.locale, view, roles };
  const demands =
    authenticator.state === 'active' && actor.permissions.has('passwords.manage')
      ? `/${actor.organisation.slug}/settings/authenticators/${authenticator.id}/new-passwords`
      : null;
  return (
    <Panel title={t('authenticators.tabs.configuration')} titleId="configuration">
      <ActionForm
        action={SAVE[authenticator.type]}
        hidden={{ authenticator: authenticator.id, seenAt: authenticator.updatedAt.toISOString() }}
        refusalField={{
          'authenticator.name-taken': 'name',
          'authenticator.domain-taken': 'domains',
          'account.role-not-for-kind': 'jitRole',
        }}
        found={faultSentences(actor.locale, faults)}
        className="max-w-measure"
      >
        <NameFields {...fields} />
        {authenticator.type === 'system' ? (
          <SystemFields {...fields} authenticator={authenticator} demands={demands} />
        ) : authenticator.type === 'oidc' ? (
          <OidcFields {...fields} authenticator={authenticator} />
        ) : (
          <SamlFields {...fields} authenticator={authenticator} />
        )}
        {view.withinReach ? (
          <div className="flex flex-wrap gap-3">
            {authenticator.state === 'active' ? (
              <SubmitButton name="button" value="save" pendingLabel={t('site.saving')}>
                {t('site.save')}
              </SubmitButton>
            ) : (
              <>
                <SubmitButton variant="secondary" name="button" value="save" pendingLabel={t('site.saving')}>
                  {t('site.save')}
                </SubmitButton>
                {authenticator.state === 'draft' ? (
                  <SubmitButton name="button" value="activate" pendingLabel={t('authenticators.activating')}>
                    {t('authenticators.saveAndActivate')}
                  </SubmitButton>
                ) : null}
              </>
            )}
          </div>
        ) : null}
      </ActionForm>
    </Panel>
  );
}

/** Whether it is in force, and which new accounts get it: what one changes of it as a whole. */
function States({ actor, view: { authenticator } }: { actor: Actor; view: AuthenticatorView }) {
  const t = translator(actor.locale);
  const hidden = { authenticator: authenticator.id };
  const { state, isDefault, name } = authenticator;
  const here = `/${actor.organisation.slug}/settings/authenticators/${authenticator.id}`;
  const mayDeactivate = actor.permissions.has('authenticators.deactivate');
  if (state !== 'draft' && isDefault) {
    return (
      <Panel title={t('authenticators.default')} titleId="default">
        <p className="max-w-measure">{t('authenticators.isDefaultText')}</p>
      </Panel>
    );
  }
  return (
    <Panel title={t('authenticators.stateTitle')} titleId="state">
      <div className="flex flex-col divide-y divide-line *:py-4 *:first:pt-0 *:last:pb-0">
        {state === 'draft' ? (
          <Line text={t('authenticators.removeText')}>
            <ActionForm action={removeOne} hidden={hidden}>
              <SubmitButton variant="danger" pendingLabel={t('site.oneMoment')}>
                {t('authenticators.remove', { name })}
              </SubmitButton>
            </ActionForm>
          </Line>
        ) : null}
        {state === 'active' ? (
          <Line text={t('authenticators.makeDefaultText')}>
            <ActionForm action={makeDefault} hidden={hidden}>
              <SubmitButton variant="secondary" pendingLabel={t('site.oneMoment')}>
                {t('authenticators.makeDefault')}
              </SubmitButton>
            </ActionForm>
          </Line>
        ) : null}
        {state === 'active' && mayDeactivate ? (
          <Line text={t('authenticators.deactivateText')}>
            <Button href={`${here}/deactivate`}>{t('authenticators.deactivate')}</Button>
          </Line>
        ) : null}
        {state === 'deactivated' && mayDeactivate ? (
          <Line text={t('authenticators.reactivateText')}>
            <ActionForm action={reactivate} hidden={hidden}>
              <SubmitButton pendingLabel={t('authenticators.activating')}>
                {t('authenticators.reactivate')}
              </SubmitButton>
            </ActionForm>
          </Line>
        ) : null}
      </div>
    </Panel>
  );
}

function Line({ text, children }: { text: string; children: ReactNode }) {
  return (
    <div className="flex flex-wrap items-center justify-between gap-3">
      <p className="max-w-measure flex-1 basis-72">{text}</p>
      {children}
    </div>
  );
}
