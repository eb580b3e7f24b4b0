/**
 * `npm run demo` (RUN-1): everything from a fresh clone to a served application, on an embedded PostgreSQL.
 *
 * Exit codes: 0 when asked to stop (Ctrl-C, SIGTERM, a closed terminal), 1 when something went wrong.
 */
import { randomBytes } from 'node:crypto';
import fs from 'node:fs';
import http from 'node:http';
import path from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { isInUse, isRunning, PostgresInUse, removePostgres, startPostgres } from './embedded-postgres.mjs';
import {
  checkNode,
  endGroup,
  ensureBuild,
  ensureDependencies,
  Failure,
  portIsTaken,
  report,
  repository,
  runStep,
  showProgress,
  startGroup,
  Stopped,
  whenAskedToStop,
} from './steps.mjs';

const dataDirectory = path.join(repository, '.data');
const secretsFile = path.join(dataDirectory, 'secrets.json');
const serverLog = path.join(dataDirectory, 'server.log');
const environmentFile = path.join(dataDirectory, 'demo.env');
const readyWithinMs = 120_000;
const leftoverGoneWithinMs = 15_000;
const databaseRestartAfterMs = 5000;
const linesShown = 20;

const stopSignal = whenAskedToStop();
const say = (/** @type {string} */ line) => console.log(`  ${line}`);

/** @returns {number} */
function chosenPort() {
  const port = Number(process.env.PORT || 3000);
  if (!Number.isInteger(port) || port < 1 || port > 65_535) {
    throw new Failure(`PORT must be a number from 1 to 65535, not "${process.env.PORT}".`);
  }
  return port;
}

const known = ['--reset', '--with-idp'];

/** @param {string[]} args @returns {{ reset: boolean, withProviders: boolean }} */
function chosenOptions(args) {
  const unknown = args.find((arg) => !known.includes(arg));
  if (unknown) {
    throw new Failure(`Unknown option ${unknown}. There are: npm run demo -- --reset, npm run demo -- --with-idp`);
  }
  return { reset: args.includes('--reset'), withProviders: args.includes('--with-idp') };
}

/**
 * The secrets of this demo, made once: what they sealed must stay readable in the next run.
 *
 * @returns {Record<string, string>}
 */
function secrets() {
  try {
    return JSON.parse(fs.readFileSync(secretsFile, 'utf8'));
  } catch (error) {
    if (/** @type {NodeJS.ErrnoException} */ (error).code !== 'ENOENT')
      throw new Failure(`${secretsFile} cannot be read: npm run demo -- --reset makes another.`);
  }
  const made = {
    AUTH_SECRET: randomBytes(32).toString('base64url'),
    ENCRYPTION_KEYS: `k1:${randomBytes(32).toString('base64')}`,
    PASSWORD_PEPPER: randomBytes(32).toString('base64'),
  };
  const unfinished = `${secretsFile}.new`;
  fs.writeFileSync(unfinished, `${JSON.stringify(made, null, 2)}\n`, { mode: 0o600 });
  fs.renameSync(unfinished, secretsFile);
  return made;
}

/**
 * Writes down what the operator's command needs to work on this demo, for a shell to read (README, Locked out?). Keys and
 * addresses hold no character that a shell would take for its own.
 *
 * @param {Record<string, string>} settings
 */
function writeEnvironment(settings) {
  const lines = Object.entries(settings).map(([name, value]) => `${name}=${value}\n`);
  fs.rmSync(environmentFile, { force: true });
  fs.writeFileSync(environmentFile, lines.join(''), { mode: 0o600 });
}

/**
 * The server of a demo that was killed notices within a second and ends by itself (follow-parent.mjs): worth waiting for.
 *
 * @param {number} port
 */
async function leftoverLetsGo(port) {
  if (!isRunning(dataDirectory) || isInUse(dataDirectory)) return false;
  const until = Date.now() + leftoverGoneWithinMs;
  while (Date.now() < until) {
    await wait(300);
    if (!(await portIsTaken(port))) return true;
  }
  return false;
}

/** Drops all that earlier runs kept. */
async function reset() {
  const { note, finish } = showProgress('Removing the data of earlier runs');
  await removePostgres(dataDirectory, note);
  fs.rmSync(dataDirectory, { recursive: true, force: true });
  finish('done');
}

/** @returns {Promise<Awaited<ReturnType<typeof startPostgres>>>} */
async function startDatabase() {
  const { note, finish } = showProgress('Starting PostgreSQL');
  try {
    const started = await startPostgres({ dataDirectory, log: note });
    finish('done');
    return started;
  } catch (error) {
    finish('failed');
    throw error;
  }
}

/**
 * A server that fell is raised again on the same port: the application answers 503 meanwhile and goes on (SAFE-7).
 *
 * @param {Awaited<ReturnType<typeof startPostgres>>} first
 * @param {AbortSignal} signal ends the watch
 * @param {(current: Awaited<ReturnType<typeof startPostgres>>) => void} whenStarted
 */
