import { assignTo, listAll, setDefault, switchAuthenticator } from '@/lib/authenticators/operator';
import { Refusal } from '@/lib/refusals';
import { ORGANISATION, operatorIn, Refused, table, type Command } from './command';

const NAME = { name: 'NAME', help: 'of the authenticator, as « authenticator list » tells it' };

/** What is not there is told by its name. */
async function named(slug: string, name: string, work: () => Promise<string>): Promise<string> {
  try {
    return await work();
  } catch (error) {
    if (error instanceof Refusal && error.code === 'not-found') {
      throw new Refused(`${slug} has no authenticator of this name. See: authenticator list --org ${slug}`);
    }
    throw error;
  }
}

export const listAuthenticatorsCommand: Command = {
  name: 'authenticator list',
  summary: 'Lists the login authenticators of an organisation.',
  options: { org: ORGANISATION },
  async run(given) {
    const found = await listAll(await operatorIn(given.option('org')));
    return table(
      found.map(({ name, type, state, served, isDefault }) => [
        name,
        type,
        state,
        `${served} account${served === 1 ? '' : 's'}`,
        isDefault ? 'default' : '',
      ]),
    ).join('\n');
  },
};

const switching = (to: 'on' | 'off', summary: string, remarks: string): Command => ({
  name: to === 'on' ? 'authenticator activate' : 'authenticator deactivate',
  summary,
  options: { org: ORGANISATION },
  arguments: [NAME],
  remarks,
  async run(given) {
    const operator = await operatorIn(given.option('org'));
    return named(operator.organisation.slug, given.argument('NAME'), async () => {
      await switchAuthenticator(operator, given.argument('NAME'), to);
      return to === 'on' ? 'It is active.' : 'It is deactivated, and its sessions have ended.';
    });
  },
});

export const activateAuthenticatorCommand = switching(
  'on',
  'Puts a login authenticator in force, without asking its provider.',
  'Whoever it serves signs in anew.',
);

export const deactivateAuthenticatorCommand = switching(
  'off',
  'Switches a login authenticator off: nobody comes in by it.',
  'Nobody is told by letter, and no guard holds the last administrator: see « authenticator assign ».',
);

export const defaultAuthenticatorCommand: Command = {
  name: 'authenticator default',
  summary: 'Makes a login authenticator the one that new accounts get.',
  options: { org: ORGANISATION },
  arguments: [NAME],
  async run(given) {
    const operator = await operatorIn(given.option('org'));
    return named(operator.organisation.slug, given.argument('NAME'), async () => {
      await setDefault(operator, given.argument('NAME'));
      return 'It is the default one.';
    });
  },
};

export const assignAuthenticatorCommand: Command = {
  name: 'authenticator assign',
  summary: 'Assigns one account to a login authenticator: the way back in where single sign-on is broken.',
  options: { org: ORGANISATION },
  arguments: [{ name: 'ACCOUNT', help: 'e-mail address or username' }, NAME],
  remarks: 'Its sessions end. Whoever comes to a password without having one gets a letter with which to choose it.',
  async run(given) {
    const operator = await operatorIn(given.option('org'));
    return named(operator.organisation.slug, given.argument('NAME'), async () => {
      if (await assignTo(operator, given.argument('ACCOUNT'), given.argument('NAME'))) return 'It is assigned.';
      throw new Refused(`No account in ${operator.organisation.slug} has this e-mail or username`);
    });
  },
};
