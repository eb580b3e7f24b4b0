/**
 * `npm test` (RUN-2): types, lint, tests on their own, tests against a real PostgreSQL, the build, journeys in a real
 * Chromium. `npm test -- pure lint` runs only the stages named. The last line says how many passed and failed.
 */
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { findChromium } from './chromium.mjs';
import { startPostgres } from './embedded-postgres.mjs';
import {
  checkNode,
  ensureBuild,
  ensureDependencies,
  Failure,
  nextProgram,
  report,
  repository,
  run,
  runStep,
  Stopped,
  whenAskedToStop,
} from './steps.mjs';

/** One stage may not take longer, and all of them together not either: on a busy machine too an answer must come. */
const stageWithinMs = 20 * 60_000;
const allWithinMs = 40 * 60_000;

const stopSignal = whenAskedToStop();
const reports = fs.mkdtempSync(path.join(os.tmpdir(), 'vestibule-test-'));
const installed = (/** @type {string} */ file) => path.join(repository, 'node_modules', file);
const vitestProgram = installed('vitest/vitest.mjs');
const eslintProgram = installed('eslint/bin/eslint.js');
const typescriptProgram = installed('typescript/bin/tsc');
const playwrightProgram = installed('@playwright/test/cli.js');

/**
 * @typedef {{ passed: number, failed: number, note?: string }} Outcome
 * @typedef {{ withinMs: number, env: NodeJS.ProcessEnv, buildFailed: boolean, beside: boolean }} Circumstances `beside`:
 *   another stage runs at the same time
 * @typedef {{ title: string, database?: boolean, run: (circumstances: Circumstances) => Promise<Outcome> }} Stage
 */

/** @type {Record<string, Stage>} */
const stages = {
  types: {
    title: 'Types',
    run: (given) =>
      inSilence(
        [
          [nextProgram, 'typegen'],
          [typescriptProgram, '--noEmit'],
        ],
        given,
      ),
  },
  lint: { title: 'Lint', run: (given) => inSilence([[eslintProgram, '.', '--max-warnings', '0']], given) },
  pure: { title: 'Tests on their own', run: (given) => vitest('pure', /(?<!\.db)\.test\.ts$/, given) },
  database: {
    title: 'Tests against PostgreSQL',
    database: true,
    run: (given) => vitest('database', /\.db\.test\.ts$/, given),
  },
  build: { title: 'Build', run: build },
  'end-to-end': { title: 'Journeys in Chromium', database: true, run: playwright },
};

/** In this order. Types, lint and the build keep one core busy each: they go two by two, or fill what others leave idle. */
const sideBySide = [['types', 'lint'], ['pure', 'build'], ['database'], ['end-to-end']];

/**
 * Runs programs whose output matters only where they fail; together they count as one.
 *
 * @param {string[][]} programs
 * @param {Circumstances} given
 * @returns {Promise<Outcome>}
 */
async function inSilence(programs, { env, withinMs }) {
  const until = Date.now() + withinMs;
  for (const program of programs) {
    const result = await run([process.execPath, ...program], {
      env,
      withinMs: Math.max(0, until - Date.now()),
      signal: stopSignal,
    });
    if (result.code !== 0) {
      console.log(result.output);
      return { passed: 0, failed: 1, note: result.late ? 'took too long' : undefined };
    }
  }
  return { passed: 1, failed: 0 };
}

/** @param {Circumstances} given @returns {Promise<Outcome>} */
async function build({ withinMs, beside }) {
  try {
    const signal = AbortSignal.any([stopSignal, AbortSignal.timeout(withinMs)]);
    const built = await ensureBuild(signal, { quiet: beside });
    return { passed: 1, failed: 0, note: built ? undefined : 'the last one is of this very source' };
  } catch (error) {
    stopSignal.throwIfAborted();
    if (error instanceof Error && error.name === 'TimeoutError') return { passed: 0, failed: 1, note: 'took too long' };
    report(error);
    return { passed: 0, failed: 1 };
  }
}

/**
 * @param {string} project
 * @param {RegExp} names of its test files
 * @param {Circumstances} given
 * @returns {Promise<Outcome>}
 */
async function vitest(project, names, { env, withinMs }) {
  if (!hasFiles(repository, names, ['e2e'])) return { passed: 0, failed: 0, note: 'there are none' };
  const file = path.join(reports, `${project}.json`);
  const reporters = ['--reporter=default', '--reporter=json', `--outputFile.json=${file}`];
  const result = await run([process.execPath, vitestProgram, 'run', '--project', project, ...reporters], {
    env,
    withinMs,
    visible: true,
    signal: stopSignal,
  });
  const counted = readReport(file);
  const passed = counted?.numPassedTests ?? 0;
  // A file that cannot even be loaded has no failed test, and is one.
  const broken = counted?.testResults.filter(
    (/** @type {any} */ suite) =>
      suite.status === 'failed' && !suite.assertionResults.some((/** @type {any} */ test) => test.status === 'failed'),
  );
  return conclude(result, passed, (counted?.numFailedTests ?? 0) + (broken?.length ?? 0));
}

/** @param {Circumstances} given @returns {Promise<Outcome>} */
async function playwright({ env, withinMs, buildFailed }) {
  if (!hasFiles(path.join(repository, 'e2e'), /\.spec\.ts$/)) return { passed: 0, failed: 0, note: 'there are none' };
  if (buildFailed) return { passed: 0, failed: 1, note: 'there is no build to test' };
  const file = path.join(reports, 'end-to-end.json');
  const result = await run([process.execPath, playwrightProgram, 'test', '--reporter=list,json'], {
    env: { ...env, PLAYWRIGHT_JSON_OUTPUT_NAME: file },
    withinMs,
    visible: true,
    signal: stopSignal,
  });
  const counted = readReport(file);
  const { expected = 0, flaky = 0, unexpected = 0 } = counted?.stats ?? {};
  return conclude(result, expected + flaky, unexpected + (counted?.errors.length ?? 0));
}

