import { PasskeyButton, type PasskeyButtonProps } from '@/components/passkeys/passkey-button';
import { FormField } from '@/components/ui/action-form';
import type { FieldProps } from '@/components/ui/field';
import { SubmitButton, type SubmitButtonProps } from '@/components/ui/submit-button';
import type { Actor } from '@/lib/actors/model';
import { translator } from '@/lib/language/translate';
import { passkeyWords } from './passkeys';

/** Kinds whose proof is a code of six digits. */
const CODE_KINDS: ReadonlySet<string> = new Set(['totp', 'hotp']);

type Asked = {
  actor: Actor;
  /** Whether something must be typed where no passkey can stand in for it. */
  required?: boolean;
  /** What it is called, and whose code it wants, where there is no passkey. */
  label: string;
  hint: string;
};

/** The field for the proof of one's own factor, in plain values: see {@link ProofField}. */
export function proofField({ actor, label, hint, required = true }: Asked) {
  const t = translator(actor.locale);
  const kinds = actor.account.factorKinds;
  const passkey = kinds.includes('passkey');
  const code = kinds.some((kind) => CODE_KINDS.has(kind));
  const without = kinds.includes('card') ? t('verify.cardCode') : t('verify.recoveryCode');
  return {
    name: 'code',
    label: code ? label : without,
    hint: passkey ? t(code ? 'passkeys.proveBoth' : 'passkeys.proveAlone') : code ? hint : t('verify.recoveryHint'),
    autoComplete: 'one-time-code',
    inputMode: code ? 'numeric' : 'text',
    maxLength: 64,
    required: required && !passkey,
  } as const satisfies FieldProps;
}

/**
 * The field for the proof of one's own factor: a code or a recovery code. Whoever has a passkey may leave it empty: the
 * button of the form then asks for that ({@link ProofButton}).
 */
export function ProofField({ id, ...asked }: Asked & { id?: string }) {
  return <FormField {...proofField(asked)} id={id} />;
}

/** How the button of a form with such a field asks for a passkey; null: the person has none. */
export function askedPasskey({ account, organisation, locale }: Actor) {
  if (!account.factorKinds.includes('passkey')) return null;
  return {
    ceremony: 'use',
    from: `/${organisation.slug}/account/passkey`,
    unlessTyped: 'code',
    words: passkeyWords(locale, 'use'),
  } as const satisfies Partial<PasskeyButtonProps>;
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
  const passkey = proved ? null : askedPasskey(actor);
  return passkey === null ? <SubmitButton {...button} /> : <PasskeyButton {...button} {...passkey} />;
}
