import { fileURLToPath } from 'node:url';
import { defineConfig } from 'vitest/config';

const alias = { '@': fileURLToPath(new URL('.', import.meta.url)).replace(/\/$/, '') };

/** Rings one and two. Ring three (a real browser on the production build) is Playwright's: see e2e/. */
export default defineConfig({
  resolve: { alias },
  test: {
    // Each file has a database of its own; on two cores the default is a single worker, while PostgreSQL waits for it.
    maxWorkers: '100%',
    projects: [
      {
        resolve: { alias },
        test: {
          name: 'pure',
          // Properties try thousands of cases; on a busy machine that takes its time.
          testTimeout: 30_000,
          include: ['**/*.test.ts'],
          exclude: ['**/*.db.test.ts', '**/node_modules/**', '.next/**', 'e2e/**'],
        },
      },
      {
        resolve: { alias },
        test: {
          name: 'database',
          include: ['**/*.db.test.ts'],
          exclude: ['**/node_modules/**', '.next/**', 'e2e/**'],
          globalSetup: ['./e2e/fixtures/test-database.ts'],
          pool: 'forks',
          // Some start the operator's command a dozen times: seconds on a machine of one's own, half a minute on a busy one.
          testTimeout: 60_000,
          hookTimeout: 60_000,
        },
      },
    ],
  },
});
