import type { z } from 'zod';
import type { Actor } from '@/lib/actors/model';
import { requirePermission } from '@/lib/actors/permission';
import { samlChange, type samlInput } from '@/lib/authenticators/input';
import type { SamlSettings } from '@/lib/authenticators/model';
import { viewAuthenticator, type AuthenticatorChange } from '@/lib/authenticators/service';
import { setting } from '@/lib/config';
import { guardedFetch, OutgoingFault } from '@/lib/outgoing/fetch';
import { readCertificates, CERTIFICATE_BYTES_MAX } from './certificates';
import { readMetadata, type MetadataIssue } from './metadata';
import { METADATA_BYTES_MAX } from './screen';

/** What is wrong with a field of the editor; the sentences stand under `fields`. */
export interface FieldIssue {
  readonly field: string;
  readonly code: MetadataIssue | 'metadata.away' | 'metadata.notThere' | 'address.https';
  readonly date?: Date;
}

/**
 * Where a provider's page may be: https, and where the operator allows providers inside the house, plain http to this
 * machine. The browser goes there, not we; what we call ourselves is guarded besides.
 */
export function isProviderPage(url: string, allowPrivate = setting('ALLOW_PRIVATE_IDPS')): boolean {
  if (!URL.canParse(url)) return false;
  const { protocol, username, password, hostname } = new URL(url);
  if (username !== '' || password !== '' || hostname === '') return false;
  const here = hostname === 'localhost' || hostname === '127.0.0.1' || hostname === '[::1]';
  return protocol === 'https:' || (allowPrivate && protocol === 'http:' && here);
}

/**
 * What a SAML form says, with what its metadata and certificates say (SAML-1). Metadata that were pasted, chosen or newly
 * named by an address fill all that the provider says of itself; without them the fields count as they were typed.
 *
 * Called outside of any transaction: an address is fetched here.
 *
 * @throws {Refusal} `permission.missing`, `not-found`
 */
export async function readSamlForm(
  actor: Actor,
  input: z.output<typeof samlInput>,
): Promise<{ readonly change: AuthenticatorChange } | { readonly issues: readonly FieldIssue[] }> {
  requirePermission(actor, 'authenticators.manage');
  const before = (await viewAuthenticator(actor, input.authenticator)).authenticator;
  const change = samlChange(input);
  const allowExpired = input.allowExpiredCertificate;
  const known = before.type === 'saml' ? before.settings : null;
  const given = await metadataBytes(input, known);
  if (given !== null && 'issue' in given) return { issues: [given.issue] };
  if (given !== null) {
    const read = readMetadata(given.bytes, { now: actor.now, allowExpired, mayVisit: isProviderPage });
    if ('issue' in read) return { issues: [{ field: given.field, code: read.issue, date: read.date }] };
    const { wantsSigned, ...said } = read.metadata;
    // Whoever saves it says yes to its keys: nothing waits any more.
    const settings = { ...change.settings, ...said, proposedCertificates: [] };
    const signRequests = wantsSigned || input.signRequests;
    return { change: { ...change, settings: ofItsMaker({ ...settings, signRequests }, known) } };
  }
  const issues: FieldIssue[] = (['ssoUrl', 'sloUrl'] as const)
    .filter((field) => input[field] !== null && !isProviderPage(input[field]!))
    .map((field) => ({ field, code: 'address.https' }));
  // Of other metadata than these: where answers go beside an address that somebody types is where it leads itself.
  if (input.sloUrl !== known?.sloUrl) change.settings = { ...change.settings, sloResponseUrl: null };
  const pem = await certificateBytes(input);
  if (pem !== null) {
    const read = readCertificates(pem.bytes, { now: actor.now, allowExpired });
    if ('issue' in read) issues.push({ field: pem.field, code: read.issue, date: read.date });
    else change.settings = { ...change.settings, certificates: [...read.certificates], proposedCertificates: [] };
  } else if (known !== null && input.metadataUrl === known.metadataUrl && input.entityId === known.entityId) {
    const found = await findOtherKeys(known, actor.now);
    if (found !== null) change.settings = { ...change.settings, proposedCertificates: [...found] };
  }
  return issues.length > 0 ? { issues } : { change: { ...change, settings: ofItsMaker(change.settings, known) } };
}

