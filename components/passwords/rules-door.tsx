/** The door of the house, which opens as the rules are met: closed at 0, wide open and lit at 1. */
export function RulesDoor({ openness }: { openness: number }) {
  return (
    <svg viewBox="0 0 40 56" width="30" height="42" aria-hidden="true" className="shrink-0">
      <path d="M2 54V20a18 18 0 0 1 36 0v34z" className="fill-stone" />
      <path d="M6 54V20a14 14 0 0 1 28 0v34z" className="fill-pane-deep" />
      <path
        d="M6 54V20a14 14 0 0 1 28 0v34z"
        className="fill-leaf"
        transform={`translate(6) scale(${1 - 0.82 * openness} 1) translate(-6)`}
      />
      <rect x="0" y="54" width="40" height="2" className="fill-stone" />
    </svg>
  );
}
