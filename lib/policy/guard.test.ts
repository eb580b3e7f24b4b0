import { expect, it } from 'vitest';
import { FACTOR_KINDS, NO_PROOFS, type Facts } from './decision';
import { NO_FILTER } from './network';
import { ownFate } from './guard';

const now = new Date('2026-03-02T12:00:00Z');
const facts: Facts = {
  now,
  account: { kind: 'employee', status: 'active', createdAt: new Date(0), mustChangePassword: false, factorKinds: [] },
  authenticator: { type: 'system', active: true, mfaRequired: false, factorKinds: FACTOR_KINDS, externalMfa: 'trust' },
  options: { mfa: 'on-demand', mfaGraceDays: 0, mfaSince: now, mfaRememberDeviceDays: 0, deviceApproval: 'off' },
  proofs: { ...NO_PROOFS, passwordAt: now },
  device: { trustedUntil: null, approvedAt: now, revokedAt: null },
  enrolmentPostponedAt: null,
  network: NO_FILTER,
};
const enrolled = { ...facts, account: { ...facts.account!, factorKinds: ['totp'] as const } };
const mandatory = { ...facts.options, mfa: 'mandatory' as const };

it('GUARD-1 a factor that becomes mandatory leads to enrolment, which shuts nobody out', () => {
  expect(ownFate(facts)).toBe('stays');
  expect(ownFate({ ...facts, options: mandatory })).toBe('enrols');
  expect(ownFate({ ...enrolled, options: mandatory })).toBe('signs-in-again');
  expect(ownFate({ ...enrolled, options: mandatory, proofs: { ...NO_PROOFS, passwordAt: now, factorAt: now } })).toBe(
    'stays',
  );
});

it('GUARD-1 no option shuts out a person whose account and authenticator are in order', () => {
  for (const who of [facts, enrolled]) {
    for (const mfa of ['off', 'on-demand', 'mandatory'] as const) {
      for (const mfaGraceDays of [0, 30]) {
        for (const mfaRememberDeviceDays of [0, 90]) {
          for (const deviceApproval of ['off', 'notify', 'required'] as const) {
            const options = { mfa, mfaGraceDays, mfaSince: now, mfaRememberDeviceDays, deviceApproval };
            expect(ownFate({ ...who, options })).not.toBe('shut-out');
          }
        }
      }
    }
  }
});

it('GUARD-1 whoever could not come in any more is shut out', () => {
  expect(ownFate({ ...facts, authenticator: { ...facts.authenticator, active: false } })).toBe('shut-out');
  expect(ownFate({ ...facts, account: { ...facts.account!, status: 'suspended' } })).toBe('shut-out');
  expect(ownFate({ ...facts, proofs: NO_PROOFS })).toBe('shut-out');
});
