import type { ReactNode } from 'react';
import { ActionButton, type ActionButtonProps } from '@/components/ui/action-button';
import { Icon } from '@/components/ui/icon';
import { Panel } from '@/components/ui/panel';
import type { ServerAction } from '@/lib/actions/model';

/** A browser, by what it says of itself. */
type BrowserValues = {
  readonly id: string;
  readonly name: string;
  readonly phone: boolean;
  /** « Depuis 203.0.113.7 »; null: unknown. */
  readonly from: string | null;
  readonly seen: string;
};

export type SessionsValues = {
  readonly title: string;
  readonly lead: string;
  readonly list: readonly (BrowserValues & {
    /** How the button that ends it is called by name; null: it is the one that the page is read in. */
    readonly endOf: string | null;
  })[];
  readonly end: ServerAction;
  readonly endOthers: ServerAction;
  readonly words: Readonly<Record<'here' | 'end' | 'ending' | 'endOthers' | 'endingOthers', string>>;
};

/** Where one is signed in. */
export function SessionsPanel({ title, lead, list, end, endOthers, words }: SessionsValues) {
  return (
    <Panel title={title} titleId="sessions" lead={lead}>
      <div className="flex flex-col gap-6">
        <ul className="flex flex-col divide-y divide-line">
          {list.map(({ endOf, ...session }) => (
            <Browser
              key={session.id}
              {...session}
              here={words.here}
              act={
                endOf === null
                  ? null
                  : {
                      action: end,
                      hidden: { session: session.id },
                      pendingLabel: words.ending,
                      'aria-label': endOf,
                      children: words.end,
                    }
              }
            />
          ))}
        </ul>
        {list.length > 1 ? (
          <ActionButton action={endOthers} variant="secondary" className="self-start" pendingLabel={words.endingOthers}>
            {words.endOthers}
          </ActionButton>
        ) : null}
      </div>
    </Panel>
  );
}

export type DevicesValues = {
  readonly title: string;
  readonly lead: string;
  readonly list: readonly (BrowserValues & {
    /** As an administrator called it; may be empty. */
    readonly called: string;
    /** Signed in with, and still in need of an administrator's word (LOC-6). */
    readonly waiting: boolean;
    /** Until when no code is asked there, and how the button that ends that is called by name; null: always asked. */
    readonly trusted: { readonly until: string; readonly endOf: string } | null;
    /** How the button that forgets it is called by name; null: it is the one that the page is read in. */
    readonly forgetOf: string | null;
  })[];
  readonly forget: ServerAction;
  readonly distrust: ServerAction;
  readonly words: Readonly<Record<'here' | 'waiting' | 'forget' | 'distrust' | 'pending', string>>;
};

/** The browsers that the account knows: each has a budget of tries of its own, and some are trusted. */
export function DevicesPanel({ title, lead, list, forget, distrust, words }: DevicesValues) {
  return (
    <Panel title={title} titleId="devices" lead={lead}>
      <ul className="flex flex-col divide-y divide-line">
        {list.map(({ called, waiting, trusted, forgetOf, ...device }) => (
          <Browser
            key={device.id}
            {...device}
            here={words.here}
            act={
              forgetOf === null
                ? null
                : {
                    action: forget,
                    hidden: { device: device.id },
                    pendingLabel: words.pending,
                    'aria-label': forgetOf,
                    children: words.forget,
                  }
            }
            more={
              trusted === null ? null : (
                <>
                  <p className="text-sm text-quiet">{trusted.until}</p>
                  <ActionButton
                    action={distrust}
                    hidden={{ device: device.id }}
                    variant="quiet"
                    className="-ml-5 self-start"
                    pendingLabel={words.pending}
                    aria-label={trusted.endOf}
                  >
                    {words.distrust}
                  </ActionButton>
                </>
              )
            }
          >
            {called === '' ? null : <p className="text-sm break-words">{called}</p>}
            {waiting ? <p className="text-sm text-quiet">{words.waiting}</p> : null}
          </Browser>
        ))}
      </ul>
    </Panel>
  );
}

type BrowserProps = Omit<BrowserValues, 'id'> & {
  /** Says that it is the one that the page is read in. */
  here: string;
  /** The button at the end of its line; null: it is the one that the page is read in. */
  act: ActionButtonProps | null;
  more?: ReactNode;
  children?: ReactNode;
};

function Browser({ name, phone, from, seen, here, act, more, children }: BrowserProps) {
  return (
    <li className="flex items-center gap-4 py-4 first:pt-0">
      <Icon name={phone ? 'phone' : 'computer'} className="size-6 self-start text-quiet" />
      <div className="min-w-0 flex-1">
        <p className="flex flex-wrap items-center gap-x-2 gap-y-1">
          <span className="font-medium">{name}</span>
          {act !== null ? null : (
            <span className="rounded-full bg-success-wash px-2.5 py-0.5 text-sm font-medium text-success">{here}</span>
          )}
        </p>
        {children}
        {from === null ? null : <p className="text-sm break-all text-quiet">{from}</p>}
        <p className="text-sm text-quiet tabular-nums">{seen}</p>
        {more}
      </div>
      {act === null ? null : <ActionButton variant="secondary" className="max-sm:px-3" {...act} />}
    </li>
  );
}
