'use client';

import { PortalFrame, type PortalFrameValues } from '@/components/shell/portal-frame';
import { SectionNav } from '@/components/shell/section-nav';
import { buttonClasses } from '@/components/ui/button-classes';
import { Link } from '@/components/ui/link';
import { Notice } from '@/components/ui/notice';
import { PageTitle } from '@/components/ui/page-title';
import { Panel } from '@/components/ui/panel';
import { PlainForm } from '@/components/ui/plain-form';
import { DevicesPanel, SessionsPanel, type DevicesValues, type SessionsValues } from './browsers';
import { IdentitiesPanel, type IdentitiesValues } from './identities';
import { MfaPanel, type MfaValues } from './mfa';
import { PasswordPanel, type PasswordValues } from './password';
import { ProfilePanel, type ProfileValues } from './profile';

/** What happened to the account, the newest first: each event in words, and when and where that was. */
type ActivityValues = {
  readonly title: string;
  readonly lead: string;
  readonly events: readonly { readonly what: string; readonly when: string }[];
};

/** The way to a page of its own. */
type DoorValues = Readonly<Record<'title' | 'lead' | 'href' | 'open', string>>;

export type AccountViewProps = {
  frame: PortalFrameValues;
  title: string;
  /** The act by its name (`lib/actions/plain.ts`). */
  signOut: { readonly action: string; readonly label: string };
  sectionsLabel: string;
  /** What became of the act that led back here. */
  outcome: string | null;
  mfa: MfaValues;
  profile: ProfileValues;
  /** Null: the person's provider knows it. */
  password: PasswordValues | null;
  /** Null: the organisation has no provider. */
  identities: IdentitiesValues | null;
  sessions: SessionsValues;
  devices: DevicesValues;
  activity: ActivityValues;
  data: DoorValues;
};

/** My account: what one has, who one is, where one is signed in, and what happened of late (SELF-1). */
export function AccountView({ frame, title, signOut, sectionsLabel, outcome, ...panels }: AccountViewProps) {
  const { mfa, profile, password, identities, sessions, devices, activity, data } = panels;
  const sections = Object.entries({
    mfa,
    profile,
    'password-section': password,
    identities,
    sessions,
    devices,
    activity,
    data,
  }).flatMap(([id, panel]) => (panel === null ? [] : [{ id, label: panel.title }]));
  return (
    <PortalFrame {...frame} width="wide">
      <div className="mb-8 flex flex-wrap items-center justify-between gap-x-6 gap-y-2">
        <PageTitle>{title}</PageTitle>
        <PlainForm action={signOut.action}>
          <button type="submit" className={buttonClasses('secondary', false)}>
            {signOut.label}
          </button>
        </PlainForm>
      </div>
      <div className="grid items-start gap-8 lg:grid-cols-[14rem_minmax(0,1fr)]">
        <SectionNav label={sectionsLabel} sections={sections} />
        <div className="flex min-w-0 flex-col gap-6">
          {outcome ? <Notice tone="success">{outcome}</Notice> : null}
          <MfaPanel {...mfa} />
          <ProfilePanel {...profile} />
          {password ? <PasswordPanel {...password} /> : null}
          {identities ? <IdentitiesPanel {...identities} /> : null}
          <SessionsPanel {...sessions} />
          <DevicesPanel {...devices} />
          <ActivityPanel {...activity} />
          <Panel title={data.title} titleId="data" lead={data.lead}>
            <Link href={data.href}>{data.open}</Link>
          </Panel>
        </div>
      </div>
    </PortalFrame>
  );
}

function ActivityPanel({ title, lead, events }: ActivityValues) {
  return (
    <Panel title={title} titleId="activity" lead={lead}>
      <ol className="flex flex-col divide-y divide-line">
        {events.map(({ what, when }, index) => (
          <li key={index} className="flex flex-col gap-0.5 py-3 first:pt-0 last:pb-0">
            <p className="font-medium">{what}</p>
            <p className="text-sm text-quiet tabular-nums">{when}</p>
          </li>
        ))}
      </ol>
    </Panel>
  );
}
