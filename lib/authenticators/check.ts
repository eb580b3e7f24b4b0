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
  return faultsOf(authenticator, secrets);
}
