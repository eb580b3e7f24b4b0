import { switchFiltersOff } from '@/lib/locations/service';
import { ORGANISATION, operatorIn, type Command } from './command';

export const switchFiltersOffCommand: Command = {
  name: 'filter off',
  summary: 'Pauses every network filter of an organisation: the way back in for whoever is locked out.',
  options: { org: ORGANISATION },
  remarks: 'Locations, rules and filters stay as they are; each filter is put in force again in the settings.',
  async run(given) {
    const operator = await operatorIn(given.option('org'));
    const paused = await switchFiltersOff(operator);
    return paused === 0 ? 'No filter was in force.' : `Paused ${paused} filter${paused === 1 ? '' : 's'}.`;
  },
};
