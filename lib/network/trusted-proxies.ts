import { config, ConfigError } from '@/lib/config';
import { parseCidr, type Cidr } from './address';

let once: Cidr[] | undefined;

/** The operator's `TRUSTED_PROXIES`. @throws {ConfigError} naming the entry that is no address and no CIDR */
export function trustedProxies(): Cidr[] {
  once ??= config()
    .TRUSTED_PROXIES.split(',')
    .map((text) => text.trim())
    .filter(Boolean)
    .map((text) => {
      const cidr = parseCidr(text.includes('/') ? text : `${text}/${text.includes(':') ? 128 : 32}`);
      if (cidr === null) throw new ConfigError(`TRUSTED_PROXIES: "${text}" is not an address or a CIDR`);
      return cidr;
    });
  return once;
}
