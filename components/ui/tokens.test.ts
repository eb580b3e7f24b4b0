import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';

const css = readFileSync(new URL('../../app/globals.css', import.meta.url), 'utf8');

type Rgb = [number, number, number];

/** Linear-light sRGB of an OKLCH colour; a channel outside 0…1 means that a screen can't show it. */
function linearRgb(lightness: number, chroma: number, hue: number): Rgb {
  const angle = (hue * Math.PI) / 180;
  const a = chroma * Math.cos(angle);
  const b = chroma * Math.sin(angle);
  const l = (lightness + 0.3963377774 * a + 0.2158037573 * b) ** 3;
  const m = (lightness - 0.1055613458 * a - 0.0638541728 * b) ** 3;
  const s = (lightness - 0.0894841775 * a - 1.291485548 * b) ** 3;
  return [
    4.0767416621 * l - 3.3077115913 * m + 0.2309699292 * s,
    -1.2684380046 * l + 2.6097574011 * m - 0.3413193965 * s,
    -0.0041960863 * l - 0.7034186147 * m + 1.707614701 * s,
  ];
}

/** WCAG 2.2 relative luminance, of the colour as a screen shows it. */
function luminance(rgb: Rgb): number {
  const [red, green, blue] = rgb.map((channel) => Math.min(1, Math.max(0, channel))) as Rgb;
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
}

function contrast(one: Rgb, other: Rgb): number {
  const [dark, light] = [luminance(one), luminance(other)].sort((a, b) => a - b) as [number, number];
  return (light + 0.05) / (dark + 0.05);
}

function tokensOf(block: string): Map<string, Rgb> {
  const tokens = new Map<string, Rgb>();
  for (const [, name, l, c, h] of block.matchAll(/--([\w-]+):\s*oklch\(([\d.]+) ([\d.]+) ([\d.]+)\);/g)) {
    tokens.set(name!, linearRgb(Number(l), Number(c), Number(h)));
  }
  return tokens;
}

const start = css.indexOf('\n:root {');
const darkStart = css.indexOf('@variant dark {', start);
const end = css.indexOf('\n}\n', darkStart);
const themes = {
  light: tokensOf(css.slice(start, darkStart)),
  dark: tokensOf(css.slice(darkStart, end)),
};

const grounds = [
  'paper',
  'surface',
  'sunken',
  'field',
  'wash',
  'wall',
  'ground',
  'room',
  'room-surface',
  'room-sunken',
  'hall',
  'hall-wall',
];
const washes = ['success-wash', 'warning-wash', 'danger-wash'];

/** Text on what lies behind it: 4.5:1. */
const texts: Array<[text: string, behind: string]> = [
  ...[...grounds, ...washes].map((behind): [string, string] => ['ink', behind]),
  ...[...grounds, ...washes].map((behind): [string, string] => ['quiet', behind]),
  ...grounds
    .filter((behind) => behind !== 'field' && behind !== 'ground')
    .map((behind): [string, string] => ['accent', behind]),
  ...['paper', 'surface', 'wash', 'room', 'hall'].map((behind): [string, string] => ['accent-hover', behind]),
  ...['paper', 'surface', 'room', 'room-surface', 'hall', 'success-wash'].map((behind): [string, string] => [
    'success',
    behind,
  ]),
  ...['paper', 'surface', 'room', 'room-surface', 'hall', 'danger-wash'].map((behind): [string, string] => [
    'danger',
    behind,
  ]),
  ['on-accent', 'accent'],
  ['on-accent', 'accent-hover'],
  ['on-danger', 'danger'],
  ['on-danger', 'danger-hover'],
];

/** Edges of controls, marks that carry meaning, the ring of focus: 3:1. */
const marks: Array<[mark: string, behind: string]> = [
  ...grounds.filter((behind) => behind !== 'ground').map((behind): [string, string] => ['edge', behind]),
  ...[...grounds, ...washes].map((behind): [string, string] => ['focus', behind]),
  ...['surface', 'room', 'warning-wash'].map((behind): [string, string] => ['warning', behind]),
  ['accent', 'line'],
  ['accent', 'room-line'],
];

describe.each(Object.entries(themes))('LOOK-2 the colours of the %s theme', (_theme, tokens) => {
  const colour = (name: string): Rgb => {
    const found = tokens.get(name);
    if (!found) throw new Error(`globals.css has no token --${name}`);
    return found;
  };

  it.each(texts)('LOOK-2 %s is read on %s (4.5:1)', (text, behind) => {
    expect(contrast(colour(text), colour(behind))).toBeGreaterThanOrEqual(4.5);
  });

  it.each(marks)('LOOK-2 %s stands out on %s (3:1)', (mark, behind) => {
    expect(contrast(colour(mark), colour(behind))).toBeGreaterThanOrEqual(3);
  });
});

describe('LOOK-2 the two themes', () => {
  it('LOOK-2 name the same colours', () => {
    expect([...themes.dark.keys()].sort()).toEqual([...themes.light.keys()].sort());
    expect(themes.light.size).toBeGreaterThan(20);
  });

  it('LOOK-2 measure as the standard does: black on white is 21:1, and a known grey 4.54:1', () => {
    expect(contrast(linearRgb(0, 0, 0), linearRgb(1, 0, 0))).toBeCloseTo(21, 2);
    // #767676 is the lightest grey that passes on white.
    expect(contrast(linearRgb(0.5681, 0, 0), linearRgb(1, 0, 0))).toBeCloseTo(4.54, 1);
  });
});
