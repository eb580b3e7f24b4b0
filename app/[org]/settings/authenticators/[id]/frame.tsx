import type { ReactNode } from 'react';
import { notFound } from 'next/navigation';
import { Badge } from '@/components/ui/badge';
import { Tabs } from '@/components/ui/tabs';
import type { Actor } from '@/lib/actors/model';
import { viewAuthenticator, type AuthenticatorView } from '@/lib/authenticators/service';
import { translator } from '@/lib/language/translate';
import { Refusal } from '@/lib/refusals';
import { SettingsPage } from '../../settings-page';
import { STATE_TONES } from '../words';

/** The authenticator that a page's address names; another organisation's is as little there as nobody's (ACC-6). */
export async function authenticatorOf(actor: Actor, id: string): Promise<AuthenticatorView> {
  return viewAuthenticator(actor, id).catch((error: unknown) => {
    if (error instanceof Refusal && error.code === 'not-found') notFound();
    throw error;
  });
}

/** The tabs of the editor, each a page below the authenticator's own. */
const TABS = [
  { key: 'configuration', path: '' },
  { key: 'users', path: '/users' },
  { key: 'places', path: '/places' },
] as const;

/** One page of the editor: what the authenticator is called, in what state it is, and the ways to its other pages. */
export function AuthenticatorPage({
  actor,
  view: { authenticator, served },
  tab,
  documentTitle,
  children,
}: {
  actor: Actor;
  view: AuthenticatorView;
  tab: (typeof TABS)[number]['key'];
  /** Where the page is not the tab itself. */
  documentTitle?: string;
  children: ReactNode;
}) {
  const t = translator(actor.locale);
  const tabLabel = (key: typeof tab) => t(`authenticators.tabs.${key}`, { count: served });
  const room = `/${actor.organisation.slug}/settings/authenticators`;
  return (
    <SettingsPage
      actor={actor}
      section="authenticators"
      title={authenticator.name}
      documentTitle={t('site.titleOf', { page: documentTitle ?? tabLabel(tab), organisation: authenticator.name })}
      back={{ href: room, label: t('authenticators.back') }}
      lead={
        <span className="flex flex-wrap items-center gap-2">
          <Badge tone={STATE_TONES[authenticator.state]}>{t(`authenticators.states.${authenticator.state}`)}</Badge>
          <Badge>{t(`authenticators.types.${authenticator.type}.label`)}</Badge>
          {authenticator.isDefault ? <Badge>{t('authenticators.default')}</Badge> : null}
        </span>
      }
    >
      <Tabs
        label={authenticator.name}
        tabs={TABS.map(({ key, path }) => ({
          href: `${room}/${authenticator.id}${path}`,
          label: tabLabel(key),
          current: key === tab,
        }))}
      />
      {children}
    </SettingsPage>
  );
}
