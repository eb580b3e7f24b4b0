import { asOwner } from '@/lib/db/owner';
import { currentKey, rotateSecrets, surveySecrets } from '@/lib/secrets/service';
import { operatorsEverywhere, Refused, type Command } from './command';

export const rotateSecretsCommand: Command = {
  name: 'secret rotate',
  summary: 'Seals every secret anew under the first of ENCRYPTION_KEYS, so that an old key can be taken out.',
  options: {},
  remarks:
    'First put the new key in front of the old ones and restart every server. May be stopped and begun again at any time.',
  async run() {
    let resealed = 0;
    for (const operator of await operatorsEverywhere()) resealed += (await rotateSecrets(operator)).resealed;
    const survey = await asOwner(surveySecrets);
    const current = currentKey();
    const left = survey.filter(({ key }) => key !== current);
    console.log(`Sealed ${resealed} values anew under key "${current}".`);
    if (left.length === 0) return 'Nothing is left under another key: the others can be taken out of ENCRYPTION_KEYS.';
    const lines = left.map(({ key, values }) => `${values} under key "${key}"`);
    throw new Refused(`Still left: ${lines.join(', ')}. Keep these keys, or put back the ones that are missing`);
  },
};
