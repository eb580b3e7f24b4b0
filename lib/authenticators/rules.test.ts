import { expect, it } from 'vitest';
import { SETTINGS, type Authenticator } from './model';
import { changesConnection } from './rules';

/** What happens after somebody is in, or is only read by us: it keeps nobody out, whatever it says. */
const HARMLESS = {
  oidc: ['revocationEndpoint', 'endSessionEndpoint', 'justInTime'],
  saml: ['sloUrl', 'sloBinding', 'sloResponseUrl', 'metadataUrl', 'proposedCertificates', 'justInTime'],
};

it('GUARD-2 a setting that only concerns what comes after signing in asks for no confirmation; every other does', () => {
  for (const type of ['oidc', 'saml'] as const) {
    const settings = SETTINGS[type].parse({});
    const before = { type, settings } as Authenticator;
    const asks = Object.keys(settings).filter((key) =>
      changesConnection(before, { ...settings, [key]: 'changed' } as Authenticator['settings']),
    );
    expect([type, asks]).toEqual([type, Object.keys(settings).filter((key) => !HARMLESS[type].includes(key))]);
    expect(changesConnection(before, settings)).toBe(false);
  }
});
