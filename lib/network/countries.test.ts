import { expect, it } from 'vitest';
import { parseAddress } from './address';
import { countryOf } from './countries';

const country = (text: string) => countryOf(parseAddress(text));

it('LOC-7 names the country of an address from the file that ships with the portal, offline', () => {
  expect(country('8.8.8.8')).toBe('US');
  expect(country('24.200.1.1')).toBe('CA');
  expect(country('::ffff:24.200.1.1')).toBe('CA');
  expect(country('2606:4700::1111')).toBe('US');
});

it('LOC-7 knows no country of this machine, of private networks, and of what is no address', () => {
  for (const text of [
    '127.0.0.1',
    '::1',
    '10.0.0.1',
    '192.168.1.1',
    '203.0.113.7',
    '172.31.255.255',
    '2001:db8::1',
    'fe80::1',
    'nowhere',
  ])
    expect(country(text), text).toBeNull();
});
