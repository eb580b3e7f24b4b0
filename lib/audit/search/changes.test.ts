import { expect, it } from 'vitest';
import { changesOf } from './changes';

it('AUD-1 reads what changed, however an act wrote it down', () => {
  expect(changesOf({ key: 'internalMFA', before: 'off', after: 'mandatory' })).toEqual([
    { what: 'internalMFA', before: 'off', after: 'mandatory' },
  ]);
  expect(changesOf({ before: { a: 1, b: [1] }, after: { a: 2, b: [1], c: null } })).toEqual([
    { what: 'a', before: 1, after: 2 },
    { what: 'c', before: undefined, after: null },
  ]);
  const list = [{ key: 'x', before: 1, after: 2 }, 'stray', { key: 'y', before: { z: 1 }, after: { z: 2 } }];
  expect(changesOf({ changes: list })).toEqual([
    { what: 'x', before: 1, after: 2 },
    { what: 'y.z', before: 1, after: 2 },
  ]);
  expect(changesOf({ changes: { name: { before: 'a', after: 'b' } } })).toEqual([
    { what: 'name', before: 'a', after: 'b' },
  ]);
});

it('AUD-1 takes nothing else for a change', () => {
  expect(changesOf({})).toEqual([]);
  expect(changesOf({ before: 'password', next: 'signed-in' })).toEqual([]);
  expect(changesOf({ changed: ['firstName'], changes: 3 })).toEqual([]);
});
