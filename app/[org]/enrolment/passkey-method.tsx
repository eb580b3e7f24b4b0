import { PasskeyDrawing } from '@/components/enrolment/illustrations';
import { phoneOf } from '@/components/enrolment/phone-kind';
import { PasskeyButton } from '@/components/passkeys/passkey-button';
import { ActionForm } from '@/components/ui/action-form';
import { Button } from '@/components/ui/button';
import { Icon } from '@/components/ui/icon';
import { Notice } from '@/components/ui/notice';
import { PageTitle } from '@/components/ui/page-title';
import { translator } from '@/lib/language/translate';
import { passkeyWords } from '../passkeys';
import { Back, type StepProps } from './parts';

/** A passkey: one button, and what the browser's window will let one choose from (ENROL-9). */
export function PasskeyStep(props: StepProps) {
  const { organisation, locale, base, actions, within, cancelHref, guessedPhone, steps } = props;
  const t = translator(locale);
  const ways = [
    { icon: 'computer', text: t('passkeys.here') },
    { icon: 'phone', text: t('passkeys.phone') },
    { icon: 'key', text: t('passkeys.key') },
  ] as const;
  return (
    <div className="flex flex-col gap-6 md:gap-8">
      {steps}
      <div className="grid gap-8 md:grid-cols-[minmax(0,26rem)_1fr] md:gap-10">
        <div className="flex flex-col gap-6">
          <PageTitle size="step" lead={t('passkeys.createLead')}>
            {t('enrol.passkeyTitle')}
          </PageTitle>
          <PasskeyDrawing kind={phoneOf(guessedPhone)} className="mx-auto h-auto w-36 md:hidden" />
          <noscript>
            <Notice tone="warning" role="alert">
              {t('passkeys.noScript')}
            </Notice>
          </noscript>
          <section aria-labelledby="ways" className="flex flex-col gap-3">
            <h2 id="ways" className="font-semibold">
              {t('passkeys.ways')}
            </h2>
            <ul className="flex flex-col gap-3">
              {ways.map(({ icon, text }) => (
                <li key={icon} className="flex items-start gap-3">
                  <Icon name={icon} className="mt-0.5 text-accent" />
                  <span className="min-w-0 flex-1">{text}</span>
                </li>
              ))}
            </ul>
          </section>
          <ActionForm action={actions.confirmPasskey} hidden={{ organisation: organisation.slug }}>
            <div className="flex flex-col gap-3 sm:flex-row-reverse sm:items-end">
              <PasskeyButton
                ceremony="create"
                from={`/${organisation.slug}/${within === 'sign-in' ? 'sign-in' : 'account'}/passkey/new`}
                words={passkeyWords(locale, 'create')}
                pendingLabel={t('passkeys.creating')}
                className="flex-1"
              >
                {t('passkeys.create')}
              </PasskeyButton>
              {cancelHref === null ? null : <Button href={cancelHref}>{t('site.cancel')}</Button>}
            </div>
          </ActionForm>
        </div>
        <PasskeyDrawing
          kind={phoneOf(guessedPhone)}
          className="h-auto w-full max-w-72 self-center justify-self-center max-md:hidden"
        />
      </div>
      <Back href={`${base}/method`} locale={locale} />
    </div>
  );
}
