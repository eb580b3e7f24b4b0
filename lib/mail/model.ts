import type { Locale } from '@/lib/language/locale';

/**
 * Every letter that the portal sends, with what fills it. `link` is an absolute URL below APP_ORIGIN. The words stand in
 * messages/ under `mail.<template>`, in both languages.
 */
export type Letter =
  /** ACC-3: sets a password and opens the account. */
  | { readonly template: 'invitation'; readonly link: string }
  /** ACC-1: the first administrator of a new organisation confirms the address. */
  | { readonly template: 'signup'; readonly link: string }
  /** SELF-1: a changed address is confirmed at the new one. */
  | { readonly template: 'email-confirmation'; readonly link: string }
  /** SIGN-6. */
  | { readonly template: 'password-reset'; readonly link: string }
  /** SIGN-5: the organisations that know this address. */
  | { readonly template: 'organisations'; readonly organisations: readonly { name: string; link: string }[] }
  /** SELF-3: what happened to the account, to whoever owns it. */
  | { readonly template: 'password-changed' }
  | { readonly template: 'email-changed'; readonly newEmail: string }
  /** AUTH-2: an administrator wants another password; `by` is null where it was everybody's. `link` leads to the door. */
  | { readonly template: 'password-demanded'; readonly by: string | null; readonly link: string }
  /** The first factor of an account; `factor` is what it is called. */
  | { readonly template: 'factor-added'; readonly factor?: string }
  /** Another one: beside those that stand, or in the place of those that are taken no more (AUTH-3, ENROL-9). */
  | { readonly template: 'factor-another'; readonly factor: string; readonly replaces: boolean }
  /** `by` is null where it was the person; `left` is how many stand. */
  | { readonly template: 'factor-removed'; readonly factor: string; readonly by: string | null; readonly left: number }
  | { readonly template: 'mfa-off' }
  /** ENROL-1: an administrator revoked the recovery codes; `card` where they were printed as one. */
  | { readonly template: 'codes-revoked'; readonly by: string; readonly card: boolean }
  /** ENROL-8: a hardware token waits for the person, and counts once a code of it was typed. */
  | { readonly template: 'token-assigned'; readonly serial: string; readonly by: string }
  /** MFA-5: an administrator has a code asked again in a browser that was trusted. */
  | { readonly template: 'trust-ended'; readonly userAgent: string; readonly by: string }
  | { readonly template: 'recovery-codes-renewed' }
  | { readonly template: 'recovery-code-used'; readonly left: number }
  /** ENROL-9: a passkey whose counter went back is taken no more; to its owner, and to those who can help. */
  | { readonly template: 'passkey-cloned'; readonly passkey: string }
  | {
      readonly template: 'passkey-cloned-somebody';
      readonly name: string;
      readonly passkey: string;
      readonly link: string;
    }
  | {
      readonly template: 'new-device';
      readonly userAgent: string;
      readonly address: string | null;
      readonly at: string;
    }
  /** LOC-6: to those who approve devices; `name` is whose it is. */
  | ({ readonly template: 'device-waiting' } & DeviceOfSomebody)
  | ({ readonly template: 'device-new' } & DeviceOfSomebody)
  /** LOC-6: the browser that waited may be used; `link` leads to the door. */
  | { readonly template: 'device-approved'; readonly userAgent: string; readonly link: string }
  /** LOC-9: to those who could end it: somebody lets themselves in from anywhere for a while. */
  | { readonly template: 'exception-own'; readonly name: string; readonly until: string; readonly link: string }
  /** RESET-1: `by` is the name of the administrator; null: the operator, who has none here. */
  | { readonly template: 'factors-reset'; readonly by: string | null }
  /** RESET-3: a pass was issued; the pass itself is handed over in person and never mailed. */
  | { readonly template: 'pass-issued'; readonly by: string; readonly until: string }
  /** RESET-4: to those who can help, and the answer to whoever asked. */
  | { readonly template: 'reset-requested'; readonly name: string; readonly link: string }
  | { readonly template: 'reset-refused'; readonly by: string }
  /** SAML-3: a provider's certificate ends in so many days at most; to those who see to authenticators. */
  | {
      readonly template: 'certificate-ends';
      readonly name: string;
      readonly until: string;
      readonly days: number;
      readonly link: string;
    }
  /** SAML-3: a provider's metadata name other keys, which wait for a yes. */
  | { readonly template: 'provider-keys'; readonly name: string; readonly link: string }
  /** AUTH-6: the authenticator that served the account was switched off. */
  | { readonly template: 'access-lost' }
  /** AUTH-9: the account signs in with a password from now on, and has none yet. */
  | { readonly template: 'password-needed'; readonly link: string }
  /** MFA-9. */
  | { readonly template: 'enrolment-reminder'; readonly link: string };

interface DeviceOfSomebody {
  readonly name: string;
  readonly userAgent: string;
  readonly address: string | null;
  readonly at: string;
  readonly link: string;
}

export type LetterTemplate = Letter['template'];

/** What a letter says, in the order in which it is read; drawn twice, as HTML and as text. */
export interface LetterBody {
  readonly locale: Locale;
  readonly organisation: string;
  readonly title: string;
  readonly hello: string;
  readonly text: string;
  readonly facts: readonly { readonly label: string; readonly value: string }[];
  /** The one thing to do; several only where one has to choose. */
  readonly doors: readonly { readonly label: string; readonly href: string }[];
  /** Stands before the button's address in full; null: each address stands under its own button. */
  readonly copy: string | null;
  readonly note: string | null;
  readonly foot: readonly string[];
}
