import { X509Certificate } from 'node:crypto';
import type { SamlSettings } from '@/lib/authenticators/model';
import { checkAll, type CertificateIssue } from './certificates';
import { SamlFault } from './fault';
import { METADATA_BYTES_MAX, screenXml } from './screen';
import {
  attributeOf,
  childrenOf,
  escapeXml,
  isNamed,
  NS,
  onlyChild,
  parseXml,
  rootOf,
  textOf,
  walk,
  type Element,
} from './xml';

const REDIRECT = 'urn:oasis:names:tc:SAML:2.0:bindings:HTTP-Redirect';
const POST = 'urn:oasis:names:tc:SAML:2.0:bindings:HTTP-POST';

/** Each fault of a provider's metadata, with a sentence of its own (`fields.metadata_…`). */
export type MetadataIssue =
  | 'metadata.tooLarge'
  | 'metadata.unsafe'
  | 'metadata.unreadable'
  | 'metadata.ours'
  | 'metadata.notProvider'
  | 'metadata.several'
  | 'metadata.expired'
  | 'metadata.noEntity'
  | 'metadata.noSignOn'
  | 'metadata.address'
  | 'metadata.noCertificate'
  | CertificateIssue;

/** What a provider's metadata says. */
export type ProviderMetadata = Pick<
  SamlSettings,
  'entityId' | 'ssoUrl' | 'ssoBinding' | 'sloUrl' | 'sloBinding' | 'sloResponseUrl' | 'certificates'
> & {
  /** Whether the provider takes signed requests only. */
  readonly wantsSigned: boolean;
};

/**
 * Reads a provider's metadata, as pasted, chosen or fetched. Its own signature proves nothing to us and is not looked at:
 * whoever saves it says that it is the provider's.
 *
 * @param mayVisit whether an address may be the provider's: https, or what `ALLOW_PRIVATE_IDPS` lets pass
 * @source SAML metadata §2.3, §2.4; bad inputs 56 to 60
 */
export function readMetadata(
  bytes: Uint8Array,
  { now, allowExpired, mayVisit }: { now: Date; allowExpired: boolean; mayVisit: (url: string) => boolean },
): { readonly metadata: ProviderMetadata } | { readonly issue: MetadataIssue; readonly date?: Date } {
  let root: Element;
  try {
    root = rootOf(parseXml(screenXml(bytes, METADATA_BYTES_MAX)));
  } catch (error) {
    if (!(error instanceof SamlFault)) throw error;
    if (error.code === 'saml.too-large') return { issue: 'metadata.tooLarge' };
    const unsafe = ['doctype', 'instruction', 'depth', 'tags', 'attributes'].includes(String(error.details['why']));
    return { issue: unsafe ? 'metadata.unsafe' : 'metadata.unreadable' };
  }
  if (isNamed(root, 'metadata', 'EntitiesDescriptor')) {
    // Beside the provider such a file may name services, of which none is asked.
    const all = [...walk(root)].filter((one) => isNamed(one, 'metadata', 'EntityDescriptor'));
    const inside = all.filter((one) => childrenOf(one, 'metadata', 'IDPSSODescriptor').length > 0);
    if (inside.length > 1) return { issue: 'metadata.several' };
    const ended = endOf(root, now);
    if (ended !== null) return { issue: 'metadata.expired', date: ended };
    root = inside[0] ?? all[0] ?? root;
  }
  if (!isNamed(root, 'metadata', 'EntityDescriptor')) return { issue: 'metadata.notProvider' };
  const ended = endOf(root, now);
  if (ended !== null) return { issue: 'metadata.expired', date: ended };
  const providers = childrenOf(root, 'metadata', 'IDPSSODescriptor');
  if (providers.length === 0) {
    const ours = childrenOf(root, 'metadata', 'SPSSODescriptor').length > 0;
    return { issue: ours ? 'metadata.ours' : 'metadata.notProvider' };
  }
  if (providers.length > 1) return { issue: 'metadata.several' };
  const [provider] = providers as [Element];
  const entityId = attributeOf(root, 'entityID')?.trim() ?? '';
  if (entityId === '' || entityId.length > 1_024) return { issue: 'metadata.noEntity' };

  const services = childrenOf(provider, 'metadata', 'SingleSignOnService');
  const signOn = locationOf(services);
  if (signOn === null) return { issue: 'metadata.noSignOn' };
  if (!mayVisit(signOn.url)) return { issue: 'metadata.address' };
  const signOut = locationOf(childrenOf(provider, 'metadata', 'SingleLogoutService'));
  for (const url of [signOut?.url, signOut?.responseUrl]) {
    if (typeof url === 'string' && !mayVisit(url)) return { issue: 'metadata.address' };
  }

  const bodies = childrenOf(provider, 'metadata', 'KeyDescriptor')
    // Without a use it is for both; what is for encryption alone signs nothing.
    .filter((key) => attributeOf(key, 'use') !== 'encryption')
    .flatMap(certificatesOf);
  if (bodies.length === 0) return { issue: 'metadata.noCertificate' };
  const checked = checkAll(bodies, { now, allowExpired });
  if ('issue' in checked) return checked;
  return {
    metadata: {
      entityId,
      ssoUrl: signOn.url,
      ssoBinding: signOn.binding,
      sloUrl: signOut?.url ?? null,
      sloBinding: signOut?.binding ?? 'redirect',
      sloResponseUrl: signOut?.responseUrl ?? null,
      certificates: [...checked.certificates],
      wantsSigned: ['true', '1'].includes(attributeOf(provider, 'WantAuthnRequestsSigned') ?? ''),
    },
  };
}

