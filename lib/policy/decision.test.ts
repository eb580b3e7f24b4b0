import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  decide,
  FACTOR_KINDS,
  mfaStanding,
  replacementOf,
  type DeviceApproval,
  type ExternalMfa,
  type Facts,
  type MfaOption,
  type StandingKind,
} from './decision';
import { NO_FILTER } from './network';

const NOW = new Date('2026-03-02T12:00:00Z');
const DAY_MS = 24 * 60 * 60 * 1000;

/** Moments on both sides of now, the very moment included. */
const moment = fc
  .oneof(fc.constantFrom(-1, 0, 1), fc.integer({ min: -40 * DAY_MS, max: 40 * DAY_MS }))
  .map((offset) => new Date(NOW.getTime() + offset));
const perhaps = fc.option(moment, { nil: null });

/** The case that lets the decision go on comes more often, so that every rule behind it is reached often. */
const mostly = <T>(usual: T, ...others: T[]) =>
  fc.oneof({ weight: 4, arbitrary: fc.constant(usual) }, { weight: 1, arbitrary: fc.constantFrom(...others) });

const anyAccount = fc.record({
  kind: fc.constantFrom('employee' as const, 'parent' as const, 'external' as const),
  status: mostly<'invited' | 'active' | 'suspended'>('active', 'invited', 'suspended'),
  createdAt: moment,
  mustChangePassword: mostly(false, true),
  factorKinds: fc.constantFrom<readonly StandingKind[]>(
    [],
    ['totp'],
    ['passkey'],
    ['totp', 'hotp'],
    ['set-aside'],
    ['totp', 'set-aside'],
  ),
});

const anyFacts: fc.Arbitrary<Facts> = fc.record({
  now: fc.constant(NOW),
  account: fc.option(anyAccount, { nil: null, freq: 8 }),
  authenticator: fc.record({
    type: mostly<'system' | 'saml' | 'oidc'>('system', 'saml', 'oidc'),
    active: mostly(true, false),
    mfaRequired: fc.boolean(),
    factorKinds: fc.subarray([...FACTOR_KINDS], { minLength: 1 }),
    externalMfa: mostly<ExternalMfa>('trust', 'demand', 'ask'),
  }),
  options: fc.record({
    mfa: fc.constantFrom<MfaOption>('off', 'on-demand', 'mandatory'),
    mfaGraceDays: fc.constantFrom(0, 1, 30),
    mfaSince: perhaps,
    mfaRememberDeviceDays: fc.constantFrom(0, 1, 90),
    deviceApproval: mostly<DeviceApproval>('off', 'notify', 'required'),
  }),
  proofs: fc.record({
    passwordAt: fc.option(moment, { nil: null, freq: 4 }),
    externalAt: fc.option(moment, { nil: null, freq: 4 }),
    externalFactorAt: perhaps,
    factorAt: perhaps,
    passUntil: fc.oneof({ weight: 3, arbitrary: fc.constant(null) }, { weight: 1, arbitrary: moment }),
  }),
  device: fc.record({
    trustedUntil: perhaps,
    approvedAt: perhaps,
    revokedAt: fc.oneof({ weight: 6, arbitrary: fc.constant(null) }, { weight: 1, arbitrary: moment }),
  }),
  network: fc.record({
    filters: fc.oneof(
      { weight: 4, arbitrary: fc.constant([]) },
      {
        weight: 1,
        arbitrary: fc.array(
          fc.record({
            mode: fc.constantFrom('watch' as const, 'warn' as const, 'block' as const),
            paused: mostly(false, true),
            applies: fc.constantFrom('sign-in' as const, 'request' as const),
            inside: fc.boolean(),
          }),
          { maxLength: 2 },
        ),
      },
    ),
    exceptedUntil: fc.option(moment, { nil: null, freq: 1 }),
    moment: fc.constantFrom('sign-in' as const, 'request' as const),
  }),
  enrolmentPostponedAt: perhaps,
});

