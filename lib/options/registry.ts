import { z } from 'zod';
import { email, optionalLine } from '@/lib/accounts/text';
import type { AccountKind, DeviceApproval } from '@/lib/policy/decision';

/**
 * Every option of an organisation: the one list that the settings grid, its search, the checks, the operator's command
 * and `docs/options.md` are drawn from (OPT-1). What people read of an option stands in messages/ under
 * `options.<key>`: `label`, `help`, `effect`, and for a choice the words of its values under `optionValues`.
 */

/** How an option is edited. */
export type Control =
  | { readonly kind: 'choice'; readonly values: readonly string[]; readonly words: 'mfa' | 'deviceApproval' }
  | { readonly kind: 'number'; readonly min: number; readonly max: number; readonly unit: Unit }
  /** One value of several lines of text, each of which may stay empty. */
  | { readonly kind: 'fields'; readonly fields: readonly TextLine[] };

export type Unit = 'days' | 'hours' | 'minutes';

export interface TextLine {
  readonly name: string;
  readonly type: 'text' | 'tel' | 'email';
  readonly longest: number;
  /** Takes the line as typed; the empty one always. */
  readonly schema: z.ZodType;
}

export const OPTION_GROUPS = ['mfa', 'devices', 'sessions', 'help'] as const;
export type OptionGroup = (typeof OPTION_GROUPS)[number];

export interface OptionDefinition {
  /** Takes the value as stored and as typed; issues are codes of `fields.` in messages/. */
  readonly schema: z.ZodType;
  readonly initial: unknown;
  readonly group: OptionGroup;
  readonly control: Control;
  /** Can keep people out of their own house; where these are administrators, it is kept only once confirmed (GUARD-2). */
  readonly risky: boolean;
}

const MFA = ['off', 'on-demand', 'mandatory'] as const;

const mfa = <const V extends (typeof MFA)[number]>(initial: V) => ({
  schema: z.enum(MFA, { error: 'option.choice' }),
  initial: initial as (typeof MFA)[number],
  group: 'mfa' as const,
  control: { kind: 'choice', values: MFA, words: 'mfa' } as const,
  risky: true,
});

const DEVICE_APPROVAL = ['off', 'notify', 'required'] as const satisfies readonly DeviceApproval[];

const deviceApproval = {
  schema: z.enum(DEVICE_APPROVAL, { error: 'option.choice' }),
  initial: 'off' as DeviceApproval,
  group: 'devices' as const,
  control: { kind: 'choice', values: DEVICE_APPROVAL, words: 'deviceApproval' } as const,
  risky: true,
};

/** Numbers come as text from forms and the command line; an empty field is no number, and not 0. */
const whole = (group: OptionGroup, min: number, max: number, unit: Unit, initial: number) => ({
  schema: z
    .union(
      [
        z.number(),
        z
          .string()
          .regex(/^-?\d{1,9}$/)
          .transform(Number),
      ],
      { error: 'option.number' },
    )
    .pipe(
      z
        .number()
        .int({ error: 'option.number' })
        .min(min, { error: 'option.number' })
        .max(max, { error: 'option.number' }),
    ),
  initial,
  group,
  control: { kind: 'number', min, max, unit } as const,
  risky: false,
});

/** Whom people can ask (RESET-4); an empty line is simply not shown. */
export interface HelpContact {
  readonly name: string;
  readonly telephone: string;
  readonly email: string;
  readonly hours: string;
}

const HELP_LINES = [
  { name: 'name', type: 'text', longest: 100, schema: optionalLine(100) },
  {
    name: 'telephone',
    type: 'tel',
    longest: 40,
    // A number with its extension, however people write it, and nothing that could not be dialled.
    schema: optionalLine(40).refine((typed) => typed === '' || (typed.match(/\d/g) ?? []).length >= 3, {
      error: 'text.invalid',
    }),
  },
  { name: 'email', type: 'email', longest: 254, schema: z.union([z.literal(''), email], { error: 'email.invalid' }) },
  { name: 'hours', type: 'text', longest: 120, schema: optionalLine(120) },
] as const satisfies readonly TextLine[];

const helpLines = z.strictObject(
  Object.fromEntries(HELP_LINES.map(({ name, schema }) => [name, (schema as z.ZodType<string>).default('')])),
) as unknown as z.ZodType<HelpContact>;

