import type { PasswordRules } from '@/lib/authenticators/model';
import type { RefusalCode, RefusalDetails } from '@/lib/refusals';

/**
 * The rules of passwords that can be judged from the password alone (AUTH-2). Pure and small: the field runs them in the
 * browser as one types, the server runs them again. What needs a list or a hash is `choosing.ts`'s.
 */

/** Where a password alone opens the door it must be longer than where a second factor is required beside it. */
export const LENGTH_MIN = { alone: 15, withFactor: 12 } as const;

/** Words shorter than this don't count as containing: a person called Al must be able to choose a password. */
const WORD_LENGTH_MIN = 4;
/** Words as long as this are also found when they are pulled apart, « p-a-s-s-w-o-r-d ». */
const PULLED_APART_MIN = 8;
/** The shortest password that any authenticator allows. */
const JUDGED_FROM = 8;
/** Fewer different characters than this make no password, however long. */
const DIFFERENT_MIN = 5;

/** What a password must be for one person. Small enough to travel to the browser. */
export interface PasswordRequirements {
  /** In code points. */
  readonly lengthMin: number;
  /** How many of the four classes of characters it must have; 1: none is asked for. */
  readonly classes: 1 | 3 | 4;
  /** What it must not contain, as people write it. */
  readonly words: readonly string[];
  /** How many earlier passwords can't be chosen again, beside the present one. */
  readonly history: number;
}

/** Whoever chooses, by everything that others may know of them. */
export interface PasswordOwner {
  readonly email: string;
  readonly username: string;
  readonly firstName: string;
  readonly lastName: string;
}

const CLASSES = { 'length-only': 1, 'three-classes': 3, 'four-classes': 4 } as const;

/**
 * What a password must be for somebody.
 *
 * @param factorStands whether nobody can come in with this account's password alone
 * @source NIST SP 800-63B-4 §3.1.1.2
 */
export function requirementsFor(
  rules: PasswordRules,
  owner: PasswordOwner,
  organisation: { readonly name: string; readonly slug: string },
  factorStands: boolean,
): PasswordRequirements {
  return {
    lengthMin: rules.lengthMin ?? (factorStands ? LENGTH_MIN.withFactor : LENGTH_MIN.alone),
    classes: CLASSES[rules.complexity],
    words: wordsOf(owner, organisation),
    history: rules.history,
  };
}

/** What a password must not contain: no name of the person, in whole or in its parts, nor of the house that they come to. */
function wordsOf(owner: PasswordOwner, organisation: { readonly name: string; readonly slug: string }): string[] {
  const [local = ''] = owner.email.split('@');
  const parts = [local, owner.username, owner.firstName, owner.lastName].flatMap((name) => [
    name,
    ...name.split(/[\s\p{P}]+/u),
  ]);
  const words = ['password', 'mot de passe', 'Vestibule', owner.email, ...parts, organisation.name, organisation.slug];
  const seen = new Set<string>();
  return words.filter((word) => {
    const key = lettersOf(word).join('');
    if (key.length < WORD_LENGTH_MIN || seen.has(key)) return false;
    seen.add(key);
    return true;
  });
}

export type PasswordRule = 'length' | 'classes' | 'words' | 'pattern';

/** A rule that a password breaks, as a refusal tells it. */
export interface BrokenRule {
  readonly rule: PasswordRule;
  readonly code: RefusalCode;
  readonly details: RefusalDetails;
}

/**
 * The rules that a password breaks, the weightiest first; none where all that can be judged from it alone is well.
 *
 * @param password in NFC, as `passwordInput` gives it
 */
export function brokenRules(password: string, requirements: PasswordRequirements): BrokenRule[] {
  const broken: BrokenRule[] = [];
  const { lengthMin, classes, words } = requirements;
  if (lengthOf(password) < lengthMin) {
    broken.push({ rule: 'length', code: 'password.too-short', details: { min: lengthMin } });
  }
  const word = findWord(password, words);
  if (word !== null) broken.push({ rule: 'words', code: 'password.contains', details: { word } });
  if (isPattern(password, lengthMin)) broken.push({ rule: 'pattern', code: 'password.pattern', details: {} });
  if (classesOf(password) < classes) {
    broken.push({ rule: 'classes', code: `password.${classes === 3 ? 'three' : 'four'}-classes`, details: {} });
  }
  return broken;
}

/** How long a password is: in code points, as its owner would count it, and not in the units of a machine. */
export function lengthOf(password: string): number {
  return [...password].length;
}

/** How many of the four classes there are: capitals, other letters, digits, and all the rest, spaces too. */
function classesOf(password: string): number {
  const classes = [/[\p{Lu}\p{Lt}]/u, /[\p{Ll}\p{Lo}\p{Lm}]/u, /\p{N}/u, /[^\p{L}\p{N}]/u];
  return classes.filter((one) => one.test(password)).length;
}

/** What is written for a letter so that it reads the same: digits and signs, and the letters of other alphabets. */
const DISGUISES: Readonly<Record<string, string>> = {
  a: '4@\u0430\u03B1',
  b: '8',
  c: '(\u0441',
  e: '3€\u0435',
  g: '9',
  i: '1!|\u0456\u03B9',
  l: '1!|',
  o: '0\u043E\u03BF',
  p: '\u0440\u03C1',
  s: '5$\u0455',
  t: '7+',
  x: '\u0445\u03C7',
  y: '\u0443\u03B3',
  z: '2',
};
const SIGNS_OF_LETTERS = new Set(Object.values(DISGUISES).join(''));

