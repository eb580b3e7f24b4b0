/**
 * `npm run build`: the application, by Next.js, and the program that serves it, `server.ts` with all of ours that it needs, in
 * plain JavaScript: so it starts in half the time, and nothing stands between Node.js and its modules while it serves
 * (docs/decisions/009-speed.md).
 */
import { spawnSync } from 'node:child_process';
import path from 'node:path';
import process from 'node:process';
import { build } from 'esbuild';
import { nextProgram, repository, serverProgram } from './steps.mjs';

/** Next.js names no entries of its package, which its own bundler forgives and Node.js does not. */
const filesOfNext = {
  name: 'files of Next.js',
  setup(/** @type {import('esbuild').PluginBuild} */ { onResolve }) {
    onResolve({ filter: /^next\/[a-z]+$/ }, (module) => ({ path: `${module.path}.js`, external: true }));
  },
};

// In our own process group: what stops us stops it.
const { status } = spawnSync(process.execPath, [nextProgram, 'build'], { cwd: repository, stdio: 'inherit' });
if (status !== 0) process.exit(1);
await build({
  absWorkingDir: repository,
  entryPoints: { [path.basename(serverProgram, '.mjs')]: 'server.ts' },
  outdir: path.dirname(serverProgram),
  outExtension: { '.js': '.mjs' },
  bundle: true,
  // What is imported late stays apart: Next.js must be there before it.
  splitting: true,
  packages: 'external',
  plugins: [filesOfNext],
  platform: 'node',
  target: 'node20.19',
  format: 'esm',
  jsx: 'automatic',
  keepNames: true,
  logLevel: 'warning',
});
