import { describe, expect, test } from 'vitest';
import { LOCALES } from './locale';
import { cityOf, timeZonesIn } from './time-zones';

describe('time zones to choose from', () => {
  test.each(LOCALES)('SELF-1 every zone of the machine can be chosen once (%s)', (locale) => {
    const { near, far } = timeZonesIn(locale);
    const listed = [...near.map(({ zone }) => zone), ...far.split(' ')];
    expect(new Set(listed).size).toBe(listed.length);
    expect(listed.toSorted()).toEqual(Intl.supportedValuesOf('timeZone').toSorted());
  });

  test('LOOK-1 the zones of the country are called by their hour, in both languages', () => {
    const called = (locale: 'fr' | 'en', name = 'America/Toronto') =>
      timeZonesIn(locale)
        .near.find(({ zone }) => zone === name)
        ?.label.replaceAll('\u00a0', ' ');
    expect(called('fr')).toBe('Toronto, heure de l’Est');
    expect(called('en')).toBe('Toronto, Eastern Time');
    // Where clocks did not change in 1970 and do now.
    expect(called('fr', 'America/Edmonton')).toBe('Edmonton, heure des Rocheuses');
    expect(called('en', 'America/Edmonton')).toBe('Edmonton, Mountain Time');
  });

  test('SAFE-5 no name has a character that HTML gives a meaning', () => {
    for (const zone of Intl.supportedValuesOf('timeZone')) expect(zone).toMatch(/^[A-Za-z0-9_+/-]+$/);
  });

  test('LOOK-1 the organisation’s zone is told by its city', () => {
    const zones = ['America/Toronto', 'America/Argentina/Buenos_Aires', 'UTC'];
    expect(zones.map(cityOf)).toEqual(['Toronto', 'Buenos Aires', 'UTC']);
  });
});
