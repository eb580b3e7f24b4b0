/** The first stop of a keyboard: straight to the content. */
export function SkipLink({ label, target = 'main' }: { label: string; target?: string }) {
  return (
    <a
      href={`#${target}`}
      className="sr-only rounded-field bg-surface px-4 py-3 font-semibold text-accent shadow-float focus:not-sr-only focus:absolute focus:top-2 focus:left-2 focus:z-50 print:hidden"
    >
      {label}
    </a>
  );
}
