'use client';

import type { FormEvent, ReactNode } from 'react';
import { FormField } from '@/components/ui/action-form';
import { proposeSlug } from '@/lib/signup/model';

/** The organisation's name, and its short name: proposed while the name is typed, until somebody types it themselves. */
export function OrganisationFields({
  name,
  slug,
}: {
  name: { label: ReactNode };
  slug: { label: ReactNode; hint: ReactNode };
}) {
  function propose({ currentTarget }: FormEvent<HTMLInputElement>) {
    const field = currentTarget.form?.elements.namedItem('slug');
    if (field instanceof HTMLInputElement && field.dataset['own'] === undefined) {
      field.value = proposeSlug(currentTarget.value);
    }
  }
  return (
    <>
      <FormField
        name="name"
        label={name.label}
        autoComplete="organization"
        maxLength={100}
        required
        onInput={propose}
      />
      <FormField
        name="slug"
        label={slug.label}
        hint={slug.hint}
        autoComplete="off"
        autoCapitalize="none"
        spellCheck={false}
        maxLength={40}
        onInput={({ currentTarget }) => {
          if (currentTarget.value === '') delete currentTarget.dataset['own'];
          else currentTarget.dataset['own'] = '';
        }}
      />
    </>
  );
}