/**
 * The form in which texts are compared: compatibility forms (full-width letters, ligatures), case, accents, and what shows
 * nothing are no disguise.
 */
export function fold(text: string): string {
  return text
    .normalize('NFKD')
    .replace(/[\p{M}\p{Default_Ignorable_Code_Point}]/gu, '')
    .toUpperCase()
    .toLowerCase()
    .replace(/œ/g, 'oe')
    .replace(/æ/g, 'ae')
    .replace(/ø/g, 'o')
    .replace(/ł/g, 'l')
    .replace(/ς/g, 'σ');
}

/** The plain readings of a folded text: as it stands, and with every disguise taken for its letter. */
export function readings(folded: string): string[] {
  const read = (letterOf: ReadonlyMap<string, string>) =>
    [...folded].map((character) => letterOf.get(character) ?? character).join('');
  return [...new Set([folded, read(READ_AS_I), read(READ_AS_L)])];
}

/** Each disguise with its letter. A one may be an i or an l, so there are two ways to read. */
const readAs = (letters: readonly string[]) =>
  new Map(letters.flatMap((letter) => [...DISGUISES[letter]!].map((sign) => [sign, letter] as const)));
const READ_AS_L = readAs(Object.keys(DISGUISES));
const READ_AS_I = readAs(Object.keys(DISGUISES).toReversed());

/** Whether a character only keeps letters apart; one that may stand for a letter doesn't. */
function separates(character: string): boolean {
  return /[\s\p{P}\p{S}]/u.test(character) && !SIGNS_OF_LETTERS.has(character);
}

/** A text without what keeps its letters apart. */
export function pulledTogether(folded: string): string {
  return [...folded].filter((character) => !separates(character)).join('');
}

/** The letters and digits of a word, folded. */
function lettersOf(word: string): string[] {
  return [...fold(word)].filter((character) => /[\p{L}\p{N}]/u.test(character));
}

/** The first of the words that a password contains, in any case, behind accents and simple substitutions; null: none. */
function findWord(password: string, words: readonly string[]): string | null {
  const folded = fold(password);
  const together = pulledTogether(folded);
  const found = words.find((word) => {
    const letters = lettersOf(word);
    if (letters.length < WORD_LENGTH_MIN) return false;
    // Where the word itself has a space or a hyphen, the password may have anything, or nothing.
    const gaps = fold(word)
      .trim()
      .split(/[^\p{L}\p{N}]+/u);
    if (gaps.some((part) => part !== '') && patternOf(gaps, '[\\s\\p{P}\\p{S}]*').test(folded)) return true;
    return letters.length >= PULLED_APART_MIN && patternOf([letters.join('')], '').test(together);
  });
  return found ?? null;
}

/** What finds a word: each letter as itself or in one of its disguises. No quantifier stands inside another. */
function patternOf(parts: readonly string[], gap: string): RegExp {
  const escaped = (character: string) => character.replace(/[\\\]^$|()[{}.*+?/-]/g, '\\$&');
  const one = (letter: string) => `[${[letter, ...(DISGUISES[letter] ?? '')].map(escaped).join('')}]`;
  return new RegExp(parts.map((part) => [...part].map(one).join('')).join(gap), 'u');
}

/** Rows and columns of the keyboards that people here type on, the row of digits, and the alphabet. */
const ROWS = [
  '1234567890',
  'abcdefghijklmnopqrstuvwxyz',
  'qwertyuiop',
  'asdfghjkl',
  'zxcvbnm',
  'azertyuiop',
  'qsdfghjklm',
  'wxcvbn',
  'qwertzuiop',
  'yxcvbnm',
  '1qaz2wsx3edc4rfv5tgb6yhn7ujm',
];
const NEIGHBOURS = new Set(
  ROWS.flatMap((row) =>
    [...row].slice(1).flatMap((character, index) => [row[index]! + character, character + row[index]!]),
  ),
);
/** From this share of steps to a neighbour on, a text is a run: « 1234567890abcde ». Sentences stay far below. */
const RUN_SHARE = 0.75;

/** Whether a password is hardly more than a run, or a short piece that comes again and again. */
function isPattern(password: string, lengthMin: number): boolean {
  const characters = [...fold(password)];
  // What nobody could choose anyway is told to be too short, and nothing else.
  if (characters.length < JUDGED_FROM) return false;
  if (new Set(characters).size < DIFFERENT_MIN) return true;
  const steps = characters.slice(1).map((character, index) => [characters[index]!, character] as const);
  const near = steps.filter(([one, next]) => one === next || NEIGHBOURS.has(one + next));
  if (near.length >= steps.length * RUN_SHARE) return true;
  const period = periodOf(characters);
  return period < lengthMin && period <= characters.length / 2;
}

/** The length of the shortest piece of which a text consists, the last time perhaps cut off (Knuth, Morris, Pratt). */
function periodOf(characters: readonly string[]): number {
  const border = [0];
  for (let index = 1, length = 0; index < characters.length; index += 1) {
    while (length > 0 && characters[index] !== characters[length]) length = border[length - 1]!;
    if (characters[index] === characters[length]) length += 1;
    border.push(length);
  }
  return characters.length - (border.at(-1) ?? 0);
}
