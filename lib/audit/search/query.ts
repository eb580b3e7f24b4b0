import { z } from 'zod';
import { parseAddress } from '@/lib/network/address';
import { AUDIT_GROUPS, AUDIT_OUTCOMES } from '../model';

/** An empty field of a form is no filter. */
const optional = <T extends z.ZodType>(schema: T) =>
  z.preprocess((typed) => (typeof typed === 'string' && typed.trim() === '' ? undefined : typed), schema.optional());

const line = (longest: number) =>
  z
    .string({ error: 'text.invalid' })
    .trim()
    .max(longest, { error: 'text.tooLong' })
    .regex(/^[^\p{Cc}\p{Cs}]*$/u, { error: 'text.forbiddenCharacters' });

const day = z.iso.date({ error: 'text.invalid' }).refine((typed) => typed >= '1970-01-01', { error: 'text.invalid' });

/** The number of an event, as addresses spell it. */
export const eventId = z.string().regex(/^[1-9][0-9]{0,17}$/, { error: 'text.invalid' });

/** What narrows the list of events, as a form or an address spells it. Days are those of the reader's time zone, both counted in. */
export const auditQuery = z.object({
  /** An e-mail, a username, or an account's id: who did it, or on whom it was done. */
  person: optional(line(254)),
  group: optional(z.enum(AUDIT_GROUPS, { error: 'text.invalid' })),
  outcome: optional(z.enum(AUDIT_OUTCOMES, { error: 'text.invalid' })),
  from: optional(day),
  until: optional(day),
  address: optional(
    line(64).transform((typed, context) => {
      const parsed = parseAddress(typed);
      if (parsed !== null) return parsed.text;
      context.addIssue({ code: 'custom', message: 'text.invalid' });
      return z.NEVER;
    }),
  ),
  /** The support code that an error page shows: the id of the request. */
  code: optional(line(64)),
});

export type AuditQuery = z.output<typeof auditQuery>;

/** Where a page begins: after an event (towards the older ones) or before it. */
export const auditPlace = z.object({
  older: eventId.optional().catch(undefined),
  newer: eventId.optional().catch(undefined),
});

export type AuditPlace = z.output<typeof auditPlace>;

export type AuditField = keyof AuditQuery;

/** What was typed and, where it can be read, what it means; else the fields that can't be read, each with its code. */
export type ReadAuditQuery =
  | { readonly query: AuditQuery; readonly invalid: null }
  | { readonly query: null; readonly invalid: Readonly<Partial<Record<AuditField, string>>> };

/** Reads filters from an address or a form; whatever else stands there is left aside. */
export function readAuditQuery(given: Readonly<Record<string, unknown>>): ReadAuditQuery {
  const parsed = auditQuery.safeParse(given);
  if (parsed.success) return { query: parsed.data, invalid: null };
  const invalid: Partial<Record<AuditField, string>> = {};
  for (const issue of parsed.error.issues) invalid[issue.path[0] as AuditField] ??= issue.message;
  return { query: null, invalid };
}
