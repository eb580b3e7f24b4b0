/** The longest serial number, as it is printed. */
export const SERIAL_MAX = 64;

/** A serial number without what people leave out or add when they copy it, in capitals; null: it is none. */
export function readSerial(typed: string): string | null {
  const key = typed
    .normalize('NFKC')
    .replace(/[\s\p{Z}\p{Pd}\p{Cf}\u2212]/gu, '')
    .toUpperCase();
  return /^[0-9A-Z]+$/.test(key) && key.length <= SERIAL_MAX ? key : null;
}
