import { z } from 'zod';
import { Refusal } from '@/lib/refusals';
import { currentVisitor } from '@/lib/sessions/current';
import { offerPasskey } from '@/lib/sign-in/service';
import { passkeyOptions } from '../../passkeys';

/** A challenge for the passkey of a sign-in (ENROL-9). server.ts has refused what other sites send already. */
export async function POST(request: Request, { params }: RouteContext<'/[org]/sign-in/passkey'>): Promise<Response> {
  const visitor = await currentVisitor((await params).org);
  const form = await request.formData().catch(() => null);
  const attempt = z.uuid().safeParse(form?.get('attempt'));
  return passkeyOptions(visitor.locale, async () => {
    if (!attempt.success) throw new Refusal('request.malformed');
    return offerPasskey(visitor, attempt.data);
  });
}
