import { text } from 'node:stream/consumers';
import { createAccount } from '@/lib/accounts/service';
import { passwordInput } from '@/lib/accounts/text';
import { newRecoveryCodes } from '@/lib/factors/recovery-codes';
import { checkFirstPassword } from '@/lib/passwords/choosing';
import { fieldSentence, ORGANISATION, operatorIn, Refused, type Command } from './command';

export const createAdministratorCommand: Command = {
  name: 'admin create',
  summary: 'Creates an account that holds every permission: the first administrator, or the way back in.',
  options: {
    org: ORGANISATION,
    email: { value: 'ADDRESS', help: 'the e-mail address', required: true },
    username: { value: 'NAME', help: 'letters without accents, digits, . _ -', required: true },
    'first-name': { value: 'NAME', help: 'the first name', required: true },
    'last-name': { value: 'NAME', help: 'the last name', required: true },
    'password-stdin': { value: null, help: 'reads the password from standard input' },
  },
  remarks:
    'Without --password-stdin a random password is made and printed, once; another has to be chosen at the first sign-in.',
  async run(given) {
    const operator = await operatorIn(given.option('org'));
    const person = {
      email: given.option('email'),
      username: given.option('username'),
      firstName: given.option('first-name'),
      lastName: given.option('last-name'),
    };
    const typed = given.has('password-stdin');
    let password: string;
    if (typed) {
      password = await readPassword();
      await checkFirstPassword(operator, person, password);
    } else {
      // 80 random bits, in letters that can be read aloud.
      password = newRecoveryCodes(1)[0]!;
    }
    await createAccount(operator, {
      ...person,
      kind: 'employee',
      role: 'administrator',
      password,
      mustChangePassword: !typed,
    });
    const created = `Created the administrator ${person.username} in ${operator.organisation.slug}.`;
    return typed ? created : `${created}\nPassword, shown only now, to be replaced at the first sign-in: ${password}`;
  },
};

/** One line from standard input: `echo` and files end with a line break that is not part of the password. */
async function readPassword(): Promise<string> {
  const typed = (await text(process.stdin)).replace(/\r?\n$/, '');
  const parsed = passwordInput.safeParse(typed);
  if (!parsed.success)
    throw new Refused(`The password on standard input: ${fieldSentence(parsed.error.issues[0]!.message)}`);
  return parsed.data;
}
