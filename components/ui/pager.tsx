import { Button } from './button';
import { Icon } from './icon';

export type PagerProps = {
  label: string;
  previous: { href: string; label: string } | null;
  next: { href: string; label: string } | null;
};

/** Back and on through a list that is paged by key: there is no last page to jump to, and none to count. */
export function Pager({ label, previous, next }: PagerProps) {
  if (previous === null && next === null) return null;
  return (
    <nav aria-label={label} className="flex flex-wrap justify-between gap-3">
      {previous ? (
        <Button href={previous.href} rel="prev">
          <Icon name="back" />
          {previous.label}
        </Button>
      ) : (
        <span />
      )}
      {next ? (
        <Button href={next.href} rel="next">
          {next.label}
          <Icon name="forward" />
        </Button>
      ) : null}
    </nav>
  );
}
