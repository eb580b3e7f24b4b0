import { withDeadline } from '@/lib/db/deadline';
import { pool } from '@/lib/db/pool';
import type { Locale } from '@/lib/language/locale';
import type { Organisation } from './model';

interface Row {
  id: string;
  slug: string;
  name: string;
  locale: Locale;
  time_zone: string;
  settings_version: string;
}

/**
 * The organisation behind a URL. It comes before any transaction of an organisation, so it goes through a function of
 * the database that answers this one question.
 */
export async function findOrganisation(slug: string): Promise<Organisation | null> {
  if (slug.length > 40) return null;
  const [row] = await withDeadline(async () => pool().sql<Row[]>`select * from find_organisation(${slug})`);
  return row ? organisationOf(row) : null;
}

function organisationOf(row: Row): Organisation {
  return {
    id: row.id,
    slug: row.slug,
    name: row.name,
    locale: row.locale,
    timeZone: row.time_zone,
    settingsVersion: Number(row.settings_version),
  };
}
