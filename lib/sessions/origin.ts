import type { RequestOrigin } from '@/lib/actors/model';
import { clientAddress } from '@/lib/network/client-address';
import { trustedProxies } from '@/lib/network/trusted-proxies';
import { HEADERS } from '@/lib/request/headers';

/** Where a request comes from (LOC-5): the stamp of the socket, and past trusted proxies what they say. */
export function originOf(given: Pick<Headers, 'get'>): RequestOrigin {
  const address = clientAddress({
    peer: given.get(HEADERS.peer) ?? '',
    forwardedFor: given.get('x-forwarded-for'),
    trustedProxies: trustedProxies(),
  });
  return {
    requestId: given.get(HEADERS.requestId) ?? '',
    address: address?.text ?? null,
    userAgent: (given.get('user-agent') ?? '').slice(0, 400),
  };
}
