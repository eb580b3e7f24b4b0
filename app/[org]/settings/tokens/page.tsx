import { z } from 'zod';
import { TokenDrawing } from '@/components/enrolment/illustrations';
import { Badge } from '@/components/ui/badge';
import { Button } from '@/components/ui/button';
import { buttonClasses } from '@/components/ui/button-classes';
import { DataTable } from '@/components/ui/data-table';
import { Field } from '@/components/ui/field';
import { Link } from '@/components/ui/link';
import { Notice } from '@/components/ui/notice';
import { Pager } from '@/components/ui/pager';
import { momentFor } from '@/lib/language/moment';
import { translator } from '@/lib/language/translate';
import { currentActor } from '@/lib/sessions/current';
import { readSerial, SERIAL_MAX } from '@/lib/tokens/model';
import { listTokens } from '@/lib/tokens/service';
import { SettingsPage } from '../settings-page';

const TONES = { free: undefined, assigned: 'warning', used: 'success' } as const;

/** The register of hardware tokens: which there are, and whose (ENROL-8). */
export default async function TokensPage({ params, searchParams }: PageProps<'/[org]/settings/tokens'>) {
  const [{ org }, query] = await Promise.all([params, searchParams]);
  const { actor } = await currentActor(org, '/[org]/settings/tokens');
  const typed = typeof query['serial'] === 'string' ? query['serial'].slice(0, SERIAL_MAX) : '';
  const begins = readSerial(typed);
  const after = typeof query['after'] === 'string' ? readSerial(query['after']) : null;
  const { tokens, next } = await listTokens(actor, { after, begins });
  const t = translator(actor.locale);
  const room = `/${actor.organisation.slug}/settings/tokens`;
  const done = z.enum(['registered', 'imported', 'removed']).safeParse(query['done']).data;
  return (
    <SettingsPage
      actor={actor}
      section="tokens"
      lead={t('tokens.lead')}
      actions={
        <Button variant="primary" href={`${room}/new`}>
          {t('tokens.add')}
        </Button>
      }
    >
      {done === undefined ? null : <Notice tone="success">{t(`tokens.done.${done}`)}</Notice>}
      {tokens.length === 0 && begins === null && after === null ? null : (
        <form method="get" action={room} className="flex max-w-measure flex-col gap-3 sm:flex-row sm:items-end">
          <Field
            name="serial"
            label={t('tokens.search')}
            defaultValue={typed}
            maxLength={SERIAL_MAX}
            autoComplete="off"
            className="flex-1"
          />
          <button type="submit" className={buttonClasses('secondary', false)}>
            {t('tokens.find')}
          </button>
        </form>
      )}
      <DataTable
        caption={t('settings.sections.tokens')}
        columns={[
          { key: 'serial', label: t('tokens.serial'), heading: true },
          { key: 'state', label: t('tokens.state') },
          { key: 'person', label: t('tokens.person') },
          { key: 'used', label: t('tokens.lastUsed') },
          { key: 'kind', label: t('tokens.kind') },
        ]}
        rows={tokens.map((token) => ({
          id: token.id,
          cells: {
            serial: (
              <Link href={`${room}/${token.id}`} className="wrap-anywhere">
                {token.serial}
              </Link>
            ),
            state: <Badge tone={TONES[token.state]}>{t(`tokens.states.${token.state}`)}</Badge>,
            person: <span className="wrap-anywhere">{token.person ?? '—'}</span>,
            used: token.lastUsedAt === null ? '—' : momentFor(actor, token.lastUsedAt),
            kind: token.kind.toUpperCase(),
          },
        }))}
        empty={
          <div className="flex flex-col items-center gap-4">
            <TokenDrawing className="h-auto w-36" />
            <h2 className="text-lg font-semibold">{begins === null ? t('tokens.none') : t('tokens.noneFound')}</h2>
            {begins === null ? <p className="max-w-measure text-quiet">{t('tokens.noneWhy')}</p> : null}
          </div>
        }
      />
      <Pager
        label={t('tokens.pages')}
        previous={null}
        next={
          next === null
            ? null
            : { href: `${room}?after=${next}${begins === null ? '' : `&serial=${begins}`}`, label: t('tokens.next') }
        }
      />
    </SettingsPage>
  );
}
