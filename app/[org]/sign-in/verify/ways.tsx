import { Link } from '@/components/ui/link';
import type { Visitor } from '@/lib/actors/model';
import { waysOf, type Way } from '@/lib/factors/model';
import { translator } from '@/lib/language/translate';
import { listChallengeFactors, type AttemptView } from '@/lib/sign-in/model';

/** Where each way of proving a factor stands. */
const PATHS: Record<Way, string> = { code: 'verify?by=code', passkey: 'verify/passkey', card: 'verify/recovery' };

export interface Challenge {
  /** The ways that are open to the person, that of the factor used last first; none where all was set aside (ENROL-9). */
  readonly ways: readonly Way[];
  /** Whether codes come from apps, from tokens, or from both. */
  readonly source: 'app' | 'token' | 'both';
  /** A counter among them may have run ahead: two codes in a row find it again (ENROL-8). */
  readonly counts: boolean;
}

/** By what whoever waits for a second factor in this browser can go on. */
export function challengeOf(attempt: AttemptView): Challenge {
  const factors = listChallengeFactors(attempt);
  const typed = factors.filter(({ kind }) => kind === 'totp' || kind === 'hotp');
  const tokens = typed.filter(({ tokenId }) => tokenId !== null);
  return {
    ways: waysOf(factors),
    source: tokens.length === 0 ? 'app' : tokens.length === typed.length ? 'token' : 'both',
    counts: typed.some(({ kind }) => kind === 'hotp'),
  };
}

/** Back to where somebody came from who has an app, as most have; the other ways by their names. */
export function WaysBack({ visitor, challenge }: { visitor: Visitor; challenge: Challenge }) {
  const { ways, source } = challenge;
  if (ways.length !== 1 || ways[0] !== 'code' || source !== 'app') return <OtherWays visitor={visitor} ways={ways} />;
  return (
    <Link href={`/${visitor.organisation.slug}/sign-in/verify`} icon="back" className="self-start">
      {translator(visitor.locale)('verify.backToCode')}
    </Link>
  );
}

export const pathOfWay = (slug: string, way: Way) => `/${slug}/sign-in/${PATHS[way]}`;

type Open = { visitor: Visitor; ways: readonly Way[]; present?: Way | null };

/** The ways that are open beside the present one, so that one can go back and forth between them. */
export function otherWays({ visitor, ways, present = null }: Open): { href: string; label: string }[] {
  const t = translator(visitor.locale);
  return ways
    .filter((way) => way !== present)
    .map((way) => ({ href: pathOfWay(visitor.organisation.slug, way), label: t(`verify.ways.${way}`) }));
}

/** A link to each of them. */
export function OtherWays(open: Open) {
  return otherWays(open).map(({ href, label }) => (
    <Link key={href} href={href} className="self-start">
      {label}
    </Link>
  ));
}
