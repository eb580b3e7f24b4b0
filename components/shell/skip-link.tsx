/** The first stop of a keyboard: straight to the content. */
export function SkipLink({ label, target = 'main' }: { label: string; target?: string }) {
  return (
    <a
      href={`#${target}`}
      className="absolute -top-24 left-2 z-50 rounded-field bg-surface px-4 py-3 font-semibold text-accent shadow-float focus:top-2 print:hidden"
    >
      {label}
    </a>
  );
}
