import { ActionForm } from '@/components/ui/action-form';
import { Notice } from '@/components/ui/notice';
import { Panel } from '@/components/ui/panel';
import { SubmitButton } from '@/components/ui/submit-button';
import type { ServerAction } from '@/lib/actions/model';
import { Proof, type ProofValues } from './password';

export type IdentitiesValues = {
  readonly title: string;
  readonly lead: string;
  /** What became of a way to a provider that led back here. */
  readonly result: { readonly tone: 'success' | 'warning'; readonly text: string } | null;
  readonly list: readonly (
    | { readonly id: string; readonly name: string; readonly bound: string }
    | {
        readonly id: string;
        readonly name: string;
        /** Null: nothing is asked, the last proof is fresh. */
        readonly proof: ProofValues | null;
        readonly bind: string;
      }
  )[];
  readonly action: ServerAction;
  readonly pending: string;
};

/** Who one is at the organisation's providers: bound by oneself, after a fresh proof (AUTH-7). */
export function IdentitiesPanel({ title, lead, result, list, action, pending }: IdentitiesValues) {
  return (
    <Panel title={title} titleId="identities" lead={lead}>
      {result === null ? null : <Notice tone={result.tone}>{result.text}</Notice>}
      <ul className="flex flex-col divide-y divide-line">
        {list.map((identity) => (
          <li key={identity.id} className="flex flex-col gap-3 py-4">
            <p className="font-medium">{identity.name}</p>
            {'bound' in identity ? (
              <p className="text-quiet">{identity.bound}</p>
            ) : (
              <ActionForm
                action={action}
                hidden={{ authenticator: identity.id }}
                refusalField={{
                  'proof.too-old': 'password',
                  'password.wrong': 'password',
                  'code.throttled': 'password',
                }}
              >
                {identity.proof === null ? null : (
                  <Proof id={`identity-password-${identity.id}`} proof={identity.proof} />
                )}
                <SubmitButton variant="secondary" className="self-start" pendingLabel={pending}>
                  {identity.bind}
                </SubmitButton>
              </ActionForm>
            )}
          </li>
        ))}
      </ul>
    </Panel>
  );
}
