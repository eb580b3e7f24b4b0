import { contains, parseAddress, type Address, type Cidr } from './address';

/**
 * The address that a request comes from, or null where it can't be known: then a filter refuses (LOC-5).
 *
 * The peer of the connection, unless it is a trusted proxy. Behind trusted proxies `X-Forwarded-For` is read from its
 * end, each trusted hop vouching for the entry before it, and the first address that is not a trusted one is the client's.
 * What stands further left was written by the client, and is not even parsed.
 *
 * It fails closed: null where the peer is no address (a link-local one with a zone included), where a trusted proxy sends
 * no header or an empty one, where an entry that would count is malformed, and where every entry is a trusted proxy's own
 * (some proxy on the way does not name its clients, so it can't stand for them). An entry with a port or brackets is
 * malformed: the header has no such form, and a proxy that writes one should be told to leave it out rather than guessed at.
 * @param request.peer the socket's address, from the stamp made at the start of the process
 * @param request.forwardedFor the header; several lines of it joined by commas, in the order received
 * @param request.trustedProxies TRUSTED_PROXIES; empty means that the header never counts
 * @source SPEC.md LOC-5; SECURITY.md, Design rules 13, The client address; RFC 7239 §8.1
 */
export function clientAddress(request: {
  peer: string | null;
  forwardedFor: string | null;
  trustedProxies: readonly Cidr[];
}): Address | null {
  const peer = parseAddress(request.peer);
  const isTrusted = (address: Address) => request.trustedProxies.some((cidr) => contains(cidr, address));
  if (peer === null || !isTrusted(peer)) return peer;

  const header = request.forwardedFor ?? '';
  for (let end = header.length; end > 0;) {
    const comma = header.lastIndexOf(',', end - 1);
    const hop = parseAddress(header.slice(comma + 1, end).trim());
    if (hop === null || !isTrusted(hop)) return hop;
    end = comma;
  }
  return null;
}
