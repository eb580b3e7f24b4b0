'use client';

import { createContext, use, useActionState, useEffect, useRef, type ReactNode } from 'react';
import { IDLE, type ActionState, type ServerAction } from '@/lib/actions/model';
import type { RefusalCode } from '@/lib/refusals';
import { Checkbox, type CheckboxProps } from './checkbox';
import { classNames } from './class-names';
import { CopyButton, type CopyButtonProps } from './copy-button';
import { CodeField, type CodeFieldProps } from './code-field';
import { Field, type FieldProps } from './field';
import { Icon } from './icon';
import { Link } from './link';
import { Notice } from './notice';
import { say } from './said';
import { PasswordField, type PasswordFieldProps } from './password-field';
import { Select, type SelectProps } from './select';
import { TextArea, type TextAreaProps } from './text-area';

type CopyLabels = CopyButtonProps['labels'];

/** The field that a refusal is told beside: the same for all, or one for each of some codes. */
type RefusalField = string | Readonly<Partial<Record<RefusalCode, string>>> | undefined;

const FormState = createContext<{
  state: ActionState;
  refusalField: RefusalField;
  found: Readonly<Record<string, string>>;
}>({ state: IDLE, refusalField: undefined, found: {} });

/**
 * Where a script sends the form, a server that can't answer must cost nothing that was typed: the form stays, and says
 * so. Without script the browser shows the server's own page.
 */
function withCare(action: ServerAction): ServerAction {
  return async (previous, form) => {
    try {
      return await action(previous, form);
    } catch (error) {
      // Next.js leads elsewhere by throwing.
      if (String((error as { digest?: unknown }).digest ?? '').startsWith('NEXT_')) throw error;
      const typed = [...form].filter((entry): entry is [string, string] => typeof entry[1] === 'string');
      const message = document.body.dataset['unreachable'] ?? '';
      return { status: 'refused', code: 'server.unreachable', message, values: Object.fromEntries(typed) };
    }
  };
}

export type ActionFormProps = {
  action: ServerAction;
  /** Hidden fields. */
  hidden?: Readonly<Record<string, string>>;
  /** The field that a refusal is told beside; without one, it stands above the form. */
  refusalField?: RefusalField;
  /** What was wrong with fields already as the page was drawn, with a sentence each. */
  found?: Readonly<Record<string, string>>;
  className?: string;
  children: ReactNode;
};

const NOTHING_FOUND = {};

/** A form on a server action: works without script; with it, what was wrong gets the focus and nothing typed is lost. */
export function ActionForm({
  action,
  hidden = {},
  refusalField,
  found = NOTHING_FOUND,
  className,
  children,
}: ActionFormProps) {
  const [state, formAction] = useActionState(typeof window === 'undefined' ? action : withCare(action), IDLE);
  const form = useRef<HTMLFormElement>(null);
  useEffect(() => {
    if (state.status === 'leave') window.location.assign(state.next);
    if (state.status === 'invalid' || state.status === 'refused') {
      const wrong = form.current?.querySelector<HTMLElement>('[aria-invalid="true"]');
      // What has the focus already gets none again, and nobody would hear why it was refused.
      if (wrong && wrong === document.activeElement) say(describedWith(wrong));
      else wrong?.focus();
    }
  }, [state]);
  const above = state.status === 'refused' && fieldOf(state.code, refusalField) === undefined;
  return (
    <form ref={form} action={formAction} noValidate className={classNames('flex flex-col gap-5', className)}>
      {Object.entries(hidden).map(([name, value]) => (
        <input key={name} type="hidden" name={name} value={value} />
      ))}
      {above ? (
        <Notice tone="danger">
          <p>{state.message}</p>
          {state.first ? (
            <Link href={state.first.href} target="_blank" rel="noopener" icon="external">
              {state.first.label}
            </Link>
          ) : null}
        </Notice>
      ) : null}
      {state.status === 'ok' || state.status === 'filled' ? <Notice tone="success">{state.message}</Notice> : null}
      <FormState value={{ state, refusalField, found }}>{children}</FormState>
    </form>
  );
}

/** The sentence that stands below a control. */
function describedWith(control: HTMLElement): string {
  const id = control.getAttribute('aria-describedby')?.split(' ')[0];
  return (id && document.getElementById(id)?.innerText) || '';
}

function fieldOf(code: RefusalCode, refusalField: RefusalField): string | undefined {
  if (code === 'server.unreachable' || code === 'enrolment.required') return undefined;
  return typeof refusalField === 'object' ? refusalField[code] : refusalField;
}

