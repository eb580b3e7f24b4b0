/** The light that falls through the doorway on the ground before it. */
export function Doorstep() {
  return (
    <svg
      viewBox="0 0 200 40"
      preserveAspectRatio="none"
      aria-hidden="true"
      focusable="false"
      className="block h-10 w-full print:hidden"
    >
      <path d="M0 0h200v10H0z" className="fill-stone" />
      <path d="M8 10h184l-14 30H22z" className="fill-spill" />
    </svg>
  );
}
