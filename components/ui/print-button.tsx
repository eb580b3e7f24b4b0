'use client';

import { buttonClasses, type ButtonVariant } from './button-classes';
import { Icon } from './icon';

/** Opens the browser's print window. Hidden where there is no script: the browser's own menu prints as well. */
export function PrintButton({
  label,
  variant = 'secondary',
  wide = false,
}: {
  label: string;
  variant?: ButtonVariant;
  wide?: boolean;
}) {
  return (
    <button type="button" className={buttonClasses(variant, wide, 'needs-script')} onClick={() => window.print()}>
      <Icon name="print" />
      {label}
    </button>
  );
}
