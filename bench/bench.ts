import { execFile, spawn, type ChildProcess } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import { gzipSync } from 'node:zlib';
import { TOTP } from 'totp-generator';
import { factors } from '@/drizzle/schema/accounts';
import { makeOrganisation, makePerson } from '@/e2e/fixtures/people';
import { config } from '@/lib/config';
import { sealer } from '@/lib/crypto/keys';
import { inOrganisation } from '@/lib/db/in-organisation';
import { closePool } from '@/lib/db/pool';
import { insertFactor } from '@/lib/factors/store';
import { newTotpSecret } from '@/lib/factors/totp';
import { factorSecretContext } from '@/lib/factors/verify';
import type { Organisation } from '@/lib/organisations/model';
import { freePort } from '@/scripts/embedded-postgres.mjs';
import { BenchVisitor } from './visitor';

/**
 * FAST-1, FAST-2 and FAST-5: the portal beside what it can't do without — one Argon2id verification and a bare dynamic
 * Next.js page — in one run on one machine. Quote the ratios; single figures are the machine's.
 */

const PEOPLE = 64;
const WARM_UP_PAGES = 3_000;
const WARM_UP_SIGN_INS = 512;
/** How often a batch is tried that was turned away. */
const TRIES_MAX = 5;

const root = path.resolve(import.meta.dirname, '..');
const run = promisify(execFile);

interface Subject {
  readonly origin: string;
  /** Processor seconds that the process has used. */
  readonly cpuSeconds: () => Promise<number>;
  readonly process: ChildProcess;
}

async function start(command: string[], port: number, ready: string, cpu: (text: string) => number): Promise<Subject> {
  const child = spawn(process.execPath, command, {
    cwd: root,
    env: { ...process.env, PORT: String(port), NODE_ENV: 'production', LOG_LEVEL: 'error' },
    stdio: ['ignore', 'ignore', 'inherit'],
  });
  const origin = `http://localhost:${port}`;
  const probe = `http://127.0.0.1:${port}`;
  for (let tries = 0; ; tries += 1) {
    const up = await fetch(`${probe}${ready}`).then(
      (answer) => answer.ok,
      () => false,
    );
    if (up) break;
    if (tries > 150 || child.exitCode !== null) throw new Error(`${command.join(' ')} did not start`);
    await new Promise((resolve) => setTimeout(resolve, 200));
  }
  const cpuPath = ready === '/cpu' ? '/cpu' : '/metrics';
  return {
    origin,
    process: child,
    cpuSeconds: async () => cpu(await (await fetch(`${probe}${cpuPath}`)).text()),
  };
}

/** All processes of the server whose first one is `pid`; Linux only, elsewhere not told. */
async function postgresCpuSeconds(): Promise<number | null> {
  const pid = process.env['BENCH_POSTGRES_PID'];
  if (os.platform() !== 'linux' || pid === undefined) return null;
  let ticks = 0;
  for (const entry of await readdir('/proc')) {
    if (!/^\d+$/.test(entry)) continue;
    const stat = await readFile(`/proc/${entry}/stat`, 'utf8').catch(() => '');
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    if (entry === pid || fields[1] === pid) ticks += Number(fields[11]) + Number(fields[12]);
  }
  return ticks / 100;
}

interface Measured {
  readonly perSecond: number;
  readonly cpuMs: number;
  readonly postgresMs: number | null;
}

async function measure(subject: Subject, count: number, work: () => Promise<void>): Promise<Measured> {
  const [cpu, postgres] = await Promise.all([subject.cpuSeconds(), postgresCpuSeconds()]);
  const started = performance.now();
  await work();
  const seconds = (performance.now() - started) / 1000;
  const [cpuAfter, postgresAfter] = await Promise.all([subject.cpuSeconds(), postgresCpuSeconds()]);
  return {
    perSecond: count / seconds,
    cpuMs: ((cpuAfter - cpu) * 1000) / count,
    postgresMs: postgres === null || postgresAfter === null ? null : ((postgresAfter - postgres) * 1000) / count,
  };
}

interface SignInMeasured extends Measured {
  readonly width: number;
  readonly responses: number;
  /** Against one Argon2id verification and as many bare pages, each measured by itself, again and again without a pause. */
  readonly ratio: number;
  /**
   * The same in the rhythm of a sign-in, as wide: a processor that waits between two answers, or verifies a password
   * beside them, does the same work more slowly.
   */
  readonly bareCpuMs: number;
  readonly ratioInRhythm: number;
}

