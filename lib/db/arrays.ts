/**
 * The elements of a one-dimensional array as PostgreSQL writes it. An element in quotes has a backslash before each quote and
 * backslash; one without has none of them, no comma, brace or space, and is `NULL` where there is none.
 *
 * @source PostgreSQL manual, 8.15.6, Array Input and Output Syntax
 */
export function readArray(written: string): (string | null)[] {
  const elements = written.slice(1, -1).matchAll(/"((?:[^"\\]|\\.)*)"|[^,]+/gs);
  return [...elements].map(([plain, quoted]) =>
    quoted !== undefined ? quoted.replace(/\\(.)/gs, '$1') : plain === 'NULL' ? null : plain,
  );
}

/** An array as PostgreSQL reads it: {@link readArray} the other way round. */
export function writeArray(elements: readonly (string | null)[]): string {
  const written = elements.map((element) => (element === null ? 'NULL' : `"${element.replace(/["\\]/g, '\\$&')}"`));
  return `{${written.join(',')}}`;
}
