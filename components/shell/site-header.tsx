import { DoorwayMark } from '@/components/brand/doorway-mark';
import { LanguageForm, type LanguageFormProps } from './language-form';
import { Menu, type MenuProps } from './menu';

export type HeaderPerson = {
  name: string;
  href: string;
  /** Two letters for a narrow screen, where the picture is absent. */
  initials: string;
  pictureUrl?: string;
};

export type SiteHeaderProps = {
  organisationName: string;
  /** Where the name leads: the home of the organisation. */
  homeHref?: string;
  /** The organisation's own logo instead of the mark. */
  logoUrl?: string;
  menu?: MenuProps;
  person?: HeaderPerson;
  /** The way to the other language. */
  language?: LanguageFormProps;
};

/** The top of every page: ☰ at the left, the organisation, then the language and one's own name at the right. */
export function SiteHeader({ organisationName, homeHref, logoUrl, menu, person, language }: SiteHeaderProps) {
  const name = (
    <>
      {logoUrl ? (
        <img src={logoUrl} alt="" width="32" height="32" className="size-8 shrink-0 object-contain" />
      ) : (
        <DoorwayMark />
      )}
      <span className="line-clamp-2 min-w-0 leading-tight font-semibold">{organisationName}</span>
    </>
  );
  return (
    <header className="relative flex min-h-14 items-center gap-1 px-2 sm:gap-2 sm:px-4">
      {menu ? <Menu {...menu} /> : null}
      {homeHref ? (
        <a href={homeHref} className="flex min-h-11 min-w-0 items-center gap-2.5 rounded-field px-2">
          {name}
        </a>
      ) : (
        <p className="flex min-h-11 min-w-0 items-center gap-2.5 px-2">{name}</p>
      )}
      <div className="ml-auto flex shrink-0 items-center gap-1 print:hidden">
        {language ? <LanguageForm {...language} /> : null}
        {person ? (
          <a
            href={person.href}
            className="flex min-h-11 min-w-11 items-center gap-2 rounded-field px-1.5 hover:bg-wash"
          >
            {person.pictureUrl ? (
              <img src={person.pictureUrl} alt="" width="32" height="32" className="size-8 rounded-full object-cover" />
            ) : (
              <span
                aria-hidden="true"
                className="flex size-8 items-center justify-center rounded-full bg-wash text-sm font-semibold text-accent"
              >
                {person.initials}
              </span>
            )}
            <span className="sr-only max-w-48 truncate font-medium sm:not-sr-only">{person.name}</span>
          </a>
        ) : null}
      </div>
    </header>
  );
}
