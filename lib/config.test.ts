import { randomBytes } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { ConfigError, parseConfig } from './config';

const base64url = () => randomBytes(32).toString('base64url');

const COMPLETE = {
  DATABASE_URL: 'postgres://vestibule:password@127.0.0.1:5432/vestibule',
  AUTH_SECRET: base64url(),
  PASSWORD_PEPPER: base64url(),
  ENCRYPTION_KEYS: `k1:${randomBytes(32).toString('base64')}`,
};

/** The one line that an operator reads. */
function complaint(environment: Record<string, string | undefined>): string {
  try {
    parseConfig(environment);
  } catch (error) {
    expect(error).toBeInstanceOf(ConfigError);
    return (error as ConfigError).message;
  }
  return '';
}

describe('RUN-3 what production refuses to start on', () => {
  it.each(['DATABASE_URL', 'AUTH_SECRET', 'PASSWORD_PEPPER', 'ENCRYPTION_KEYS'])(
    'RUN-3 %s missing or empty: one line that names it and says how to make one',
    (name) => {
      for (const value of [undefined, '']) {
        const line = complaint({ ...COMPLETE, [name]: value });
        expect(line).toMatch(new RegExp(`^${name} is missing\\. (Make one with: node -p |Example: postgres://)`));
        expect(line).not.toContain('\n');
      }
    },
  );

  it('RUN-3 says all that is missing or weak at once, a line for each', () => {
    const lines = complaint({ ...COMPLETE, DATABASE_URL: '', AUTH_SECRET: 'weak', PASSWORD_PEPPER: undefined }).split(
      '\n',
    );
    expect(lines).toEqual([
      expect.stringMatching(/^DATABASE_URL is missing\. Example: /),
      expect.stringMatching(/^AUTH_SECRET is too weak: .*Make one with: node -p /),
      expect.stringMatching(/^PASSWORD_PEPPER is missing\. Make one with: node -p /),
    ]);
    // One that is wrong in two ways is told of once.
    expect(complaint({ ...COMPLETE, ENCRYPTION_KEYS: 'k1:a,k1:a' })).not.toContain('\n');
  });

  it.each(['AUTH_SECRET', 'PASSWORD_PEPPER'])('RUN-3 %s weak: short, repeated or typed', (name) => {
    for (const weak of [
      'secret',
      'changeme',
      base64url().slice(0, 41),
      'a'.repeat(64),
      'abababababab'.repeat(8),
      ' ',
    ]) {
      const line = complaint({ ...COMPLETE, [name]: weak });
      expect(line).toMatch(new RegExp(`^${name} is too weak: .*Make one with: node -p `));
      expect(line).not.toContain('\n');
      // Neither here nor in a log: it may be somebody's real secret, mistyped.
      if (weak.length > 8) expect(line).not.toContain(weak);
    }
  });

  it('RUN-3 ENCRYPTION_KEYS weak: too short, typed, counted, without an id, twice the same', () => {
    const key = randomBytes(32).toString('base64');
    for (const weak of [
      key,
      `k1:${randomBytes(16).toString('base64')}`,
      `k1:${Buffer.from('this is a sentence of 32 letters').toString('base64')}`,
      `k1:${Buffer.alloc(32).toString('base64')}`,
      `k1:${Buffer.from(Array.from({ length: 32 }, (_, index) => index)).toString('base64')}`,
      `k1:${key},k1:${randomBytes(32).toString('base64')}`,
      `k1:${key},k2:${key}`,
      `k1:${key},`,
      'k1:not base64!',
    ]) {
      const line = complaint({ ...COMPLETE, ENCRYPTION_KEYS: weak });
      expect({ weak, line }).toEqual({
        weak,
        line: expect.stringMatching(/^ENCRYPTION_KEYS: .*Make one with: node -p [^\n]*$/),
      });
      expect(line).not.toContain(key);
    }
    const rotated = `k2:${key},${COMPLETE.ENCRYPTION_KEYS}`;
    expect(parseConfig({ ...COMPLETE, ENCRYPTION_KEYS: rotated }).ENCRYPTION_KEYS).toBe(rotated);
  });

  it.each([
    ['DATABASE_URL', ['mysql://a:b@c/d', '127.0.0.1:5432', 'vestibule']],
    ['PORT', ['0', '65536', 'http', '3000.5', '-1']],
    ['DATABASE_POOL', ['0', '101', 'many']],
    ['APP_ORIGIN', ['portal.example.org', 'ftp://portal.example.org', 'javascript:alert(1)', '/']],
    ['ARGON2_MEMORY_KIB', ['19455', '1', 'lots']],
    ['ARGON2_PASSES', ['1', '0', '21']],
    ['UV_THREADPOOL_SIZE', ['0', '3', '2000']],
    ['LOG_LEVEL', ['loud']],
    ['SIGNUP', ['maybe', '0']],
    ['SMTP_URL', ['mail.example.org', 'https://mail.example.org', 'smtp://', 'smtp://host:port', 'smtp://host:0']],
    ['MAIL_FROM', ['portal', 'a@b, c@d', 'Portal <a@b.test>', 'a@b.test\r\nBcc: c@d.test', '"a b"@c.test']],
    ['DEMO', ['yes', 'true']],
  ])('RUN-3 %s wrong: one line that names it', (name, values) => {
    for (const value of values) {
      const line = complaint({ ...COMPLETE, [name]: value });
      expect({ value, line }).toEqual({ value, line: expect.stringContaining(name) });
      expect(line).not.toContain('\n');
    }
  });

  it('RUN-3 SMTP_URL wrong: the line doesn’t repeat it, for it may hold a password', () => {
    const line = complaint({ ...COMPLETE, SMTP_URL: 'stmp://portal:Orage-Lanterne@mail.example.org' });
    expect(line).toMatch(/^SMTP_URL must be like /);
    expect(line).not.toContain('Orage');
  });

  it('RUN-3 plain http is for localhost only', () => {
    for (const origin of [
      'http://portal.example.org',
      'http://10.0.0.1',
      'http://localhost.example.org',
      'http://127.0.0.1.nip.io',
    ]) {
      expect(complaint({ ...COMPLETE, APP_ORIGIN: origin })).toMatch(/^APP_ORIGIN must begin with https:/);
    }
    for (const origin of ['http://localhost:3000', 'http://127.0.0.1:8080', 'http://[::1]:3000']) {
      expect(parseConfig({ ...COMPLETE, APP_ORIGIN: origin })).toMatchObject({
        APP_ORIGIN: origin,
        secureCookies: false,
      });
    }
  });
});

