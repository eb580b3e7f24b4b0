/**
 * Everything that the gate refuses, each by a code of its own: it stands in the audit, and « Tester » says it in a sentence
 * with what to change at the provider (`external.faults` in messages/).
 */
export const SAML_FAULTS = [
  // 1: before any parser
  'saml.malformed',
  'saml.too-large',
  'saml.unsafe-xml',
  // 3
  'saml.structure',
  // What the provider itself refused.
  'saml.status',
  // 4
  'saml.unsigned',
  'saml.algorithm',
  'saml.signature',
  'saml.encryption',
  // 5
  'saml.key',
  'saml.certificate-expired',
  // 6
  'saml.issuer',
  // 7
  'saml.audience',
  // 8
  'saml.subject',
  'saml.confirmation',
  'saml.recipient',
  'saml.request',
  // 9
  'saml.destination',
  // 10
  'saml.validity',
  'saml.too-long',
  'saml.expired',
  'saml.not-yet-valid',
  // 11
  'saml.statement',
  'saml.session-over',
  'saml.context',
  // 12
  'saml.replayed',
  // 14
  'saml.identity',
  /** Nobody asked, and the authenticator does not take what nobody asked for. */
  'saml.unsolicited',
  /** SAML Jackson did not answer in time, or read something else than the gate. */
  'saml.library',
] as const;
export type SamlFaultCode = (typeof SAML_FAULTS)[number];

/** A message of a provider was found wanting. `details` are for administrators: short, and of nobody. */
export class SamlFault extends Error {
  constructor(
    readonly code: SamlFaultCode,
    readonly details: Readonly<Record<string, string | number>> = {},
  ) {
    super(code);
  }
}