/** The property holds for every combination of facts that `given` speaks of. */
function always(given: (facts: Facts) => boolean, property: (facts: Facts) => void): void {
  fc.assert(
    // In braces: what an expectation returns is nothing that fast-check should judge.
    fc.property(anyFacts.filter(given), (facts) => {
      property(facts);
    }),
    { numRuns: 600 },
  );
}

const signedIn = (facts: Facts) => decide(facts).step === 'signed-in';
const onSystem = ({ authenticator }: Facts) => authenticator.type === 'system';
const enrolled = ({ account }: Facts) => account !== null && account.factorKinds.length > 0;
/** The account's present authenticator has had the first factor that it takes. */
const firstProved = ({ authenticator, proofs }: Facts) =>
  (authenticator.type === 'system' ? proofs.passwordAt : proofs.externalAt) !== null;
/** The provider was to show that it had asked for a second factor, and did not. */
const providerLacks = ({ authenticator, proofs }: Facts) =>
  authenticator.type !== 'system' && authenticator.externalMfa === 'demand' && proofs.externalFactorAt === null;
/** None of the factors is of a kind that the authenticator allows, and somebody demands one. */
const ofWrongKind = ({ account, authenticator }: Facts) =>
  !account!.factorKinds.some((kind) => kind !== 'set-aside' && authenticator.factorKinds.includes(kind));
const allSetAside = ({ account }: Facts) => account!.factorKinds.every((kind) => kind === 'set-aside');
const demanded = ({ authenticator, options }: Facts) => options.mfa === 'mandatory' || authenticator.mfaRequired;
/** Everything but the second factor is in order. */
const inOrder = (facts: Facts) => {
  const { account, authenticator } = facts;
  return (
    account?.status === 'active' &&
    !account.mustChangePassword &&
    authenticator.active &&
    firstProved(facts) &&
    !providerLacks(facts) &&
    !shutOut(facts) &&
    !heldBack(facts)
  );
};
/** The browser was revoked, or has yet to be approved where that is required. */
const heldBack = ({ options, device }: Facts) =>
  device.revokedAt !== null || (options.deviceApproval === 'required' && device.approvedAt === null);
/** Some filter that blocks is in force at this moment and not satisfied, and nothing excepts the person. */
const shutOut = ({ network, now }: Facts) =>
  !(network.exceptedUntil !== null && network.exceptedUntil > now) &&
  network.filters.some(
    ({ mode, paused, applies, inside }) =>
      mode === 'block' && !paused && !inside && !(network.moment === 'request' && applies === 'sign-in'),
  );

const STEPS = ['password', 'redirect', 'enrol', 'challenge', 'blocked', 'change-password', 'signed-in'];

