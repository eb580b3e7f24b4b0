import { z } from 'zod';
import { optionalLine, organisationName as lineOfText } from '@/lib/accounts/text';
import { FACTOR_KINDS, type FactorKind } from '@/lib/policy/decision';
import { domainList } from './domains';
import { CLIENT_AUTHENTICATIONS, COMPLEXITIES, ID_TOKEN_ALGORITHMS, NAME_ID_FORMATS, type SamlSettings } from './model';
import { readClientKey } from '@/lib/oidc/client-key';
import type { AuthenticatorChange } from './service';

/** What the editor's forms send, one schema a type. A draft may lack anything but its name. */

const ticked = z
  .enum(['on'], { error: 'text.invalid' })
  .optional()
  .transform((value) => value === 'on');
const id = z.uuid({ error: 'text.invalid' });
const orNone = <S extends z.ZodType>(schema: S, error = 'text.invalid') =>
  z.union([z.literal('').transform(() => null), schema], { error });

/** A whole number in a field that may stay empty. */
const wholeNumber = (min: number, max: number) =>
  orNone(
    z
      .string()
      .regex(/^\d{1,5}$/)
      .transform(Number)
      .pipe(z.number().min(min).max(max)),
    'option.number',
  );

/** Words with spaces, commas or line breaks between them. */
const words = (most: number) =>
  z
    .string({ error: 'text.invalid' })
    .max(6_000, { error: 'text.tooLong' })
    .default('')
    .transform((typed) => [...new Set(typed.split(/[\s,]+/).filter(Boolean))])
    .refine((list) => list.length <= most && list.every((word) => word.length <= 300), { error: 'text.tooLong' })
    .refine((list) => !list.some((word) => /[\p{Cc}\p{Cf}\p{Cs}]/u.test(word)), { error: 'text.forbiddenCharacters' });

/** An address on the web that may stay empty; whether it can be reached is asked when the authenticator is put in force. */
const webAddress = orNone(
  z
    .string()
    .trim()
    .max(2_000, { error: 'text.tooLong' })
    .pipe(z.url({ protocol: /^https?$/ })),
  'url.invalid',
).default(null);

const common = {
  authenticator: id,
  /** When the authenticator had last changed, as the page was drawn. */
  seenAt: z.iso.datetime({ error: 'text.invalid' }).transform((text) => new Date(text)),
  name: lineOfText,
  description: optionalLine(500).default(''),
  button: z.enum(['save', 'activate']).default('save'),
  factor_totp: ticked,
  factor_hotp: ticked,
  factor_passkey: ticked,
  factor_card: ticked,
};

const external = {
  externalMfa: z.enum(['trust', 'demand', 'ask'], { error: 'text.invalid' }),
  domains: domainList.default([]),
  jit: ticked,
  jitKind: z.enum(['employee', 'parent', 'external'], { error: 'text.invalid' }).default('employee'),
  jitRole: orNone(id).default(null),
  jitDomains: domainList.default([]),
};

type Common = Omit<z.output<z.ZodObject<typeof common>>, 'button'>;
type External = z.output<z.ZodObject<typeof external>>;

export const systemInput = z.object({
  ...common,
  mfaRequired: ticked,
  lengthMin: wholeNumber(8, 64).default(null),
  complexity: z.enum(COMPLEXITIES, { error: 'text.invalid' }).default('length-only'),
  history: wholeNumber(0, 24).default(null),
  passwordExpiryDays: wholeNumber(90, 3650).default(null),
});

/** Accounts would be made for nobody, or for the whole world: which domains is said, or the box is not ticked (AUTH-8). */
const saysForWhom = ({ jit, jitDomains }: External) => !jit || jitDomains.length > 0;
const FOR_WHOM = { path: ['jitDomains'], error: 'text.required' };

const oidcFields = z.object({
  ...common,
  ...external,
  issuer: webAddress,
  authorizationEndpoint: webAddress,
  tokenEndpoint: webAddress,
  jwksUri: webAddress,
  userinfoEndpoint: webAddress,
  revocationEndpoint: webAddress,
  endSessionEndpoint: webAddress,
  clientId: optionalLine(500).default(''),
  clientAuthentication: z.enum(CLIENT_AUTHENTICATIONS, { error: 'text.invalid' }),
  /** Typed twice; empty: the one that is kept stays. */
  clientSecret: z.string().max(1_000, { error: 'text.tooLong' }).default(''),
  clientSecretAgain: z.string().max(1_000, { error: 'text.tooLong' }).default(''),
  /** PEM or a JWK; empty: the one that is kept stays. */
  clientKey: z
    .string()
    .max(20_000, { error: 'text.tooLong' })
    .default('')
    .transform((typed, context) => {
      if (typed.trim() === '') return null;
      const read = readClientKey(typed);
      if ('pem' in read) return read.pem;
      context.addIssue({ code: 'custom', message: `clientKey.${read.issue}` });
      return z.NEVER;
    }),
  issuerInResponse: ticked,
  /** What « Découvrir » looks at; nothing of it is kept. */
  discovery: z.string().trim().max(2_000, { error: 'text.tooLong' }).default(''),
  button: z.enum(['save', 'activate', 'discover']).default('save'),
  idTokenAlgorithm: z.enum(ID_TOKEN_ALGORITHMS, { error: 'text.invalid' }).default('RS256'),
  scopes: words(20),
  ficam: ticked,
  acrValues: words(20),
  mfaValues: words(20),
});
export const oidcInput = oidcFields
  .refine(saysForWhom, FOR_WHOM)
  .refine(({ clientSecret, clientSecretAgain }) => clientSecret === clientSecretAgain, {
    path: ['clientSecretAgain'],
    error: 'secret.differs',
  });

