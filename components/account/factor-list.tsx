import { ActionForm, FormField } from '@/components/ui/action-form';
import { Badge } from '@/components/ui/badge';
import { Button } from '@/components/ui/button';
import { Icon, type IconName } from '@/components/ui/icon';
import { Link } from '@/components/ui/link';
import { SubmitButton } from '@/components/ui/submit-button';
import type { ServerAction } from '@/lib/actions/model';

type FactorValues = {
  readonly id: string;
  readonly name: string;
  readonly icon: IconName;
  readonly kind: string;
  /** Why it is not taken any more, in a word or two; null: it is. */
  readonly mark: string | null;
  /** … and in a sentence, where it was set aside. */
  readonly cloned: string | null;
  readonly added: string;
  /** Null: never. */
  readonly used: string | null;
  /** Where it is removed; null: whoever did would stand without. */
  readonly removal: string | null;
  /** How what is done with it is called by its name. */
  readonly of: Readonly<Record<'rename' | 'save' | 'remove', string>>;
};

export type FactorListValues = {
  readonly label: string;
  readonly list: readonly FactorValues[];
  readonly rename: ServerAction;
  readonly longest: number;
  readonly words: Readonly<Record<'rename' | 'name' | 'save' | 'saving' | 'remove' | 'removeLocked', string>>;
  /** The way to another one, loud where none of these is taken any more; or why there is no room for one. */
  readonly add: { readonly href: string; readonly label: string; readonly loud: boolean } | string;
  readonly codes: Readonly<Record<'label' | 'left' | 'href' | 'renew', string>> & { readonly low: boolean };
};

/** A person's methods, each with its name and last use, to be renamed or removed; then the codes for bad days (SELF-1). */
export function FactorList({ label, list, rename, longest, words, add, codes }: FactorListValues) {
  return (
    <div className="flex flex-col gap-5">
      <ul className="flex flex-col divide-y divide-line" aria-label={label}>
        {list.map((factor) => (
          <li key={factor.id} className="flex gap-4 py-4 first:pt-0">
            <Icon name={factor.icon} className="mt-0.5 size-6 shrink-0 text-quiet" />
            <div className="flex min-w-0 flex-1 flex-col gap-1">
              <p className="flex flex-wrap items-center gap-x-2 gap-y-1">
                <span className="font-medium wrap-anywhere">{factor.name}</span>
                {factor.mark === null ? null : <Badge tone="warning">{factor.mark}</Badge>}
              </p>
              <p className="text-sm text-quiet">{factor.kind}</p>
              {factor.cloned === null ? null : <p className="text-sm">{factor.cloned}</p>}
              <p className="text-sm text-quiet tabular-nums">{factor.added}</p>
              {factor.used === null ? null : <p className="text-sm text-quiet tabular-nums">{factor.used}</p>}
              <div className="flex flex-wrap items-start gap-x-6">
                <details className="min-w-0 open:w-full">
                  <summary
                    aria-label={factor.of.rename}
                    className="flex min-h-11 cursor-pointer items-center text-accent underline underline-offset-4"
                  >
                    {words.rename}
                  </summary>
                  <ActionForm
                    action={rename}
                    hidden={{ factor: factor.id }}
                    className="max-w-form pb-3 sm:flex-row sm:items-end"
                  >
                    <FormField
                      name="name"
                      id={`name-${factor.id}`}
                      label={words.name}
                      defaultValue={factor.name}
                      maxLength={longest}
                      autoComplete="off"
                      className="flex-1"
                      required
                    />
                    <SubmitButton variant="secondary" pendingLabel={words.saving} aria-label={factor.of.save}>
                      {words.save}
                    </SubmitButton>
                  </ActionForm>
                </details>
                {factor.removal === null ? (
                  <button
                    type="button"
                    aria-disabled="true"
                    aria-label={factor.of.remove}
                    aria-describedby={`locked-${factor.id}`}
                    className="flex min-h-11 cursor-not-allowed items-center gap-1.5 rounded-field text-quiet"
                  >
                    <Icon name="lock" className="size-4" />
                    {words.remove}
                  </button>
                ) : (
                  <Link href={factor.removal} aria-label={factor.of.remove}>
                    {words.remove}
                  </Link>
                )}
              </div>
              {factor.removal === null ? (
                <p id={`locked-${factor.id}`} className="text-sm text-quiet">
                  {words.removeLocked}
                </p>
              ) : null}
            </div>
          </li>
        ))}
      </ul>
      {typeof add === 'string' ? (
        <p className="text-sm text-quiet">{add}</p>
      ) : (
        <Button href={add.href} variant={add.loud ? 'primary' : undefined} className="self-start">
          {add.label}
        </Button>
      )}
      <div className="grid items-center gap-x-4 gap-y-0.5 border-t border-line pt-4 sm:grid-cols-[1fr_auto]">
        <p className="font-medium">{codes.label}</p>
        <p className={codes.low ? 'text-sm' : 'text-sm text-quiet'}>{codes.left}</p>
        <p className="sm:col-start-2 sm:row-span-2 sm:row-start-1">
          <Link href={codes.href}>{codes.renew}</Link>
        </p>
      </div>
    </div>
  );
}
