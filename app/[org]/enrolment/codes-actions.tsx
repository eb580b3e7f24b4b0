import { buttonClasses } from '@/components/ui/button-classes';
import { CopyButton } from '@/components/ui/copy-button';
import { Icon } from '@/components/ui/icon';
import { PrintButton } from '@/components/ui/print-button';
import { moment } from '@/lib/language/moment';
import { translator } from '@/lib/language/translate';
import type { StepProps } from './parts';

/** To copy, download or print codes that are shown. */
export function CodesActions({ organisation, locale, downloadHref, codes }: StepProps & { codes: readonly string[] }) {
  const t = translator(locale);
  return (
    <>
      <CopyButton text={codes.join('\n')} labels={{ copy: t('enrol.copy'), copied: t('enrol.copied') }} />
      {/* A POST, so that neither history nor a log keeps an address that gives the codes (ENROL-7). */}
      <form method="post" action={downloadHref}>
        <input type="hidden" name="organisation" value={organisation.slug} />
        <button type="submit" className={buttonClasses('secondary', false)}>
          <Icon name="download" />
          {t('enrol.download')}
        </button>
      </form>
      <PrintButton label={t('enrol.print')} />
    </>
  );
}

/** What stands on the printed card beside the codes: the day, and what to do with it. */
export function paperLabels({ organisation, locale, enrolment }: StepProps) {
  const t = translator(locale);
  return {
    date: t('enrol.paperDate', { date: moment(enrolment!.createdAt, locale, organisation.timeZone) }),
    once: t('enrol.paperOnce'),
    lost: t('enrol.paperLost'),
    fold: t('enrol.paperFold'),
  };
}
