import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { optionsDocument } from './document';

it('OPT-1 docs/options.md is drawn from the registry of today (npm run docs)', () => {
  expect(readFileSync(new URL('../../docs/options.md', import.meta.url), 'utf8')).toBe(optionsDocument());
});
