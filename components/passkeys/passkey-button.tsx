'use client';

import { useRef, useState, type MouseEvent } from 'react';
import { classNames } from '@/components/ui/class-names';
import { Notice } from '@/components/ui/notice';
import { SubmitButton, type SubmitButtonProps } from '@/components/ui/submit-button';
import { askBrowser, type Trouble } from './ask-browser';

export type PasskeyButtonProps = Omit<SubmitButtonProps, 'onClick' | 'name' | 'value'> & {
  ceremony: 'create' | 'use';
  /** Where the portal gives out challenges, and what it must be told. */
  from: string;
  fields?: Readonly<Record<string, string>>;
  /** The field of the form that serves as well: where something is typed in it, no passkey is asked for. */
  unlessTyped?: string;
  words: {
    /** What the button says while the browser's window is open: « Suivez la fenêtre… ». */
    readonly waiting: string;
    readonly trouble: Readonly<Record<Exclude<Trouble, 'unreachable'>, string>>;
  };
};

/**
 * The button of a form that wants a passkey: it has the browser make or use one, and then sends the form with what the
 * browser answered, in its field `passkey`. Without script the form goes out as it is, and the portal says what is missing.
 *
 * While the browser's window is open it can be pressed again: some windows close without a word.
 */
export function PasskeyButton({
  ceremony,
  from,
  fields = {},
  unlessTyped,
  words,
  wide,
  className,
  children,
  pendingLabel,
  ...button
}: PasskeyButtonProps) {
  const answer = useRef<HTMLInputElement>(null);
  const [waiting, setWaiting] = useState(false);
  const [trouble, setTrouble] = useState<string | null>(null);

  async function ask(form: HTMLFormElement) {
    setTrouble(null);
    setWaiting(true);
    const asked = await askBrowser(ceremony, from, fields);
    if ('superseded' in asked) return;
    setWaiting(false);
    if ('answer' in asked) {
      answer.current!.value = asked.answer;
      form.requestSubmit();
    } else if ('refusal' in asked) {
      setTrouble(asked.refusal);
    } else {
      setTrouble(
        asked.trouble === 'unreachable'
          ? (document.body.dataset['unreachable'] ?? words.trouble.failed)
          : words.trouble[asked.trouble],
      );
    }
  }

  function press(event: MouseEvent<HTMLButtonElement>) {
    const { form } = event.currentTarget;
    if (form === null) return;
    answer.current!.value = '';
    const typed = unlessTyped === undefined ? null : form.elements.namedItem(unlessTyped);
    if (typed instanceof HTMLInputElement && typed.value.trim() !== '') return;
    event.preventDefault();
    void ask(form);
  }

  return (
    <div className={classNames('flex flex-col gap-4', wide && 'w-full', className)}>
      <input ref={answer} type="hidden" name="passkey" defaultValue="" />
      {trouble === null ? null : <Notice tone="danger">{trouble}</Notice>}
      <SubmitButton {...button} wide pendingLabel={pendingLabel} aria-busy={waiting || undefined} onClick={press}>
        <span className="grid items-center">
          <span className={classNames('col-start-1 row-start-1', waiting && 'invisible')}>{children}</span>
          <span className={classNames('col-start-1 row-start-1', !waiting && 'invisible')} aria-hidden={!waiting}>
            {words.waiting}
          </span>
        </span>
      </SubmitButton>
    </div>
  );
}
