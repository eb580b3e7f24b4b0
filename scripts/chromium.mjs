/** The browser that the journeys are walked in, and the pictures taken with. */
import { spawnSync } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import { Failure } from './steps.mjs';

/**
 * @returns {Promise<string | undefined>} the Chromium of this machine, or what CHROMIUM_PATH names
 * @throws {Failure} where it names nothing
 */
export async function findChromium() {
  const given = process.env.CHROMIUM_PATH;
  if (given) {
    if (!fs.existsSync(given)) throw new Failure(`CHROMIUM_PATH names ${given}, which does not exist.`);
    return given;
  }
  const { chromium } = await import('@playwright/test');
  // The shell draws the same pages, without a window around them that nobody sees: a third of the work.
  const names = ['chromium-headless-shell', 'chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable'];
  const onPath = (process.env.PATH ?? '')
    .split(path.delimiter)
    .flatMap((folder) => names.map((name) => path.join(folder, name)));
  const windowsFolders = ['PROGRAMFILES', 'PROGRAMFILES(X86)', 'LOCALAPPDATA'].map((name) => process.env[name] ?? '');
  const usual = {
    darwin: ['Chromium', 'Google Chrome'].map((name) => `/Applications/${name}.app/Contents/MacOS/${name}`),
    win32: windowsFolders.flatMap((folder) => [
      path.join(folder, 'Google/Chrome/Application/chrome.exe'),
      path.join(folder, 'Chromium/Application/chrome.exe'),
    ]),
    linux: [...onPath, '/snap/bin/chromium'],
  };
  return [chromium.executablePath(), ...(usual[/** @type {'linux'} */ (process.platform)] ?? onPath)].find(isBrowser);
}

/** @param {string} file */
function isBrowser(file) {
  if (!file || !fs.existsSync(file)) return false;
  // On Ubuntu, chromium-browser may be a mere script that tells people to install something else.
  return (
    process.platform !== 'linux' || spawnSync(file, ['--version'], { timeout: 20_000, stdio: 'ignore' }).status === 0
  );
}
