/** One thing that an act changed. */
export interface Change {
  /** The key of an option, the name of a column; null where the act itself says what. */
  readonly what: string | null;
  readonly before: unknown;
  readonly after: unknown;
}

type Details = Readonly<Record<string, unknown>>;

const isObject = (value: unknown): value is Details =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** What of an event's details is shown as changes, and so need not be shown again. */
export const CHANGE_KEYS = ['key', 'before', 'after', 'changes'] as const;

/** What an event changed: `{ key, before, after }`, whole objects before and after, or a list of such changes. */
export function changesOf(details: Details): readonly Change[] {
  const { changes } = details;
  if (Array.isArray(changes)) return changes.filter(isObject).flatMap(changesOf);
  if (isObject(changes)) {
    return Object.entries(changes).flatMap(([what, change]) =>
      isObject(change) ? changesOf({ ...change, key: what }) : [],
    );
  }
  if (!('before' in details) || !('after' in details)) return [];
  const { before, after } = details;
  const what = typeof details['key'] === 'string' ? details['key'] : null;
  if (!isObject(before) || !isObject(after)) return [{ what, before, after }];
  return [...new Set([...Object.keys(before), ...Object.keys(after)])]
    .filter((key) => JSON.stringify(before[key]) !== JSON.stringify(after[key]))
    .map((key) => ({ what: what === null ? key : `${what}.${key}`, before: before[key], after: after[key] }));
}
