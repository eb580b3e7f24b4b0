import type { Actor } from '@/lib/actors/model';
import type { AuditRecord, Party } from '@/lib/audit/search/model';
import type { Change } from '@/lib/audit/search/changes';
import { actionWords, changeWords, detailWords, reasonWords, valueWords } from '@/lib/audit/words';
import { clockOf } from '@/lib/language/moment';
import { translator } from '@/lib/language/translate';
import { describeUserAgent } from '@/lib/sessions/user-agent';

/** The words of an event, in a reader's language and time zone. */
export function auditWords(actor: Actor) {
  const { locale } = actor;
  const t = translator(locale);
  const clock = clockOf(actor, { dateStyle: 'medium', timeStyle: 'medium' });

  return {
    /** « 22 nov. 2026, 08 h 05 min 59 s » stays in one piece where it can. */
    moment: (at: string) =>
      clock.format(new Date(at)).replace(/(?<=\d) (?=(h|min|s)\b)|(?<=\b(h|min)) (?=\d)/g, '\u00a0'),

    action: ({ action }: AuditRecord) => actionWords(locale, action),

    reason: ({ reason }: AuditRecord) => (reason === null ? null : reasonWords(locale, reason)),

    change: (change: Change) => changeWords(locale, change),

    detail: (name: string, value: unknown) => ({
      name: detailWords(locale, name),
      value: valueWords(locale, name, value),
    }),

    party: (party: Party) => {
      if (party.kind !== 'account') return t(`audit.${party.kind}`);
      return party.name ?? t('audit.erased', { start: party.id.slice(0, 4) });
    },

    browser: ({ userAgent }: AuditRecord) => {
      const { browser, system } = describeUserAgent(userAgent ?? '');
      return browser !== null && system !== null ? t('audit.browserOn', { browser, system }) : (browser ?? system);
    },
  };
}

export type AuditWords = ReturnType<typeof auditWords>;

/** The colour that repeats what an outcome's word says. */
export const OUTCOME_TONES = { success: 'success', failure: 'warning', refused: 'danger' } as const;
