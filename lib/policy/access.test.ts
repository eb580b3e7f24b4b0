import { readdir, readFile } from 'node:fs/promises';
import path from 'node:path';
import { expect, it } from 'vitest';
import { ACTIONS, PAGES, ROUTES } from './access';

const app = path.resolve(import.meta.dirname, '../../app');

async function files(name: string): Promise<string[]> {
  const found = await readdir(app, { recursive: true });
  return found.filter((file) => path.basename(file) === name);
}

/** `(portal)/account/page.tsx` is asked for under `/account`: groups stand in no URL. */
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
