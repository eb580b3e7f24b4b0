import { spawn } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import { HandMadeClient } from './fixtures/hand-made';
import { environmentOf, logFolder, newSecrets, REPOSITORY, SERVER, startInstance } from './fixtures/instances';
import { makeEnrolledPerson, makeOrganisation } from './fixtures/people';
import { Phone } from './fixtures/phone';
import { expect, test } from './fixtures/test';

/** A start takes a second on a machine of one's own. What is still at work after this has started after all. */
const REFUSES_WITHIN_MS = 30_000;

/** Runs `npm start` where it is not expected to get far. */
function tryToStart(
  settings: Record<string, string>,
): Promise<{ code: number | null; errors: string; output: string }> {
  const child = spawn(process.execPath, SERVER, {
    cwd: REPOSITORY,
    env: environmentOf(settings) as unknown as NodeJS.ProcessEnv,
  });
  const late = setTimeout(() => child.kill('SIGKILL'), REFUSES_WITHIN_MS);
  let [errors, output] = ['', ''];
  child.stderr.on('data', (chunk: Buffer) => (errors += chunk));
  child.stdout.on('data', (chunk: Buffer) => (output += chunk));
  return new Promise((resolve) =>
    child.once('close', (code) => {
      clearTimeout(late);
      resolve({ code, errors, output });
    }),
  );
}

const good = { ...newSecrets(), DATABASE_URL: 'postgres://owner:secret-of-the-owner@127.0.0.1:1/vestibule', PORT: '1' };
const BAD: [string, Record<string, string>][] = [
  ['DATABASE_URL', { DATABASE_URL: '' }],
  ['DATABASE_URL', { DATABASE_URL: 'mysql://x' }],
  ['AUTH_SECRET', { AUTH_SECRET: '' }],
  ['AUTH_SECRET', { AUTH_SECRET: 'secret' }],
  ['AUTH_SECRET', { AUTH_SECRET: 'a'.repeat(64) }],
  ['PASSWORD_PEPPER', { PASSWORD_PEPPER: '' }],
  ['PASSWORD_PEPPER', { PASSWORD_PEPPER: 'cGVwcGVy' }],
  ['ENCRYPTION_KEYS', { ENCRYPTION_KEYS: '' }],
  ['ENCRYPTION_KEYS', { ENCRYPTION_KEYS: 'k1:dG9vIHNob3J0' }],
  ['ENCRYPTION_KEYS', { ENCRYPTION_KEYS: 'rubbish' }],
  ['ENCRYPTION_KEYS', { ENCRYPTION_KEYS: `k1:${Buffer.alloc(32).toString('base64')}` }],
  ['APP_ORIGIN', { APP_ORIGIN: 'http://portal.example.org' }],
  ['APP_ORIGIN', { APP_ORIGIN: 'portal.example.org' }],
  ['PORT', { PORT: 'abc' }],
  ['PORT', { PORT: '70000' }],
  ['TRUSTED_PROXIES', { TRUSTED_PROXIES: '10.0.0.0/40' }],
  ['LOG_LEVEL', { LOG_LEVEL: 'loud' }],
];

test('RUN-3 the portal does not start on a missing or weak setting, and says which in one line', async () => {
  test.setTimeout(180_000);
  for (let from = 0; from < BAD.length; from += 4) {
    // A few at once: each is a process that lives for a moment.
    await Promise.all(
      BAD.slice(from, from + 4).map(async ([name, change]) => {
        const { code, errors, output } = await tryToStart({ ...good, ...change });
        const seen = `${JSON.stringify(change)}: ${code} ${errors}${output}`.slice(0, 600);
        expect.soft(code, seen).toBe(1);
        expect.soft(errors.trim().split('\n'), seen).toHaveLength(1);
        expect.soft(errors, seen).toContain(name);
        expect.soft(output, seen).toBe('');
        expect.soft(errors, seen).not.toContain('secret-of-the-owner');
      }),
    );
  }
});

test('RUN-3 a port that is taken is one clear line too', async ({ portal }) => {
  const { port } = new URL(portal.origin);
  const { code, errors } = await tryToStart({ ...portal.settings, PORT: port });
  expect([code, errors.trim().split('\n').length]).toEqual([1, 1]);
  expect(errors).toContain(port);
});

test('RUN-6 the log is lines of JSON with request ids, from the first to the last', async ({ portal, logs }) => {
  const organisation = await makeOrganisation({ internalMFA: 'mandatory' });
  const person = await makeEnrolledPerson(organisation);
  const phone = new Phone(person.secret);
  const instance = await startInstance(portal.settings);
  logs.add(instance.log);
  const client = new HandMadeClient(portal.origin, { at: instance.address });
  await client.enterPassword(organisation.slug, person.email, 'un mot de passe faux');
  await client.submit(await client.formWith(`/${organisation.slug}/sign-in/password`, 'password'), {
    password: person.password,
  });
  const form = await client.formWith(`/${organisation.slug}/sign-in/verify`, 'code');
  await client.submit(form, { code: await phone.wrongCode() });
  await client.submit(form, { code: await phone.nextCode() });
  await client.request('POST', `/${organisation.slug}/sign-in`, { headers: { origin: 'https://evil.test' } });
  await instance.stop();

  const { entries, others } = logs.read();
  expect.soft(others).toEqual([]);
  expect(entries.length).toBeGreaterThanOrEqual(3);
  for (const entry of entries) expect(Date.parse(String(entry['time'])), JSON.stringify(entry)).not.toBeNaN();
  const refusals = entries.filter((entry) => 'refusal' in entry);
  expect(refusals.map(({ refusal }) => refusal)).toEqual(['sign-in.wrong-password', 'code.wrong']);
  for (const entry of refusals) expect(entry['requestId']).toMatch(/^[0-9a-f-]{36}$/);
});

test('RUN-6 no log of this whole run holds what no log may hold', () => {
  // Each test has looked for its own words. These are the shapes of what nobody should have written.
  const files = fs.readdirSync(logFolder()).filter((name) => name.endsWith('.log'));
  expect(files.length).toBeGreaterThan(1);
  for (const file of files) {
    const written = fs.readFileSync(path.join(logFolder(), file), 'utf8');
    expect(written).not.toMatch(/[\w.+-]+@[\w-]+\.test\b/);
    expect(written).not.toMatch(/otpauth:|secret=|\$argon2|vestibule\.session=/);
  }
});

test('RUN-6 health, readiness and metrics answer, and tell nothing of anybody', async ({ portal }) => {
  const client = new HandMadeClient(portal.origin);
  expect(JSON.parse((await client.get('/healthz')).body)).toEqual({ status: 'ok' });
  expect(JSON.parse((await client.get('/readyz')).body)).toEqual({
    status: 'ok',
    database: 'ok',
    migrations: 'current',
  });
  const { headers, body } = await client.get('/metrics');
  expect(headers['content-type']).toContain('text/plain');
  expect(body).toContain('vestibule_request_duration_seconds_count');
  expect(body).not.toMatch(/garderie|petits-pas|boreal|@/);
});
