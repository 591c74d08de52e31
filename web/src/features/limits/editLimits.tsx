/** Setting limits, with the reason that the record keeps. Only what was changed is sent. */
import { useState } from 'react';
import { asProblem, type ProblemError } from '../../api/client.ts';
import type { Limits } from '../../api/types.ts';
import { Field } from '../../ui/field.tsx';
import { FormDialog } from '../../ui/formDialog.tsx';
import form from '../../ui/form.module.css';
import { count } from '../../ui/format.ts';
import { textOf } from '../../ui/form.ts';
import { toast } from '../../ui/toast.tsx';
import { changeOf, FIELDS, MICROS, type FieldName, valuesOf } from './fields.ts';
import { useChangeLimits } from './mutations.ts';

export function EditLimits({ project, limits, onClose }: { project: string; limits: Limits; onClose: () => void }) {
  const change = useChangeLimits(project);
  const [before] = useState(() => valuesOf(limits)); // what was on screen when it was opened, whatever others change meanwhile
  const [unchanged, setUnchanged] = useState(false);
  const problem = change.isError ? asProblem(change.error) : null;
  const submit = (values: FormData) => {
    const body = changeOf(before, (name) => textOf(values, name), textOf(values, 'reason'));
    setUnchanged(body === null);
    if (body === null) return;
    change.mutate(body, {
      onSuccess: () => {
        toast('Limits changed');
        onClose();
      },
    });
  };
  const input = (name: FieldName) => <Input key={name} name={name} value={before[name]} problem={problem} />;
  const placed = problem?.fields.some(({ field }) => field === 'reason' || Object.values(FIELDS).some((one) => one.path === field));
  return (
    <FormDialog
      title="Change limits"
      size="wide"
      deed="Save limits"
      busy={change.isPending}
      refused={placed ? undefined : problem?.message}
      unchanged={unchanged && 'limit'}
      onSubmit={submit}
      onClose={onClose}
    >
      <div className={form.row}>
        {input('characters')}
        {input('money')}
        {input('currency')}
      </div>
      <div className={form.row}>
        {input('personPerMinute')}
        {input('personBurst')}
      </div>
      <div className={form.row}>
        {input('projectPerMinute')}
        {input('projectBurst')}
      </div>
      <div className={form.row}>{input('concurrency')}</div>
      <Field label="Reason" hint="Kept in the record, for whoever asks later" error={problem?.field('reason')}>
        {(bound) => <input {...bound} name="reason" maxLength={500} autoComplete="off" />}
      </Field>
    </FormDialog>
  );
}

function Input({ name, value, problem }: { name: FieldName; value: string; problem: ProblemError | null }) {
  const { label, hint, path } = FIELDS[name];
  return (
    <Field label={label} hint={hint} error={inMoney(name, problem?.field(path))} optional={name === 'money'}>
      {(bound) => (
        <input
          {...bound}
          name={name}
          defaultValue={value}
          inputMode={name === 'currency' ? 'text' : name === 'money' ? 'decimal' : 'numeric'}
          autoComplete="off"
          spellCheck={false}
        />
      )}
    </Field>
  );
}

/** The server counts money in millionths, and so is its bound; in the form it is whole. */
function inMoney(name: FieldName, message: string | undefined): string | undefined {
  return name === 'money' ? message?.replace(/\d[\d,]*/, (bound) => count(Number(bound.replaceAll(',', '')) / MICROS)) : message;
}
