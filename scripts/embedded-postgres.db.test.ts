import { spawn } from 'node:child_process';
import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import postgres from 'postgres';
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import {
  isInUse,
  isRunning,
  type PostgresOptions,
  PostgresInUse,
  removePostgres,
  type RunningPostgres,
  startPostgres,
} from './embedded-postgres.mjs';

const dataDirectory = mkdtempSync(path.join(tmpdir(), 'vestibule-embedded-'));

const started: RunningPostgres[] = [];

/** Starts a server that is stopped after the test, whatever becomes of it. */
async function start(options: PostgresOptions = { dataDirectory }): Promise<RunningPostgres> {
  const server = await startPostgres(options);
  started.push(server);
  return server;
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}

/** One question to a server, over a connection of its own. */
async function ask<Row extends object>(url: string, question: string): Promise<Row> {
  const sql = postgres(url, { max: 1, connect_timeout: 5 });
  try {
    const [row] = await sql.unsafe<Row[]>(question);
    return row!;
  } finally {
    await sql.end({ timeout: 5 });
  }
}

/** Starts a server in a process of its own, which is then killed without a chance to stop it. */
async function leaveServerBehind(): Promise<number> {
  const module = new URL('./embedded-postgres.mjs', import.meta.url).href;
  const script = `
    const { startPostgres } = await import(${JSON.stringify(module)});
    const { pid } = await startPostgres({ dataDirectory: ${JSON.stringify(dataDirectory)} });
    console.log(pid);
    setInterval(() => {}, 1000);
  `;
  const child = spawn(process.execPath, ['--input-type=module', '-e', script], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const gone = new Promise((resolve) => child.once('exit', resolve));
  const pid = await new Promise<number>((resolve, reject) => {
    child.stdout.once('data', (line) => resolve(Number(line)));
    child.once('exit', () => reject(new Error('the server did not start')));
  });
  child.kill('SIGKILL');
  await gone;
  return pid;
}

beforeAll(() => {
  for (const name of ['LANG', 'LC_ALL', 'LC_CTYPE', 'HOME']) vi.stubEnv(name, '');
  // A person's own settings for PostgreSQL must not lead ours astray.
  vi.stubEnv('PGDATA', '/nowhere');
});

afterEach(async () => {
  await Promise.all(started.splice(0).map((server) => server.stop()));
});

afterAll(async () => {
  vi.unstubAllEnvs();
  await removePostgres(dataDirectory);
  rmSync(dataDirectory, { recursive: true, force: true });
});

const onWindows = process.platform === 'win32';

describe('RUN-1 the embedded PostgreSQL', () => {
  it('RUN-1 speaks UTF-8 with an empty LANG, and É is a letter to it', async () => {
    const { url } = await start();
    await ask(url, 'create extension if not exists pg_trgm');
    const row = await ask<{ encoding: string; lower: string; words: string; pieces: string[] }>(
      url,
      `select current_setting('server_encoding') as encoding, lower('ÉLÈVE') as lower,
              to_tsvector('simple', 'ÉTÉ')::text as words, show_trgm('É') as pieces`,
    );
    expect(row).toMatchObject({ encoding: 'UTF8', lower: 'élève', words: "'été':1" });
    expect(row.pieces).not.toEqual([]);
  });

  it('RUN-1 listens on 127.0.0.1 alone, and asks for the password', async () => {
    const { url } = await start();
    const row = await ask<{ listen: string; sockets: string }>(
      url,
      `select current_setting('listen_addresses') as listen, current_setting('unix_socket_directories') as sockets`,
    );
    expect(row).toEqual({ listen: '127.0.0.1', sockets: '' });
    const wrong = new URL(url);
    wrong.password = 'wrong';
    await expect(ask(wrong.href, 'select 1')).rejects.toThrow(/password authentication failed/);
  });

  it('RUN-1 keeps its data from one run to the next, and leaves no process behind', async () => {
    const first = await start();
    await ask(first.url, 'create table kept as select 42 as answer');
    const { backend } = await ask<{ backend: number }>(first.url, 'select pg_backend_pid() as backend');
    await first.stop();
    await first.ended;
    expect([first.pid, backend].filter(isAlive)).toEqual([]);
    expect(isRunning(dataDirectory)).toBe(false);

    const second = await start({ dataDirectory, port: first.port });
    expect(second.port).toBe(first.port);
    await expect(ask(second.url, 'select answer from kept')).resolves.toEqual({ answer: 42 });
  });

  it('RUN-1 refuses a second server on the same data while the first is at work', async () => {
    const { url } = await start();
    expect(isInUse(dataDirectory)).toBe(true);
    await expect(start()).rejects.toThrow(PostgresInUse);
    await expect(removePostgres(dataDirectory)).rejects.toThrow(PostgresInUse);
    await expect(ask(url, 'select 1 as one')).resolves.toEqual({ one: 1 });
  });

  it.skipIf(onWindows)('RUN-1 copes with a server left behind by a run that was killed', async () => {
    const leftPid = await leaveServerBehind();
    expect(isAlive(leftPid)).toBe(true);
    expect(isInUse(dataDirectory)).toBe(false);
    const heard: string[] = [];
    const server = await start({ dataDirectory, log: (line) => heard.push(line) });
    expect(heard).toHaveLength(1);
    expect(server.pid).not.toBe(leftPid);
    await expect(ask(server.url, 'select answer from kept')).resolves.toEqual({ answer: 42 });
  });

  it.skipIf(onWindows)('RUN-1 starts after a crash, its number given to another program', async () => {
    const crashed = await start();
    const { cluster } = await ask<{ cluster: string }>(
      crashed.url,
      `select current_setting('data_directory') as cluster`,
    );
    process.kill(crashed.pid, 'SIGKILL');
    await crashed.ended;
    // The server's own children notice within a moment that it has gone.
    await wait(500);
    writeFileSync(path.join(cluster, 'postmaster.pid'), `${process.pid}\n${cluster}\n0\n${crashed.port}\n`);
    const next = await start();
    await expect(ask(next.url, 'select answer from kept')).resolves.toEqual({ answer: 42 });
  });

  it('RUN-1 takes a temporary server away with its data', async () => {
    const ours = () => readdirSync(tmpdir()).filter((name) => name.startsWith('vestibule-postgres-'));
    const before = ours();
    const server = await start({ temporary: true });
    const [place] = ours().filter((name) => !before.includes(name));
    expect(place).toBeDefined();
    await server.stop();
    expect(ours()).not.toContain(place);
  });
});
