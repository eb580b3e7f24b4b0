import { z } from 'zod';
import { parseSealingKeys } from '@/lib/crypto/seal';

/**
 * The only reader of `process.env` (RUN-4). Everything else receives what it needs from `config()`.
 *
 * Read lazily and once: `next build` must not demand a database or secrets, and a server that lacks one must say so
 * in a single line before it listens (RUN-3).
 */

const secret = (name: string, howToMake: string) =>
  z
    .string({ error: `${name} is missing. Make one with: ${howToMake}` })
    .refine((value) => Buffer.from(value, 'base64').length >= 32 && new Set(value).size >= 12, {
      message: `${name} is too weak: it needs 32 random bytes. Make one with: ${howToMake}`,
    });

const RANDOM_BYTES = `node -p "require('crypto').randomBytes(32).toString('base64url')"`;
const RANDOM_KEY = `node -p "'k1:'+require('crypto').randomBytes(32).toString('base64')"`;

/** One address, without a name: what stands in the envelope and behind the organisation's name. */
const MAIL_ADDRESS = /^[A-Za-z0-9._%+-]{1,64}@[A-Za-z0-9][A-Za-z0-9.-]{0,252}$/;

const SMTP_EXAMPLE = 'Example: smtps://user:password@mail.example.org:465';

