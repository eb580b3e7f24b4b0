import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { nearnessOf, readExpected, saidBy } from './expected';

describe('AUTH-7 what an administrator expects', () => {
  it('AUTH-7 reads claim(name):value exactly, capitals and all', () => {
    expect(readExpected('oidc', 'claim(email):Nick@x.test')).toEqual({ claim: 'email', value: 'Nick@x.test' });
    expect(readExpected('oidc', 'claim(sub):auth0|5f3')).toEqual({ claim: 'sub', value: 'auth0|5f3' });
    expect(readExpected('oidc', 'claim(https://ecole.test/claims/id):42')).toMatchObject({ value: '42' });
    expect(readExpected('oidc', 'claim(oid):a:b(c)')).toEqual({ claim: 'oid', value: 'a:b(c)' });
    expect(readExpected('saml', 'Nick@x.test')).toEqual({ claim: null, value: 'Nick@x.test' });
  });

  it('AUTH-7 refuses every other form (bad input 64)', () => {
    const issueOf = (text: string) => {
      const read = readExpected('oidc', text);
      return 'issue' in read ? read.issue : null;
    };
    expect(issueOf('claim():x')).toBe('identity.claim');
    expect(issueOf('claim(sub):')).toBe('identity.value');
    expect(issueOf('claim(a)(b):x')).toBe('identity.form');
    expect(issueOf(`claim(email):${'x'.repeat(300)}`)).toBe('identity.tooLong');
    expect(issueOf('claim(email):nick@x.test ')).toBe('identity.value');
    expect(issueOf('claim(email):\u200bnick@x.test')).toBe('identity.value');
    for (const text of ['nick@x.test', 'Claim(email):x', ' claim(email):x', 'claim(email) :x', 'claim(email)x', '']) {
      expect(issueOf(text)).toBe('identity.form');
    }
    for (const claim of ['iss', 'aud', 'email_verified', 'amr', 'name', 'groups', 'e mail', 'é', '1a']) {
      expect(issueOf(`claim(${claim}):x`)).toBe('identity.claim');
    }
    expect(readExpected('saml', '')).toEqual({ issue: 'identity.value' });
  });

  it('AUTH-7 reads anything without failing, and what it takes is what was typed', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), fc.string({ unit: 'binary' }), (claim, value) => {
        const read = readExpected('oidc', `claim(${claim}):${value}`);
        if (!('issue' in read)) expect(read).toEqual({ claim, value });
      }),
    );
  });
});

describe('AUTH-7 what a provider said', () => {
  const said = (claims: Record<string, unknown>, emailVerified = true) =>
    saidBy('oidc', { subject: 's', claims, emailVerified });

  it('AUTH-7 an unverified address says nothing, and neither does a list', () => {
    expect(said({ sub: 's', email: 'a@x.test' })).toEqual(['claim(sub):s', 'claim(email):a@x.test']);
    expect(said({ email: 'a@x.test' }, false)).toEqual([]);
    expect(said({ upn: ['a', 'b'], oid: 7, ok: true, none: null, deep: { sub: 's' } })).toEqual([]);
    expect(said({ iss: 'https://idp.example', 'a)(b': 'x' })).toEqual([]);
  });

  it('AUTH-7 resemblance is told, never taken for the same', () => {
    expect(nearnessOf('claim(email):nick@x.test', 'claim(email):nick@x.test')).toBeNull();
    expect(nearnessOf('claim(email):nick@x.test', 'claim(email):Nick@x.test')).toBe('spelling');
    expect(nearnessOf('claim(email):nick@x.test', 'claim(email):nick@x.test\u00a0')).toBe('spelling');
    expect(nearnessOf('claim(email):nick@x.test', 'claim(email):ｎick@x.test')).toBe('spelling');
    expect(nearnessOf('claim(email):nick@x.test', 'claim(email):nick@y.test')).toBe('domain');
    expect(nearnessOf('claim(email):nick@x.test', 'claim(email):nicole@x.test')).toBeNull();
    expect(nearnessOf('claim(oid):1', 'claim(oid):2')).toBeNull();
  });
});