/** On a command line: JSON, or `name=…;telephone=…`. */
const typedLines = z.string({ error: 'option.lines' }).transform((typed, context): unknown => {
  try {
    if (typed.trimStart().startsWith('{')) return JSON.parse(typed) as unknown;
  } catch {
    context.addIssue({ code: 'custom', message: 'option.lines' });
    return z.NEVER;
  }
  const parts = typed.split(';').filter((part) => part.trim() !== '');
  return Object.fromEntries(
    parts.map((part) => [part.split('=', 1)[0]!.trim(), part.slice(part.indexOf('=') + 1).trim()]),
  );
});

const helpContact = z.preprocess((given, context) => {
  if (typeof given !== 'string') return given;
  const read = typedLines.safeParse(given);
  if (read.success) return read.data;
  context.addIssue({ code: 'custom', message: 'option.lines' });
  return z.NEVER;
}, helpLines);

const nobody: HelpContact = { name: '', telephone: '', email: '', hours: '' };

export const OPTIONS = {
  /** MFA of employees (MFA-1). */
  internalMFA: mfa('on-demand'),
  /** MFA of parents. */
  portalMFA: mfa('on-demand'),
  /** MFA of external people. */
  externalMFA: mfa('off'),
  /** Days in which a person whom MFA has become mandatory for may postpone (MFA-4). */
  mfaGraceDays: whole('mfa', 0, 30, 'days', 0),
  /** Days for which a device that the person ticked is not asked for a code (MFA-5); 0: always asked. */
  mfaRememberDeviceDays: whole('mfa', 0, 90, 'days', 0),
  /** What a browser needs that an employee is new in (LOC-6). */
  internalDeviceApproval: deviceApproval,
  portalDeviceApproval: deviceApproval,
  externalDeviceApproval: deviceApproval,
  /** Minutes without a request after which a session ends (SAFE-3); NIST SP 800-63B-4 §2.2.3 allows an hour. */
  sessionIdleMinutes: whole('sessions', 5, 60, 'minutes', 60),
  /** Hours after which a session ends whatever happens. */
  sessionHours: whole('sessions', 1, 24, 'hours', 24),
  /** The same for a parent who has no second factor (§2.1.3: at most 30 days). */
  portalSessionIdleMinutes: whole('sessions', 5, 10_080, 'minutes', 1_440),
  portalSessionHours: whole('sessions', 1, 720, 'hours', 720),
  /** Whom people can ask when they can't get in: stands on every refusal (RESET-4, LOC-4). */
  helpContact: {
    schema: helpContact,
    initial: nobody,
    group: 'help',
    control: { kind: 'fields', fields: HELP_LINES },
    risky: false,
  },
} as const satisfies Record<string, OptionDefinition>;

export type OptionKey = keyof typeof OPTIONS;
export type Options = { readonly [K in OptionKey]: z.output<(typeof OPTIONS)[K]['schema']> };

export const OPTION_KEYS = Object.keys(OPTIONS) as readonly OptionKey[];

export const MFA_OPTION_OF = {
  employee: 'internalMFA',
  parent: 'portalMFA',
  external: 'externalMFA',
} as const satisfies Record<AccountKind, OptionKey>;

export const DEVICE_OPTION_OF = {
  employee: 'internalDeviceApproval',
  parent: 'portalDeviceApproval',
  external: 'externalDeviceApproval',
} as const satisfies Record<AccountKind, OptionKey>;

/** Whether a word is the name of an option. */
export function isOptionKey(word: string): word is OptionKey {
  return Object.hasOwn(OPTIONS, word);
}

/** Whether two values of an option say the same. */
export function sameValue(one: unknown, other: unknown): boolean {
  return optionText(one) === optionText(other);
}

/**
 * A value as the command line shows and takes it: a word, a number, or the filled lines as JSON, always in the same
 * order (PostgreSQL keeps none).
 */
export function optionText(value: unknown): string {
  if (typeof value !== 'object' || value === null) return String(value);
  const filled = Object.entries(value)
    .filter(([, line]) => line !== '')
    .sort(([one], [other]) => (one < other ? -1 : 1));
  return JSON.stringify(Object.fromEntries(filled));
}
