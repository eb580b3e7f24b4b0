import { isWithinTime } from '@/lib/saml/gate';
import { checkOidc } from '@/lib/oidc/check';
import type { Authenticator } from './model';
import { faultsOf, type Fault } from './rules';

/**
 * Everything that keeps an authenticator from being put in force. It is asked again each time, of what is about to count
 * (AUTH-1), and outside of any transaction: it may have to ask a provider.
 *
 * @param secrets the purposes for which a secret is kept, or is about to be
 */
export async function checkAuthenticator(
  authenticator: Authenticator,
  secrets: ReadonlySet<string>,
): Promise<readonly Fault[]> {
  const faults = [...faultsOf(authenticator, secrets), ...certificateFaults(authenticator)];
  if (authenticator.type !== 'oidc') return faults;
  // What is missing is said already; what is there is looked at.
  const found = await checkOidc(authenticator.settings);
  return [...faults, ...found.filter(({ field }) => !faults.some((fault) => fault.field === field))];
}

/** A provider all of whose certificates are over, or to come, would let nobody in (SECURITY.md, SAML responses, line 5). */
function certificateFaults(authenticator: Authenticator): Fault[] {
  if (authenticator.type !== 'saml') return [];
  const { certificates, allowExpiredCertificate } = authenticator.settings;
  const now = new Date();
  const over = certificates.length > 0 && !certificates.some((pem) => isWithinTime(pem, now));
  return over && !allowExpiredCertificate ? [{ field: 'certificate', code: 'certificate-expired' }] : [];
}
