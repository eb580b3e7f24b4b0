'use client';

import { useField } from '@/components/ui/action-form';
import { classNames } from '@/components/ui/class-names';
import { controlClasses, Field } from '@/components/ui/field';
import { Icon } from '@/components/ui/icon';
import type { LineField, OptionRow, RowControl } from './model';

type Of<K extends RowControl['kind']> = Extract<RowControl, { kind: K }>;

/** The value of one option, in the grid itself: its row's label names it, and its help describes it to whoever goes from field to field. */
export function OptionControl({ row, labelId, helpId }: { row: OptionRow; labelId: string; helpId: string }) {
  switch (row.control.kind) {
    case 'choice':
      return <Choice control={row.control} labelId={labelId} helpId={helpId} />;
    case 'number':
      return <WholeNumber control={row.control} labelId={labelId} helpId={helpId} />;
    case 'fields':
      return (
        <div role="group" aria-labelledby={labelId} aria-describedby={helpId} className="flex flex-col gap-3">
          {row.control.fields.map((field) => (
            <Line key={field.name} field={field} />
          ))}
        </div>
      );
  }
}

/** Drawn anew where another value comes from the server: the browser keeps what stands in a field it has drawn. */
function Choice({ control, labelId, helpId }: { control: Of<'choice'>; labelId: string; helpId: string }) {
  const { field, choices } = control;
  const { error, typed } = useField(field.name);
  const shown = typed ?? field.shown;
  return (
    <div className="flex flex-col gap-1.5">
      <div className="relative">
        <select
          key={shown}
          name={field.name}
          defaultValue={shown}
          data-stored={field.stored}
          aria-labelledby={labelId}
          aria-invalid={error ? true : undefined}
          aria-describedby={classNames(error ? `${field.name}-error` : null, helpId)}
          className={classNames(controlClasses, 'scroll-mt-28 scroll-mb-56 appearance-none pr-10')}
        >
          {choices.map(({ value, label }) => (
            <option key={value} value={value}>
              {label}
            </option>
          ))}
        </select>
        <Icon name="down" className="pointer-events-none absolute top-1/2 right-3 -translate-y-1/2 text-quiet" />
      </div>
      <Fault id={field.name} error={error} />
    </div>
  );
}

function WholeNumber({ control, labelId, helpId }: { control: Of<'number'>; labelId: string; helpId: string }) {
  const { field, unit, bounds } = control;
  const { error, typed } = useField(field.name);
  const shown = typed ?? field.shown;
  return (
    <div className="flex flex-col gap-1.5">
      <div className="flex items-center gap-2">
        <input
          key={shown}
          name={field.name}
          defaultValue={shown}
          data-stored={field.stored}
          inputMode="numeric"
          autoComplete="off"
          maxLength={9}
          aria-labelledby={`${labelId} ${field.name}-unit`}
          aria-invalid={error ? true : undefined}
          aria-describedby={classNames(error ? `${field.name}-error` : null, `${field.name}-bounds`, helpId)}
          className={classNames(controlClasses, 'max-w-24 scroll-mt-28 scroll-mb-56 tabular-nums')}
        />
        <span id={`${field.name}-unit`}>{unit}</span>
      </div>
      <p id={`${field.name}-bounds`} className="text-sm text-quiet">
        {bounds}
      </p>
      <Fault id={field.name} error={error} />
    </div>
  );
}

function Line({ field }: { field: LineField }) {
  const { error, typed } = useField(field.name);
  const shown = typed ?? field.shown;
  return (
    <Field
      key={shown}
      name={field.name}
      label={field.label}
      type={field.type}
      defaultValue={shown}
      data-stored={field.stored}
      maxLength={field.longest}
      autoComplete="off"
      error={error}
      className="[&_input]:scroll-mt-28 [&_input]:scroll-mb-56"
    />
  );
}

function Fault({ id, error }: { id: string; error: string | undefined }) {
  if (!error) return null;
  return (
    <p id={`${id}-error`} className="flex gap-1.5 text-danger">
      <Icon name="danger" className="mt-0.5" />
      <span>{error}</span>
    </p>
  );
}
