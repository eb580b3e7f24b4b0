import { ActionButton } from '@/components/ui/action-button';
import { ActionForm, FormField, FormSelect, WhenRefused } from '@/components/ui/action-form';
import { FormFileField } from '@/components/ui/file-field';
import { Notice } from '@/components/ui/notice';
import { Panel } from '@/components/ui/panel';
import { SubmitButton } from '@/components/ui/submit-button';
import { FormTimeZoneSelect, type TimeZoneSelectProps } from '@/components/ui/time-zone-select';
import type { ServerAction } from '@/lib/actions/model';
import { Proof, type ProofValues } from './password';

/** What a button says, before and while its form is on the way. */
type ButtonValues = Readonly<Record<'label' | 'pending', string>>;

export type ProfileValues = {
  readonly title: string;
  readonly action: ServerAction;
  readonly firstName: string;
  readonly lastName: string;
  /** Empty: what the browser asks for. */
  readonly language: string;
  readonly zone: Pick<TimeZoneSelectProps, 'label' | 'defaultValue' | 'zones' | 'parts' | 'unset'>;
  readonly words: Readonly<
    Record<
      'firstName' | 'lastName' | 'language' | 'languageAuto' | 'french' | 'english' | 'save' | 'saving' | 'saveProfile',
      string
    >
  >;
  readonly email: EmailValues;
  readonly picture: PictureValues;
};

/** Who one is, for others and for the portal. */
export function ProfilePanel({ title, action, zone, words, email, picture, ...shown }: ProfileValues) {
  return (
    <Panel title={title} titleId="profile">
      <div className="flex flex-col gap-8">
        <ActionForm action={action}>
          <div className="grid gap-5 sm:grid-cols-2">
            <FormField
              name="firstName"
              label={words.firstName}
              defaultValue={shown.firstName}
              autoComplete="given-name"
              maxLength={200}
              required
            />
            <FormField
              name="lastName"
              label={words.lastName}
              defaultValue={shown.lastName}
              autoComplete="family-name"
              maxLength={200}
              required
            />
            <FormSelect name="language" className="sm:col-span-2" label={words.language} defaultValue={shown.language}>
              <option value="">{words.languageAuto}</option>
              <option value="fr" lang="fr-CA">
                {words.french}
              </option>
              <option value="en" lang="en-CA">
                {words.english}
              </option>
            </FormSelect>
            <FormTimeZoneSelect name="timeZone" className="sm:col-span-2" {...zone} />
          </div>
          <SubmitButton className="self-start" pendingLabel={words.saving} aria-label={words.saveProfile}>
            {words.save}
          </SubmitButton>
        </ActionForm>
        <Email {...email} />
        <Picture {...picture} />
      </div>
    </Panel>
  );
}

export type EmailValues = {
  readonly action: ServerAction;
  readonly email: string;
  readonly label: string;
  readonly hint: string;
  /** What is asked where the last proof is not fresh, or no longer is. */
  readonly proof: ProofValues;
  readonly fresh: boolean;
  readonly change: ButtonValues;
  /** The new address that waits for its confirmation; null: none does. */
  readonly pending: {
    readonly title: string;
    readonly hint: string;
    readonly resend: ButtonValues & { readonly action: ServerAction };
    readonly cancel: ButtonValues & { readonly action: ServerAction };
  } | null;
};

/** One's e-mail, and the one that waits for its confirmation: the old one stays until then (SELF-1). */
function Email({ action, email, label, hint, proof, fresh, change, pending }: EmailValues) {
  const asked = <Proof id="email-password" proof={proof} />;
  return (
    <div className="flex flex-col gap-5 border-t border-line pt-6">
      {pending === null ? null : (
        <Notice title={<span className="wrap-anywhere">{pending.title}</span>}>
          <p>{pending.hint}</p>
          <div className="mt-3 flex flex-wrap gap-3">
            <ActionButton action={pending.resend.action} variant="secondary" pendingLabel={pending.resend.pending}>
              {pending.resend.label}
            </ActionButton>
            <ActionButton action={pending.cancel.action} variant="quiet" pendingLabel={pending.cancel.pending}>
              {pending.cancel.label}
            </ActionButton>
          </div>
        </Notice>
      )}
      <ActionForm
        action={action}
        refusalField={{
          'proof.too-old': 'password',
          'password.wrong': 'password',
          'code.throttled': 'password',
          'letter.throttled': 'email',
        }}
      >
        <FormField
          name="email"
          id="profile-email"
          type="email"
          label={label}
          hint={hint}
          defaultValue={email}
          autoComplete="email"
          maxLength={254}
          required
        />
        {fresh ? (
          <WhenRefused codes={['proof.too-old', 'proof.provider-old', 'password.wrong', 'code.throttled']}>
            {asked}
          </WhenRefused>
        ) : (
          asked
        )}
        <SubmitButton variant="secondary" className="self-start" pendingLabel={change.pending}>
          {change.label}
        </SubmitButton>
      </ActionForm>
    </div>
  );
}

export type PictureValues = {
  /** Null: there is none, and the initials stand in its place. */
  readonly href: string | null;
  readonly initials: string;
  readonly change: ButtonValues & { readonly action: ServerAction };
  /** Null: there is nothing to remove. */
  readonly remove: (ButtonValues & { readonly action: ServerAction }) | null;
  readonly words: Readonly<Record<'alt' | 'label' | 'hint' | 'choose' | 'none', string>>;
};

function Picture({ href, initials, change, remove, words }: PictureValues) {
  return (
    <div className="grid items-start gap-x-6 gap-y-4 border-t border-line pt-6 sm:grid-cols-[auto_minmax(0,1fr)]">
      {href !== null ? (
        <img src={href} alt={words.alt} width="96" height="96" className="size-24 rounded-full object-cover" />
      ) : (
        <span
          aria-hidden="true"
          className="flex size-24 items-center justify-center rounded-full bg-wash text-xl font-semibold text-accent"
        >
          {initials}
        </span>
      )}
      <div className="flex flex-col gap-3">
        <ActionForm action={change.action} refusalField="picture">
          <FormFileField
            name="picture"
            accept="image/jpeg,image/png,image/webp"
            label={words.label}
            labels={words}
            hint={words.hint}
            required
          />
          <SubmitButton variant="secondary" className="self-start" pendingLabel={change.pending}>
            {change.label}
          </SubmitButton>
        </ActionForm>
        {remove === null ? null : (
          <ActionButton
            action={remove.action}
            variant="quiet"
            className="-ml-5 self-start"
            pendingLabel={remove.pending}
          >
            {remove.label}
          </ActionButton>
        )}
      </div>
    </div>
  );
}
