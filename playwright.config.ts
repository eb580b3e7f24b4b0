import { register } from 'node:module';
import os from 'node:os';
import { defineConfig } from '@playwright/test';

// Tests make their organisations and people by the services of lib/, in this very process.
register('./e2e/fixtures/bundler-modules.mjs', import.meta.url);

/**
 * Ring three: a real browser, on the production build, before two instances over one database of PostgreSQL.
 *
 * CHROMIUM_PATH names the browser. TEST_DATABASE_URL is a superuser's, of a server at work; without it one is started.
 */
export default defineConfig({
  testDir: 'e2e',
  testMatch: '**/*.spec.ts',
  globalSetup: './e2e/fixtures/portal.ts',
  outputDir: 'test-results',
  // Each process has a portal of its own. A browser and the instance it waits for keep one core busy; there are two.
  workers: Math.min(2, os.availableParallelism()),
  retries: 0,
  timeout: 60_000,
  expect: { timeout: 7_000 },
  reporter: 'list',
  use: {
    browserName: 'chromium',
    screenshot: 'only-on-failure',
    actionTimeout: 10_000,
    navigationTimeout: 15_000,
    launchOptions: { executablePath: process.env.CHROMIUM_PATH || undefined, args: ['--disable-gpu'] },
  },
});
