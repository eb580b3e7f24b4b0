import type { LetterBody } from './model';

/** The letter as plain text: paragraphs on one line each, which mail apps wrap by themselves; links on lines of their own. */
export function renderText(body: LetterBody): string {
  const { title, hello, text, facts, doors, note, foot } = body;
  const colon = body.locale === 'fr' ? '\u00A0: ' : ': ';
  const parts = [
    title,
    hello,
    text,
    facts.map(({ label, value }) => `${label}${colon}${value}`).join('\n'),
    ...doors.map(({ label, href }) => `${label}\n${href}`),
    note ?? '',
    `-- \n${foot.join('\n')}`,
  ];
  return `${parts.filter((part) => part !== '').join('\n\n')}\n`;
}
