import { ActionForm } from '@/components/ui/action-form';
import { classNames } from '@/components/ui/class-names';
import { Panel } from '@/components/ui/panel';
import { Switch } from '@/components/ui/switch';
import type { ServerAction } from '@/lib/actions/model';
import { FactorList, type FactorListValues } from './factor-list';

export type MfaValues = { readonly title: string } & (
  | { /** The person's provider sees to it. */ readonly byProvider: string }
  | {
      readonly action: ServerAction;
      readonly on: boolean;
      readonly label: string;
      /** « Activée », « Désactivée ». */
      readonly state: string;
      readonly hint: string | null;
      /** Why the switch can't be moved; null: it can. */
      readonly locked: string | null;
      /** Null: there are none, or they are not asked for. */
      readonly factors: FactorListValues | null;
    }
);

/** Whether something more than the password is asked, and what that is (MFA-6). */
export function MfaPanel({ title, ...mfa }: MfaValues) {
  if ('byProvider' in mfa) {
    return (
      <Panel title={title} titleId="mfa">
        <p className="max-w-measure">{mfa.byProvider}</p>
      </Panel>
    );
  }
  const { action, on, label, state, hint, locked, factors } = mfa;
  return (
    <Panel title={title} titleId="mfa">
      <div className="flex flex-col gap-6">
        <ActionForm
          action={action}
          hidden={{ to: on ? 'off' : 'on' }}
          className={classNames('rounded-field p-4 sm:p-5', on ? 'bg-success-wash' : 'bg-sunken')}
        >
          <Switch id="mfa-switch" label={label} checked={on} stateLabel={state} hint={hint} lockedReason={locked} />
        </ActionForm>
        {factors ? <FactorList {...factors} /> : null}
      </div>
    </Panel>
  );
}