async function keepDatabaseRunning(first, signal, whenStarted) {
  let ended = first.ended;
  try {
    for (;;) {
      await Promise.race([ended, aborted(signal)]);
      signal.throwIfAborted();
      say('PostgreSQL has ended; it is started again in a moment.');
      await wait(databaseRestartAfterMs, undefined, { signal });
      // Somebody may have been quicker, by hand: theirs is as good.
      while (isRunning(dataDirectory)) await wait(1000, undefined, { signal });
      const current = await startPostgres({ dataDirectory, port: first.port, log: say });
      whenStarted(current);
      ended = current.ended;
      say('PostgreSQL is back.');
    }
  } catch (error) {
    if (!signal.aborted) report(error);
  }
}

/** @param {AbortSignal} signal @returns {Promise<void>} */
function aborted(signal) {
  return new Promise((resolve) => signal.addEventListener('abort', () => resolve(), { once: true }));
}

/**
 * @param {string} url
 * @returns {Promise<boolean>} whether it answers 200
 */
function answersWell(url) {
  return new Promise((resolve) => {
    const request = http.get(url, { timeout: 5000 }, (response) => {
      response.resume();
      resolve(response.statusCode === 200);
    });
    request.on('timeout', () => request.destroy());
    request.on('error', () => resolve(false));
  });
}

/** @returns {string} the end of the server's log */
function lastServerLines() {
  try {
    return fs.readFileSync(serverLog, 'utf8').trimEnd().split('\n').slice(-linesShown).join('\n');
  } catch {
    return '';
  }
}

/**
 * @typedef {{ email: string, password: string, kind: string, role: string | null }} Account
 * @typedef {{ name: string, slug: string, accounts: Account[] }} Organisation
 */

/** @param {string} address of the served application */
function printAccounts(address) {
  /** @type {{ organisations: Organisation[] }} */
  const { organisations } = JSON.parse(fs.readFileSync(path.join(repository, 'drizzle/demo-accounts.json'), 'utf8'));
  for (const { name, slug, accounts } of organisations) {
    console.log(`\n  ${name}   ${address}/${slug}/sign-in\n`);
    const rows = [
      ['E-mail', 'Password', 'Kind', 'Role'],
      ...accounts.map((account) => [account.email, account.password, account.kind, account.role ?? '–']),
    ];
    const widths = rows[0].map((_, column) => Math.max(...rows.map((row) => row[column].length)));
    rows.splice(
      1,
      0,
      widths.map((width) => '─'.repeat(width)),
    );
    for (const row of rows) console.log(`    ${row.map((cell, i) => cell.padEnd(widths[i])).join('  ')}`.trimEnd());
  }
}

/**
 * Starts one identity provider of each protocol beside the demo (scripts/idp/demo.ts), and waits until both answer.
 *
 * @param {NodeJS.ProcessEnv} env @param {number} port of the demo; the providers take the two after it
 */
async function startProviders(env, port) {
  const { finish } = showProgress('Starting the identity providers');
  const follow = new URL('follow-parent.mjs', import.meta.url).href;
  const program = ['--import', 'tsx', '--import', follow, 'scripts/idp/demo.ts', String(port + 1), String(port + 2)];
  const child = startGroup(process.execPath, program, { env, stdio: ['ignore', 'pipe', 'pipe'] });
  let output = '';
  let errors = '';
  child.stderr?.on('data', (chunk) => (errors = (errors + chunk).slice(-20_000)));
  try {
    const people = await new Promise((resolve, reject) => {
      child.stdout?.on('data', (chunk) => {
        output = (output + chunk).slice(-20_000);
        const line = output.split('\n').find((one) => one.startsWith('{"people"'));
        if (line !== undefined) resolve(JSON.parse(line).people);
      });
      child.once('exit', () => reject(new Failure('The identity providers did not start.', errors || output)));
      stopSignal.addEventListener('abort', () => reject(new Stopped()), { once: true });
    });
    finish('done');
    return { child, people };
  } catch (error) {
    finish(stopSignal.aborted ? 'stopped' : 'failed');
    await endGroup(child);
    throw error;
  }
}

/** @param {{ protocol: string, email: string, password: string, provider: string }[]} people */
function printProviders(people) {
  console.log('\n  Single sign-on   type the e-mail at À petits pas, then the password at the provider\n');
  for (const { protocol, email, password, provider } of people) {
    console.log(`    ${protocol.padEnd(14)}  ${email.padEnd(28)}  ${password.padEnd(20)}  ${provider}`);
  }
}

