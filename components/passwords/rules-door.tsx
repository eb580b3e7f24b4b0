/** The door of the house, which opens as the rules are met: closed at 0, wide open and lit at 1. */
export function RulesDoor({ openness }: { openness: number }) {
  return (
    <svg
      viewBox="0 0 40 56"
      width="40"
      height="56"
      aria-hidden="true"
      focusable="false"
      className="hidden shrink-0 self-center sm:block"
    >
      <path d="M2 54V20a18 18 0 0 1 36 0v34z" className="fill-stone" />
      <path d="M6 54V20a14 14 0 0 1 28 0v34z" className="fill-pane-deep" />
      <path
        d="M6 54V20a14 14 0 0 1 28 0v34z"
        className="fill-leaf motion-safe:transition-transform motion-safe:duration-300"
        style={{ transformOrigin: '6px 0', transform: `scaleX(${1 - 0.82 * openness})` }}
      />
      <rect x="0" y="54" width="40" height="2" className="fill-stone" />
    </svg>
  );
}
