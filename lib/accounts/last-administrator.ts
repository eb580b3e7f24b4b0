import type { OrganisationTransaction } from '@/lib/db/in-organisation';
import { Refusal } from '@/lib/refusals';
import { hasUsableAdministrator, holdAdministrators } from './store';

/**
 * Sees to it that the organisation still has somebody who can do everything (ACC-5): an active account, on an active
 * authenticator, whose role holds every permission. To be called after the change and inside its transaction, which the
 * refusal then undoes. Acts that come at the same moment wait here for one another, so that each sees what the other did.
 *
 * @throws {Refusal} `administrator.last`
 */
export async function keepAnAdministrator(transaction: OrganisationTransaction): Promise<void> {
  await holdAdministrators(transaction);
  if (!(await hasUsableAdministrator(transaction))) throw new Refusal('administrator.last');
}
