import { classNames } from '@/components/ui/class-names';
import { Icon } from '@/components/ui/icon';
import { PlainForm } from '@/components/ui/plain-form';

export type MenuItem = {
  href: string;
  label: string;
  /** The page one is on. */
  current?: boolean;
  /** Items of one group follow one another, under its name. */
  group?: string;
};

export type MenuProps = {
  /** « Menu ». */
  label: string;
  items: MenuItem[];
  /** The end of the list. */
  signOut: { label: string; action: string };
  id?: string;
};

/**
 * ☰: the browser's own popover. It opens, closes on Escape or a press elsewhere, and gives the focus back, without a
 * line of script.
 */
export function Menu({ label, items, signOut, id = 'menu' }: MenuProps) {
  return (
    <>
      <button
        type="button"
        popoverTarget={id}
        className="flex min-h-11 min-w-11 items-center justify-center gap-2 rounded-field px-2.5 font-medium hover:bg-wash print:hidden"
      >
        <Icon name="menu" />
        <span className="sr-only sm:not-sr-only">{label}</span>
      </button>
      <nav
        id={id}
        popover="auto"
        aria-label={label}
        className="popover-menu top-14 left-2 w-72 max-w-[calc(100vw-1rem)] rounded-surface border border-line bg-surface p-2 text-ink shadow-float print:hidden"
      >
        <ul>
          {items.map((item, place) => (
            <li key={item.href}>
              {item.group && item.group !== items[place - 1]?.group ? (
                <p className="mt-2 border-t border-line px-3 pt-3 pb-1 text-sm font-semibold text-quiet">
                  {item.group}
                </p>
              ) : null}
              <a
                href={item.href}
                aria-current={item.current ? 'page' : undefined}
                className={classNames(
                  'flex min-h-11 items-center rounded-field px-3 py-2 hover:bg-wash',
                  item.current && 'bg-wash font-semibold text-accent',
                )}
              >
                {item.label}
              </a>
            </li>
          ))}
        </ul>
        <PlainForm action={signOut.action} className="mt-2 border-t border-line pt-2">
          <button
            type="submit"
            className="flex min-h-11 w-full items-center rounded-field px-3 py-2 text-left hover:bg-wash"
          >
            {signOut.label}
          </button>
        </PlainForm>
      </nav>
    </>
  );
}
