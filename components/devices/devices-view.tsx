'use client';

import { SettingsFrame, type SettingsFrameValues } from '@/components/shell/settings-frame';
import { ActionButton } from '@/components/ui/action-button';
import { ActionForm, FormField } from '@/components/ui/action-form';
import { Badge, type BadgeTone } from '@/components/ui/badge';
import { Icon } from '@/components/ui/icon';
import { Notice } from '@/components/ui/notice';
import { Pager, type PagerProps } from '@/components/ui/pager';
import { SubmitButton } from '@/components/ui/submit-button';
import type { ServerAction } from '@/lib/actions/model';
import type { DeviceState } from '@/lib/device-approval/model';

export type DevicesViewProps = {
  frame: SettingsFrameValues;
  lead: string;
  /** What was done a moment ago. */
  done: string | null;
  /** Null on the pages after the first. */
  waiting: DeviceGroup | null;
  settled: DeviceGroup;
  words: DeviceWords;
  actions: Readonly<Record<'approve' | 'revoke' | 'rename' | 'distrust', ServerAction>>;
  /** The longest name that may be given. */
  nameMax: number;
  pager: PagerProps;
};

/** A part of the list, and what stands there where it is empty. */
export type DeviceGroup = {
  readonly title: string;
  readonly none: string;
  readonly devices: readonly DeviceValues[];
};

/** What is the same for every browser; `pending` is what a button says while its answer is on the way. */
export type DeviceWords = Readonly<
  Record<
    | 'current'
    | 'from'
    | 'asked'
    | 'first'
    | 'last'
    | 'trusted'
    | 'approve'
    | 'refuse'
    | 'nameIt'
    | 'changeName'
    | 'nameLabel'
    | 'saveName'
    | 'distrust'
    | 'letIn'
    | 'revoke'
    | 'notYours'
    | 'pending',
    string
  >
> & {
  readonly states: Readonly<Record<DeviceState, { readonly label: string; readonly tone: BadgeTone }>>;
};

/** One browser: whose, which one, from where and when; what it doesn't have is left out. */
export type DeviceValues = {
  readonly id: string;
  readonly state: DeviceState;
  readonly person: string;
  readonly email: string;
  /** The name that it was given; empty where it was given none. */
  readonly name: string;
  /** The browser and its system, after its name where it has one. */
  readonly called: string;
  readonly current?: boolean;
  readonly address: string;
  readonly first: string;
  /** Left out while it waits. */
  readonly last?: string;
  readonly trustedUntil?: string;
  /** Left out where whoever looks may not act on it. */
  readonly answers?: DeviceAnswers;
};

/** What may be done, as it is heard without the rest of the page: each says of which browser and whose. */
export type DeviceAnswers = {
  /** Before a browser is let in: call whoever it is. */
  readonly call?: string;
  readonly spoken: Readonly<
    Partial<Record<'approve' | 'refuse' | 'fold' | 'nameLabel' | 'saveName' | 'distrust' | 'letIn' | 'revoke', string>>
  >;
};

type Shared = Pick<DevicesViewProps, 'words' | 'actions' | 'nameMax'>;

/** The browsers that people sign in with: those that wait first (LOC-6). */
export function DevicesView({ frame, lead, done, waiting, settled, pager, ...shared }: DevicesViewProps) {
  return (
    <SettingsFrame {...frame} lead={lead}>
      {done === null ? null : <Notice tone="success">{done}</Notice>}
      {waiting === null ? null : <Group {...waiting} {...shared} id="waiting" />}
      <Group {...settled} {...shared} id="settled" />
      <Pager {...pager} />
    </SettingsFrame>
  );
}

function Group({ id, title, none, devices, ...shared }: DeviceGroup & Shared & { id: string }) {
  return (
    <section aria-labelledby={id} className="flex flex-col gap-4">
      <h2 id={id} className="text-lg font-semibold">
        {title}
      </h2>
      {devices.length === 0 ? (
        <p className="text-quiet">{none}</p>
      ) : (
        <ul className="flex flex-col gap-4">
          {devices.map((device) => (
            <li key={device.id}>
              <Device device={device} {...shared} />
            </li>
          ))}
        </ul>
      )}
    </section>
  );
}

