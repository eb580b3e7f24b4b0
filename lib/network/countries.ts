import { readFileSync } from 'node:fs';
import path from 'node:path';
import { Reader } from 'maxmind';
import { setting } from '@/lib/config';
import type { Address } from './address';
import { isSpecial } from './special';

/** What ships with the portal: the countries that addresses are registered in, in the public domain (LOC-7). */
const BUNDLED = 'node_modules/@ip-location-db/geo-whois-asn-country-mmdb/geo-whois-asn-country.mmdb';

/** The two ways in which databases of countries in MaxMind's format name one. */
interface Entry {
  readonly country_code?: string;
  readonly country?: { readonly iso_code?: string };
}

const shared = globalThis as { vestibuleCountries?: Reader<never> };

/**
 * The country that an address is registered in, as two capital letters; null: unknown. Read from a file once, offline.
 * `GEOIP_DATABASE` of one's own replaces the bundled one.
 */
export function countryOf(address: Address | null): string | null {
  // Such databases name a country for some blocks that are nobody's.
  if (address === null || isSpecial(address)) return null;
  shared.vestibuleCountries ??= new Reader<never>(readFileSync(setting('GEOIP_DATABASE') ?? path.resolve(BUNDLED)));
  const entry = shared.vestibuleCountries.get(address.text) as Entry | null;
  return entry?.country_code ?? entry?.country?.iso_code ?? null;
}
