import { exportOwnData } from '@/lib/privacy/service';
import { Refusal } from '@/lib/refusals';
import { currentActor } from '@/lib/sessions/current';
import { redirect } from 'next/navigation';

/** What is held about oneself, as a file; without a fresh proof it leads to where one gives it. */
export async function GET(_request: Request, { params }: RouteContext<'/[org]/account/data/file'>) {
  const { actor } = await currentActor((await params).org, '/[org]/account/data/file');
  const file = await exportOwnData(actor).catch((error: unknown) => {
    if (error instanceof Refusal) return null;
    throw error;
  });
  if (file === null) redirect(`/${actor.organisation.slug}/account/data`);
  const name = { fr: 'mes-renseignements.json', en: 'my-data.json' }[actor.locale];
  return new Response(file, {
    headers: {
      'content-type': 'application/json; charset=utf-8',
      'content-disposition': `attachment; filename="${name}"`,
      'cache-control': 'no-store',
    },
  });
}
