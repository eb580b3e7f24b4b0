import { readdir, readFile } from 'node:fs/promises';
import path from 'node:path';
import { expect, it } from 'vitest';
import { ACTIONS, isBeforeSession, PAGES, permissionOf, placeAt, PLACES, ROUTES } from './access';
import { PERMISSIONS } from './permissions';

const app = path.resolve(import.meta.dirname, '../../app');

async function files(name: string): Promise<string[]> {
  const found = await readdir(app, { recursive: true });
  return found.filter((file) => path.basename(file) === name);
}

/** `(front)/signup/page.tsx` is asked for under `/signup`: groups stand in no URL. */
const urlOf = (file: string) => {
  const parts = path
    .dirname(file)
    .split(path.sep)
    .filter((part) => part !== '.' && !part.startsWith('('));
  return `/${parts.join('/')}`;
};

it('ACC-4 every page and route has its row in the table of who may come, and every row its page', async () => {
  expect((await files('page.tsx')).map(urlOf).toSorted()).toEqual(Object.keys(PAGES).toSorted());
  expect((await files('route.ts')).map(urlOf).toSorted()).toEqual(Object.keys(ROUTES).toSorted());
});

it('ACC-4 every action has its row, and every row its action', async () => {
  const texts = await Promise.all((await files('actions.ts')).map((file) => readFile(path.join(app, file), 'utf8')));
  const names = texts.flatMap((text) =>
    [...text.matchAll(/define\w*Action\(\{\s*name: '([^']+)'/g)].map((match) => match[1]!),
  );
  const made = texts.flatMap((text) => [...text.matchAll(/= define\w*Action\(/g)]);
  expect(names).toHaveLength(made.length);
  expect(names.toSorted()).toEqual(Object.keys(ACTIONS).toSorted());
});

/** An address as the place would be asked for: words in the place of what stands in brackets. */
const addressOf = (place: string) =>
  place.replace(/\/\[\[\.\.\.\w+\]\]/, '/etape').replace(/\[(?:\.\.\.)?\w+\]/g, 'mot');

it('ACC-4 the most exact place answers under an address, with or without a slash at its end', () => {
  for (const place of Object.keys(PLACES)) {
    expect(placeAt(addressOf(place)), place).toBe(place);
    if (place !== '/') expect(placeAt(`${addressOf(place)}/`), place).toBe(place);
  }
  expect(placeAt('/mot/sign-in/enrol')).toBe('/[org]/sign-in/enrol/[[...step]]');
  expect(placeAt('/_next/image')).toBe('/[org]/[...rest]');
});

it('LOC-4 past a filter goes only what stands before any session: no page of a person, and nothing that is nowhere', () => {
  for (const [place, access] of Object.entries(PLACES)) {
    const before = access === 'anyone' && place !== '/[org]/[...rest]';
    expect(isBeforeSession(addressOf(place)), place).toBe(before);
  }
  for (const nowhere of ['/mot/nulle/part', '/api/elsewhere', '']) expect(isBeforeSession(nowhere)).toBe(false);
});

it('ACC-4 a row asks for a permission, or for none', () => {
  expect([permissionOf('anyone'), permissionOf('account')]).toEqual([null, null]);
  for (const permission of PERMISSIONS) expect(permissionOf(permission)).toBe(permission);
});
