import { identifierInput } from '@/lib/accounts/text';
import { resetMfa } from '@/lib/factors/reset';
import { helpReason } from '@/lib/resets/model';
import { ORGANISATION, operatorIn, Refused, type Command } from './command';

export const resetMfaCommand: Command = {
  name: 'mfa reset',
  summary: 'Removes the second factors and recovery codes of an account, and ends its sessions.',
  options: {
    org: ORGANISATION,
    reason: { value: 'TEXT', help: 'why, for the audit: 1 to 500 characters', required: true },
  },
  arguments: [{ name: 'ACCOUNT', help: 'e-mail address or username' }],
  remarks: 'Where MFA is mandatory, the next sign-in leads to setting a factor up anew.',
  async run(given) {
    const operator = await operatorIn(given.option('org'));
    const reason = helpReason.safeParse(given.option('reason'));
    if (!reason.success) throw new Refused('--reason must have 1 to 500 characters, on one line');
    const identifier = identifierInput.safeParse(given.argument('ACCOUNT'));
    const reset = identifier.success ? await resetMfa(operator, identifier.data, reason.data) : null;
    if (reset === null) throw new Refused(`No account in ${operator.organisation.slug} has this e-mail or username`);
    return `Removed ${reset.factors} factors; ended ${reset.sessions} sessions.`;
  },
};
