/**
 * What `npm run demo` and `npm test` share: running programs, showing that something happens, installing, building.
 * It runs before `npm ci`, so it uses nothing but Node's own modules.
 */
import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import fs from 'node:fs';
import { connect, createServer } from 'node:net';
import path from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';

export const repository = path.dirname(path.dirname(fileURLToPath(import.meta.url)));
export const nextProgram = path.join(repository, 'node_modules/next/dist/bin/next');
/** The program that serves, once it is built: beside what it serves, which Next.js empties before it builds. */
export const serverProgram = path.join(repository, '.next/vestibule/server.mjs');

const isWindows = process.platform === 'win32';
const oldestNode = [20, 19];
const lineEveryMs = 2000;
/** Longer than the server waits for the requests under way (server.ts). */
const killAfterMs = 15_000;
const outputKept = 1_000_000;
/** Of a failed program's output, from each end: some say the cause first, some last. */
const linesShown = 20;

/** Something a person must know: one clear line, and the end of a program's output where it helps. */
export class Failure extends Error {
  /** @param {string} message @param {string} [detail] */
  constructor(message, detail = '') {
    super(message);
    this.detail = detail;
  }
}

/** The person, or the system, asked us to stop: not a failure. */
export class Stopped extends Error {}

/** @throws {Failure} where Node.js is too old */
export function checkNode() {
  const [major, minor] = process.versions.node.split('.').map(Number);
  if (major < oldestNode[0] || (major === oldestNode[0] && minor < oldestNode[1])) {
    throw new Failure(`Vestibule needs Node.js ${oldestNode.join('.')} or newer; this is ${process.versions.node}.`);
  }
}

/**
 * Aborts when we are to end: Ctrl-C, SIGTERM, a closed terminal, or the death of npm, which may end without handing
 * its signal on (it may also stand behind a shell that does not).
 *
 * @returns {AbortSignal}
 */
export function whenAskedToStop() {
  const controller = new AbortController();
  const stop = () => controller.abort(new Stopped());
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, stop);
  if (process.env.npm_lifecycle_event) {
    const parents = parentsUpToNpm();
    setInterval(() => {
      if (parentsUpToNpm() !== parents) stop();
    }, 300).unref();
  }
  // Whoever read our output may be gone before us, a closed terminal for one: there is still work to finish.
  for (const stream of [process.stdout, process.stderr]) stream.on('error', () => {});
  return controller.signal;
}

/**
 * Who stands above us, up to npm: a change means that one of them has died. npm runs a script through a shell, which
 * on some systems stays in between and survives npm without a word.
 */
function parentsUpToNpm() {
  const parent = process.ppid;
  try {
    const command = fs.readFileSync(`/proc/${parent}/cmdline`, 'utf8');
    if (!command.includes(path.basename(process.argv[1]))) return `${parent}`;
    return `${parent} ${/^PPid:\s+(\d+)/m.exec(fs.readFileSync(`/proc/${parent}/status`, 'utf8'))?.[1]}`;
  } catch {
    // Only Linux tells so much about another process.
    return `${parent}`;
  }
}

/**
 * Shows a step on one line: the seconds on a terminal, dots elsewhere.
 *
 * @param {string} title
 * @returns {{ note: (line: string) => void, finish: (outcome: string) => void }} `note` says something on the way
 */
export function showProgress(title) {
  const { stdout } = process;
  const begun = Date.now();
  const seconds = () => `${Math.round((Date.now() - begun) / 1000)} s`;
  const open = () => stdout.write(`  ${title} …`);
  open();
  const timer = setInterval(() => stdout.write(stdout.isTTY ? `\r  ${title} … ${seconds()}` : '.'), lineEveryMs);
  return {
    note(line) {
      stdout.write(`\n  ${line}\n`);
      open();
    },
    finish(outcome) {
      clearInterval(timer);
      stdout.write(stdout.isTTY ? `\r  ${title} … ${outcome} (${seconds()})\n` : ` ${outcome} (${seconds()})\n`);
    },
  };
}

/**
 * Sends a signal to a program and to all that it started.
 *
 * @param {import('node:child_process').ChildProcess} child started with `detached`, so that it leads a group
 * @param {NodeJS.Signals} signal
 */
function signalGroup(child, signal) {
  if (!child.pid) return;
  try {
    if (isWindows) spawn('taskkill', ['/pid', String(child.pid), '/t', '/f'], { stdio: 'ignore' });
    else process.kill(-child.pid, signal);
  } catch {
    // The whole group has already gone.
  }
}

/**
 * Ends a program and all that it started: politely, then, after a bound, by force.
 *
 * @param {import('node:child_process').ChildProcess} child
 */
export async function endGroup(child) {
  if (child.exitCode === null && child.signalCode === null) {
    const exited = new Promise((resolve) => child.once('exit', resolve));
    signalGroup(child, 'SIGTERM');
    await Promise.race([exited, wait(killAfterMs, undefined, { ref: false })]);
  }
  signalGroup(child, 'SIGKILL');
}