describe('SIGN-2 the decision', () => {
  it('SIGN-2 is total: every combination of facts has one answer, with reasons, and always the same', () => {
    always(
      () => true,
      (facts) => {
        const decision = decide(facts);
        expect(STEPS).toContain(decision.step);
        expect(decision.reasons.length).toBeGreaterThan(0);
        expect(decide(structuredClone(facts))).toEqual(decision);
      },
    );
  });

  it('LOC-3 a filter that blocks stops who is outside at once, and tells nothing of a second factor', () => {
    always(
      (facts) => facts.account?.status === 'active' && facts.authenticator.active && firstProved(facts),
      (facts) => {
        const decision = decide(facts);
        if (shutOut(facts)) expect(decision).toEqual({ step: 'blocked', reasons: ['network.outside'] });
        else if (!heldBack(facts) && !providerLacks(facts)) expect(decision.step).not.toBe('blocked');
      },
    );
  });

  it('LOC-4 before the first factor is right, nothing tells where one may come from', () => {
    always(
      (facts) => !firstProved(facts),
      (facts) => {
        const open = decide({ ...facts, network: { filters: [], exceptedUntil: null, moment: 'sign-in' } });
        expect(decide(facts)).toEqual(open);
      },
    );
  });

  it('LOC-8 watching and warning let everybody in, and say so; paused, a filter says nothing', () => {
    const inside = (mode: 'watch' | 'warn' | 'block', more = {}) => ({
      filters: [{ mode, paused: false, applies: 'request' as const, inside: false, ...more }],
      exceptedUntil: null,
      moment: 'request' as const,
    });
    always(
      (facts) => inOrder(facts) && signedIn(facts),
      (facts) => {
        const reasons = (network: Facts['network']) => decide({ ...facts, network }).reasons;
        expect(reasons(inside('watch'))).toContain('network.watched');
        expect(reasons(inside('warn'))).toContain('network.warned');
        expect(reasons(inside('block'))).toEqual(['network.outside']);
        expect(reasons({ ...inside('block'), exceptedUntil: new Date(NOW.getTime() + 1) })).toContain(
          'network.excepted',
        );
        expect(reasons({ ...inside('block'), exceptedUntil: NOW })).toEqual(['network.outside']);
        expect(decide({ ...facts, network: inside('block', { paused: true }) }).step).toBe('signed-in');
        expect(decide({ ...facts, network: inside('block', { applies: 'sign-in' }) }).step).toBe('signed-in');
      },
    );
  });

  it('LOC-6 a browser that waits or was revoked opens nothing, and is told only once everything is proved', () => {
    always(
      (facts) => facts.account?.status === 'active' && facts.authenticator.active && firstProved(facts),
      (facts) => {
        const { step, reasons } = decide(facts);
        const free = decide({
          ...facts,
          options: { ...facts.options, deviceApproval: 'off' },
          device: { ...facts.device, revokedAt: null },
        });
        const proved = free.step !== 'challenge' && free.step !== 'blocked';
        if (!heldBack(facts) || !proved) expect({ step, reasons }).toEqual({ step: free.step, reasons: free.reasons });
        else {
          const reason = facts.device.revokedAt === null ? 'device.waiting' : 'device.revoked';
          expect({ step, reasons }).toEqual({ step: 'blocked', reasons: [reason] });
        }
      },
    );
  });

  it('LOC-6 GUARD-1 a browser that was let in before stays in, whatever the option becomes', () => {
    always(
      ({ device }) => device.approvedAt !== null,
      (facts) => {
        const withOption = (deviceApproval: DeviceApproval) =>
          decide({ ...facts, options: { ...facts.options, deviceApproval } });
        expect(withOption('required')).toEqual(withOption('off'));
        expect(withOption('notify')).toEqual(withOption('off'));
      },
    );
  });

  it('SIGN-2 reaches each of its seven steps', () => {
    const reached = new Set<string>();
    always(
      () => true,
      (facts) => reached.add(decide(facts).step),
    );
    expect([...reached].sort()).toEqual(STEPS.toSorted());
  });

  it('SIGN-2 never signs in without a proof of the first factor', () => {
    always(signedIn, (facts) => expect(firstProved(facts)).toBe(true));
  });

  it('SIGN-2 never signs in, enrols or challenges an account that is not active, or nobody', () => {
    always(
      ({ account }) => account?.status !== 'active',
      (facts) => expect(decide(facts).step).toMatch(/^(password|redirect|blocked)$/),
    );
  });

  it('SIGN-1 asks nobody and everybody for the same before the first proof: an unknown person for a password', () => {
    always(
      (facts) => onSystem(facts) && (facts.account === null || !firstProved(facts)),
      (facts) => expect(decide(facts).step).toBe('password'),
    );
  });

  it('SIGN-1 sends known and unknown people of an external authenticator there alike, unless it is deactivated', () => {
    always(
      (facts) => !onSystem(facts) && (facts.account === null || !firstProved(facts)),
      (facts) => expect(decide(facts).step).toBe(facts.authenticator.active ? 'redirect' : 'password'),
    );
  });

  it('AUTH-6 nobody gets in through a deactivated authenticator', () => {
    always(
      ({ authenticator }) => !authenticator.active,
      (facts) => expect(signedIn(facts)).toBe(false),
    );
  });

  it('SIGN-2 a password that must be changed is asked for last, after every other proof, and nobody who has one gets past it', () => {
    always(
      ({ account }) => account !== null && account.mustChangePassword,
      (facts) => {
        const decision = decide(facts);
        const without = decide({ ...facts, account: { ...facts.account!, mustChangePassword: false } });
        const last = without.step === 'signed-in' && onSystem(facts);
        expect(decision.step).toBe(last ? 'change-password' : without.step);
      },
    );
  });
});

