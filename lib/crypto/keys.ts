import { setting } from '@/lib/config';
import { createSealer, parseSealingKeys, type Sealer } from './seal';

let sealerOnce: Sealer | undefined;
let pepperOnce: Buffer | undefined;

/** Seals and opens secrets at rest under `ENCRYPTION_KEYS` (SAFE-2). */
export function sealer(): Sealer {
  sealerOnce ??= createSealer(parseSealingKeys(setting('ENCRYPTION_KEYS')));
  return sealerOnce;
}

/** The key kept outside the database that passwords, recovery codes and throttle subjects are hashed with. */
export function pepper(): Buffer {
  pepperOnce ??= Buffer.from(setting('PASSWORD_PEPPER'), 'base64');
  return pepperOnce;
}
