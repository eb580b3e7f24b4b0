'use client';

import { PortalFrame, type PortalFrameValues } from '@/components/shell/portal-frame';
import { ProviderFirst, type ProviderFirstValues } from '@/components/shell/provider-first';
import { ActionForm, FormPasswordField } from '@/components/ui/action-form';
import { Button } from '@/components/ui/button';
import { Link } from '@/components/ui/link';
import { PageTitle } from '@/components/ui/page-title';
import { Panel } from '@/components/ui/panel';
import { SubmitButton } from '@/components/ui/submit-button';
import type { ServerAction } from '@/lib/actions/model';

/** All that is held, part by part: things of a part have the same fields, and null where they have nothing in one. */
export type HeldValues = {
  readonly download: Readonly<Record<'href' | 'label', string>>;
  readonly parts: readonly {
    readonly key: string;
    readonly title: string;
    readonly fields: readonly string[];
    readonly things: readonly (readonly (string | null)[])[];
  }[];
  /** Stands where a part has nothing. */
  readonly none: string;
};

/** What is asked first of whoever was not proved of late. */
type ProofValues = Readonly<Record<'text' | 'label' | 'showLabel' | 'submit' | 'submitting' | 'email', string>> & {
  readonly action: ServerAction;
};

export type DataViewProps = {
  frame: PortalFrameValues;
  title: string;
  lead: string;
  back: Readonly<Record<'href' | 'label', string>>;
  shown: HeldValues | ProofValues | ProviderFirstValues;
};

/** Everything that is held about whoever asks, to be read or taken along (PRIV-1). */
export function DataView({ frame, title, lead, back, shown }: DataViewProps) {
  return (
    <PortalFrame {...frame} width="wide">
      <div className="flex flex-col gap-6">
        <Link href={back.href} icon="back" className="-mb-4 self-start">
          {back.label}
        </Link>
        <PageTitle lead={lead}>{title}</PageTitle>
        {'parts' in shown ? (
          <Held {...shown} />
        ) : 'action' in shown ? (
          <Proof {...shown} />
        ) : (
          <ProviderFirst {...shown} />
        )}
      </div>
    </PortalFrame>
  );
}

function Proof({ action, text, label, showLabel, submit, submitting, email }: ProofValues) {
  return (
    <ActionForm action={action} refusalField="password" className="max-w-form">
      <p>{text}</p>
      <input type="text" value={email} autoComplete="username" readOnly hidden />
      <FormPasswordField name="password" label={label} showLabel={showLabel} autoComplete="current-password" required />
      <SubmitButton className="self-start" pendingLabel={submitting}>
        {submit}
      </SubmitButton>
    </ActionForm>
  );
}

function Held({ download, parts, none }: HeldValues) {
  return (
    <>
      <Button variant="primary" href={download.href} className="self-start" download>
        {download.label}
      </Button>
      {parts.map(({ key, title, fields, things }) => (
        <Panel key={key} title={title} titleId={`data-${key}`}>
          {things.length === 0 ? <p className="text-quiet">{none}</p> : null}
          <ul className="flex flex-col divide-y divide-line">
            {things.map((thing, index) => (
              <li key={index} className="py-3 first:pt-0 last:pb-0">
                <dl className="grid gap-x-6 gap-y-1 sm:grid-cols-2">
                  {thing.map((value, field) =>
                    value === null ? null : (
                      <div key={field} className="flex min-w-0 flex-wrap gap-x-2">
                        <dt className="text-sm text-quiet">{fields[field]}</dt>
                        <dd className="min-w-0 text-sm wrap-anywhere">{value}</dd>
                      </div>
                    ),
                  )}
                </dl>
              </li>
            ))}
          </ul>
        </Panel>
      ))}
    </>
  );
}
