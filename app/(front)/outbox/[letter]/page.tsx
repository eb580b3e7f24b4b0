import { notFound } from 'next/navigation';
import { Fragment, type ReactNode } from 'react';
import { Link } from '@/components/ui/link';
import { PageTitle } from '@/components/ui/page-title';
import { Panel } from '@/components/ui/panel';
import { REGIONAL } from '@/lib/language/locale';
import { translator } from '@/lib/language/translate';
import { findDemoLetter } from '@/lib/mail/demo';
import { currentLocale } from '@/lib/sessions/current';
import { OutboxPage, writtenAt } from '../outbox-page';

/** A letter of the demo, as a mail app shows it and as plain text. */
export default async function DemoLetterPage({ params }: PageProps<'/outbox/[letter]'>) {
  const found = await findDemoLetter((await params).letter);
  if (found === null) notFound();
  const locale = await currentLocale();
  const t = translator(locale);
  const { id, letter, to, organisation, createdAt, timeZone } = found;
  const lang = REGIONAL[letter.locale];
  const facts = [
    [t('mail.outbox.from'), letter.sender],
    [t('mail.outbox.to'), to],
    [t('mail.outbox.organisation'), organisation],
    [t('mail.outbox.at'), writtenAt(createdAt, timeZone, locale)],
  ] as const;
  return (
    <OutboxPage locale={locale}>
      <title>{letter.subject}</title>
      <div className="flex flex-col gap-6">
        <div>
          <Link href="/outbox" icon="back">
            {t('mail.outbox.back')}
          </Link>
          <PageTitle>
            <span lang={lang}>{letter.subject}</span>
          </PageTitle>
        </div>
        <dl className="grid grid-cols-[auto_1fr] gap-x-4 gap-y-1">
          {facts.map(([label, value]) => (
            <Fragment key={label}>
              <dt className="text-quiet">{label}</dt>
              <dd className="min-w-0 [overflow-wrap:anywhere]">{value}</dd>
            </Fragment>
          ))}
        </dl>
        <Panel
          title={t('mail.outbox.asMail')}
          titleId="as-mail"
          actions={
            <Link href={`/outbox/${id}/html`} target="_blank" className="-my-2">
              {t('mail.outbox.alone')}
            </Link>
          }
        >
          <iframe
            title={t('mail.outbox.frame', { subject: letter.subject })}
            src={`/outbox/${id}/html`}
            sandbox="allow-popups allow-popups-to-escape-sandbox"
            className="h-[42rem] w-full rounded-field border border-line"
          />
        </Panel>
        <Panel title={t('mail.outbox.asText')} titleId="as-text">
          <div lang={lang} className="font-mono text-sm whitespace-pre-wrap [overflow-wrap:anywhere]">
            {withLinks(letter.text)}
          </div>
        </Panel>
      </div>
    </OutboxPage>
  );
}

/** Plain text whose addresses can be pressed, as a mail app does it. */
function withLinks(text: string): ReactNode[] {
  return text.split(/(https?:\/\/\S+)/).map((part, index) =>
    index % 2 === 1 ? (
      <Link key={index} href={part} inline>
        {part}
      </Link>
    ) : (
      part
    ),
  );
}