/** A file of a form; without one chosen browsers send an empty one. */
const file = z
  .instanceof(File, { error: 'text.invalid' })
  .optional()
  .transform((chosen) => (chosen === undefined || chosen.size === 0 ? null : chosen));
/** Longer than any certificate or metadata: what is read of it says how long it may be, in a sentence of its own. */
const pasted = z.string({ error: 'text.invalid' }).max(2_000_000, { error: 'text.tooLong' }).default('');

const samlFields = z.object({
  ...common,
  ...external,
  metadataUrl: webAddress,
  metadata: pasted,
  metadataFile: file,
  entityId: optionalLine(1_024).default(''),
  ssoUrl: webAddress,
  ssoBinding: z.enum(['redirect', 'post'], { error: 'text.invalid' }).default('redirect'),
  sloUrl: webAddress,
  sloBinding: z.enum(['redirect', 'post'], { error: 'text.invalid' }).default('redirect'),
  certificate: pasted,
  certificateFile: file,
  allowExpiredCertificate: ticked,
  allowLongValidity: ticked,
  identityAttribute: optionalLine(300).default(''),
  identityIsEmail: ticked,
  nameIdFormat: z.enum(NAME_ID_FORMATS, { error: 'text.invalid' }).default('unspecified'),
  signRequests: ticked,
  ficam: ticked,
  idpInitiated: ticked,
  mfaClasses: words(20),
});
export const samlInput = samlFields.refine(saysForWhom, FOR_WHOM);

/** Without a box ticked all kinds are allowed: an empty list would let nobody set anything up. */
function factorKindsOf(input: Common): FactorKind[] {
  const chosen = FACTOR_KINDS.filter((kind) => input[`factor_${kind}`]);
  return chosen.length === 0 ? [...FACTOR_KINDS] : chosen;
}

const commonOf = (input: Common) => ({
  name: input.name,
  description: input.description,
  factorKinds: factorKindsOf(input),
});

const justInTimeOf = ({ jit, jitKind, jitRole, jitDomains }: External) =>
  jit ? { kind: jitKind, roleId: jitRole, domains: jitDomains } : null;

export function systemChange(input: z.output<typeof systemInput>): AuthenticatorChange {
  const { mfaRequired, lengthMin, complexity, history, passwordExpiryDays } = input;
  return {
    type: 'system',
    ...commonOf(input),
    mfaRequired,
    passwordExpiryDays,
    externalMfa: 'trust',
    domains: [],
    settings: { password: { lengthMin, complexity, history: history ?? 0 } },
  };
}

export function oidcChange(input: z.output<typeof oidcInput>): AuthenticatorChange {
  const { externalMfa, domains, clientSecret, clientKey, ...settings } = input;
  // One of the two is used; what was typed in the other's place is nothing to keep.
  const byKey = settings.clientAuthentication === 'private_key_jwt';
  const secret = byKey ? clientKey : clientSecret || null;
  return {
    type: 'oidc',
    ...commonOf(input),
    mfaRequired: false,
    passwordExpiryDays: null,
    externalMfa,
    domains,
    settings: {
      ...settings,
      // Emptied, they are again what they were at first.
      scopes: settings.scopes.length === 0 ? undefined : settings.scopes,
      mfaValues: settings.mfaValues.length === 0 ? undefined : settings.mfaValues,
      justInTime: justInTimeOf(input),
    },
    ...(secret === null
      ? {}
      : { secret: { purpose: byKey ? ('client-key' as const) : ('client-secret' as const), value: secret } }),
  };
}

/** What a SAML form says, but for what is read of metadata and certificates (`lib/saml/editor.ts`). */
export function samlChange(
  input: z.output<typeof samlInput>,
): AuthenticatorChange & { settings: Partial<SamlSettings> } {
  const { externalMfa, domains, ...settings } = input;
  const { metadataUrl, entityId, ssoUrl, ssoBinding, sloUrl, sloBinding } = settings;
  const { allowExpiredCertificate, allowLongValidity } = settings;
  const { identityAttribute, identityIsEmail, nameIdFormat, signRequests, ficam, idpInitiated, mfaClasses } = settings;
  return {
    type: 'saml',
    ...commonOf(input),
    mfaRequired: false,
    passwordExpiryDays: null,
    externalMfa,
    domains,
    settings: {
      ...{ metadataUrl, entityId, ssoUrl, ssoBinding, sloUrl, sloBinding, allowExpiredCertificate, allowLongValidity },
      ...{ identityAttribute, identityIsEmail, nameIdFormat, signRequests, ficam, idpInitiated },
      mfaClasses: mfaClasses.length === 0 ? undefined : mfaClasses,
      justInTime: justInTimeOf(input),
    },
  };
}
