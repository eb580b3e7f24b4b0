import { Button } from '@/components/ui/button';
import { Link } from '@/components/ui/link';
import { SubmitButton } from '@/components/ui/submit-button';
import type { ServerAction } from '@/lib/actions/model';
import type { Actor } from '@/lib/actors/model';
import type { EnrolmentView, Method, Phone } from '@/lib/enrolment/model';
import type { Locale } from '@/lib/language/locale';
import { translator } from '@/lib/language/translate';
import type { Organisation } from '@/lib/organisations/model';
import type { Replacement } from '@/lib/policy/decision';

/** The forms of the wizard: each page posts to its own, while signing in or in My account. */
export interface WizardActions {
  readonly begin: ServerAction;
  readonly chooseMethod: ServerAction;
  readonly choosePhone: ServerAction;
  readonly chooseApp: ServerAction;
  readonly confirm: ServerAction;
  readonly confirmPasskey: ServerAction;
  readonly confirmToken: ServerAction;
  readonly confirmCard: ServerAction;
  readonly finish: ServerAction;
}

export interface WizardProps {
  readonly organisation: Organisation;
  readonly locale: Locale;
  readonly firstName: string;
  readonly accountLabel: string;
  /** Address of the first step, without a slash at the end. */
  readonly base: string;
  /** Where the person was going; the forms of the first page hand it on. */
  readonly next?: string | null;
  /** The part of the address below the base. */
  readonly path: readonly string[] | undefined;
  /** « Connexion » while signing in; « Annuler » and « Activer » in My account (ENROL-4). */
  readonly within: 'sign-in' | 'account';
  readonly enrolment: EnrolmentView | null;
  /** What the first page asks for: the password, the provider's word, or a code of a factor that stands already. */
  readonly needs: 'password' | 'provider' | 'code' | null;
  /** Who proves a factor on the first page, in My account. */
  readonly prover?: Actor;
  /** The account has a factor already: this one will stand beside it. */
  readonly another: boolean;
  /** Why what the account has is taken no more, and goes once this one is confirmed; null: it stays. */
  readonly replaces: Replacement | null;
  /** By the browser's own word: a choice to begin with. */
  readonly guessedPhone: Phone;
  /** By its word too: the page is read on a phone or a tablet. */
  readonly handheld: boolean;
  /** What can be chosen, and the serial numbers of tokens that wait for the person. */
  readonly offered: () => Promise<{ methods: readonly Method[]; serials: readonly string[] }>;
  /** « Plus tard » within the grace. */
  readonly postpone: { readonly action: ServerAction; readonly until: Date } | null;
  /** Where « Annuler » leads, in My account. */
  readonly cancelHref: string | null;
  readonly downloadHref: string;
  readonly actions: WizardActions;
}

export type StepProps = WizardProps & { steps: React.ReactNode };

export function Back({ href, locale }: { href: string; locale: Locale }) {
  return (
    <Link href={href} icon="back" className="self-start">
      {translator(locale)('enrol.back')}
    </Link>
  );
}

/** The one button that sends a proof: « Connexion » while signing in, « Activer » beside « Annuler » in My account (ENROL-4). */
export function ConfirmButtons({ locale, within, cancelHref, className }: StepProps & { className?: string }) {
  const t = translator(locale);
  const signingIn = within === 'sign-in';
  return (
    <div className="flex flex-col gap-3 sm:flex-row-reverse">
      <SubmitButton
        className={`flex-1 ${className ?? ''}`}
        pendingLabel={signingIn ? t('enrol.submitting') : t('enrol.activating')}
      >
        {signingIn ? t('enrol.submit') : t('enrol.activate')}
      </SubmitButton>
      {cancelHref === null ? null : <Button href={cancelHref}>{t('site.cancel')}</Button>}
    </div>
  );
}