/**
 * The same address as before, saved again: whoever does it may have read that the provider's keys are others by now. They
 * wait for a yes, as those do that are found once a day (SAML-3).
 *
 * @returns none: they are those of here; null: the address does not tell, and nothing else changes by that
 */
async function findOtherKeys(
  { metadataUrl, entityId, certificates }: SamlSettings,
  now: Date,
): Promise<readonly string[] | null> {
  const fetched = metadataUrl === null ? null : await fetchMetadata(metadataUrl);
  if (fetched === null || 'code' in fetched) return null;
  const read = readMetadata(fetched.bytes, { now, allowExpired: true, mayVisit: isProviderPage });
  if ('issue' in read || read.metadata.entityId !== entityId) return null;
  return newKeys(certificates, read.metadata.certificates) ?? [];
}

/** Microsoft Entra's names, worldwide and in China. */
const ENTRA = /^https:\/\/sts\.(windows\.net|chinacloudapi\.cn)\//;

/**
 * Entra makes assertions that are good for an hour, and few can change that: where a provider turns out to be Entra, they are
 * taken. Only once, so that whoever unticks it is obeyed; and no risk, for the first 15 minutes alone count.
 */
function ofItsMaker(settings: Partial<SamlSettings>, known: SamlSettings | null): Partial<SamlSettings> {
  const { entityId = '' } = settings;
  if (entityId === known?.entityId || !ENTRA.test(entityId)) return settings;
  return { ...settings, allowLongValidity: true };
}

type Given = { readonly field: string; readonly bytes: Uint8Array };

async function metadataBytes(
  { metadata, metadataFile, metadataUrl }: z.output<typeof samlInput>,
  known: SamlSettings | null,
): Promise<Given | { readonly issue: FieldIssue } | null> {
  if (metadataFile !== null) {
    const field = 'metadataFile';
    if (metadataFile.size > METADATA_BYTES_MAX) return { issue: { field, code: 'metadata.tooLarge' } };
    return { field, bytes: new Uint8Array(await metadataFile.arrayBuffer()) };
  }
  if (metadata.trim() !== '') return { field: 'metadata', bytes: Buffer.from(metadata.trim(), 'utf8') };
  if (metadataUrl === null || metadataUrl === known?.metadataUrl) return null;
  const fetched = await fetchMetadata(metadataUrl);
  const field = 'metadataUrl';
  return 'code' in fetched ? { issue: { field, code: fetched.code } } : { field, bytes: fetched.bytes };
}

async function certificateBytes({ certificate, certificateFile }: z.output<typeof samlInput>): Promise<Given | null> {
  if (certificateFile !== null) {
    // One byte more than is read tells that it is too long.
    const bytes = await certificateFile.slice(0, CERTIFICATE_BYTES_MAX + 1).arrayBuffer();
    return { field: 'certificateFile', bytes: new Uint8Array(bytes) };
  }
  return certificate.trim() === '' ? null : { field: 'certificate', bytes: Buffer.from(certificate, 'utf8') };
}

/** A provider's metadata from its address, by the guarded fetch: at most as large as metadata may be. */
export async function fetchMetadata(
  url: string,
): Promise<
  { readonly bytes: Uint8Array } | { readonly code: 'metadata.away' | 'metadata.notThere' | 'metadata.address' }
> {
  try {
    const response = await guardedFetch(url, {
      headers: { accept: 'application/samlmetadata+xml, application/xml, text/xml' },
    });
    if (response.status !== 200) return { code: 'metadata.notThere' };
    return { bytes: new Uint8Array(await response.arrayBuffer()) };
  } catch (error) {
    if (!(error instanceof OutgoingFault)) throw error;
    return { code: error.code === 'address' ? 'metadata.address' : 'metadata.away' };
  }
}

/** The keys of metadata that are not those we know; null: the same. */
export function newKeys(known: readonly string[], found: readonly string[]): readonly string[] | null {
  const same = found.length === known.length && found.every((pem) => known.includes(pem));
  return same ? null : found;
}
