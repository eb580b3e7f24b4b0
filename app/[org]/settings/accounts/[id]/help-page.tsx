import type { ReactNode } from 'react';
import { notFound } from 'next/navigation';
import { ProviderFirst } from '@/components/shell/provider-first';
import { FormField } from '@/components/ui/action-form';
import { Button } from '@/components/ui/button';
import { Notice } from '@/components/ui/notice';
import type { SubmitButtonProps } from '@/components/ui/submit-button';
import type { Actor } from '@/lib/actors/model';
import { sentence, translator } from '@/lib/language/translate';
import { Refusal } from '@/lib/refusals';
import { listed } from '@/lib/resets/authority';
import type { HelpView } from '@/lib/resets/model';
import { loadHelp } from '@/lib/resets/service';
import { providerFirst } from '../../../provider-first';
import { ProofButton, ProofField } from '../../../factor-proof';
import { SettingsPage } from '../../settings-page';

/** Whom the page helps; an id that the organisation doesn't have is simply not found (ACC-6). */
export async function helpFor(actor: Actor, accountId: string): Promise<HelpView> {
  return loadHelp(actor, accountId).catch((error: unknown) => {
    if (error instanceof Refusal && error.code === 'not-found') notFound();
    throw error;
  });
}

export const fullName = ({ firstName, lastName }: HelpView['subject']) => `${firstName} ${lastName}`;

/** Where the help began: the page of the account, or the requests where the actor has no such page to open. */
export function backFrom({ organisation, permissions }: Actor, accountId: string): string {
  const settings = `/${organisation.slug}/settings`;
  return permissions.has('accounts.manage') ? `${settings}/accounts/${accountId}` : `${settings}/requests`;
}

/** A page on which one person lets another in again: whom, and why not where the actor may not (RESET-2). */
export function HelpPage({
  actor,
  help: { subject, standing, helpers },
  title,
  children,
}: {
  actor: Actor;
  help: HelpView;
  title: string;
  children: ReactNode;
}) {
  const t = translator(actor.locale);
  const fromAccount = actor.permissions.has('accounts.manage');
  const names = { count: helpers.length, names: listed(actor, helpers) };
  return (
    <SettingsPage
      actor={actor}
      section={fromAccount ? 'accounts' : 'requests'}
      title={title}
      lead={standing === 'own' ? undefined : t('resets.whom', { name: fullName(subject), email: subject.email })}
      back={{
        href: backFrom(actor, subject.id),
        label: fromAccount ? fullName(subject) : t('settings.sections.requests'),
      }}
    >
      {standing === 'own' || standing === 'out-of-reach' ? (
        <Notice tone="warning" role="alert">
          {sentence(actor.locale, standing === 'own' ? 'refusals.reset_own' : 'refusals.reset_out-of-reach', names)}
        </Notice>
      ) : standing === 'provider' ? (
        <ProviderFirst
          {...providerFirst({
            slug: actor.organisation.slug,
            locale: actor.locale,
            next: backFrom(actor, subject.id),
          })}
        />
      ) : standing === 'no-factor' ? (
        <Notice tone="warning" title={t('resets.enrolFirst')}>
          <p className="mb-3">{t('resets.enrolFirstWhy')}</p>
          <Button variant="primary" href={`/${actor.organisation.slug}/account/enrol`}>
            {t('resets.enrolFirstGo')}
          </Button>
        </Notice>
      ) : (
        children
      )}
    </SettingsPage>
  );
}

/** The reason, and the proof of the administrator's own factor where it isn't fresh (RESET-1). */
export function ReasonAndProof({ actor, standing }: { actor: Actor; standing: HelpView['standing'] }) {
  const t = translator(actor.locale);
  return (
    <>
      <FormField name="reason" label={t('resets.reason')} hint={t('resets.reasonHint')} maxLength={500} required />
      {standing === 'proved' ? (
        <p className="text-sm text-quiet">{t('resets.proved')}</p>
      ) : (
        <ProofField actor={actor} label={t('resets.ownCode')} hint={t('resets.ownCodeHint')} />
      )}
    </>
  );
}

/** The button of a form with {@link ReasonAndProof}. */
export function HelpButton({
  standing,
  ...button
}: SubmitButtonProps & { actor: Actor; standing: HelpView['standing'] }) {
  return <ProofButton {...button} proved={standing === 'proved'} />;
}
