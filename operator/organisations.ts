import { isLocale } from '@/lib/language/locale';
import { createOrganisation } from '@/lib/organisations/service';
import { timeZone } from '@/lib/organisations/time-zone';
import { Refused, type Command } from './command';

export const createOrganisationCommand: Command = {
  name: 'org create',
  summary: 'Creates an organisation with its default authenticator and its built-in roles.',
  options: {
    slug: { value: 'SLUG', help: 'its part of the URLs: a-z, 0-9 and -, 2 to 40 characters', required: true },
    name: { value: 'NAME', help: 'its name as people see it', required: true },
    locale: { value: 'fr|en', help: 'the language it writes in first', initial: 'fr' },
    'time-zone': { value: 'ZONE', help: 'as America/Toronto', initial: 'America/Toronto' },
  },
  remarks: 'Next: admin create, for its first administrator.',
  async run(given) {
    const locale = given.option('locale');
    if (!isLocale(locale)) throw new Refused('--locale must be fr or en');
    const zone = given.option('time-zone');
    if (!timeZone.safeParse(zone).success) throw new Refused(`There is no time zone "${zone}"`);
    const created = await createOrganisation({
      slug: given.option('slug'),
      name: given.option('name'),
      locale,
      timeZone: zone,
    });
    const { slug, name } = created;
    return `Created ${slug}: ${name} (${locale}, ${created.timeZone}). People sign in at /${slug}/sign-in.`;
  },
};
