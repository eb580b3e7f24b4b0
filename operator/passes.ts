import { identifierInput } from '@/lib/accounts/text';
import { PASS_MINUTES } from '@/lib/passes/model';
import { issuePassByOperator } from '@/lib/passes/service';
import { helpReason } from '@/lib/resets/model';
import { ORGANISATION, operatorIn, Refused, type Command } from './command';

const { min, max } = PASS_MINUTES;

export const issuePassCommand: Command = {
  name: 'pass issue',
  summary: 'Issues a one-time pass that stands in for the code of an authenticator app, and prints it once.',
  options: {
    org: ORGANISATION,
    minutes: { value: 'N', help: `for how long it is good: ${min} to ${max}`, required: true },
    reason: { value: 'TEXT', help: 'why, for the audit: 1 to 500 characters', required: true },
  },
  arguments: [{ name: 'ACCOUNT', help: 'e-mail address or username' }],
  remarks: 'Works once; the session that it opens ends with it, and the factors stay. The person is told by mail.',
  async run(given) {
    const operator = await operatorIn(given.option('org'));
    const reason = helpReason.safeParse(given.option('reason'));
    if (!reason.success) throw new Refused('--reason must have 1 to 500 characters, on one line');
    const minutes = /^\d{1,4}$/.test(given.option('minutes')) ? Number(given.option('minutes')) : 0;
    if (minutes < min || minutes > max) throw new Refused(`--minutes must be a whole number from ${min} to ${max}`);
    const identifier = identifierInput.safeParse(given.argument('ACCOUNT'));
    const pass = identifier.success
      ? await issuePassByOperator(operator, identifier.data, { minutes, reason: reason.data })
      : null;
    if (pass === null) throw new Refused(`No account in ${operator.organisation.slug} has this e-mail or username`);
    return `${pass.code}\nGood once, until ${pass.validUntil.toISOString()}.`;
  },
};