describe('MFA-4 mandatory and not enrolled', () => {
  const missing = (facts: Facts) => inOrder(facts) && onSystem(facts) && demanded(facts) && !enrolled(facts);
  const graceEnd = ({ account, options }: Facts) =>
    Math.max(account!.createdAt.getTime(), options.mfaSince?.getTime() ?? 0) + options.mfaGraceDays * DAY_MS;

  it('MFA-4 is signed in only within the grace and after having put it off; everybody else enrols', () => {
    always(missing, (facts) => {
      const withinGrace = facts.options.mfaGraceDays > 0 && graceEnd(facts) > NOW.getTime();
      const postponed = facts.enrolmentPostponedAt !== null;
      expect(decide(facts).step).toBe(withinGrace && postponed ? 'signed-in' : 'enrol');
    });
  });

  it('MFA-4 says until when it can be put off, and to whom has put it off until when it must be done', () => {
    always(missing, (facts) => {
      const decision = decide(facts);
      const end = facts.options.mfaGraceDays > 0 && graceEnd(facts) > NOW.getTime() ? new Date(graceEnd(facts)) : null;
      if (decision.step === 'enrol') expect(decision.postponableUntil).toEqual(end);
      else expect(decision).toMatchObject({ step: 'signed-in', graceUntil: end });
    });
  });

  it('MFA-4 no grace is the default meaning of 0 days: nothing puts it off', () => {
    always(
      (facts) => missing(facts) && facts.options.mfaGraceDays === 0,
      (facts) => expect(decide(facts)).toMatchObject({ step: 'enrol', postponableUntil: null }),
    );
  });

  it('MFA-4 neither a proof of a factor that is gone nor a trusted device stands in for enrolment', () => {
    always(
      (facts) =>
        missing(facts) &&
        facts.enrolmentPostponedAt === null &&
        (facts.proofs.factorAt !== null || facts.device.trustedUntil !== null),
      (facts) => expect(decide(facts).step).toBe('enrol'),
    );
  });
});

