import { parseCidr, type Address } from './address';
import { compileMatcher } from './matcher';

/**
 * Blocks that belong to no place in the world: this machine, private and shared networks, documentation, multicast, what is
 * reserved.
 *
 * @source RFC 6890; IANA's special-purpose address registries
 */
const BLOCKS = [
  '0.0.0.0/8',
  '10.0.0.0/8',
  '100.64.0.0/10',
  '127.0.0.0/8',
  '169.254.0.0/16',
  '172.16.0.0/12',
  '192.0.0.0/24',
  '192.0.2.0/24',
  '192.168.0.0/16',
  '198.18.0.0/15',
  '198.51.100.0/24',
  '203.0.113.0/24',
  '224.0.0.0/4',
  '240.0.0.0/4',
  '::/127',
  '64:ff9b:1::/48',
  '100::/64',
  '2001:db8::/32',
  'fc00::/7',
  'fe80::/10',
  'ff00::/8',
];

const matcher = compileMatcher([BLOCKS.map((block) => parseCidr(block)!)]);

/** Whether an address is nobody's in the world at large. */
export function isSpecial(address: Address): boolean {
  return matcher.match(address) !== 0;
}
