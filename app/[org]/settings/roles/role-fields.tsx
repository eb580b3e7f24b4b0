import { FormCheckbox, FormField } from '@/components/ui/action-form';
import type { Actor } from '@/lib/actors/model';
import { translator } from '@/lib/language/translate';
import { PERMISSIONS } from '@/lib/policy/permissions';
import type { RoleContent } from '@/lib/roles/model';
import { permissionWords } from './words';

/** What is decided about a role: its name, and a box with a sentence for each permission. */
export function RoleFields({ actor, content }: { actor: Actor; content: RoleContent }) {
  const t = translator(actor.locale);
  return (
    <>
      <FormField
        name="name"
        label={t('roles.name')}
        hint={content.name === '' ? t('roles.nameHint') : undefined}
        defaultValue={content.name}
        maxLength={100}
        autoComplete="off"
        required
        className="max-w-form"
      />
      <fieldset className="flex flex-col gap-1">
        <legend className="mb-1 font-medium">{t('roles.permissionsLegend')}</legend>
        {PERMISSIONS.map((permission) => {
          const words = permissionWords(actor.locale, permission);
          const lacking = !actor.permissions.has(permission);
          return (
            <FormCheckbox
              key={permission}
              name={permission}
              label={words.label}
              hint={lacking ? `${words.sentence} ${t('roles.lacking')}` : words.sentence}
              defaultChecked={content.permissions.includes(permission)}
              disabled={lacking}
              className="-mx-3"
            />
          );
        })}
      </fieldset>
    </>
  );
}
