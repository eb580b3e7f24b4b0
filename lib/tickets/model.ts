import { z } from 'zod';

/** The token of a link, as we make them; anything else can't be one and is never looked up. */
export const ticketToken = z.string({ error: 'text.invalid' }).regex(/^[A-Za-z0-9_-]{43}$/, { error: 'text.invalid' });

/** The token in `?ticket=`; null: none, or something that never was one. */
export function readTicketToken(parameter: unknown): string | null {
  return ticketToken.safeParse(parameter).data ?? null;
}
