/** The form in which words are compared: without accents and capitals (OPT-1). */
export function searchKey(text: string): string {
  return text.normalize('NFD').replace(/\p{M}/gu, '').toLowerCase();
}

/** Whether a text holds every word of what was typed, anywhere; nothing typed is held by everything. */
export function holdsWords(haystack: string, typed: string): boolean {
  const key = searchKey(haystack);
  return searchKey(typed)
    .split(/\s+/)
    .every((word) => key.includes(word));
}