/** The URL may hold a password: no message repeats it. */
function isSmtpUrl(text: string): boolean {
  if (!/^smtps?:\/\//.test(text) || !URL.canParse(text)) return false;
  const { hostname, port } = new URL(text);
  return hostname !== '' && port !== '0';
}

const flag = z
  .enum(['0', '1'])
  .default('0')
  .transform((value) => value === '1');

const schema = z.object({
  NODE_ENV: z.string().default('production'),
  DATABASE_URL: z
    .string({ error: 'DATABASE_URL is missing. Example: postgres://owner:password@127.0.0.1:5432/vestibule' })
    .regex(/^postgres(ql)?:\/\//, { message: 'DATABASE_URL must begin with postgres://' }),
  /**
   * The owner of the tables, where the server's own login is another: migrations and those of the operator's commands that
   * look at all organisations connect as that one. Left out: DATABASE_URL is the owner's.
   */
  DATABASE_OWNER_URL: z
    .string()
    .regex(/^postgres(ql)?:\/\//, { message: 'DATABASE_OWNER_URL must begin with postgres://' })
    .optional(),
  /** Connections of one instance. On two cores a few pipelined ones beat many. */
  DATABASE_POOL: z.coerce.number().int().min(1).max(100).default(6),
  PORT: z.coerce.number({ error: 'PORT must be a number' }).int().min(1).max(65_535).default(3000),
  HOST: z.string().default('localhost'),
  /** What stands before the first slash in a person's address bar; cookies and Origin checks rest on it. */
  APP_ORIGIN: z
    .url({ protocol: /^https?$/, error: 'APP_ORIGIN must be like https://portal.example.org' })
    .transform((value) => new URL(value).origin)
    .optional(),
  AUTH_SECRET: secret('AUTH_SECRET', RANDOM_BYTES),
  ENCRYPTION_KEYS: z
    .string({ error: `ENCRYPTION_KEYS is missing. Make one with: ${RANDOM_KEY}` })
    .superRefine((text, context) => {
      try {
        parseSealingKeys(text);
      } catch (error) {
        const message = `ENCRYPTION_KEYS: ${(error as Error).message}. Make one with: ${RANDOM_KEY}`;
        context.addIssue({ code: 'custom', message });
      }
    }),
  PASSWORD_PEPPER: secret('PASSWORD_PEPPER', RANDOM_BYTES),
  TRUSTED_PROXIES: z.string().default(''),
  /** Argon2id, in KiB and passes (SAFE-1). Hashes made with less are renewed at the next sign-in. */
  ARGON2_MEMORY_KIB: z.coerce.number().int().min(19_456).max(1_048_576).default(19_456),
  ARGON2_PASSES: z.coerce.number().int().min(2).max(20).default(2),
  /** Node's own variable: threads for hashing, files and DNS. Set it to 16 or more on large machines. */
  UV_THREADPOOL_SIZE: z.coerce.number().int().min(4).max(1024).default(4),
  /** The server that takes letters (SAFE-6). Without it they wait in the outbox. */
  SMTP_URL: z
    .string()
    .refine(isSmtpUrl, { message: `SMTP_URL must be like smtp://host:25 or smtps://host:465. ${SMTP_EXAMPLE}` })
    .optional(),
  /** The address that letters come from; the organisation's name stands before it. */
  MAIL_FROM: z
    .string()
    .regex(MAIL_ADDRESS, { message: 'MAIL_FROM must be one address, like no-reply@portal.example.org' })
    .optional(),
  /** A database of countries in MaxMind's format, instead of the bundled one (LOC-7). */
  GEOIP_DATABASE: z.string().optional(),
  LOG_LEVEL: z.enum(['debug', 'info', 'warn', 'error', 'silent']).default('info'),
  /** Whether anybody may make an organisation at /signup (ACC-1). */
  SIGNUP: z.enum(['on', 'off'], { error: 'SIGNUP must be on or off' }).default('on'),
  /**
   * Whether identity providers may stand in networks of one's own, and speak plain http on this machine (OIDC-5): for a
   * provider inside the house, the demo and the tests.
   */
  ALLOW_PRIVATE_IDPS: flag,
  DEMO: flag,
});

export type Config = Omit<z.output<typeof schema>, 'APP_ORIGIN' | 'MAIL_FROM'> & {
  APP_ORIGIN: string;
  MAIL_FROM: string;
  secureCookies: boolean;
};

/** Settings are missing or wrong. `message` is one line for each of them: the variable's name and what to do. */
export class ConfigError extends Error {
  constructor(...lines: readonly string[]) {
    super(lines.join('\n'));
  }
}

/** All that is wrong at once, so that nobody starts a server as often as there are settings. */
function configError(error: z.ZodError, only?: string): ConfigError {
  const lines = new Map<string, string>();
  for (const { path, message } of error.issues) {
    const name = only ?? String(path[0]);
    if (!lines.has(name)) lines.set(name, message.includes(name) ? message : `${name}: ${message}`);
  }
  return new ConfigError(...lines.values());
}

/**
 * Checks an environment and completes it.
 *
 * @throws {ConfigError} with one line for each variable that is missing or wrong, which names it
 */
export function parseConfig(environment: Record<string, string | undefined>): Config {
  // An empty variable is how many shells and compose files say "unset".
  const given = Object.fromEntries(Object.entries(environment).filter(([, value]) => value !== ''));
  const parsed = schema.safeParse(given);
  if (!parsed.success) throw configError(parsed.error);
  const values = parsed.data;
  const appOrigin = values.APP_ORIGIN ?? `http://localhost:${values.PORT}`;
  const { protocol, hostname } = new URL(appOrigin);
  const onThisMachine = hostname === 'localhost' || hostname === '127.0.0.1' || hostname === '[::1]';
  if (protocol === 'http:' && !onThisMachine) {
    throw new ConfigError('APP_ORIGIN must begin with https:// (plain http is for localhost only)');
  }
  return {
    ...values,
    APP_ORIGIN: appOrigin,
    MAIL_FROM: values.MAIL_FROM ?? `no-reply@${onThisMachine ? 'localhost' : hostname}`,
    secureCookies: protocol === 'https:',
  };
}

let parsedOnce: Config | undefined;

/** The settings of this process. @throws {ConfigError} */
export function config(): Config {
  parsedOnce ??= parseConfig(process.env);
  return parsedOnce;
}

const parsedAlone = new Map<string, unknown>();

/**
 * One setting without the others. Migrations and the operator's command run where the server may never have been set up:
 * they ask for what they use and no more.
 *
 * @throws {ConfigError} with one line that names the variable
 */
export function setting<K extends keyof typeof schema.shape>(name: K): z.output<typeof schema>[K] {
  if (!parsedAlone.has(name)) {
    const parsed = schema.shape[name].safeParse(process.env[name] || undefined);
    if (!parsed.success) throw configError(parsed.error, name);
    parsedAlone.set(name, parsed.data);
  }
  return parsedAlone.get(name) as z.output<typeof schema>[K];
}

/** Where the database is. @throws {ConfigError} */
export function databaseUrl(): string {
  return setting('DATABASE_URL');
}

/** Where the owner of the tables connects. @throws {ConfigError} */
export function ownerUrl(): string {
  return setting('DATABASE_OWNER_URL') ?? databaseUrl();
}
