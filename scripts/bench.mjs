/**
 * `npm run bench`: starts what it needs — a PostgreSQL of its own, the portal, a bare Next.js page — measures, prints a
 * table and writes bench/results/latest.json. Takes about three minutes; nothing else should run meanwhile.
 * `npm run bench -- audit` measures the audit over ten million events (AUD-2), in some ten minutes and 10 GB.
 */
import { randomBytes } from 'node:crypto';
import fs from 'node:fs';
import path from 'node:path';
import { startPostgres } from './embedded-postgres.mjs';
import {
  Failure,
  checkNode,
  ensureBuild,
  ensureDependencies,
  nextProgram,
  report,
  repository,
  run,
  runStep,
  whenAskedToStop,
} from './steps.mjs';

const signal = whenAskedToStop();

/**
 * Runs a program of ours that measures; what went wrong it has said itself.
 *
 * @param {string} file @param {string[]} words @param {NodeJS.ProcessEnv} [env]
 */
async function measure(file, words, env) {
  const command = [process.execPath, '--import', 'tsx', file, ...words];
  const { code } = await run(command, { env, signal, visible: true });
  if (code !== 0) throw new Failure(`${file} did not come to its end.`);
}

/** `npm run bench -- audit [EVENTS]`: the audit alone, which needs no server of ours. */
async function benchAudit(events) {
  await ensureDependencies(signal);
  const postgres = await startPostgres({ temporary: true });
  const env = {
    ...process.env,
    DATABASE_URL: postgres.url,
    PASSWORD_PEPPER: randomBytes(32).toString('base64url'),
  };
  try {
    const tsx = [process.execPath, '--import', 'tsx'];
    await run([...tsx, 'operator/migrate.ts'], { env, signal });
    await measure('bench/audit.ts', events, env);
  } finally {
    await postgres.stop();
  }
}

async function main() {
  checkNode();
  const [which, ...words] = process.argv.slice(2);
  if (which === 'audit') return benchAudit(words);
  await ensureDependencies(signal);
  if (which === 'filter') return measure('bench/filter.ts', []);
  await ensureBuild(signal);
  const bare = path.join(repository, 'bench/bare');
  if (!fs.existsSync(path.join(bare, '.next/BUILD_ID'))) {
    const env = { ...process.env, NODE_ENV: 'production', NEXT_TELEMETRY_DISABLED: '1' };
    await runStep('Building the bare page', [process.execPath, nextProgram, 'build', bare], { env, signal });
  }
  const postgres = await startPostgres({ temporary: true });
  const env = {
    ...process.env,
    DATABASE_URL: postgres.url,
    BENCH_POSTGRES_PID: String(postgres.pid),
    AUTH_SECRET: randomBytes(32).toString('base64url'),
    PASSWORD_PEPPER: randomBytes(32).toString('base64url'),
    ENCRYPTION_KEYS: `k1:${randomBytes(32).toString('base64')}`,
  };
  try {
    const tsx = [process.execPath, '--import', 'tsx'];
    await run([...tsx, 'operator/migrate.ts'], { env, signal });
    await measure('bench/bench.ts', [], env);
  } finally {
    await postgres.stop();
  }
}

main().catch((error) => {
  report(error);
  process.exitCode = 1;
});
