/** Setting limits, with the reason that the record keeps. Only what was changed is sent. */
import { useState, type SyntheticEvent } from 'react';
import { asProblem, type ProblemError } from '../../api/client.ts';
import type { Limits } from '../../api/types.ts';
import { Button } from '../../ui/button.tsx';
import { Dialog, DialogFooter } from '../../ui/dialog.tsx';
import { Field } from '../../ui/field.tsx';
import form from '../../ui/form.module.css';
import { count } from '../../ui/format.ts';
import { textOf } from '../../ui/form.ts';
import { Note } from '../../ui/state.tsx';
import { toast } from '../../ui/toast.tsx';
import { changeOf, FIELDS, MICROS, type FieldName, valuesOf } from './fields.ts';
import { useChangeLimits } from './mutations.ts';

export function EditLimits({ project, limits, onClose }: { project: string; limits: Limits; onClose: () => void }) {
  const change = useChangeLimits(project);
  const [before] = useState(() => valuesOf(limits)); // what was on screen when it was opened, whatever others change meanwhile
  const [unchanged, setUnchanged] = useState(false);
  const problem = change.isError ? asProblem(change.error) : null;
  const submit = (event: SyntheticEvent<HTMLFormElement>) => {
    event.preventDefault();
    const values = new FormData(event.currentTarget);
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
    <Dialog title="Change limits" size="wide" onClose={onClose}>
      <form className={form.form} onSubmit={submit} noValidate>
        {unchanged && (
          <Note tone="info" live>
            Nothing is different yet. Change at least one limit.
          </Note>
        )}
        {problem && !placed && (
          <Note tone="bad" live>
            {problem.message} What you typed is still here.
          </Note>
        )}
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
        <DialogFooter>
          <Button variant="quiet" onClick={onClose}>
            Cancel
          </Button>
          <Button variant="primary" type="submit" busy={change.isPending}>
            Save limits
          </Button>
        </DialogFooter>
      </form>
    </Dialog>
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