/** Does everything, and comes back when the demo ends. */
async function demo() {
  checkNode();
  const options = chosenOptions(process.argv.slice(2));
  const port = chosenPort();
  // "localhost" is ::1 to some browsers and 127.0.0.1 to others: the server listens on both under that name.
  const host = process.env.HOST || 'localhost';
  const address = `http://localhost:${port}`;
  const elsewhere = `PORT=${port + 10} npm run demo${options.withProviders ? ' -- --with-idp' : ''}`;
  if ((await portIsTaken(port)) && !(await leftoverLetsGo(port))) {
    throw new Failure(`Port ${port} is taken. Stop what listens there, or choose another: ${elsewhere}`);
  }
  for (const beside of options.withProviders ? [port + 1, port + 2] : []) {
    if (!(await portIsTaken(beside))) continue;
    throw new Failure(`Port ${beside}, where an identity provider would stand, is taken. Choose others: ${elsewhere}`);
  }
  if (isInUse(dataDirectory)) throw new PostgresInUse('A demo already runs from this folder. Stop it first.');

  console.log('\nVestibule\n');
  if (options.reset) await reset();
  await ensureDependencies(stopSignal);

  let database = await startDatabase();
  /** @type {import('node:child_process').ChildProcess | undefined} */
  let server;
  /** @type {Awaited<ReturnType<typeof startProviders>> | undefined} */
  let providers;
  /** @type {Promise<void> | undefined} */
  let watch;
  const closing = new AbortController();
  try {
    const settings = { DATABASE_URL: database.url, APP_ORIGIN: address, ...secrets() };
    writeEnvironment(settings);
    const env = {
      ...process.env,
      NODE_ENV: 'production',
      NEXT_TELEMETRY_DISABLED: '1',
      ...settings,
      PORT: String(port),
      HOST: host,
      DEMO: '1',
      // Providers that somebody tries with it stand on their own machine (OIDC-5).
      ALLOW_PRIVATE_IDPS: process.env.ALLOW_PRIVATE_IDPS || '1',
    };
    const typescript = [process.execPath, '--import', 'tsx'];
    await runStep('Preparing the database', [...typescript, 'operator/migrate.ts'], { env, signal: stopSignal });
    await runStep('Adding the demo data', [...typescript, 'drizzle/seed.ts'], { env, signal: stopSignal });
    await ensureBuild(stopSignal);
    stopSignal.throwIfAborted();
    if (options.withProviders) providers = await startProviders(env, port);

    watch = keepDatabaseRunning(database, closing.signal, (current) => (database = current));
    const log = fs.openSync(serverLog, 'w', 0o600);
    const follow = new URL('follow-parent.mjs', import.meta.url).href;
    server = startGroup(process.execPath, ['--import', follow, 'scripts/start.mjs'], {
      env,
      stdio: ['ignore', log, log],
    });
    fs.closeSync(log);
    await serve(server, address, () => {
      if (providers) printProviders(providers.people);
    });
  } finally {
    if (stopSignal.aborted) process.stdout.write('\n  Stopping …');
    if (server) await endGroup(server);
    if (providers) await endGroup(providers.child);
    closing.abort();
    await watch;
    await database.stop();
    if (stopSignal.aborted) process.stdout.write(' done\n');
  }
}

/**
 * Tells when the server is ready, and waits until it ends or we are to stop.
 *
 * @param {import('node:child_process').ChildProcess} server
 * @param {string} address
 * @param {() => void} printMore after the accounts
 * @throws {Stopped} @throws {Failure}
 */
async function serve(server, address, printMore) {
  let ended = false;
  const exited = new Promise((resolve) => {
    const end = () => resolve((ended = true));
    server.once('exit', end);
    server.once('error', end);
  });
  const asked = aborted(stopSignal);

  const { finish } = showProgress('Starting the server');
  const until = Date.now() + readyWithinMs;
  let ready = false;
  while (!ready && !ended && !stopSignal.aborted && Date.now() < until) {
    ready = await answersWell(`${address}/readyz`);
    if (!ready) await Promise.race([wait(200), exited, asked]);
  }
  finish(ready ? 'done' : stopSignal.aborted ? 'stopped' : 'failed');
  stopSignal.throwIfAborted();
  if (!ready && !ended) throw new Failure(`The server did not become ready. Its log: ${serverLog}`, lastServerLines());

  if (ready) {
    printAccounts(address);
    printMore();
    console.log(
      `\n  Letters that the demo sends   ${address}/outbox\n  The operator's command        set -a; . ${path.relative(process.cwd(), environmentFile)}; npm run vestibule -- --help\n\n  Open ${address}   ·   log: ${path.relative(process.cwd(), serverLog)}   ·   Ctrl-C stops everything\n`,
    );
    await Promise.race([exited, asked]);
    stopSignal.throwIfAborted();
  }
  throw new Failure('The server has ended by itself.', lastServerLines());
}

try {
  await demo();
} catch (error) {
  if (!(error instanceof Stopped)) {
    report(error);
    process.exitCode = 1;
  }
}
