import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { decide, FACTOR_KINDS, NO_PROOFS } from '@/lib/policy/decision';
import { NO_FILTER } from '@/lib/policy/network';
import { isOptionKey, MFA_OPTION_OF, OPTION_KEYS as KEYS, OPTIONS, optionText, type OptionKey } from './registry';
import { OptionError, optionFacts, parseOption, type Settings } from './service';

describe('OPT-1 the list of options', () => {
  it('OPT-1 every initial value is one that the option allows, typed or stored', () => {
    for (const key of KEYS) {
      const { initial } = OPTIONS[key];
      expect(parseOption(key, optionText(initial))).toEqual({ key, value: initial });
      expect(OPTIONS[key].schema.parse(JSON.parse(JSON.stringify(initial)))).toEqual(initial);
    }
  });

  it('MFA-1 MFA-4 MFA-5 the initial values are those of the rules', () => {
    const initial = Object.fromEntries(KEYS.map((key) => [key, OPTIONS[key].initial]));
    expect(initial).toMatchObject({
      internalMFA: 'on-demand',
      portalMFA: 'on-demand',
      externalMFA: 'off',
      mfaGraceDays: 0,
      mfaRememberDeviceDays: 0,
      internalDeviceApproval: 'off',
      portalDeviceApproval: 'off',
      externalDeviceApproval: 'off',
    });
  });

  it.each([
    ['mfaGraceDays', 0, 30],
    ['mfaRememberDeviceDays', 0, 90],
    ['sessionIdleMinutes', 5, 60],
    ['sessionHours', 1, 24],
    ['portalSessionIdleMinutes', 5, 10_080],
    ['portalSessionHours', 1, 720],
  ] as const)('OPT-1 SAFE-3 %s is a whole number from %i to %i', (key, min, max) => {
    for (const fits of [min, max]) expect(parseOption(key, String(fits)).value).toBe(fits);
    for (const wrong of [
      min - 1,
      max + 1,
      min + 0.5,
      'many',
      '',
      ' ',
      '1e9',
      'NaN',
      'Infinity',
      '0x10000000',
      'null',
    ]) {
      expect({ wrong, refused: refuses(key, String(wrong)) }).toEqual({ wrong, refused: true });
    }
  });

  it.each(['internalMFA', 'portalMFA', 'externalMFA'] as const)(
    'MFA-1 %s is one of three words, to the letter',
    (key) => {
      for (const fits of ['off', 'on-demand', 'mandatory']) expect(parseOption(key, fits).value).toBe(fits);
      for (const wrong of ['', 'Off', 'OFF', ' off', 'on', 'true', '0', 'on_demand'])
        expect(refuses(key, wrong)).toBe(true);
    },
  );

  it('OPT-1 helpContact is typed as JSON or as name=…;telephone=…, each line bounded and optional', () => {
    const empty = { name: '', telephone: '', email: '', hours: '' };
    const typed = 'name=Odile Tremblay; telephone=514 555-0100 poste 12;email=aide@petits-pas.test;hours=8 h = 17 h';
    const filled = {
      name: 'Odile Tremblay',
      telephone: '514 555-0100 poste 12',
      email: 'aide@petits-pas.test',
      hours: '8 h = 17 h',
    };
    expect(parseOption('helpContact', typed).value).toEqual(filled);
    expect(parseOption('helpContact', JSON.stringify(filled)).value).toEqual(filled);
    expect(parseOption('helpContact', optionText(filled)).value).toEqual(filled);
    for (const nothing of ['', '{}', ';', 'name=']) expect(parseOption('helpContact', nothing).value).toEqual(empty);
    for (const wrong of [
      'Odile',
      '{',
      '[]',
      '{"__proto__": {"name": "x"}}',
      'phone=514',
      'telephone=aucun',
      'email=odile',
      `name=${'x'.repeat(101)}`,
      'hours=lundi\nmardi',
      '{"name": 7}',
    ]) {
      expect({ wrong, refused: refuses('helpContact', wrong) }).toEqual({ wrong, refused: true });
    }
  });

  it('SAFE-5 a word that is no option is refused in one line, whatever it is', () => {
    for (const word of ['__proto__', 'constructor', 'toString', 'hasOwnProperty', 'InternalMFA', '']) {
      expect(isOptionKey(word)).toBe(false);
    }
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), fc.string({ unit: 'binary' }), (key, value) => {
        fc.pre(!isOptionKey(key));
        expect(() => parseOption(key, value)).toThrow(OptionError);
      }),
      { numRuns: 200 },
    );
  });
});

describe('MFA-1 the option of a kind', () => {
  const settings: Pick<Settings, 'options' | 'changedAt'> = {
    options: {
      ...(Object.fromEntries(KEYS.map((key) => [key, OPTIONS[key].initial])) as unknown as Settings['options']),
      internalMFA: 'mandatory',
      portalMFA: 'on-demand',
      externalMFA: 'off',
    },
    changedAt: {
      ...(Object.fromEntries(KEYS.map((key) => [key, null])) as Settings['changedAt']),
      internalMFA: new Date(0),
    },
  };

  it('MFA-1 internalMFA is for employees, portalMFA for parents, externalMFA for external people, and for nobody else', () => {
    expect(MFA_OPTION_OF).toEqual({ employee: 'internalMFA', parent: 'portalMFA', external: 'externalMFA' });
    const stepOf = (kind: 'employee' | 'parent' | 'external') =>
      decide({
        now: new Date(),
        account: { kind, status: 'active', createdAt: new Date(0), mustChangePassword: false, factorKinds: [] },
        authenticator: {
          type: 'system',
          active: true,
          mfaRequired: false,
          factorKinds: FACTOR_KINDS,
          externalMfa: 'trust',
        },
        options: optionFacts(settings, kind),
        proofs: { ...NO_PROOFS, passwordAt: new Date() },
        device: { trustedUntil: null, approvedAt: new Date(0), revokedAt: null },
        network: NO_FILTER,
        enrolmentPostponedAt: null,
      });
    expect(stepOf('employee')).toMatchObject({ step: 'enrol' });
    expect(stepOf('parent')).toMatchObject({ step: 'signed-in', reasons: ['mfa.not-enrolled', 'proof.complete'] });
    expect(stepOf('external')).toMatchObject({ step: 'signed-in', reasons: ['mfa.off', 'proof.complete'] });
  });

  it('MFA-4 a grace counts from the change of the kind’s own option', () => {
    expect(optionFacts(settings, 'employee').mfaSince).toEqual(new Date(0));
    expect(optionFacts(settings, 'parent').mfaSince).toBeNull();
  });
});

function refuses(key: OptionKey, value: string): boolean {
  try {
    parseOption(key, value);
    return false;
  } catch (error) {
    expect((error as Error).message.split('\n')).toHaveLength(1);
    return error instanceof OptionError;
  }
}
