import { PasskeyButton } from '@/components/passkeys/passkey-button';
import { FormField } from '@/components/ui/action-form';
import { SubmitButton, type SubmitButtonProps } from '@/components/ui/submit-button';
import type { Actor } from '@/lib/actors/model';
import { translator } from '@/lib/language/translate';
import { passkeyWords } from './passkeys';

/** Kinds whose proof is a code of six digits. */
const CODE_KINDS: ReadonlySet<string> = new Set(['totp', 'hotp']);

/**
 * The field for the proof of one's own factor: a code or a recovery code. Whoever has a passkey may leave it empty: the
 * button of the form then asks for that ({@link ProofButton}).
 */
export function ProofField({
  actor,
  id,
  label,
  hint,
  required = true,
}: {
  actor: Actor;
  id?: string;
  /** Whether something must be typed where no passkey can stand in for it. */
  required?: boolean;
  /** What it is called, and whose code it wants, where there is no passkey. */
  label: string;
  hint: string;
}) {
  const t = translator(actor.locale);
  const kinds = actor.account.factorKinds;
  const passkey = kinds.includes('passkey');
  const code = kinds.some((kind) => CODE_KINDS.has(kind));
  const without = kinds.includes('card') ? t('verify.cardCode') : t('verify.recoveryCode');
  return (
    <FormField
      name="code"
      id={id}
      label={code ? label : without}
      hint={passkey ? t(code ? 'passkeys.proveBoth' : 'passkeys.proveAlone') : code ? hint : t('verify.recoveryHint')}
      autoComplete="one-time-code"
      inputMode={code ? 'numeric' : 'text'}
      maxLength={64}
      required={required && !passkey}
    />
  );
}

/**
 * The button of a form with a {@link ProofField}.
 *
 * @param proved a factor was proved a moment ago, so that the form has no such field
 */
export function ProofButton({
  actor,
  proved = false,
  ...button
}: SubmitButtonProps & { actor: Actor; proved?: boolean }) {
  if (proved || !actor.account.factorKinds.includes('passkey')) return <SubmitButton {...button} />;
  return (
    <PasskeyButton
      {...button}
      ceremony="use"
      from={`/${actor.organisation.slug}/account/passkey`}
      unlessTyped="code"
      words={passkeyWords(actor.locale, 'use')}
    />
  );
}