/**
 * Starts a program in a process group of its own, so that a terminal's Ctrl-C reaches us alone and we end things in
 * order.
 *
 * @param {string} command
 * @param {string[]} args
 * @param {import('node:child_process').SpawnOptions} options
 */
export function startGroup(command, args, options) {
  return spawn(command, args, { cwd: repository, windowsHide: true, detached: !isWindows, ...options });
}

/**
 * Runs a program to its end.
 *
 * @param {string[]} command the program and its arguments
 * @param {object} [options]
 * @param {NodeJS.ProcessEnv} [options.env]
 * @param {boolean} [options.visible] its output goes to ours instead of being kept
 * @param {number} [options.withinMs] it is ended when it takes longer
 * @param {boolean} [options.shell]
 * @param {AbortSignal} [options.signal]
 * @returns {Promise<{ code: number | null, late: boolean, output: string }>} `output`: empty where it was visible
 * @throws {Stopped}
 */
export async function run([program, ...args], { env, visible = false, withinMs, shell = false, signal } = {}) {
  signal?.throwIfAborted();
  /** @type {import('node:child_process').StdioOptions} */
  const stdio = visible ? 'inherit' : ['ignore', 'pipe', 'pipe'];
  const child = startGroup(program, args, { env: env ?? process.env, stdio, shell });
  let output = '';
  const keep = (/** @type {Buffer} */ chunk) => {
    output = (output + chunk).slice(-outputKept);
  };
  child.stdout?.on('data', keep);
  child.stderr?.on('data', keep);

  let late = false;
  /** @type {Promise<void> | undefined} */
  let ending;
  const end = () => (ending ??= endGroup(child));
  const timer = withinMs === undefined ? undefined : setTimeout(() => ((late = true), void end()), withinMs);
  signal?.addEventListener('abort', end);
  const closed = new Promise((resolve) => child.once('close', resolve));
  const code = await new Promise((resolve) => {
    child.once('exit', resolve);
    child.once('error', (error) => {
      output += String(error);
      resolve(null);
    });
  });
  clearTimeout(timer);
  signal?.removeEventListener('abort', end);
  await end();
  // The rest of the output; but a process that left the group may hold the pipe open for as long as it likes.
  await Promise.race([closed, wait(1000, undefined, { ref: false })]);
  signal?.throwIfAborted();
  return { code, late, output: output.trimEnd() };
}

/**
 * Runs a program as a step that a person sees go on.
 *
 * @param {string} title
 * @param {string[]} command
 * @param {{ env?: NodeJS.ProcessEnv, shell?: boolean, signal?: AbortSignal, quiet?: boolean }} options `quiet`: the
 *   screen is another program's
 * @throws {Failure} with an excerpt of the program's output
 */
export async function runStep(title, command, { quiet = false, ...options }) {
  const { finish } = quiet ? { finish: () => {} } : showProgress(title);
  let result;
  try {
    result = await run(command, options);
  } catch (error) {
    finish('stopped');
    throw error;
  }
  finish(result.code === 0 ? 'done' : 'failed');
  if (result.code !== 0) throw new Failure(`This step failed: ${title.toLowerCase()}.`, excerpt(result.output));
}

/** @param {string} output @returns {string} its beginning and its end */
function excerpt(output) {
  const lines = output.split('\n');
  if (lines.length <= 2 * linesShown) return output;
  return [...lines.slice(0, linesShown), '…', ...lines.slice(-linesShown)].join('\n');
}

/** @returns {{ command: string[], shell: boolean }} how npm is called: the one that runs us, or the one beside Node.js */
function npmProgram() {
  const beside = path.dirname(process.execPath);
  const places = [
    process.env.npm_execpath ?? '',
    path.join(beside, '../lib/node_modules/npm/bin/npm-cli.js'),
    path.join(beside, 'node_modules/npm/bin/npm-cli.js'),
  ];
  const script = places.find((place) => path.basename(place) === 'npm-cli.js' && fs.existsSync(place));
  return script ? { command: [process.execPath, script], shell: false } : { command: ['npm'], shell: isWindows };
}

/**
 * Whether what npm says it installed is what the lock file asks for, on this platform.
 */
function dependenciesAreCurrent() {
  const read = (/** @type {string} */ file) =>
    JSON.parse(fs.readFileSync(path.join(repository, file), 'utf8')).packages;
  let installed;
  try {
    // npm writes it last, so an installation cut short has none.
    installed = read('node_modules/.package-lock.json');
  } catch {
    return false;
  }
  return Object.entries(read('package-lock.json')).every(([folder, wanted]) => {
    if (folder === '') return true;
    const found = installed[folder];
    if (found) return found.version === wanted.version && found.integrity === wanted.integrity;
    return wanted.optional || wanted.devOptional || wanted.peer;
  });
}

