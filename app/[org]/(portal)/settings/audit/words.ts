import type { Actor } from '@/lib/actors/model';
import type { AuditRecord, Party } from '@/lib/audit/search/model';
import { zoneOf } from '@/lib/audit/search/service';
import { REGIONAL } from '@/lib/language/locale';
import { sentence, translator } from '@/lib/language/translate';
import { describeUserAgent } from '@/lib/sessions/user-agent';

/** The words of an event, in a reader's language and time zone. An action that only an older version knew keeps its code. */
export function auditWords(actor: Actor) {
  const { locale } = actor;
  const t = translator(locale);
  const has = (key: string) => (t.has as (key: string) => boolean)(key);
  const dates = new Intl.DateTimeFormat(REGIONAL[locale], {
    dateStyle: 'medium',
    timeStyle: 'medium',
    timeZone: zoneOf(actor),
  });

  const plain = (value: unknown): string => {
    if (value === null || value === undefined || value === '') return t('audit.nothing');
    if (typeof value === 'boolean') return value ? t('audit.yes') : t('audit.no');
    if (Array.isArray(value)) return value.length === 0 ? t('audit.nothing') : value.map(plain).join(', ');
    return typeof value === 'object' ? JSON.stringify(value) : String(value as string | number);
  };

  return {
    /** « 22 nov. 2026, 08 h 05 min 59 s » stays in one piece where it can. */
    moment: (at: string) =>
      dates.format(new Date(at)).replace(/(?<=\d) (?=(h|min|s)\b)|(?<=\b(h|min)) (?=\d)/g, '\u00a0'),

    action: ({ action }: AuditRecord) => {
      const key = `audit.actions.${action.replace('.', '_')}`;
      return has(key) ? sentence(locale, key) : action;
    },

    /** Some reasons are the codes of refusals. Their sentences speak to the person; here the code itself says enough. */
    reason: ({ reason }: AuditRecord) => {
      if (reason === null) return null;
      const key = `audit.reasons.${reason.replaceAll('.', '_')}`;
      return has(key) ? sentence(locale, key) : reason;
    },

    party: (party: Party) => {
      if (party.kind !== 'account') return t(`audit.${party.kind}`);
      return party.name ?? t('audit.erased', { start: party.id.slice(0, 4) });
    },

    browser: ({ userAgent }: AuditRecord) => {
      const { browser, system } = describeUserAgent(userAgent ?? '');
      return browser !== null && system !== null ? t('audit.browserOn', { browser, system }) : (browser ?? system);
    },

    plain,
  };
}

/** The colour that repeats what an outcome's word says. */
export const OUTCOME_TONES = { success: 'success', failure: 'warning', refused: 'danger' } as const;
