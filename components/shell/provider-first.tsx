import { Button } from '@/components/ui/button';
import { Link } from '@/components/ui/link';
import { Notice } from '@/components/ui/notice';

/** The way to one's provider, and why one is sent there. */
export type ProviderFirstValues = Readonly<Record<'href' | 'title' | 'why' | 'go', string>>;

/**
 * For whoever comes in by a provider and has no password here: the provider says anew who they are, and leads back.
 * `quiet` where it stands beside other things, in the place of a password's field.
 */
export function ProviderFirst({ href, title, why, go, quiet = false }: ProviderFirstValues & { quiet?: boolean }) {
  if (quiet) {
    return (
      <p className="max-w-measure text-sm text-quiet">
        {why}{' '}
        <Link href={href} inline>
          {go}
        </Link>
      </p>
    );
  }
  return (
    <Notice tone="warning" title={title}>
      <p className="mb-3">{why}</p>
      <Button variant="primary" href={href}>
        {go}
      </Button>
    </Notice>
  );
}
