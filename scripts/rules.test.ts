import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { expect, it } from 'vitest';

const ROOT = path.resolve(import.meta.dirname, '..');
const PAGE = 'docs/rules.md';
const RULE =
  '(?:RUN|ACC|SIGN|MFA|ENROL|RESET|SELF|OPT|LOC|AUTH|SAML|OIDC|AUD|GUARD|PRIV|LOOK|SAFE|FAST|SCALE)-[1-9][0-9]?';
/** What a title begins with: one rule, or several. */
const TITLE = new RegExp(`['"\`]((?:${RULE}(?:, | )?)+)`, 'g');
const WRITTEN = /\.(?:tsx?|mjs|js|sql|css|md)$/;

/** The files that people write, under one place or another. */
function filesIn(folder: string): string[] {
  return readdirSync(path.join(ROOT, folder), { withFileTypes: true }).flatMap((entry) => {
    const name = path.posix.join(folder, entry.name);
    if (entry.isDirectory()) return entry.name.startsWith('.') || entry.name === 'node_modules' ? [] : filesIn(name);
    return WRITTEN.test(entry.name) && name !== PAGE ? [name] : [];
  });
}

const read = (file: string) => readFileSync(path.join(ROOT, file), 'utf8');
const rulesIn = (text: string) => text.match(new RegExp(`\\b${RULE}\\b`, 'g')) ?? [];

const files = filesIn('.');
const proofs = new Map<string, Set<string>>();
for (const file of files.filter((name) => /\.(?:test|spec)\.ts$/.test(name))) {
  const titles = [...read(file).matchAll(TITLE)].map(([, title]) => title!).join(' ');
  for (const rule of rulesIn(titles)) proofs.set(rule, (proofs.get(rule) ?? new Set()).add(file));
}
const lines = read(PAGE)
  .split('\n')
  .flatMap((line) => {
    const [, rule, sentence, files] = /^- \*\*([A-Z]+-\d+)\*\* (.+) → (.+)$/.exec(line) ?? [];
    return rule === undefined ? [] : [{ rule, sentence: sentence!, files: files!.replaceAll('`', '').split(', ') }];
  });

it('every rule that is cited anywhere has one line in docs/rules.md', () => {
  const cited = new Set(files.flatMap((file) => rulesIn(read(file))));
  expect(cited.size).toBeGreaterThan(90);
  const listed = lines.map(({ rule }) => rule);
  expect(new Set(listed).size).toBe(listed.length);
  expect([...cited].filter((rule) => !listed.includes(rule))).toEqual([]);
});

it('every line says it in one sentence, and names only files with a test whose title begins with the rule', () => {
  for (const { rule, sentence, files: named } of lines) {
    expect(sentence, rule).toMatch(/^.{20,160}\.$/);
    expect({ rule, unproved: named.filter((file) => !proofs.get(rule)?.has(file)) }).toEqual({ rule, unproved: [] });
  }
});
