export type Section = { id: string; label: string };

/** On a desktop, the quiet list of a long page's sections; on a phone one scrolls. */
export function SectionNav({ label, sections }: { label: string; sections: readonly Section[] }) {
  return (
    <nav aria-label={label} className="sticky top-6 self-start max-lg:hidden print:hidden">
      <ul className="flex flex-col border-l border-line">
        {sections.map(({ id, label: text }) => (
          <li key={id}>
            <a
              href={`#${id}`}
              className="-ml-px flex rounded-r-field min-h-11 items-center border-l-2 border-transparent px-3 py-2 text-quiet hover:border-accent hover:text-ink"
            >
              {text}
            </a>
          </li>
        ))}
      </ul>
    </nav>
  );
}
