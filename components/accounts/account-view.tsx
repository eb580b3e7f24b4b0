'use client';

import type { ReactNode } from 'react';
import { SettingsFrame, type SettingsFrameValues } from '@/components/shell/settings-frame';
import { ActionButton } from '@/components/ui/action-button';
import { ActionForm, FormField, FormSelect } from '@/components/ui/action-form';
import { Badge, type BadgeTone } from '@/components/ui/badge';
import { Button } from '@/components/ui/button';
import { Link } from '@/components/ui/link';
import { Notice } from '@/components/ui/notice';
import { Panel } from '@/components/ui/panel';
import { SubmitButton } from '@/components/ui/submit-button';
import type { ServerAction } from '@/lib/actions/model';
import { ProfileFields, type ProfileValues } from './profile-fields';

export type AccountViewProps = {
  frame: SettingsFrameValues;
  /** The account that every form of the page is about. */
  account: string;
  badges: readonly { readonly label: string; readonly tone?: BadgeTone }[];
  /** What was done a moment ago. */
  done: string | null;
  /** Why the account can only be read, and where one's own is looked after. */
  onlyRead: { readonly text: string; readonly way?: WayValues } | null;
  invitation: InvitationValues | null;
  profile: FactsValues | ProfileFormValues;
  access: FactsValues & { readonly audit?: WayValues };
  password: ActValues | null;
  wayIn: WayInValues | null;
  lostPhone: LostPhoneValues | null;
  closing: ClosingValues | null;
};

type WayValues = { readonly href: string; readonly label: string };

/** A button that does something, and what it says while that is on the way. */
type DoValues = { readonly action: ServerAction; readonly label: string; readonly pending: string };

type FactsValues = { readonly title: string; readonly facts: readonly (readonly [label: string, value: string])[] };

/** A sentence, and the button that does what it says. */
type ActValues = { readonly title: string; readonly text: string; readonly act: DoValues };

export type InvitationValues = {
  readonly title: string;
  readonly text: string;
  readonly again: DoValues;
  /** Null where there is none to revoke. */
  readonly revoke: DoValues | null;
};

export type ProfileFormValues = {
  readonly title: string;
  readonly lead: string;
  readonly fields: ProfileValues;
  readonly save: DoValues;
};

/** By which authenticator somebody signs in, and as whom at its provider (AUTH-1, AUTH-7). */
export type WayInValues = {
  readonly title: string;
  readonly lead: string;
  readonly authenticator: {
    readonly label: string;
    readonly chosen: string;
    readonly choices: readonly { readonly id: string; readonly name: string }[];
  };
  /** Null where no authenticator has a provider. */
  readonly identity: { readonly label: string; readonly hint: string; readonly expected: string } | null;
  readonly save: DoValues;
  /** Null at an authenticator of our own. */
  readonly bound: BoundValues | null;
};

export type BoundValues = {
  /** Whom the provider knows; else why it is nobody. */
  readonly identity:
    | { readonly none: string }
    | {
        readonly badge: string;
        readonly since: string;
        readonly facts: readonly (readonly [label: string, value: string])[];
        readonly reason: { readonly label: string; readonly hint: string };
        readonly unbind: DoValues;
      };
  /** What the provider said that was nearly the expected. */
  readonly near: { readonly title: string; readonly said: string; readonly text: string } | null;
  readonly refused: {
    readonly title: string;
    /** Each with the address of its event, where that may be read. */
    readonly events: readonly { readonly id: string; readonly at: string; readonly way?: WayValues }[];
  } | null;
};

/** Letting somebody in again. */
export type LostPhoneValues = {
  readonly title: string;
  /** Why there is less to do for those whose provider asks for the second factor. */
  readonly byProvider: string | null;
  readonly ways: readonly WayValues[];
  readonly blocked: { readonly lead: string; readonly acts: readonly DoValues[] } | null;
};

export type ClosingValues = {
  readonly title: string;
  readonly suspend: { readonly text: string; readonly act: DoValues | WayValues };
  readonly remove: { readonly text: string; readonly way: WayValues };
};