describe('RUN-4 settings', () => {
  it('RUN-4 are completed by safe values', () => {
    expect(parseConfig(COMPLETE)).toMatchObject({
      NODE_ENV: 'production',
      PORT: 3000,
      APP_ORIGIN: 'http://localhost:3000',
      TRUSTED_PROXIES: '',
      ARGON2_MEMORY_KIB: 19_456,
      ARGON2_PASSES: 2,
      MAIL_FROM: 'no-reply@localhost',
      LOG_LEVEL: 'info',
      DEMO: false,
    });
    expect(parseConfig({ ...COMPLETE, APP_ORIGIN: 'https://portail.example.org' }).MAIL_FROM).toBe(
      'no-reply@portail.example.org',
    );
    expect(parseConfig({ ...COMPLETE, PORT: '8080' }).APP_ORIGIN).toBe('http://localhost:8080');
  });

  it('RUN-4 SAFE-3 an https origin means Secure cookies, and only its origin counts', () => {
    const read = parseConfig({ ...COMPLETE, APP_ORIGIN: 'https://Portal.Example.org/some/path' });
    expect(read).toMatchObject({ APP_ORIGIN: 'https://portal.example.org', secureCookies: true });
  });

  it('RUN-4 are all documented in .env.example, and nothing else is', () => {
    const documented = readFileSync(new URL('../.env.example', import.meta.url), 'utf8').matchAll(
      /^(?:# )?([A-Z][A-Z0-9_]+)=/gm,
    );
    const names = new Set([...documented].map(([, name]) => name!));
    // NODE_ENV is set by the program that starts the server, secureCookies follows from the origin.
    const set = {
      ...COMPLETE,
      APP_ORIGIN: 'https://a.test',
      SMTP_URL: 'smtps://b.test',
      DATABASE_OWNER_URL: 'postgres://c.test/d',
      GEOIP_DATABASE: '/srv/country.mmdb',
    };
    const ours = Object.keys(parseConfig(set)).filter((name) => !['NODE_ENV', 'secureCookies'].includes(name));
    expect([...names].sort()).toEqual(ours.sort());
  });
});

describe('RUN-7 one setting alone', () => {
  beforeEach(() => {
    vi.resetModules();
    for (const name of Object.keys(COMPLETE)) vi.stubEnv(name, undefined);
  });
  afterEach(() => {
    vi.unstubAllEnvs();
  });

  it('RUN-7 asks for no other, and names itself where it is missing or weak', async () => {
    vi.stubEnv('PASSWORD_PEPPER', COMPLETE.PASSWORD_PEPPER);
    const { config, databaseUrl, setting } = await import('./config');
    expect(setting('PASSWORD_PEPPER')).toBe(COMPLETE.PASSWORD_PEPPER);
    expect(setting('DATABASE_POOL')).toBe(6);
    expect(() => databaseUrl()).toThrow(/^DATABASE_URL is missing/);
    expect(() => config()).toThrow(/^DATABASE_URL is missing/);
    vi.stubEnv('AUTH_SECRET', 'short');
    expect(() => setting('AUTH_SECRET')).toThrow(/^AUTH_SECRET is too weak/);
    vi.stubEnv('AUTH_SECRET', '');
    expect(() => setting('AUTH_SECRET')).toThrow(/^AUTH_SECRET is missing/);
    // A failure is not remembered: the operator sets it and goes on.
    vi.stubEnv('DATABASE_URL', COMPLETE.DATABASE_URL);
    expect(databaseUrl()).toBe(COMPLETE.DATABASE_URL);
  });
});