/**
 * The portal's own word that it could not answer in time: its database had more than three seconds of work before it
 * (SAFE-7), because the machine did something else meanwhile. Nothing is measured by that.
 */
class TurnedAway extends Error {}

/** Until every one has ended: work that failed must not leave the others running into what is measured next. */
async function atOnce(count: number, width: number, work: (index: number) => Promise<void>): Promise<void> {
  let next = 0;
  const ended = await Promise.allSettled(
    Array.from({ length: width }, async () => {
      while (next < count) await work(next++);
    }),
  );
  const failed = ended.find((one) => one.status === 'rejected');
  if (failed) throw failed.reason;
}

/** Tries again what the portal turned away, a few times; the table says how often that was. */
async function untilAnswered<T>(turnedAway: { batches: number }, work: () => Promise<T>): Promise<T> {
  for (let tries = 1; ; tries += 1) {
    try {
      return await work();
    } catch (error) {
      if (!(error instanceof TurnedAway)) throw error;
      if (tries === TRIES_MAX)
        throw new Error(`The machine is too busy to measure: ${error.message}`, { cause: error });
      turnedAway.batches += 1;
      console.log(`${error.message}; once more…`);
    }
  }
}

interface BenchPerson {
  readonly username: string;
  readonly password: string;
  readonly secret: string;
}

async function makeEnrolled(organisation: Organisation): Promise<BenchPerson> {
  const person = await makePerson(organisation);
  const id = randomUUID();
  const secret = newTotpSecret();
  await inOrganisation({ organisation }, (transaction) =>
    insertFactor(transaction, {
      id,
      organisationId: organisation.id,
      accountId: person.id,
      kind: 'totp',
      name: 'Authenticator',
      secretSealed: sealer().seal(secret, factorSecretContext(person.id, id)),
      lastStep: 0,
    }),
  );
  return { username: person.username, password: person.password, secret };
}

/** What a sign-in can't do without, in its rhythm: as many bare pages one after the other, the third after a verification. */
async function bareSignIn(visitor: BenchVisitor, responses: number): Promise<void> {
  for (let answer = 1; answer <= responses; answer += 1) {
    const { status } = await visitor.get(answer === 3 ? '/verify' : '/');
    if (status !== 200) throw new Error(`The bare page answered ${status}`);
  }
}

/** Identifier, password, code, home; the first page is fetched before the clock runs. */
async function signIn(
  visitor: BenchVisitor,
  slug: string,
  person: BenchPerson,
  first: Awaited<ReturnType<BenchVisitor['get']>>,
) {
  const base = `/${slug}/sign-in`;
  if (first.status === 503) throw new TurnedAway(`503 at ${base}`);
  const step = async (page: typeof first, at: string, typed: Record<string, string>) => {
    const next = await visitor.follow(await visitor.submit(page, at, typed));
    if (next.status === 503) throw new TurnedAway(`503 after ${at}`);
    return next;
  };
  const identified = await step(first, base, { identifier: person.username });
  const proved = await step(identified, `${base}/password`, { password: person.password });
  const { otp } = await TOTP.generate(person.secret);
  const home = await step(proved, `${base}/verify`, { code: otp });
  if (home.status !== 200 || !home.body.includes('popover="auto"')) throw new Error(`Not signed in: ${home.status}`);
}

async function scriptBytes(origin: string, pathname: string): Promise<number> {
  const visitor = new BenchVisitor(origin);
  const { body } = await visitor.get(pathname);
  let bytes = 0;
  for (const [tag, source] of body.matchAll(/<script[^>]*src="([^"]+)"[^>]*>/g)) {
    if (/nomodule/i.test(tag)) continue;
    bytes += gzipSync((await visitor.get(source!.replaceAll('&amp;', '&'))).body).length;
  }
  visitor.close();
  return bytes;
}

/** The one in the middle by processor time. */
const median = <T extends Measured>(list: T[]): T =>
  [...list].sort((a, b) => a.cpuMs - b.cpuMs)[Math.floor(list.length / 2)]!;

/** Lets every code of the present step be used again: half a minute is too long to wait between batches. */
async function forgetSteps(organisation: Organisation): Promise<void> {
  await inOrganisation({ organisation }, (transaction) => transaction.update(factors).set({ lastStep: 0 }));
}

