import { X509Certificate } from 'node:crypto';

/** The largest file or text that is looked at. */
export const CERTIFICATE_BYTES_MAX = 64 * 1024;
/** A rollover has two; whoever brings more brings a chain, of which only the first signs. */
export const CERTIFICATES_MAX = 4;
const RSA_BITS_MIN = 2_048;
const CURVES = new Set(['prime256v1', 'secp384r1', 'secp521r1']);

/** Each fault of a file of certificates, with a sentence of its own (`fields.certificate_…`). */
export type CertificateIssue =
  | 'certificate.missing'
  | 'certificate.tooLarge'
  | 'certificate.privateKey'
  | 'certificate.request'
  | 'certificate.publicKey'
  | 'certificate.pkcs7'
  | 'certificate.binary'
  | 'certificate.leading'
  | 'certificate.unreadable'
  | 'certificate.tooMany'
  | 'certificate.weakRsa'
  | 'certificate.keyType'
  | 'certificate.expired'
  | 'certificate.notYet';

/** A certificate as administrators see it. */
export interface CertificateView {
  readonly subject: string;
  readonly issuer: string;
  readonly from: Date;
  readonly until: Date;
  /** SHA-256, in pairs with colons. */
  readonly fingerprint: string;
  readonly key: string;
}

const BLOCK = /-----BEGIN CERTIFICATE-----\s*([A-Za-z0-9+/=\s]+?)\s*-----END CERTIFICATE-----/g;

/**
 * Reads what an administrator pasted or chose as the provider's certificates: PEM, with lines and ends of any kind, and
 * nothing before the first. A private key is refused and goes no further: whoever sent it has shown it to us.
 *
 * @param bytes as they came
 * @param options.allowExpired takes those whose time is over, or has not come
 * @returns PEM in one form, in the order of the file, each once
 * @source bad inputs 47 to 55
 */
export function readCertificates(
  bytes: Uint8Array,
  { now, allowExpired }: { readonly now: Date; readonly allowExpired: boolean },
): { readonly certificates: readonly string[] } | { readonly issue: CertificateIssue; readonly date?: Date } {
  if (bytes.length > CERTIFICATE_BYTES_MAX) return { issue: 'certificate.tooLarge' };
  const latin = Buffer.from(bytes).toString('latin1');
  // First of all, wherever it stands: a key must not be kept, nor told of in passing.
  if (/-----BEGIN [A-Z0-9 ]*PRIVATE KEY/.test(latin)) return { issue: 'certificate.privateKey' };
  const text = latin.replace(/^\u00EF\u00BB\u00BF/, '').replace(/^\s+/, '');
  if (text === '') return { issue: 'certificate.missing' };
  const label = /-----BEGIN ([A-Z0-9 ]+)-----/.exec(text);
  if (label === null) {
    // Zeros and high bytes: DER, PFX, a picture.
    if (/[^\t\n\r -~]/.test(text)) return { issue: 'certificate.binary' };
    return { issue: 'certificate.unreadable' };
  }
  switch (label[1]) {
    case 'CERTIFICATE':
      break;
    case 'PKCS7':
    case 'CMS':
      return { issue: 'certificate.pkcs7' };
    case 'CERTIFICATE REQUEST':
    case 'NEW CERTIFICATE REQUEST':
      return { issue: 'certificate.request' };
    default:
      return { issue: label[1]!.endsWith('PUBLIC KEY') ? 'certificate.publicKey' : 'certificate.unreadable' };
  }
  // « The first line must contain BEGIN CERTIFICATE »: what stands before it is of another file.
  if (label.index !== 0) return { issue: /[^\t\n\r -~]/.test(text) ? 'certificate.binary' : 'certificate.leading' };
  const blocks = [...text.matchAll(BLOCK)].map(([, body]) => body!);
  const begun = text.split('-----BEGIN').length - 1;
  if (blocks.length === 0 || blocks.length !== begun) return { issue: 'certificate.unreadable' };
  return checkAll(blocks, { now, allowExpired });
}

/**
 * The certificates of metadata: base64 without armour.
 *
 * @see readCertificates
 */
export function checkAll(
  bodies: readonly string[],
  { now, allowExpired }: { readonly now: Date; readonly allowExpired: boolean },
): { readonly certificates: readonly string[] } | { readonly issue: CertificateIssue; readonly date?: Date } {
  const found = new Map<string, X509Certificate>();
  for (const body of bodies) {
    let certificate: X509Certificate;
    try {
      certificate = new X509Certificate(Buffer.from(body, 'base64'));
      void certificate.publicKey.asymmetricKeyType;
    } catch {
      return { issue: 'certificate.unreadable' };
    }
    found.set(certificate.fingerprint256, certificate);
  }
  if (found.size === 0) return { issue: 'certificate.missing' };
  if (found.size > CERTIFICATES_MAX) return { issue: 'certificate.tooMany' };
  let outside: { issue: CertificateIssue; date: Date } | null = null;
  let inside = 0;
  for (const certificate of found.values()) {
    const { asymmetricKeyType, asymmetricKeyDetails } = certificate.publicKey;
    if (asymmetricKeyType === 'rsa') {
      if ((asymmetricKeyDetails?.modulusLength ?? 0) < RSA_BITS_MIN) return { issue: 'certificate.weakRsa' };
    } else if (asymmetricKeyType !== 'ec' || !CURVES.has(asymmetricKeyDetails?.namedCurve ?? '')) {
      return { issue: 'certificate.keyType' };
    }
    const from = new Date(certificate.validFrom);
    const until = new Date(certificate.validTo);
    if (now < from) outside ??= { issue: 'certificate.notYet', date: from };
    else if (now >= until) outside ??= { issue: 'certificate.expired', date: until };
    else inside++;
  }
  // In a rollover one may be over, or yet to come: the other signs.
  if (outside !== null && inside === 0 && !allowExpired) return outside;
  return { certificates: [...found.values()].map((certificate) => pemOfCertificate(certificate)) };
}

function pemOfCertificate(certificate: X509Certificate): string {
  return certificate.toString().replaceAll('\r\n', '\n');
}

/** What a kept certificate says of itself. @param pem as `readCertificates` gave it back */
export function viewCertificate(pem: string): CertificateView {
  const certificate = new X509Certificate(pem);
  const { asymmetricKeyType, asymmetricKeyDetails: details } = certificate.publicKey;
  return {
    subject: oneLine(certificate.subject),
    issuer: oneLine(certificate.issuer),
    from: new Date(certificate.validFrom),
    until: new Date(certificate.validTo),
    fingerprint: certificate.fingerprint256,
    key: asymmetricKeyType === 'rsa' ? `RSA ${details?.modulusLength}` : `EC ${details?.namedCurve}`,
  };
}

/** OpenSSL writes one part of a name a line. */
const oneLine = (name: string | undefined) =>
  (name ?? '').split('\n').filter(Boolean).reverse().join(', ').slice(0, 300);