/**
 * Installs the dependencies where they are missing or not those of the lock file.
 *
 * @param {AbortSignal} [signal]
 */
export async function ensureDependencies(signal) {
  if (dependenciesAreCurrent()) return;
  const { command, shell } = npmProgram();
  // The build's own tools are development dependencies: NODE_ENV=production would leave them out.
  const args = ['ci', '--include=dev', '--include=optional', '--no-audit', '--no-fund', '--loglevel=error'];
  await runStep('Installing the dependencies', [...command, ...args], { shell, signal });
}

const sourceFolders = ['app', 'components', 'lib', 'messages', 'drizzle', 'public', 'server'];
const buildProgram = path.join(repository, 'scripts/build.mjs');
const buildStamp = path.join(repository, '.next/vestibule-source');

/**
 * @param {string} folder
 * @returns {string[]} every file under it, sorted
 */
function filesUnder(folder) {
  if (!fs.existsSync(folder)) return [];
  return fs
    .readdirSync(folder, { withFileTypes: true })
    .sort((a, b) => (a.name < b.name ? -1 : 1))
    .flatMap((entry) => {
      const file = path.join(folder, entry.name);
      return entry.isDirectory() ? filesUnder(file) : [file];
    });
}

/** @returns {string} a hash over everything that goes into the build */
function sourceHash() {
  const atRoot = fs
    .readdirSync(repository)
    .filter((name) => /\.(ts|js|mjs)$/.test(name) || ['package-lock.json', 'tsconfig.json'].includes(name))
    // The build writes the first itself; the others are tools that it does not read.
    .filter((name) => !/^(next-env\.d\.ts|(vitest|playwright|eslint)\.config\..*)$/.test(name))
    .sort()
    .map((name) => path.join(repository, name));
  const files = [
    buildProgram,
    ...atRoot,
    ...sourceFolders.flatMap((folder) => filesUnder(path.join(repository, folder))),
  ];
  const hash = createHash('sha256').update(process.versions.node);
  for (const file of files) {
    if (/\.test\.tsx?$/.test(file)) continue;
    hash.update(`\0${path.relative(repository, file)}\0`).update(fs.readFileSync(file));
  }
  return hash.digest('hex');
}

/**
 * Builds the application where the build is older than the source.
 *
 * @param {AbortSignal} [signal]
 * @param {{ quiet?: boolean }} [options] as {@link runStep} takes it
 * @returns {Promise<boolean>} whether there was something to do
 */
export async function ensureBuild(signal, { quiet } = {}) {
  const source = sourceHash();
  if (fs.existsSync(buildStamp) && fs.readFileSync(buildStamp, 'utf8') === source) return false;
  fs.rmSync(buildStamp, { force: true });
  const env = { ...process.env, NODE_ENV: 'production', NEXT_TELEMETRY_DISABLED: '1' };
  await runStep('Building the application', [process.execPath, buildProgram], { env, signal, quiet });
  fs.writeFileSync(buildStamp, source);
  return true;
}

/**
 * Whether somebody already listens on a port of this machine, on either of the addresses that "localhost" may mean.
 *
 * @param {number} port
 * @throws {Failure} where the port cannot be used at all
 */
export async function portIsTaken(port) {
  for (const host of ['127.0.0.1', '::1']) {
    if (await answers(host, port)) return true;
    const error = await bindError(host, port);
    if (error === 'EADDRINUSE') return true;
    if (error === 'EACCES') throw new Failure(`Port ${port} needs rights that this user lacks. Choose one above 1023.`);
  }
  return false;
}

/** @param {string} host @param {number} port @returns {Promise<boolean>} */
function answers(host, port) {
  return new Promise((resolve) => {
    const socket = connect({ host, port, timeout: 1000 });
    const answer = (/** @type {boolean} */ taken) => {
      socket.destroy();
      resolve(taken);
    };
    socket.once('connect', () => answer(true));
    socket.once('timeout', () => answer(false));
    socket.once('error', () => answer(false));
  });
}

/** @param {string} host @param {number} port @returns {Promise<string | undefined>} the system's reason */
function bindError(host, port) {
  return new Promise((resolve) => {
    const probe = createServer();
    probe.once('error', (/** @type {NodeJS.ErrnoException} */ error) => resolve(error.code));
    probe.listen({ host, port, exclusive: true }, () => probe.close(() => resolve(undefined)));
  });
}

/**
 * Says what went wrong: one line, then the end of the output that explains it.
 *
 * @param {unknown} error
 */
export function report(error) {
  if (!(error instanceof Error)) throw error;
  const detail = 'detail' in error ? String(error.detail) : '';
  const expected = 'detail' in error;
  if (detail) console.error(`\n${detail}`);
  console.error(`\n${expected ? error.message : error.stack}`);
}
