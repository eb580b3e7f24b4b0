import fc from 'fast-check';
import { expect, it } from 'vitest';
import {
  draftQuery,
  drawnText,
  fieldValues,
  readDraft,
  readDrawn,
  readFields,
  touched,
  type OptionValues,
} from './draft';
import { OPTION_KEYS, OPTIONS, type Options } from './registry';

const line = fc
  .string({ unit: 'grapheme', maxLength: 20 })
  .filter((text) => text === text.trim() && !/[\p{C}\u2028\u2029]/u.test(text))
  .map((text) => text.normalize('NFC'));
const deviceApproval = fc.constantFrom('off' as const, 'notify' as const, 'required' as const);
const mfa = fc.constantFrom('off' as const, 'on-demand' as const, 'mandatory' as const);
const anyOptions: fc.Arbitrary<Options> = fc.record({
  internalMFA: mfa,
  portalMFA: mfa,
  externalMFA: mfa,
  mfaGraceDays: fc.integer({ min: 0, max: 30 }),
  mfaRememberDeviceDays: fc.integer({ min: 0, max: 90 }),
  internalDeviceApproval: deviceApproval,
  portalDeviceApproval: deviceApproval,
  externalDeviceApproval: deviceApproval,
  sessionIdleMinutes: fc.integer({ min: 5, max: 60 }),
  sessionHours: fc.integer({ min: 1, max: 24 }),
  portalSessionIdleMinutes: fc.integer({ min: 5, max: 10_080 }),
  portalSessionHours: fc.integer({ min: 1, max: 720 }),
  helpContact: fc.record({
    name: line,
    telephone: fc.constantFrom('', '514 555-0100 poste 12'),
    email: fc.constantFrom('', 'aide@petits-pas.test'),
    hours: line,
  }),
});

it('OPT-1 what stands in the fields is read back as it was, for every value', () => {
  fc.assert(
    fc.property(anyOptions, (options) => {
      const fields = Object.assign({}, ...OPTION_KEYS.map((key) => fieldValues(key, options[key])));
      expect(readFields(fields)).toEqual(options);
      expect(readDrawn(drawnText(options))).toEqual(options);
    }),
  );
});

it('OPT-2 a draft travels in an address with what was seen, and only what was touched', () => {
  fc.assert(
    fc.property(anyOptions, anyOptions, fc.nat(), (seen, values, version) => {
      const query = Object.fromEntries(draftQuery({ version, values, seen }));
      const keys = touched(values, seen);
      const only = (options: OptionValues) => Object.fromEntries(keys.map((key) => [key, options[key]]));
      expect(readDraft(query)).toEqual({ version, values: only(values), seen: only(seen) });
    }),
  );
});

it('SAFE-5 an address that nobody of ours wrote is a draft of nothing', () => {
  expect(readDraft({})).toBeNull();
  expect(readDraft({ v: '-1' })).toBeNull();
  expect(readDraft({ v: ['1', '2'] })).toBeNull();
  const nothing = { version: 3, values: {}, seen: {} };
  expect(readDraft({ v: '3', internalMFA: 'mandatory' })).toEqual(nothing);
  expect(readDraft({ v: '3', internalMFA: ['off', 'off'], 'was.internalMFA': 'on-demand' })).toEqual(nothing);
  expect(readDraft({ v: '3', internalMFA: 'perhaps', 'was.internalMFA': 'on-demand' })).toEqual(nothing);
  expect(readDraft({ v: '3', __proto__: 'x', 'was.__proto__': 'y' } as never)).toEqual(nothing);
  for (const text of ['', '{', 'null', '[]', '7', '{"internalMFA":{}}', '{"mfaGraceDays":99}']) {
    expect(readDrawn(text)).toEqual({});
  }
});

it('OPT-1 an option whose lines are not all there is not touched', () => {
  expect(readFields({ 'helpContact.name': 'Odile' })).toEqual({});
  expect(readFields({ mfaGraceDays: '4' })).toEqual({ mfaGraceDays: 4 });
  expect(OPTION_KEYS.every((key) => OPTIONS[key].schema.safeParse(OPTIONS[key].initial).success)).toBe(true);
});
