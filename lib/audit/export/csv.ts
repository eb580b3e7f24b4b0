/** Spreadsheets know by it that the text is UTF-8, and show accents as they are. */
export const BYTE_ORDER_MARK = '\uFEFF';

/**
 * One cell: always in quotation marks, and harmless. A spreadsheet takes what begins like a formula for one, also when
 * spaces or line breaks stand before it: an apostrophe tells it that this is text.
 *
 * @source https://owasp.org/www-community/attacks/CSV_Injection; RFC 4180 §2
 */
export function csvCell(value: string): string {
  const text = /^\s*[=+\-@\t\r＝＋－＠]/.test(value) ? `'${value}` : value;
  return `"${text.replaceAll('"', '""')}"`;
}

/** One line with its end. */
export function csvLine(cells: readonly string[]): string {
  return `${cells.map(csvCell).join(',')}\r\n`;
}
