import type { Profile } from '@boxyhq/saml-jackson';
import type { ProvenIdentity, SamlSettings } from '@/lib/authenticators/model';
import { UNWRITABLE } from '@/lib/external/expected';
import { SamlFault } from './fault';
import type { Assertion } from './gate';

const TRANSIENT = 'urn:oasis:names:tc:SAML:2.0:nameid-format:transient';
const EMAIL_FORMAT = 'urn:oasis:names:tc:SAML:1.1:nameid-format:emailAddress';
/** Where Microsoft says how somebody signed in; its AuthnContextClassRef names the password alone. */
const METHODS = 'http://schemas.microsoft.com/claims/authnmethodsreferences';

/** The names by which directories know an address and a name, where Jackson does not: LDAP's, and their OIDs. */
const EMAIL_NAMES = ['mail', 'email', 'emailAddress', 'urn:oid:0.9.2342.19200300.100.1.3'];
const FIRST_NAMES = ['givenName', 'firstName', 'urn:oid:2.5.4.42'];
const LAST_NAMES = ['sn', 'surname', 'lastName', 'urn:oid:2.5.4.4'];

/**
 * Whom an assertion speaks of, as this authenticator reads it: the NameID, or the one value of the chosen attribute,
 * exactly as it was signed. Jackson's reading helps with names and addresses alone; who somebody is never rests on it.
 *
 * @throws {SamlFault} `saml.identity` where there is none, more than one, or one that is another each time
 */
export function identityOf(
  assertion: Assertion,
  profile: Pick<Profile, 'email' | 'firstName' | 'lastName'>,
  settings: Pick<SamlSettings, 'identityAttribute' | 'mfaClasses'>,
): ProvenIdentity {
  const { nameId, nameIdFormat, attributes, classes } = assertion;
  const named = (names: readonly string[]) => {
    const found = attributes.find(({ name, values }) => names.includes(name) && values.length === 1);
    return found?.values[0] ?? null;
  };
  const one = (value: unknown) => (typeof value === 'string' && value !== '' ? value : null);
  const email =
    one(profile.email) ?? named(EMAIL_NAMES) ?? (nameIdFormat === EMAIL_FORMAT && nameId !== null ? nameId : null);
  const shown = [...classes, ...(attributes.find(({ name }) => name === METHODS)?.values ?? [])];
  return {
    issuer: assertion.issuer,
    subject: subjectOf(assertion, settings.identityAttribute),
    claims: claimsOf(assertion),
    email,
    // The provider is the organisation's own, and says whose address it is; only its listed domains make accounts (AUTH-8).
    emailVerified: email !== null,
    firstName: one(profile.firstName) ?? named(FIRST_NAMES),
    lastName: one(profile.lastName) ?? named(LAST_NAMES),
    factorShown: shown.some((one) => settings.mfaClasses.includes(one)),
    providerSession: assertion.sessionIndex?.slice(0, 500) ?? null,
    tokens: nameId === null ? null : logoutTokens(assertion, nameId),
  };
}

function subjectOf({ nameId, nameIdFormat, attributes }: Assertion, identityAttribute: string): string {
  const named = nameId === null || nameIdFormat === TRANSIENT ? [] : [nameId];
  const found = attributes.find(({ name }) => name === identityAttribute)?.values ?? [];
  const values = identityAttribute === '' ? named : found;
  const [value] = values;
  if (values.length !== 1 || value === undefined || value === '' || value.length > 500 || UNWRITABLE.test(value)) {
    throw new SamlFault('saml.identity');
  }
  return value;
}

/** Everything that was said, for « Tester » and for accounts made at once. */
export function claimsOf({
  nameId,
  nameIdFormat,
  sessionIndex,
  classes,
  attributes,
}: Assertion): ProvenIdentity['claims'] {
  return {
    NameID: nameId,
    ...(nameIdFormat === null ? {} : { 'NameID Format': nameIdFormat }),
    AuthnContextClassRef: classes.length === 1 ? classes[0] : classes,
    ...(sessionIndex === null ? {} : { SessionIndex: sessionIndex }),
    ...Object.fromEntries(attributes.map(({ name, values }) => [name, values.length === 1 ? values[0] : values])),
  };
}

/** What names the same person to the provider when they sign out. */
function logoutTokens(assertion: Assertion, nameId: string): Record<string, string> {
  const { nameIdFormat, nameQualifier, spNameQualifier } = assertion;
  return {
    nameId,
    ...(nameIdFormat === null ? {} : { nameIdFormat }),
    ...(nameQualifier === null ? {} : { nameQualifier }),
    ...(spNameQualifier === null ? {} : { spNameQualifier }),
  };
}
