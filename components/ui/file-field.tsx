'use client';

import { useEffect, useRef, useState } from 'react';
import { useField } from './action-form';
import { classNames } from './class-names';
import { describedBy, FieldFrame, frameClasses, type FieldProps } from './field';

export type FileFieldProps = Omit<FieldProps, 'type'> & {
  /** « Choisir un fichier », and what stands beside it while there is none. */
  labels: { choose: string; none: string };
};

/**
 * A file, chosen by a button whose words are ours: the browser's speak its own language, which need not be the page's. The
 * browser's control lies over them, unseen, so that it is pressed, tabbed to and dropped upon as ever. Without script it
 * says by itself which file was chosen, and only its button is covered by ours. Where a file must be chosen the style sheet
 * can tell that none is yet, and our words stay; where one may be left out only the browser knows.
 */
export function FileField({ name, id = name, label, hint, error, roomy, className, labels, ...input }: FileFieldProps) {
  const control = useRef<HTMLInputElement>(null);
  const [chosen, setChosen] = useState('');
  useEffect(() => {
    const { form } = control.current!;
    const read = () => setChosen(namesOf(control.current));
    // A form that is emptied tells nobody but itself, and before it is; a browser may bring back what was chosen.
    const emptied = () => setTimeout(read);
    read();
    form?.addEventListener('reset', emptied);
    return () => form?.removeEventListener('reset', emptied);
  }, []);
  return (
    <FieldFrame id={id} label={label} hint={hint} error={error} roomy={roomy} className={className}>
      <div
        className={classNames(
          frameClasses,
          'group/file relative flex items-center gap-3 p-1 max-sm:gap-2 hover:border-ink has-focus-visible:outline-2 has-focus-visible:outline-offset-2 has-focus-visible:outline-focus',
          error ? 'border-danger outline -outline-offset-1 outline-danger' : undefined,
        )}
      >
        <span
          aria-hidden="true"
          className="flex min-h-9 min-w-44 shrink-0 items-center justify-center rounded-sm bg-wash px-4 max-sm:min-w-0 max-sm:px-3 font-semibold text-accent"
        >
          {labels.choose}
        </span>
        <span
          aria-hidden="true"
          className={classNames(
            'min-w-0 flex-1 py-1 leading-tight wrap-anywhere max-sm:text-sm',
            input.required ? 'noscript:group-has-valid/file:hidden' : 'noscript:hidden',
            !chosen && 'text-quiet',
          )}
        >
          {chosen || labels.none}
        </span>
        <input
          {...input}
          ref={control}
          id={id}
          name={name}
          type="file"
          onChange={(event) => setChosen(namesOf(event.target))}
          aria-invalid={error ? true : input['aria-invalid']}
          aria-describedby={describedBy(id, hint, error, input['aria-describedby'])}
          className={classNames(
            'absolute inset-0 cursor-pointer p-1 outline-none text-quiet opacity-0 file:mr-3 file:h-9 file:w-44 file:cursor-pointer file:opacity-0',
            input.required ? 'noscript:valid:opacity-100' : 'noscript:opacity-100',
          )}
        />
      </div>
    </FieldFrame>
  );
}

const namesOf = (control: HTMLInputElement | null) => [...(control?.files ?? [])].map(({ name }) => name).join(', ');

/** A file of the form around it. Not among the other fields of a form: few pages ask for one, and no other sends its script. */
export function FormFileField(props: FileFieldProps) {
  return <FileField {...props} error={useField(props.name).error} />;
}
