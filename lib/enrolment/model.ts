/** The methods that can be chosen. */
export const METHODS = ['app'] as const;

/** The kinds of phone that the instructions are written for (ENROL-1). */
export const PHONES = ['iphone', 'android', 'other'] as const;
export type Phone = (typeof PHONES)[number];

/** The phone that a browser's name speaks of; an iPhone to begin with where it speaks of none. */
export function guessPhone(userAgent: string): Phone {
  return /android/i.test(userAgent) ? 'android' : 'iphone';
}

/**
 * Authenticator apps that we name, the recommended one first. All of them read a standard `otpauth:` URI (SHA-1,
 * 6 digits, 30 s). Their names stand in messages/ under `apps.<key>`; null: it comes with the phone.
 */
export const APPS = {
  microsoft: {
    iphone: 'https://apps.apple.com/app/microsoft-authenticator/id983156458',
    android: 'https://play.google.com/store/apps/details?id=com.azure.authenticator',
  },
  google: {
    iphone: 'https://apps.apple.com/app/google-authenticator/id388497605',
    android: 'https://play.google.com/store/apps/details?id=com.google.android.apps.authenticator2',
  },
  duo: {
    iphone: 'https://apps.apple.com/app/duo-mobile/id422663827',
    android: 'https://play.google.com/store/apps/details?id=com.duosecurity.duomobile',
  },
  okta: {
    iphone: 'https://apps.apple.com/app/okta-verify/id490179405',
    android: 'https://play.google.com/store/apps/details?id=com.okta.android.auth',
  },
  authy: {
    iphone: 'https://apps.apple.com/app/twilio-authy/id494168017',
    android: 'https://play.google.com/store/apps/details?id=com.authy.authy',
  },
  onepassword: {
    iphone: 'https://apps.apple.com/app/1password-password-manager/id1511601750',
    android: 'https://play.google.com/store/apps/details?id=com.onepassword.android',
  },
  apple: {
    iphone: null,
    android: null,
  },
} as const;

export type AppKey = keyof typeof APPS;
export const APP_KEYS = Object.keys(APPS) as [AppKey, ...AppKey[]];

/** Tries of a code in one enrolment; the secret is in the person's hands, so this only bounds the work. */
export const ENROLMENT_TRIES_MAX = 100;

/** What the enrolment pages may know. The secret is there only until a code was confirmed (ENROL-2). */
export interface EnrolmentView {
  readonly id: string;
  readonly phone: Phone | null;
  readonly app: AppKey | null;
  readonly secret: string | null;
  readonly otpauthUri: string | null;
  readonly confirmed: boolean;
  /** Nothing was enrolled: these are new recovery codes for factors that stand already. */
  readonly onlyCodes: boolean;
  readonly recoveryCodes: readonly string[] | null;
}
