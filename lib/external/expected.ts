import type { ProvenIdentity } from '@/lib/authenticators/model';

/** As long as a column of the table allows, in code points. */
export const EXPECTED_MAX = 300;

export type ExpectedIssue = 'identity.form' | 'identity.claim' | 'identity.value' | 'identity.tooLong';

/** Claims that speak of the token, or of what many share: nobody is known by them. */
const NO_IDENTITIES: ReadonlySet<string> = new Set([
  ...['iss', 'aud', 'azp', 'exp', 'iat', 'nbf', 'auth_time', 'nonce', 'jti', 'at_hash', 'c_hash', 's_hash', 'sid'],
  ...['acr', 'amr', 'typ', 'tid', 'hd', 'updated_at', 'email_verified', 'phone_number_verified', 'phone_number'],
  ...['name', 'given_name', 'family_name', 'middle_name', 'nickname', 'locale', 'zoneinfo', 'gender', 'birthdate'],
  ...['picture', 'profile', 'website', 'address', 'groups', 'roles'],
]);

/** A claim's name may be an address of its own, as providers make them for what no standard names. */
const CLAIM_NAME = /^[A-Za-z_][A-Za-z0-9_.:/#-]{0,99}$/;

/**
 * Reads what an administrator expects of a provider (AUTH-7): for OIDC `claim(name):value`, for SAML the value alone.
 * Exact: nothing is trimmed or folded, and what begins or ends with a space is refused, for nobody would see it.
 */
export function readExpected(
  type: 'oidc' | 'saml',
  text: string,
): { readonly claim: string | null; readonly value: string } | { readonly issue: ExpectedIssue } {
  if ([...text].length > EXPECTED_MAX) return { issue: 'identity.tooLong' };
  const match = type === 'oidc' ? /^claim\(([^()]*)\):([^]*)$/.exec(text) : null;
  if (type === 'oidc' && match === null) return { issue: 'identity.form' };
  const claim = match?.[1] ?? null;
  const value = match?.[2] ?? text;
  if (claim !== null && !isIdentifying(claim)) return { issue: 'identity.claim' };
  // Controls, what turns text around, and lone surrogates: two that look alike must be alike.
  if (value === '' || value !== value.trim() || /[\p{Cc}\p{Cf}\p{Cs}]/u.test(value)) return { issue: 'identity.value' };
  return { claim, value };
}

/**
 * Everything that a provider said of somebody, in the words in which it may be expected. An address that the provider has
 * not verified is none (AUTH-7), and neither is a list: who has two names has none of them for sure.
 */
export function saidBy(
  type: 'oidc' | 'saml',
  identity: Pick<ProvenIdentity, 'subject' | 'claims' | 'emailVerified'>,
): string[] {
  if (type === 'saml') return [identity.subject];
  return Object.entries(identity.claims).flatMap(([name, value]) =>
    typeof value === 'string' &&
    value.length <= SAID_MAX &&
    isIdentifying(name) &&
    !UNWRITABLE.test(value) &&
    (name !== 'email' || identity.emailVerified)
      ? [`claim(${name}):${value}`]
      : [],
  );
}

/**
 * Controls and halves of characters, which nobody could be expected by, nor a column hold; and what stands where a provider
 * could not read a letter itself: two people may have the same then.
 */
export const UNWRITABLE = /[\p{Cc}\p{Cs}\uFFFD]/u;

/** Nothing longer could be expected; what is a little longer may still resemble it. */
const SAID_MAX = 2 * EXPECTED_MAX;

const isIdentifying = (claim: string) => CLAIM_NAME.test(claim) && !NO_IDENTITIES.has(claim);

/** How two texts resemble one another without being the same: in letters and spaces alone, or before the @ alone. */
export type Nearness = 'spelling' | 'domain';

/** @returns null where they don't resemble one another, or are the same */
export function nearnessOf(expected: string, said: string): Nearness | null {
  if (expected === said) return null;
  const [one, other] = [looseKey(expected), looseKey(said)];
  if (one === other) return 'spelling';
  return one.includes('@') && other.includes('@') && beforeAt(one) === beforeAt(other) ? 'domain' : null;
}

/** What is left of a text once letters are folded and spaces are gone: as PostgreSQL makes it for the rows. */
export function looseKey(text: string): string {
  return text
    .normalize('NFKC')
    .toLowerCase()
    .replace(/\p{White_Space}/gu, '');
}

const beforeAt = (text: string) => text.slice(0, text.indexOf('@'));