/** What was wrong with a field of the form around it, and what had been typed. */
export function useField(name: string): { error: string | undefined; typed: string | undefined } {
  const { state, refusalField, found } = use(FormState);
  if (state.status === 'invalid') return { error: state.fields[name], typed: state.values[name] };
  if (state.status === 'filled') return { error: undefined, typed: state.values[name] };
  if (state.status !== 'refused') return { error: found[name], typed: undefined };
  const beside = fieldOf(state.code, refusalField) === name;
  return { error: beside ? state.message : undefined, typed: state.values[name] };
}

/** A field of the form around it, with what was wrong with it and what had been typed. */
export function FormField(props: FieldProps) {
  const { error, typed } = useField(props.name);
  return <Field {...props} error={error} defaultValue={typed ?? props.defaultValue} />;
}

/** A list of the form around it. It is drawn anew with what was chosen: a browser would fall back to what it first showed. */
export function FormSelect(props: SelectProps) {
  const { error, typed } = useField(props.name);
  const chosen = typed ?? props.defaultValue;
  return <Select key={String(chosen)} {...props} error={error} defaultValue={chosen} />;
}

/** Several lines of the form around it. */
export function FormTextArea(props: TextAreaProps) {
  const { error, typed } = useField(props.name);
  return <TextArea {...props} error={error} defaultValue={typed ?? props.defaultValue} />;
}

/** A password is never sent back: only what was wrong with it. */
export function FormPasswordField(props: PasswordFieldProps) {
  return <PasswordField {...props} error={useField(props.name).error} />;
}

export function FormCodeField(props: CodeFieldProps) {
  return <CodeField {...props} error={useField(props.name).error} />;
}

/** A box of the form around it; after a refusal it is as the person left it. */
export function FormCheckbox(props: CheckboxProps) {
  const { state } = use(FormState);
  const sent = state.status === 'invalid' || state.status === 'refused' || state.status === 'filled';
  return <Checkbox {...props} defaultChecked={sent ? props.name in state.values : props.defaultChecked} />;
}

/** The parts of a form that have done their work once it ended well. */
export function UntilDone({ children }: { children: ReactNode }) {
  return use(FormState).state.status === 'ok' ? null : children;
}

/** What the form made and shows this once, in large letters to be read aloud. */
export function FormReveal({ label, labels, children }: { label: string; labels: CopyLabels; children?: ReactNode }) {
  const { state } = use(FormState);
  if (state.status !== 'ok' || state.reveal === undefined) return null;
  return (
    <div className="flex flex-col gap-4 rounded-surface border border-edge bg-field p-4 sm:p-5">
      <p id="reveal-label" className="font-medium">
        {label}
      </p>
      <p
        aria-labelledby="reveal-label"
        role="group"
        translate="no"
        className="font-mono text-xl font-medium tracking-wide whitespace-nowrap select-all"
      >
        {state.reveal}
      </p>
      {children}
      <CopyButton text={state.reveal} labels={labels} className="self-start" />
    </div>
  );
}

/** What is wrong with a group of boxes, which are no one field. */
export function FormGroupError({ name }: { name: string }) {
  const { error } = useField(name);
  return error === undefined ? null : (
    <p role="alert" className="flex gap-1.5 text-danger">
      <Icon name="danger" className="mt-0.5" />
      <span>{error}</span>
    </p>
  );
}

/** Fields of the form around it that are folded away; never while there is something in them to be seen, or to be mended. */
export function FormFold({
  names,
  title,
  filled = false,
  children,
}: {
  names: readonly string[];
  title: string;
  filled?: boolean;
  children: ReactNode;
}) {
  const { state } = use(FormState);
  const sent = state.status === 'invalid' || state.status === 'refused';
  const open = sent ? names.some((name) => state.values[name]) : filled;
  return (
    <details open={open} className="group rounded-field border border-line">
      <summary className="flex min-h-12 cursor-pointer list-none items-center gap-2 rounded-field px-4 py-2 font-medium hover:bg-wash [&::-webkit-details-marker]:hidden">
        <Icon name="forward" className="text-quiet transition-transform group-open:rotate-90" />
        {title}
      </summary>
      <div className="flex flex-col gap-4 p-4 pt-2">{children}</div>
    </details>
  );
}

/** Shown only when the form was refused for one of these reasons: help that goes further than a sentence. */
export function WhenRefused({ codes, children }: { codes: readonly RefusalCode[]; children: ReactNode }) {
  const { state } = use(FormState);
  return state.status === 'refused' && codes.includes(state.code) ? children : null;
}