/** Whose browser, which one, from where and when; and what may be done about it. */
function Device({ device, ...shared }: { device: DeviceValues } & Shared) {
  const { words } = shared;
  const { label, tone } = words.states[device.state];
  return (
    <article
      aria-labelledby={`device-${device.id}`}
      className="flex flex-col gap-4 rounded-surface border border-line bg-surface p-5 sm:p-6"
    >
      <div className="flex flex-col gap-1">
        <h3 id={`device-${device.id}`} className="flex flex-wrap items-center gap-2 font-semibold break-words">
          {device.person}
          <Badge tone={tone}>{label}</Badge>
          {device.current ? <Badge>{words.current}</Badge> : null}
        </h3>
        <p className="text-sm break-all text-quiet">{device.email}</p>
        <p className="break-words">{device.called}</p>
      </div>
      <dl className="grid grid-cols-[auto_minmax(0,1fr)] gap-x-4 gap-y-1 sm:gap-x-6 sm:gap-y-2">
        <dt className="text-quiet">{words.from}</dt>
        <dd className="break-all">{device.address}</dd>
        <Moment label={device.state === 'waiting' ? words.asked : words.first}>{device.first}</Moment>
        {device.last === undefined ? null : <Moment label={words.last}>{device.last}</Moment>}
        {device.trustedUntil === undefined ? null : <Moment label={words.trusted}>{device.trustedUntil}</Moment>}
      </dl>
      {device.answers === undefined ? (
        <p className="text-sm text-quiet">{words.notYours}</p>
      ) : device.state === 'waiting' ? (
        <FirstAnswer device={device} answers={device.answers} {...shared} />
      ) : (
        <Answers device={device} answers={device.answers} {...shared} />
      )}
    </article>
  );
}

function Moment({ label, children }: { label: string; children: string }) {
  return (
    <>
      <dt className="text-quiet">{label}</dt>
      <dd className="tabular-nums">{children}</dd>
    </>
  );
}

type AnswersProps = { device: DeviceValues; answers: DeviceAnswers } & Shared;

/** Yes or no to a browser that waits. */
function FirstAnswer({ device: { id, state }, answers: { call, spoken }, words, actions }: AnswersProps) {
  return (
    <>
      <p className="text-sm text-quiet">{call}</p>
      <div className="flex flex-col gap-3 sm:flex-row">
        <ActionButton
          action={actions.approve}
          hidden={{ device: id, seen: state }}
          variant="primary"
          pendingLabel={words.pending}
          aria-label={spoken.approve}
        >
          {words.approve}
        </ActionButton>
        <ActionButton
          action={actions.revoke}
          hidden={{ device: id, seen: state }}
          variant="secondary"
          pendingLabel={words.pending}
          aria-label={spoken.refuse}
        >
          {words.refuse}
        </ActionButton>
      </div>
    </>
  );
}

/** What may be changed of a browser that was answered. */
function Answers({ device: { id, state, name }, answers: { spoken }, words, actions, nameMax }: AnswersProps) {
  return (
    <div className="flex flex-wrap items-start justify-between gap-x-6 gap-y-3">
      <details className="group min-w-0">
        <summary
          aria-label={spoken.fold}
          className="flex min-h-11 cursor-pointer list-none items-center gap-2 rounded-field pr-3 font-medium hover:bg-wash [&::-webkit-details-marker]:hidden"
        >
          <Icon name="forward" className="text-quiet transition-transform group-open:rotate-90" />
          {name === '' ? words.nameIt : words.changeName}
        </summary>
        <ActionForm
          action={actions.rename}
          hidden={{ device: id }}
          className="flex-wrap gap-3 pt-2 sm:flex-row sm:items-end"
        >
          <FormField
            name="name"
            id={`name-${id}`}
            label={words.nameLabel}
            aria-label={spoken.nameLabel}
            defaultValue={name}
            maxLength={nameMax}
            autoComplete="off"
          />
          <SubmitButton variant="secondary" pendingLabel={words.pending} aria-label={spoken.saveName}>
            {words.saveName}
          </SubmitButton>
        </ActionForm>
      </details>
      {spoken.distrust === undefined ? null : (
        <ActionButton
          action={actions.distrust}
          hidden={{ device: id }}
          variant="secondary"
          pendingLabel={words.pending}
          aria-label={spoken.distrust}
        >
          {words.distrust}
        </ActionButton>
      )}
      {spoken.letIn === undefined ? null : (
        <ActionButton
          action={actions.approve}
          hidden={{ device: id, seen: state }}
          variant="secondary"
          pendingLabel={words.pending}
          aria-label={spoken.letIn}
        >
          {words.letIn}
        </ActionButton>
      )}
      {spoken.revoke === undefined ? null : (
        <ActionButton
          action={actions.revoke}
          hidden={{ device: id, seen: state }}
          variant="secondary"
          pendingLabel={words.pending}
          aria-label={spoken.revoke}
        >
          {words.revoke}
        </ActionButton>
      )}
    </div>
  );
}
