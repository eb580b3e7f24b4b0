import type { Locale } from '@/lib/language/locale';
import { sentence } from '@/lib/language/translate';
import { describeUserAgent } from '@/lib/sessions/user-agent';
import type { NewPasskey } from './model';

/**
 * Well-known authenticators by the model that they say they are: names for people to know their own again, never a proof.
 * Those of an operating system are missing: « iPhone » says more than the name of its keychain.
 *
 * @source FIDO Metadata Service; github.com/passkeydeveloper/passkey-authenticator-aaguids
 */
const MODELS: Readonly<Record<string, string>> = {
  'bada5566-a7aa-401f-bd96-45619a55120d': '1Password',
  'd548826e-79b4-db40-a3d8-11116f7e8349': 'Bitwarden',
  '531126d6-e717-415c-9320-3d9aa6981239': 'Dashlane',
  '0ea242b4-43c4-4a1b-8b17-dd6d0b6baec6': 'Keeper',
  'f3809540-7f14-49c1-a8b3-8f813b225541': 'Enpass',
  'b84e4048-15dc-4dd0-8640-f4f60813c8af': 'NordPass',
  '50726f74-6f6e-5061-7373-50726f746f6e': 'Proton Pass',
  '2fc0579f-8113-47ea-b116-bb5a8db9202a': 'YubiKey',
  'ee882879-721c-4913-9775-3dfcce97072a': 'YubiKey',
  'fa2b99dc-9e39-4257-8f92-4a30d23c4118': 'YubiKey',
  'cb69481e-8ff7-4039-93ec-0a2729a154a8': 'YubiKey',
  'c5ef55ff-ad9a-4b9f-b580-adebafe026d0': 'YubiKey',
  '73bb0cd4-e502-49b8-9c6f-b59445bf720b': 'YubiKey',
  'd8522d9f-575b-4866-88a9-ba99fa02f35b': 'YubiKey Bio',
};

const isKey = (transports: readonly string[]) =>
  !transports.includes('internal') && !transports.includes('hybrid') && transports.some((one) => KEY_WAYS.has(one));
const KEY_WAYS: ReadonlySet<string> = new Set(['usb', 'nfc', 'ble', 'smart-card']);

const HANDHELD: ReadonlySet<string> = new Set(['iPhone', 'iPad', 'Android']);

/**
 * What a new passkey is called until its owner says otherwise: « Clé YubiKey », « 1Password », « iPhone »,
 * « Firefox sur Linux ».
 *
 * @param userAgent of the browser that it was made in: it speaks of the authenticator only where that is part of it
 */
export function nameOfPasskey(
  locale: Locale,
  passkey: Pick<NewPasskey, 'aaguid' | 'transports' | 'attachment'>,
  userAgent: string,
): string {
  const { aaguid, transports, attachment } = passkey;
  const model = aaguid === null ? undefined : MODELS[aaguid];
  if (model?.startsWith('YubiKey')) return sentence(locale, 'passkeys.names.keyOf', { model });
  if (model !== undefined) return model;
  if (isKey(transports)) return sentence(locale, 'passkeys.names.key');
  if (attachment === 'cross-platform') return sentence(locale, 'passkeys.names.phone');
  const { browser, system } = describeUserAgent(userAgent);
  // A phone keeps it for all of its browsers; a computer often for one of them.
  if (system !== null && (browser === null || HANDHELD.has(system))) return system;
  if (browser === null) return sentence(locale, 'passkeys.names.passkey');
  return system === null ? browser : sentence(locale, 'passkeys.names.on', { browser, system });
}