const figure = (value: number, digits = 1) => value.toFixed(digits);

async function main(): Promise<void> {
  const { ARGON2_MEMORY_KIB: memory, ARGON2_PASSES: passes } = config();
  const say = (line: string) => console.log(line);
  say('Making people…');
  const organisation = await makeOrganisation({ internalMFA: 'mandatory' });
  const people: BenchPerson[] = [];
  await atOnce(PEOPLE, 8, async (index) => {
    people[index] = await makeEnrolled(organisation);
  });

  say('Starting the portal and a bare page…');
  const barePort = await freePort();
  const bare = await start(
    ['bench/bare/server.mjs', ...[barePort, memory, passes].map(String)],
    barePort,
    '/cpu',
    Number,
  );
  const portalPort = await freePort();
  const portal = await start(['scripts/start.mjs'], portalPort, '/readyz', (text) =>
    Number(/^process_cpu_seconds_total (\S+)/m.exec(text)?.[1]),
  );
  try {
    const argon2 = JSON.parse(
      (
        await run(process.execPath, ['--import', 'tsx', 'bench/argon2.ts', String(memory), String(passes)], {
          cwd: root,
        })
      ).stdout,
    ) as { cpuMs: number; perSecond: number };

    const turnedAway = { batches: 0 };
    const pageLoad = (subject: Subject, pathname: string, visitors: BenchVisitor[], count: number) =>
      untilAnswered(turnedAway, () =>
        measure(subject, count, () =>
          atOnce(count, visitors.length, async (index) => {
            const { status } = await visitors[index % visitors.length]!.get(pathname);
            if (status === 503) throw new TurnedAway(`503 at ${pathname}`);
            if (status !== 200) throw new Error(`${pathname} answered ${status}`);
          }),
        ),
      );
    const eight = (origin: string) => Array.from({ length: 8 }, () => new BenchVisitor(origin));

    say('Pages…');
    const first = `/${organisation.slug}/sign-in`;
    const signedIn = eight(portal.origin);
    await forgetSteps(organisation);
    for (const [index, visitor] of signedIn.entries()) {
      await signIn(visitor, organisation.slug, people[index]!, await visitor.get(first));
    }
    const home = `/${organisation.slug}`;
    const atTheBarePage = eight(bare.origin);
    // Compilers inside Node need thousands of requests before they are done; then the two are measured in turn, so that
    // a machine whose speed drifts drifts for both.
    await pageLoad(bare, '/', atTheBarePage, WARM_UP_PAGES);
    await pageLoad(portal, home, signedIn, WARM_UP_PAGES);
    const pages = { bare: [] as Measured[], home: [] as Measured[] };
    for (let round = 0; round < 4; round += 1) {
      pages.bare.push(await pageLoad(bare, '/', atTheBarePage, 800));
      pages.home.push(await pageLoad(portal, home, signedIn, 800));
    }
    const [barePage, homePage] = [median(pages.bare), median(pages.home)];

    say('Sign-ins…');
    const batch = async (width: number): Promise<Measured & { responses: number }> => {
      await forgetSteps(organisation);
      const prepared = await Promise.all(
        people.map(async (person) => {
          const visitor = new BenchVisitor(portal.origin);
          return { person, visitor, page: await visitor.get(first) };
        }),
      );
      const measured = await measure(portal, PEOPLE, () =>
        atOnce(PEOPLE, width, (index) => {
          const { visitor, person, page } = prepared[index]!;
          return signIn(visitor, organisation.slug, person, page);
        }),
      );
      const responses = prepared.reduce((sum, { visitor }) => sum + visitor.responses - 1, 0) / PEOPLE;
      prepared.forEach(({ visitor }) => visitor.close());
      return { ...measured, responses };
    };
    const bareBatch = async (width: number, responses: number): Promise<Measured> => {
      const visitors = people.map(() => new BenchVisitor(bare.origin));
      const measured = await measure(bare, PEOPLE, () =>
        atOnce(PEOPLE, width, (index) => bareSignIn(visitors[index]!, responses)),
      );
      visitors.forEach((visitor) => visitor.close());
      return measured;
    };
    const answered = (width: number) => untilAnswered(turnedAway, () => batch(width));
    for (let warm = 0; warm < WARM_UP_SIGN_INS / PEOPLE; warm += 1) {
      const { responses } = await answered(8);
      await bareBatch(8, responses);
    }
    const signIns: SignInMeasured[] = [];
    for (const width of [1, 8, 32]) {
      const batches = { portal: [] as (Measured & { responses: number })[], bare: [] as Measured[] };
      for (let round = 0; round < 3; round += 1) {
        batches.portal.push(await answered(width));
        batches.bare.push(await bareBatch(width, batches.portal[0]!.responses));
      }
      const [measured, bareMeasured] = [median(batches.portal), median(batches.bare)];
      const { responses } = measured;
      signIns.push({
        ...measured,
        width,
        ratio: measured.cpuMs / (argon2.cpuMs + responses * barePage.cpuMs),
        bareCpuMs: bareMeasured.cpuMs,
        ratioInRhythm: measured.cpuMs / bareMeasured.cpuMs,
      });
    }

    const scripts = { bare: await scriptBytes(bare.origin, '/'), signIn: await scriptBytes(portal.origin, first) };
    const result = {
      machine: { cpus: os.cpus().length, model: os.cpus()[0]?.model, node: process.version },
      argon2: { memoryKib: memory, passes, ...argon2 },
      barePage,
      signedInPage: { ...homePage, ratioPerSecond: homePage.perSecond / barePage.perSecond },
      signIns,
      scriptBytes: { ...scripts, more: scripts.signIn - scripts.bare },
      /** Batches that were measured again because the portal answered 503: the machine was not quiet. */
      turnedAway: turnedAway.batches,
    };
    report(result);
    if (turnedAway.batches > 0) {
      say(`\n${turnedAway.batches} batches were turned away (503) and measured again: the machine was not quiet.`);
    }
    await mkdir(path.join(root, 'bench/results'), { recursive: true });
    await writeFile(path.join(root, 'bench/results/latest.json'), `${JSON.stringify(result, null, 2)}\n`);
    say('\nWritten to bench/results/latest.json');
  } finally {
    portal.process.kill('SIGTERM');
    bare.process.kill('SIGTERM');
    await closePool();
  }
}

