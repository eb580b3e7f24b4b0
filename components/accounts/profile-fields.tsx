'use client';

import { FormField, FormSelect } from '@/components/ui/action-form';

export type ProfileValues = {
  readonly labels: Readonly<
    Record<'firstName' | 'lastName' | 'email' | 'username' | 'kind' | 'role' | 'language', string>
  >;
  readonly hints: Readonly<Partial<Record<'email' | 'username' | 'role', string>>>;
  readonly kinds: readonly Choice[];
  /** Those that may be given, after that of no role. */
  readonly roles: readonly Choice[];
  readonly languages: readonly (Choice & { readonly lang?: string })[];
  /** What is known already. */
  readonly known: Readonly<
    Partial<Record<'firstName' | 'lastName' | 'email' | 'username', string>> &
      Record<'kind' | 'role' | 'language', string>
  >;
};

type Choice = { readonly id: string; readonly label: string };

/** What an administrator says of an account; the same fields for a new one and for one that is there. */
export function ProfileFields({ labels, hints, kinds, roles, languages, known }: ProfileValues) {
  const field = (name: 'firstName' | 'lastName' | 'email' | 'username') => ({
    name,
    label: labels[name],
    defaultValue: known[name],
    autoComplete: 'off',
  });
  return (
    <div className="grid gap-5 sm:grid-cols-2">
      <FormField {...field('firstName')} maxLength={200} required />
      <FormField {...field('lastName')} maxLength={200} required />
      <FormField
        {...field('email')}
        type="email"
        hint={hints.email}
        maxLength={254}
        required
        className="sm:col-span-2"
      />
      <FormField
        {...field('username')}
        hint={hints.username}
        autoCapitalize="none"
        spellCheck={false}
        maxLength={64}
        className="sm:col-span-2"
      />
      <FormSelect name="kind" label={labels.kind} defaultValue={known.kind}>
        {kinds.map(({ id, label }) => (
          <option key={id} value={id}>
            {label}
          </option>
        ))}
      </FormSelect>
      <FormSelect name="role" label={labels.role} hint={hints.role} defaultValue={known.role}>
        {roles.map(({ id, label }) => (
          <option key={id} value={id}>
            {label}
          </option>
        ))}
      </FormSelect>
      <FormSelect name="language" label={labels.language} defaultValue={known.language} className="sm:col-span-2">
        {languages.map(({ id, label, lang }) => (
          <option key={id} value={id} lang={lang}>
            {label}
          </option>
        ))}
      </FormSelect>
    </div>
  );
}
