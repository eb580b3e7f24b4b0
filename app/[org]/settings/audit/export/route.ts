import { z } from 'zod';
import { EXPORT_FORMATS, exportAudit } from '@/lib/audit/export/service';
import { readAuditQuery } from '@/lib/audit/search/query';
import { currentActor } from '@/lib/sessions/current';

const format = z.enum(EXPORT_FORMATS);

/** What the search found, as a file. server.ts has refused forms of other sites already. */
export async function POST(
  request: Request,
  { params }: RouteContext<'/[org]/settings/audit/export'>,
): Promise<Response> {
  const { actor } = await currentActor((await params).org, '/[org]/settings/audit/export');
  const form = await request.formData().catch(() => null);
  const { query } = readAuditQuery(Object.fromEntries(form ?? []));
  const asked = format.safeParse(form?.get('format'));
  if (query === null || !asked.success) return new Response(null, { status: 400 });

  const { fileName, mediaType, portions } = await exportAudit(actor, query, asked.data);
  const encoder = new TextEncoder();
  const body = new ReadableStream<Uint8Array>(
    {
      // Asked for whenever the browser has taken what it was given: nothing gathers here.
      async pull(controller) {
        const { value, done } = await portions.next();
        if (done) controller.close();
        else controller.enqueue(encoder.encode(value));
      },
      async cancel() {
        await portions.return();
      },
    },
    { highWaterMark: 1 },
  );
  return new Response(body, {
    headers: {
      'Content-Type': mediaType,
      'Content-Disposition': `attachment; filename="${fileName}"`,
    },
  });
}