function report(result: {
  argon2: { memoryKib: number; passes: number; cpuMs: number; perSecond: number };
  barePage: Measured;
  signedInPage: Measured & { ratioPerSecond: number };
  signIns: SignInMeasured[];
  scriptBytes: { bare: number; signIn: number; more: number };
}): void {
  const { argon2, barePage, signedInPage, signIns, scriptBytes: scripts } = result;
  const postgres = (ms: number | null) => (ms === null ? '—' : figure(ms));
  const rows: string[][] = [
    [`by Node.js ${process.versions.node}`, 'a second', 'CPU ms (Node)', 'CPU ms (PostgreSQL)', 'ratio', 'goal'],
    [
      `Argon2id m=${argon2.memoryKib} t=${argon2.passes}`,
      figure(argon2.perSecond, 0),
      figure(argon2.cpuMs),
      '—',
      '',
      '',
    ],
    ['bare Next.js page', figure(barePage.perSecond, 0), figure(barePage.cpuMs, 2), '—', '', ''],
    [
      'signed-in page (FAST-2)',
      figure(signedInPage.perSecond, 0),
      figure(signedInPage.cpuMs, 2),
      postgres(signedInPage.postgresMs),
      `${figure(signedInPage.ratioPerSecond * 100, 0)} % of bare`,
      '>= 60 %',
    ],
    ...signIns.map((one) => [
      `sign-in, ${one.width} at once (FAST-1)`,
      figure(one.perSecond),
      figure(one.cpuMs),
      postgres(one.postgresMs),
      `${figure(one.ratio, 2)} of Argon2id + ${figure(one.responses, 0)} bare pages; ${figure(one.ratioInRhythm, 2)} in its rhythm (${figure(one.bareCpuMs)} ms)`,
      '<= 1.6',
    ]),
    [
      'script of the sign-in page (FAST-5)',
      '',
      '',
      '',
      `${figure(scripts.more / 1000)} kB more than bare (${figure(scripts.bare / 1000)} kB)`,
      '<= 30 kB',
    ],
  ];
  const widths = rows[0]!.map((_, column) => Math.max(...rows.map((row) => row[column]!.length)));
  console.log('');
  for (const row of rows)
    console.log(
      row
        .map((cell, column) => cell.padEnd(widths[column]!))
        .join('  ')
        .trimEnd(),
    );
}

await main();