/** One account, as those who look after it see it: who it is, how it comes in, how it is let in again, and its end. */
export function AccountView({
  frame,
  account,
  badges,
  done,
  onlyRead,
  invitation,
  profile,
  access,
  password,
  wayIn,
  lostPhone,
  closing,
}: AccountViewProps) {
  return (
    <SettingsFrame
      {...frame}
      lead={
        <span className="flex flex-wrap items-center gap-2">
          {badges.map(({ label, tone }) => (
            <Badge key={label} tone={tone}>
              {label}
            </Badge>
          ))}
        </span>
      }
    >
      {done === null ? null : <Notice tone="success">{done}</Notice>}
      {onlyRead === null ? null : (
        <Notice>
          {onlyRead.way === undefined ? (
            onlyRead.text
          ) : (
            <>
              <p>{onlyRead.text}</p>
              <Link href={onlyRead.way.href}>{onlyRead.way.label}</Link>
            </>
          )}
        </Notice>
      )}
      {invitation === null ? null : <Invitation {...invitation} account={account} />}
      {'facts' in profile ? (
        <Panel title={profile.title} titleId="profile">
          <FactList facts={profile.facts} />
        </Panel>
      ) : (
        <Panel title={profile.title} titleId="profile" lead={profile.lead}>
          <ActionForm action={profile.save.action} hidden={{ account }} className="max-w-measure">
            <ProfileFields {...profile.fields} />
            <SubmitButton className="self-start" pendingLabel={profile.save.pending}>
              {profile.save.label}
            </SubmitButton>
          </ActionForm>
        </Panel>
      )}
      <Panel title={access.title} titleId="access">
        <div className="flex flex-col gap-4">
          <FactList facts={access.facts} />
          {access.audit === undefined ? null : (
            <Link href={access.audit.href} className="self-start">
              {access.audit.label}
            </Link>
          )}
        </div>
      </Panel>
      {password === null ? null : (
        <Panel title={password.title} titleId="password-panel">
          <div className="flex flex-wrap items-center justify-between gap-3">
            <p className="max-w-measure">{password.text}</p>
            <Act {...password.act} account={account} />
          </div>
        </Panel>
      )}
      {wayIn === null ? null : <WayIn {...wayIn} account={account} />}
      {lostPhone === null ? null : <LostPhone {...lostPhone} account={account} />}
      {closing === null ? null : <Closing {...closing} account={account} />}
    </SettingsFrame>
  );
}

type About = { account: string };

function Act({
  action,
  label,
  pending,
  account,
  variant = 'secondary',
}: DoValues & About & { variant?: 'secondary' | 'quiet' }) {
  return (
    <ActionButton action={action} hidden={{ account }} variant={variant} pendingLabel={pending}>
      {label}
    </ActionButton>
  );
}

function Invitation({ title, text, again, revoke, account }: InvitationValues & About) {
  return (
    <Panel title={title} titleId="invitation">
      <div className="flex flex-col gap-4">
        <p>{text}</p>
        <div className="flex flex-wrap gap-3">
          <Act {...again} account={account} />
          {revoke === null ? null : <Act {...revoke} account={account} variant="quiet" />}
        </div>
      </div>
    </Panel>
  );
}

function FactList({ facts }: Pick<FactsValues, 'facts'>) {
  return (
    <dl className="grid gap-x-6 gap-y-4 sm:grid-cols-2">
      {facts.map(([label, value]) => (
        <div key={label} className="flex min-w-0 flex-col">
          <dt className="text-sm text-quiet">{label}</dt>
          <dd className="wrap-anywhere">{value}</dd>
        </div>
      ))}
    </dl>
  );
}

function WayIn({ title, lead, authenticator, identity, save, bound, account }: WayInValues & About) {
  return (
    <Panel title={title} titleId="way-in" lead={lead}>
      <div className="flex flex-col gap-6">
        <ActionForm
          action={save.action}
          hidden={{ account }}
          refusalField={{ 'identity.taken': 'identity', 'authenticator.inactive': 'authenticator' }}
          className="max-w-measure"
        >
          <FormSelect name="authenticator" label={authenticator.label} defaultValue={authenticator.chosen}>
            {authenticator.choices.map(({ id, name }) => (
              <option key={id} value={id}>
                {name}
              </option>
            ))}
          </FormSelect>
          {identity === null ? null : (
            <FormField
              name="identity"
              label={identity.label}
              hint={identity.hint}
              defaultValue={identity.expected}
              maxLength={300}
              autoComplete="off"
              autoCapitalize="none"
              spellCheck={false}
            />
          )}
          <SubmitButton className="self-start" pendingLabel={save.pending}>
            {save.label}
          </SubmitButton>
        </ActionForm>
        {bound === null ? null : <Bound {...bound} account={account} />}
      </div>
    </Panel>
  );
}