/** Until when an element was said to be valid, where that is over; null: it is valid, or says nothing. */
function endOf(element: Element, now: Date): Date | null {
  const until = attributeOf(element, 'validUntil');
  return until !== null && new Date(until) <= now ? new Date(until) : null;
}

/** By redirect where there is a choice: it needs no form. */
function locationOf(
  services: readonly Element[],
): { url: string; binding: 'redirect' | 'post'; responseUrl: string | null } | null {
  for (const [uri, binding] of [[REDIRECT, 'redirect'] as const, [POST, 'post'] as const]) {
    const service = services.find((one) => attributeOf(one, 'Binding') === uri);
    const url = service === undefined ? null : attributeOf(service, 'Location');
    if (url !== null) return { url, binding, responseUrl: attributeOf(service!, 'ResponseLocation') };
  }
  return null;
}

function certificatesOf(key: Element): string[] {
  const info = onlyChild(key, 'signature', 'KeyInfo');
  return (info === null ? [] : childrenOf(info, 'signature', 'X509Data'))
    .flatMap((data) => childrenOf(data, 'signature', 'X509Certificate'))
    .map((certificate) => textOf(certificate) ?? '');
}

/** Our own metadata at one authenticator: its address is our name (SAML metadata §2.4.4). */
export function serviceMetadata(given: {
  readonly entityId: string;
  readonly acsUrl: string;
  readonly sloUrl: string;
  readonly certificate: string;
  readonly signsRequests: boolean;
  readonly nameIdFormat: string;
  readonly organisation: string;
}): string {
  const body = new X509Certificate(given.certificate).raw.toString('base64');
  const key = (use: string) =>
    `    <md:KeyDescriptor use="${use}"><ds:KeyInfo xmlns:ds="${NS.signature}"><ds:X509Data><ds:X509Certificate>${body}` +
    `</ds:X509Certificate></ds:X509Data></ds:KeyInfo></md:KeyDescriptor>\n`;
  return (
    `<?xml version="1.0" encoding="UTF-8"?>\n` +
    `<md:EntityDescriptor xmlns:md="${NS.metadata}" entityID="${escapeXml(given.entityId)}">\n` +
    `  <md:SPSSODescriptor AuthnRequestsSigned="${given.signsRequests}" WantAssertionsSigned="true"` +
    ` protocolSupportEnumeration="${NS.protocol}">\n${key('signing')}${key('encryption')}` +
    `    <md:SingleLogoutService Binding="${REDIRECT}" Location="${escapeXml(given.sloUrl)}"/>\n` +
    `    <md:SingleLogoutService Binding="${POST}" Location="${escapeXml(given.sloUrl)}"/>\n` +
    `    <md:NameIDFormat>${given.nameIdFormat}</md:NameIDFormat>\n` +
    `    <md:AssertionConsumerService Binding="${POST}" Location="${escapeXml(given.acsUrl)}" index="0" isDefault="true"/>\n` +
    `  </md:SPSSODescriptor>\n` +
    `  <md:Organization><md:OrganizationName xml:lang="fr">${escapeXml(given.organisation)}</md:OrganizationName>` +
    `<md:OrganizationDisplayName xml:lang="fr">${escapeXml(given.organisation)}</md:OrganizationDisplayName>` +
    `<md:OrganizationURL xml:lang="fr">${escapeXml(new URL(given.entityId).origin)}</md:OrganizationURL></md:Organization>\n` +
    `</md:EntityDescriptor>\n`
  );
}
