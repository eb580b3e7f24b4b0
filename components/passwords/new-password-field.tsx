'use client';

import { useEffect, useId, useRef, useState, type SyntheticEvent } from 'react';
import { FormPasswordField } from '@/components/ui/action-form';
import { classNames } from '@/components/ui/class-names';
import { Icon } from '@/components/ui/icon';
import type { PasswordFieldProps } from '@/components/ui/password-field';
import { brokenRules, lengthOf, type PasswordRequirements, type PasswordRule } from '@/lib/passwords/rules';
import { RulesDoor } from './rules-door';

/** The words of the rules. The browser knows no message file: what depends on what is typed comes with its gaps. */
export interface RuleWords {
  readonly title: string;
  /** The rules that hold for this person and that the browser can judge, in the order in which they are shown. */
  readonly rules: readonly { readonly rule: PasswordRule; readonly text: string }[];
  /** What is held against the server's lists once it is sent. */
  readonly later: string;
  readonly met: string;
  readonly unmet: string;
  /** « Il contient « {word} ». » */
  readonly contains: string;
  /** For each number of rules that are met, from none to all, how it is said aloud. */
  readonly progress: readonly string[];
}

/** What the field is called and says. */
export type NewPasswordValues = Pick<PasswordFieldProps, 'label' | 'hint' | 'showLabel'> & {
  requirements: PasswordRequirements;
  words: RuleWords;
};

type Broken = ReadonlyMap<PasswordRule, string | null>;
interface Seen {
  readonly length: number;
  readonly broken: Broken;
}

/** How long somebody must have stopped typing before the state of the rules is read out. */
const SILENCE_MS = 900;
/** Breaking these is not mended by typing on. */
const GOES_WRONG: ReadonlySet<PasswordRule> = new Set(['words', 'pattern']);

/**
 * The field in which a new password is chosen, with the rules that it must keep: they tick as one types (AUTH-2). Without
 * script the list stands there all the same, and the server judges alone.
 */
export function NewPasswordField({ requirements, words, ...field }: PasswordFieldProps & NewPasswordValues) {
  const listId = useId();
  const frame = useRef<HTMLDivElement>(null);
  const [live, setLive] = useState(false);
  const [seen, setSeen] = useState<Seen | null>(null);

  useEffect(() => {
    const input = frame.current!.querySelector('input')!;
    const judge = () => setSeen(judged(input.value, requirements));
    const forget = () => setSeen(null);
    setLive(true);
    // Whoever was quicker than the script, or a password manager.
    judge();
    // After an answer React empties the form: the rules begin anew with it.
    input.form?.addEventListener('reset', forget);
    return () => input.form?.removeEventListener('reset', forget);
  }, [requirements]);

  const stateOf = (rule: PasswordRule) => {
    if (seen === null) return 'open' as const;
    if (!seen.broken.has(rule)) return 'met' as const;
    return GOES_WRONG.has(rule) ? ('wrong' as const) : ('open' as const);
  };
  const met = words.rules.filter(({ rule }) => stateOf(rule) === 'met').length;
  const word = seen?.broken.get('words') ?? null;
  const found = word === null ? null : words.contains.replace('{word}', word);

  return (
    <div
      ref={frame}
      className="flex flex-col gap-3"
      onInput={({ target }: SyntheticEvent) => setSeen(judged((target as HTMLInputElement).value, requirements))}
    >
      <FormPasswordField
        {...field}
        {...passwordManagersHint(requirements)}
        autoComplete="new-password"
        aria-describedby={listId}
      />
      <div id={listId} className="rounded-field border border-line bg-sunken px-4 pt-3 pb-4">
        <div className="flex items-end justify-between gap-4">
          <p className="text-sm font-semibold">{words.title}</p>
          <RulesDoor openness={met / words.rules.length} />
        </div>
        <ul className="mt-2 flex flex-col gap-2 text-sm">
          {words.rules.map(({ rule, text }) => {
            const state = stateOf(rule);
            return (
              <li key={rule} data-rule={rule} data-state={live ? state : undefined} className="flex gap-2.5">
                <Mark state={state} />
                <span className="min-w-0 flex-1">
                  {text}
                  {live ? <span className="sr-only"> {state === 'met' ? words.met : words.unmet}</span> : null}
                  {rule === 'words' && found !== null ? (
                    <span className="block font-medium wrap-anywhere text-danger">{found}</span>
                  ) : null}
                </span>
                {rule === 'length' && seen !== null && state === 'open' ? (
                  <span aria-hidden="true" className="text-quiet tabular-nums">
                    {seen.length} / {requirements.lengthMin}
                  </span>
                ) : null}
              </li>
            );
          })}
        </ul>
        <p className="mt-3 text-sm text-quiet">{words.later}</p>
      </div>
      {live ? <Spoken text={seen === null ? '' : [words.progress[met]!, found].filter(Boolean).join(' ')} /> : null}
    </div>
  );
}

/** What an empty field breaks is nobody's business. */
function judged(typed: string, requirements: PasswordRequirements): Seen | null {
  if (typed === '') return null;
  const password = typed.normalize('NFC');
  const broken = brokenRules(password, requirements).map(
    ({ rule, details }) => [rule, 'word' in details ? String(details.word) : null] as const,
  );
  return { length: lengthOf(password), broken: new Map(broken) };
}

/** In the words that password managers read, so that what they propose keeps the rules. */
function passwordManagersHint({ lengthMin, classes }: PasswordRequirements): Record<string, string> {
  const asked = classes === 1 ? '' : ' required: upper; required: lower; required: digit;';
  return {
    passwordrules: `minlength: ${lengthMin}; maxlength: 256;${asked}${classes === 4 ? ' required: special;' : ''}`,
  };
}

function Mark({ state }: { state: 'open' | 'met' | 'wrong' }) {
  return (
    <span
      aria-hidden="true"
      className={classNames(
        'flex size-5 shrink-0 items-center justify-center rounded-full border motion-safe:transition-colors',
        state === 'open' && 'border-edge',
        state === 'met' && 'border-success bg-success text-surface',
        state === 'wrong' && 'border-danger text-danger',
      )}
    >
      {state === 'open' ? null : <Icon name={state === 'met' ? 'check' : 'cross'} className="size-3.5" />}
    </span>
  );
}

/** Says how it stands once somebody pauses: a sentence for every key would be a chatter. */
function Spoken({ text }: { text: string }) {
  const [said, setSaid] = useState('');
  useEffect(() => {
    const timer = setTimeout(() => setSaid(text), SILENCE_MS);
    return () => clearTimeout(timer);
  }, [text]);
  return (
    <p role="status" className="sr-only">
      {said}
    </p>
  );
}