function Bound({ identity, near, refused, account }: BoundValues & About) {
  return (
    <div className="flex flex-col gap-4 border-t border-line pt-5">
      {'none' in identity ? (
        <p>{identity.none}</p>
      ) : (
        <>
          <p className="flex flex-wrap items-center gap-2">
            <Badge tone="success">{identity.badge}</Badge>
            <span>{identity.since}</span>
          </p>
          <dl className="grid gap-x-6 gap-y-3 sm:grid-cols-2">
            {identity.facts.map(([label, value]) => (
              <div key={label} className="min-w-0">
                <dt className="text-sm text-quiet">{label}</dt>
                <dd className="font-mono text-sm wrap-anywhere">{value}</dd>
              </div>
            ))}
          </dl>
          <ActionForm action={identity.unbind.action} hidden={{ account }} className="max-w-measure">
            <FormField
              name="reason"
              label={identity.reason.label}
              hint={identity.reason.hint}
              maxLength={500}
              autoComplete="off"
              required
            />
            <SubmitButton variant="secondary" className="self-start" pendingLabel={identity.unbind.pending}>
              {identity.unbind.label}
            </SubmitButton>
          </ActionForm>
        </>
      )}
      {near === null ? null : (
        <Notice tone="warning" title={near.title}>
          <p className="font-mono text-sm wrap-anywhere">{near.said}</p>
          <p className="mt-1">{near.text}</p>
        </Notice>
      )}
      {refused === null ? null : (
        <div className="flex flex-col gap-1">
          <p className="font-medium">{refused.title}</p>
          <ul className="flex flex-col">
            {refused.events.map(({ id, at, way }) => (
              <li key={id} className="flex flex-wrap items-center gap-x-3">
                <span className="text-quiet">{at}</span>
                {way === undefined ? null : <Link href={way.href}>{way.label}</Link>}
              </li>
            ))}
          </ul>
        </div>
      )}
    </div>
  );
}

function LostPhone({ title, byProvider, ways, blocked, account }: LostPhoneValues & About) {
  return (
    <Panel title={title} titleId="lost-phone">
      <div className="flex flex-col gap-5">
        {byProvider === null ? null : <p className="max-w-measure">{byProvider}</p>}
        {ways.length === 0 ? null : (
          <div className="flex flex-wrap gap-3">
            {ways.map(({ href, label }) => (
              <Button key={href} href={href}>
                {label}
              </Button>
            ))}
          </div>
        )}
        {blocked === null ? null : (
          <div className="flex flex-col gap-3">
            <p className="max-w-measure">{blocked.lead}</p>
            <div className="flex flex-wrap gap-3">
              {blocked.acts.map((act) => (
                <Act key={act.label} {...act} account={account} />
              ))}
            </div>
          </div>
        )}
      </div>
    </Panel>
  );
}

function Closing({ title, suspend, remove, account }: ClosingValues & About) {
  return (
    <Panel title={title} titleId="closing">
      <div className="flex flex-col divide-y divide-line">
        <Ending text={suspend.text} className="pb-4">
          {'action' in suspend.act ? (
            <Act {...suspend.act} account={account} />
          ) : (
            <Button href={suspend.act.href}>{suspend.act.label}</Button>
          )}
        </Ending>
        <Ending text={remove.text} className="pt-4">
          <Button href={remove.way.href}>{remove.way.label}</Button>
        </Ending>
      </div>
    </Panel>
  );
}

function Ending({ text, className, children }: { text: string; className: string; children: ReactNode }) {
  return (
    <div className={`flex flex-wrap items-center justify-between gap-3 ${className}`}>
      <p className="max-w-measure">{text}</p>
      {children}
    </div>
  );
}
