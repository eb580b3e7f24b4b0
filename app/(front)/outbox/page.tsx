import { notFound } from 'next/navigation';
import { DataTable } from '@/components/ui/data-table';
import { EmptyState } from '@/components/brand/empty-state';
import { Link } from '@/components/ui/link';
import { PageTitle } from '@/components/ui/page-title';
import { REGIONAL } from '@/lib/language/locale';
import { translator } from '@/lib/language/translate';
import { listDemoOutbox } from '@/lib/mail/demo';
import { currentLocale } from '@/lib/sessions/current';
import { OutboxPage, writtenAt } from './outbox-page';

/** What the demo sent: there is no mail server, so letters are read here. */
export default async function DemoOutboxPage() {
  const letters = await listDemoOutbox();
  if (letters === null) notFound();
  const locale = await currentLocale();
  const t = translator(locale);
  return (
    <OutboxPage locale={locale}>
      <title>{t('mail.outbox.title')}</title>
      <div className="flex flex-col gap-6">
        <PageTitle lead={t('mail.outbox.lead')}>{t('mail.outbox.title')}</PageTitle>
        <DataTable
          caption={t('mail.outbox.title')}
          columns={[
            { key: 'subject', label: t('mail.outbox.subject'), heading: true },
            { key: 'to', label: t('mail.outbox.to') },
            { key: 'organisation', label: t('mail.outbox.organisation') },
            { key: 'at', label: t('mail.outbox.at'), className: 'whitespace-nowrap max-md:whitespace-normal' },
          ]}
          rows={letters.map(({ id, letter, to, organisation, createdAt, timeZone }) => ({
            id,
            cells: {
              subject: (
                <Link
                  href={`/outbox/${id}`}
                  className="-mt-2.5 font-semibold md:-mb-2.5"
                  lang={REGIONAL[letter.locale]}
                >
                  {letter.subject}
                </Link>
              ),
              to: <span className="break-words [overflow-wrap:anywhere]">{to}</span>,
              organisation,
              at: writtenAt(createdAt, timeZone, locale),
            },
          }))}
          empty={
            <EmptyState>
              <p className="text-quiet">{t('mail.outbox.empty')}</p>
            </EmptyState>
          }
        />
      </div>
    </OutboxPage>
  );
}
