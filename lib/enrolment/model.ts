import type { FactorKind } from '@/lib/policy/decision';

/**
 * The methods that can be chosen, in the order in which they are offered, with the kinds of factors that each may give: an
 * authenticator that allows none of them doesn't offer it (AUTH-3).
 */
export const METHOD_KINDS = {
  app: ['totp', 'hotp'],
  passkey: ['passkey'],
  token: ['totp', 'hotp'],
  card: ['card'],
} as const satisfies Record<string, readonly FactorKind[]>;

export type Method = keyof typeof METHOD_KINDS;

/** The addresses of each method's steps, from « Choisir » to the code that confirms it. */
export const METHOD_STEPS = {
  app: ['phone', 'app', 'key', 'scan'],
  passkey: ['passkey'],
  token: ['token'],
  card: ['card'],
} as const satisfies Record<Method, readonly string[]>;
export const METHODS = Object.keys(METHOD_KINDS) as [Method, ...Method[]];

/**
 * How far one is, and of how many steps: each method has a number of its own, and before it is chosen nobody knows it.
 *
 * @param method what was chosen; null: an app, as in what an older version began
 */
export function placeOf(step: string, method: Method | null): { current: number; total: number | null } {
  if (step === 'intro' || step === 'method') return { current: step === 'intro' ? 1 : 2, total: null };
  const between: readonly string[] = METHOD_STEPS[method ?? 'app'].filter((one) => one !== 'key');
  const total = between.length + 3;
  const at = between.indexOf(step === 'key' ? 'scan' : step === 'other' ? 'phone' : step);
  return { current: step === 'codes' || step === 'done' ? total : Math.max(at, 0) + 3, total };
}

/**
 * The methods that somebody can choose.
 *
 * @param given.allowed the kinds that the account's authenticator allows
 * @param given.factorKinds what the account has already: a card is for those who have nothing else, whose codes are a card
 * already
 * @param given.tokens whether the organisation has a hardware token for the person
 * @param given.passkeys whether browsers make passkeys for the address of the portal
 */
export function methodsFor(given: {
  allowed: readonly FactorKind[];
  factorKinds: readonly FactorKind[];
  tokens: boolean;
  passkeys: boolean;
}): readonly Method[] {
  return METHODS.filter((method) => {
    if (!METHOD_KINDS[method].some((kind) => given.allowed.includes(kind))) return false;
    if (method === 'token') return given.tokens;
    if (method === 'passkey') return given.passkeys;
    return method !== 'card' || given.factorKinds.length === 0;
  });
}

/** Whether the app follows the clock or counts: the clock, unless the authenticator allows counters alone (ENROL-8). */
export function appKind(allowed: readonly FactorKind[]): 'totp' | 'hotp' {
  return allowed.includes('hotp') && !allowed.includes('totp') ? 'hotp' : 'totp';
}

/** Factors that one account may have (SELF-1). */
export const FACTORS_MAX = 5;

/** The kinds of phone that the instructions are written for (ENROL-1). */
export const PHONES = ['iphone', 'android', 'other'] as const;
export type Phone = (typeof PHONES)[number];

/** The phone that a browser's name speaks of; an iPhone to begin with where it speaks of none. */
export function guessPhone(userAgent: string): Phone {
  return /android/i.test(userAgent) ? 'android' : 'iphone';
}

/** Whether a browser says that it runs on a phone or a tablet, whose own app can be handed the key (ENROL-3). A claim, no proof. */
export function isHandheld(userAgent: string): boolean {
  return /android|iphone|ipad|ipod/i.test(userAgent);
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

/** Those of them that also count (`otpauth://hotp`): the others read the square and then show codes that don't fit. */
export const COUNTER_APPS: readonly AppKey[] = ['google'];

export type AppKey = keyof typeof APPS;
export const APP_KEYS = Object.keys(APPS) as [AppKey, ...AppKey[]];

/** Tries of a code in one enrolment; the secret is in the person's hands, so this only bounds the work. */
export const ENROLMENT_TRIES_MAX = 100;

/** What the enrolment pages may know. The secret is there only until a code was confirmed (ENROL-2). */
export interface EnrolmentView {
  readonly id: string;
  /** Null: still to be chosen. */
  readonly method: Method | null;
  readonly kind: 'totp' | 'hotp';
  readonly phone: Phone | null;
  readonly app: AppKey | null;
  /** Of what is being set up; null once it was confirmed. */
  readonly secret: string | null;
  readonly otpauthUri: string | null;
  /** Something is being set up in it, and not confirmed yet. */
  readonly underWay: boolean;
  /** At least one factor was confirmed in it: it can be finished, and another method added. */
  readonly confirmed: boolean;
  /** Nothing was enrolled: these are new recovery codes for factors that stand already. */
  readonly onlyCodes: boolean;
  /** When it was begun. */
  readonly createdAt: Date;
  /** To be shown until « Terminer »; before the confirmation, those of a card that is being made. */
  readonly recoveryCodes: readonly string[] | null;
}