/**
 * No success without a test that ran, nor where the program itself says that something went wrong.
 *
 * @param {{ code: number | null, late: boolean }} result
 * @param {number} passed
 * @param {number} failed
 * @returns {Outcome}
 */
function conclude({ code, late }, passed, failed) {
  if (late) return { passed, failed: failed + 1, note: 'took too long' };
  if (failed === 0 && code !== 0) return { passed, failed: 1, note: `ended with ${code ?? 'a signal'}` };
  if (failed === 0 && passed === 0) return { passed, failed: 1, note: 'no test has run' };
  return { passed, failed };
}

/** @param {string} file @returns {any} what a reporter wrote, or null where the run did not get so far */
function readReport(file) {
  try {
    return JSON.parse(fs.readFileSync(file, 'utf8'));
  } catch {
    return null;
  }
}

/**
 * @param {string} folder
 * @param {RegExp} names
 * @param {string[]} [without]
 * @returns {boolean}
 */
function hasFiles(folder, names, without = []) {
  if (!fs.existsSync(folder)) return false;
  return fs.readdirSync(folder, { withFileTypes: true }).some((entry) => {
    if (!entry.isDirectory()) return names.test(entry.name);
    const skipped = entry.name.startsWith('.') || entry.name === 'node_modules' || without.includes(entry.name);
    return !skipped && hasFiles(path.join(folder, entry.name), names);
  });
}

/**
 * @returns {Promise<string>} the Chromium to test with, installed first where we may
 * @throws {Failure} with the command to type
 */
async function ensureChromium() {
  const found = await findChromium();
  if (found) return found;
  if (process.getuid?.() === 0 && fs.existsSync('/etc/debian_version')) {
    const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' };
    await runStep('Reading the lists of Debian packages', ['apt-get', 'update'], { env, signal: stopSignal });
    const { code } = await run(['apt-cache', 'show', 'chromium-headless-shell'], { signal: stopSignal });
    const name = code === 0 ? 'chromium-headless-shell' : 'chromium';
    await runStep('Installing Chromium', ['apt-get', 'install', '-y', name], { env, signal: stopSignal });
    const fresh = await findChromium();
    if (fresh) return fresh;
  }
  const commands = {
    darwin: 'brew install --cask chromium',
    win32: 'winget install --id Google.Chrome',
    linux: 'sudo apt-get update && sudo apt-get install -y chromium',
  };
  const command = commands[/** @type {'linux'} */ (process.platform)] ?? commands.linux;
  throw new Failure(`There is no Chromium to test with. Type: ${command}   (or set CHROMIUM_PATH)`);
}

/** @param {number} begun */
const secondsSince = (begun) => `${((Date.now() - begun) / 1000).toFixed(1)} s`;

/** @param {string[]} names @returns {Promise<{ passed: number, failed: number }>} */
async function test(names) {
  checkNode();
  const unknown = names.find((name) => !(name in stages));
  if (unknown) throw new Failure(`There is no stage "${unknown}". They are: ${Object.keys(stages).join(', ')}.`);
  const chosen = sideBySide
    .map((group) => group.filter((name) => names.length === 0 || names.includes(name)))
    .filter((group) => group.length > 0);

  await ensureDependencies(stopSignal);
  /** @type {NodeJS.ProcessEnv} */
  const env = { ...process.env, NEXT_TELEMETRY_DISABLED: '1' };
  // npm hands on the person's NODE_ENV; each tool knows its own better.
  delete env.NODE_ENV;
  if (chosen.flat().includes('end-to-end')) env.CHROMIUM_PATH = await ensureChromium();

  const begun = Date.now();
  const total = { passed: 0, failed: 0 };
  const summary = [];
  /** @type {Awaited<ReturnType<typeof startPostgres>> | undefined} */
  let database;
  let buildFailed = false;
  try {
    for (const group of chosen) {
      const groupBegun = Date.now();
      console.log(`\n▸ ${group.map((name) => stages[name].title).join(', ')}`);
      if (group.some((name) => stages[name].database) && !database) {
        database = await startPostgres({ temporary: true, log: console.log });
        env.TEST_DATABASE_URL = database.url;
      }
      const withinMs = Math.min(stageWithinMs, Math.max(0, begun + allWithinMs - groupBegun));
      const given = { withinMs, env, buildFailed, beside: group.length > 1 };
      const runStage = async (/** @type {string} */ name) => {
        const stageBegun = Date.now();
        const outcome = await stages[name].run(given);
        if (name === 'build') buildFailed = outcome.failed > 0;
        total.passed += outcome.passed;
        total.failed += outcome.failed;
        const note = outcome.note ? ` (${outcome.note})` : '';
        const line = `${outcome.failed ? '✗' : '✓'} ${stages[name].title}: ${outcome.passed} passed, ${outcome.failed} failed, ${secondsSince(stageBegun)}${note}`;
        console.log(line);
        summary.push(line);
      };
      await Promise.all(group.map(runStage));
    }
  } finally {
    await database?.stop();
  }
  console.log(`\n${summary.join('\n')}\n`);
  return total;
}

try {
  const { passed, failed } = await test(process.argv.slice(2));
  console.log(`${passed} passed, ${failed} failed`);
  process.exitCode = failed > 0 ? 1 : 0;
} catch (error) {
  if (!(error instanceof Stopped)) report(error);
  process.exitCode = error instanceof Stopped ? 130 : 1;
} finally {
  fs.rmSync(reports, { recursive: true, force: true });
}
