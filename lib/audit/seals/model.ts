/** What verifying a chain may find wrong. */
export type SealFault =
  /** A number is missing: a seal was deleted. */
  | 'seal-missing'
  /** It doesn't follow from the seal before it: that one, or this one, was made anew or taken from elsewhere. */
  | 'seal-broken'
  /** Its own words about what it covers were changed. */
  | 'seal-changed'
  | 'event-removed'
  | 'event-added'
  | 'event-changed'
  /** An event stands where everything is sealed, under no seal: it was put there, or its seal was taken away. */
  | 'event-unsealed'
  /** The seal that was expected is not there, or is another: the end of the chain was cut off or made anew. */
  | 'expected-missing'
  | 'expected-other'
  /** Months are said to have been dropped up to this seal, and no event of the chain says so too. */
  | 'checkpoint-forged';

/** A seal by its number and its digest: what an operator keeps elsewhere, and holds against the chain later. */
export interface SealMark {
  readonly number: number;
  /** SHA-256 in 64 hexadecimal digits. */
  readonly digest: string;
}

export interface Verification {
  /** Seals, and the events under them, that were found right. */
  readonly seals: number;
  readonly events: number;
  /** Seals whose events were dropped when their time was over (AUD-2): of these only the links were checked. */
  readonly droppedSeals: number;
  /** Events that no seal covers yet: those of the last seconds. */
  readonly unsealed: number;
  /** The newest seal; null: there is none. */
  readonly head: SealMark | null;
  /** The first thing that doesn't fit; null: all is right. */
  readonly fault: { readonly kind: SealFault; readonly seal: number | null; readonly event: string | null } | null;
}