describe('MFA-5 enrolled', () => {
  const asked = (facts: Facts) => onSystem(facts) && (demanded(facts) || facts.options.mfa === 'on-demand');
  const trusted = ({ options, device }: Facts) =>
    device.trustedUntil !== null &&
    device.trustedUntil > NOW &&
    device.trustedUntil <= new Date(NOW.getTime() + options.mfaRememberDeviceDays * 86_400_000);

  /** A pass stands in for the factor until its very last moment, and not in it (RESET-3). */
  const hasPass = ({ proofs }: Facts) => proofs.passUntil !== null && proofs.passUntil > NOW;

  const withPass = (facts: Facts, passUntil: Date | null): Facts => ({
    ...facts,
    proofs: { ...facts.proofs, passUntil },
  });

  it('RESET-3 a pass lets in whoever has a factor, while it is good, and is told among the reasons', () => {
    always(
      (facts) => inOrder(facts) && enrolled(facts) && asked(facts) && facts.proofs.factorAt === null,
      (facts) => {
        const good = decide(withPass(facts, new Date(NOW.getTime() + 1)));
        expect(good.step).toBe('signed-in');
        expect(good.reasons).toContain('mfa.pass');
        expect(decide({ ...withPass(facts, NOW), device: { ...facts.device, trustedUntil: null } }).step).toBe(
          'challenge',
        );
      },
    );
  });

  it('RESET-3 a pass is no way round enrolment, suspension or the password', () => {
    always(
      (facts) => !facts.account?.mustChangePassword && !heldBack(facts) && !(inOrder(facts) && enrolled(facts)),
      (facts) =>
        expect(decide(withPass(facts, new Date(NOW.getTime() + 1))).step).toBe(decide(withPass(facts, null)).step),
    );
  });

  it('MFA-5 is signed in only with a factor proved or in a device that is trusted at this moment; else challenged', () => {
    always(
      (facts) => inOrder(facts) && enrolled(facts) && asked(facts),
      (facts) => {
        const proved = facts.proofs.factorAt !== null;
        const replaces = proved && demanded(facts) && ofWrongKind(facts);
        const mayPass = proved || hasPass(facts) || trusted(facts);
        expect(decide(facts).step).toBe(replaces ? 'enrol' : mayPass ? 'signed-in' : 'challenge');
      },
    );
  });

  it('AUTH-3 ENROL-9 a factor of a kind that is no longer allowed, or a passkey set aside, is proved once more, and then replaced; never by a password alone', () => {
    always(
      (facts) => inOrder(facts) && enrolled(facts) && onSystem(facts) && demanded(facts) && ofWrongKind(facts),
      (facts) => {
        const proofs = { ...facts.proofs, passUntil: null };
        const device = { ...facts.device, trustedUntil: null };
        expect(decide({ ...facts, device, proofs: { ...proofs, factorAt: null } }).step).toBe('challenge');
        const proved = decide({ ...facts, device, proofs: { ...proofs, factorAt: NOW } });
        expect(proved).toMatchObject({ step: 'enrol', postponableUntil: null });
        expect(proved.reasons).toContain(allSetAside(facts) ? 'mfa.set-aside' : 'mfa.kind-not-allowed');
      },
    );
  });

  it('MFA-5 trust ends with the option: at 0 days no device counts, and at its last moment none does', () => {
    always(
      (facts) => inOrder(facts) && enrolled(facts) && asked(facts) && facts.proofs.factorAt === null && !hasPass(facts),
      (facts) => {
        expect(decide({ ...facts, options: { ...facts.options, mfaRememberDeviceDays: 0 } }).step).toBe('challenge');
        expect(decide({ ...facts, device: { ...facts.device, trustedUntil: NOW } }).step).toBe('challenge');
      },
    );
  });

  it('MFA-4 putting enrolment off does nothing for whoever is enrolled', () => {
    always(enrolled, (facts) =>
      expect(decide({ ...facts, enrolmentPostponedAt: NOW })).toEqual(decide({ ...facts, enrolmentPostponedAt: null })),
    );
  });
});

