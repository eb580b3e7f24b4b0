import { expect, it } from 'vitest';
import { guessPhone, isHandheld, METHOD_STEPS, METHODS, placeOf } from './model';

const IPHONE =
  'Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) AppleWebKit/605.1.15 Version/18.0 Mobile Safari/604.1';
const ANDROID = 'Mozilla/5.0 (Linux; Android 15; Pixel 9) AppleWebKit/537.36 Chrome/140.0.0.0 Mobile Safari/537.36';
const COMPUTERS = [
  'Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0.0.0 Safari/537.36',
  'Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0',
  '',
];

it('ENROL-1 ENROL-3 begins with the phone that the browser says it is, and hands the key over only on one', () => {
  expect([IPHONE, ANDROID].map((agent) => [guessPhone(agent), isHandheld(agent)])).toEqual([
    ['iphone', true],
    ['android', true],
  ]);
  expect(COMPUTERS.map((agent) => [guessPhone(agent), isHandheld(agent)])).toEqual(
    COMPUTERS.map(() => ['iphone', false]),
  );
});

it('ENROL-1 the number of steps is said once it is known, and never falls while one goes on', () => {
  expect(placeOf('intro', 'app')).toEqual({ current: 1, total: null });
  expect(placeOf('method', null)).toEqual({ current: 2, total: null });
  for (const method of METHODS) {
    const way = [...METHOD_STEPS[method].filter((step) => step !== 'key'), 'codes'].map((step) =>
      placeOf(step, method),
    );
    const { total } = way.at(-1)!;
    expect(way).toEqual(way.map((_, index) => ({ current: index + 3, total })));
    expect(way.at(-1)!.current).toBe(total);
  }
  expect(placeOf('key', 'app')).toEqual(placeOf('scan', 'app'));
});
