import type { EnrolmentHolder } from '@/lib/enrolment/holder';
import { findEnrolment } from '@/lib/enrolment/service';
import type { Locale } from '@/lib/language/locale';
import { translator } from '@/lib/language/translate';

/** The recovery codes as a small text file, while they may still be shown (ENROL-7); else 404. */
export async function recoveryCodesFile(holder: EnrolmentHolder | null, locale: Locale): Promise<Response> {
  const codes = holder === null ? null : ((await findEnrolment(holder))?.recoveryCodes ?? null);
  if (holder === null || codes === null) return new Response(null, { status: 404 });
  const t = translator(locale);
  const lines = [
    t('enrol.fileTitle', { organisation: holder.organisation.name }),
    t('enrol.fileAccount', { account: holder.label }),
    t('enrol.fileOnce'),
    '',
    ...codes,
    '',
  ];
  return new Response(lines.join('\r\n'), {
    headers: {
      'Content-Type': 'text/plain; charset=utf-8',
      'Content-Disposition': `attachment; filename="${t('enrol.fileName')}.txt"`,
      'Cache-Control': 'no-store',
    },
  });
}
