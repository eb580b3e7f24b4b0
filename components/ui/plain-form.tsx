import type { ReactNode } from 'react';

export type PlainFormProps = {
  /** The build's name for the action that the form is sent to: `lib/actions/plain.ts`. */
  action: string;
  /** Hidden fields. */
  hidden?: Readonly<Record<string, string>>;
  className?: string;
  children: ReactNode;
};

/**
 * A form that the browser itself sends, with a script or without, and whose answer is another page: what React writes for a
 * server action where there is no script, and nothing else. It stands in the frame of every page, where the state and the
 * hooks of an {@link ActionForm} would cost more than all that is drawn around them.
 */
export function PlainForm({ action, hidden = {}, className, children }: PlainFormProps) {
  return (
    <form action="" method="post" encType="multipart/form-data" className={className}>
      <input type="hidden" name={`$ACTION_ID_${action}`} />
      {Object.entries(hidden).map(([name, value]) => (
        <input key={name} type="hidden" name={name} value={value} />
      ))}
      {children}
    </form>
  );
}
