/** A moment as PostgreSQL writes it: our connections hand times on as text, and the builder alone reads them itself. */
export function instant(value: string | null): Date | null {
  return value === null ? null : new Date(value);
}
