import { spawnSync } from 'node:child_process';
import path from 'node:path';
import { expect, it } from 'vitest';

const SCRIPT = path.join(import.meta.dirname, 'test.mjs');
const run = (words: readonly string[], environment: Record<string, string> = {}) => {
  const env = { ...process.env, ...environment };
  return spawnSync(process.execPath, [SCRIPT, ...words], { encoding: 'utf8', timeout: 20_000, env });
};

it('RUN-2 a stage that is none, and a browser that is not there, end at once: a line says what to type instead', () => {
  const mistyped = run(['e2e']);
  expect(mistyped.status).toBe(1);
  expect(mistyped.stdout + mistyped.stderr).toMatch(
    /There is no stage "e2e"\. They are: .*pure, database, .*end-to-end\./,
  );
  const blind = run(['end-to-end'], { CHROMIUM_PATH: '/nowhere/chromium' });
  expect(blind.status).toBe(1);
  expect(blind.stdout + blind.stderr).toMatch(/CHROMIUM_PATH names \/nowhere\/chromium, which does not exist\./);
});