describe('MFA-1, MFA-2 and MFA-3 which rule holds', () => {
  it('MFA-1 off: nobody of the kind is asked, whether factors are kept or not', () => {
    always(
      (facts) => inOrder(facts) && onSystem(facts) && facts.options.mfa === 'off' && !facts.authenticator.mfaRequired,
      ({ network: _anywhere, ...facts }) =>
        expect(decide({ ...facts, network: NO_FILTER })).toMatchObject({
          step: 'signed-in',
          reasons: ['mfa.off', 'proof.complete'],
        }),
    );
  });

  it('MFA-1 on demand: whoever has no factor comes in with the password', () => {
    always(
      (facts) =>
        inOrder(facts) &&
        onSystem(facts) &&
        facts.options.mfa === 'on-demand' &&
        !facts.authenticator.mfaRequired &&
        !enrolled(facts),
      (facts) => expect(decide(facts).step).toBe('signed-in'),
    );
  });

  it('MFA-2 the strictest rule wins: an authenticator that demands MFA makes every option as good as mandatory', () => {
    always(onSystem, (facts) => {
      const strict = (mfa: MfaOption, mfaRequired: boolean) =>
        decide({ ...facts, options: { ...facts.options, mfa }, authenticator: { ...facts.authenticator, mfaRequired } })
          .step;
      const mandatory = strict('mandatory', false);
      for (const mfa of ['off', 'on-demand', 'mandatory'] as const) expect(strict(mfa, true)).toBe(mandatory);
    });
  });

  it('MFA-2 a stricter rule never lets in whom a laxer one keeps out', () => {
    always(
      (facts) => facts.account !== null,
      (facts) => {
        const withOption = (mfa: MfaOption) => signedIn({ ...facts, options: { ...facts.options, mfa } });
        if (withOption('mandatory')) expect(withOption('on-demand')).toBe(true);
        if (withOption('on-demand')) expect(withOption('off')).toBe(true);
      },
    );
  });

  const asksHere = ({ authenticator }: Facts) => authenticator.externalMfa === 'ask';

  it('MFA-3 people of external authenticators are never asked for a factor here, whatever the rules and their past', () => {
    always(
      (facts) => !onSystem(facts) && !asksHere(facts),
      (facts) => {
        expect(decide(facts).step).not.toMatch(/^(enrol|challenge)$/);
        const reason = facts.authenticator.externalMfa === 'demand' ? 'mfa.by-provider' : 'mfa.not-for-external';
        expect(mfaStanding(facts)).toEqual({ rule: 'none', reason });
      },
    );
    always(
      (facts) => inOrder(facts) && !onSystem(facts) && !asksHere(facts),
      (facts) => expect(decide(facts).step).toBe('signed-in'),
    );
  });

  it('MFA-7 where proof is demanded, whoever comes without the provider’s own second factor is refused, and told why', () => {
    always(
      (facts) => inOrder(facts) && !onSystem(facts) && facts.authenticator.externalMfa === 'demand',
      (facts) =>
        expect(decide({ ...facts, proofs: { ...facts.proofs, externalFactorAt: null } })).toEqual({
          step: 'blocked',
          reasons: ['mfa.provider-lacks'],
        }),
    );
  });

  it('MFA-7 « ask here » makes a factor of ours mandatory for people of an external authenticator, whatever the option says', () => {
    always(
      (facts) => inOrder(facts) && !onSystem(facts) && asksHere(facts),
      (facts) => {
        expect(mfaStanding(facts)).toEqual({ rule: 'mandatory', reason: 'mfa.required-by-authenticator' });
        const anew = {
          ...facts,
          proofs: { ...facts.proofs, factorAt: null, passUntil: null },
          enrolmentPostponedAt: null,
        };
        const { step } = decide({ ...anew, device: { ...facts.device, trustedUntil: null } });
        expect(step).toBe(enrolled(facts) ? 'challenge' : 'enrol');
      },
    );
  });

  it('AUTH-6 a password opens nothing where the account is on a provider, and a provider nothing where it has a password', () => {
    always(
      (facts) => facts.account?.status === 'active' && facts.authenticator.active,
      (facts) => {
        const proofs = onSystem(facts) ? { ...facts.proofs, passwordAt: null } : { ...facts.proofs, externalAt: null };
        expect(decide({ ...facts, proofs }).step).toBe(onSystem(facts) ? 'password' : 'redirect');
      },
    );
  });

  it('MFA-1 a demand names what demands it', () => {
    always(
      (facts) => inOrder(facts) && onSystem(facts) && demanded(facts),
      (facts) => {
        const reason = facts.options.mfa === 'mandatory' ? 'mfa.required-by-option' : 'mfa.required-by-authenticator';
        expect(decide(facts).reasons).toContain(reason);
      },
    );
  });
});

it('AUTH-3 ENROL-9 what is to be replaced is told of whoever has something, and nothing that is taken', () => {
  expect(replacementOf([], ['totp'])).toBeNull();
  expect(replacementOf(['hotp', 'totp'], ['totp'])).toBeNull();
  expect(replacementOf(['hotp'], ['totp'])).toBe('mfa.kind-not-allowed');
  expect(replacementOf(['hotp', 'set-aside'], ['totp'])).toBe('mfa.kind-not-allowed');
  expect(replacementOf(['set-aside'], ['totp', 'passkey'])).toBe('mfa.set-aside');
});
