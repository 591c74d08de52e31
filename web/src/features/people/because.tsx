/** A dialog for what needs a reason: what it means, the reason, and the deed. */
import type { ReactNode } from 'react';
import { asProblem } from '../../api/client.ts';
import { Field } from '../../ui/field.tsx';
import { FormDialog } from '../../ui/formDialog.tsx';
import { textOf } from '../../ui/form.ts';

interface BecauseProps {
  title: string;
  deed: string;
  danger?: boolean;
  busy: boolean;
  error: unknown;
  onSubmit: (reason: string) => void;
  onClose: () => void;
  children: ReactNode;
}

/** What the server refuses about the reason stands on it; everything else above the form. */
export function Because({ title, deed, danger = false, busy, error, onSubmit, onClose, children }: BecauseProps) {
  const problem = error ? asProblem(error) : null;
  const submit = (values: FormData) => {
    onSubmit(textOf(values, 'reason'));
  };
  return (
    <FormDialog title={title} deed={deed} danger={danger} busy={busy} refused={problem?.whole} onSubmit={submit} onClose={onClose}>
      {children}
      <Field label="Reason" hint="Kept in the record, for whoever asks later" error={problem?.field('reason')}>
        {(bound) => <input {...bound} name="reason" maxLength={500} autoComplete="off" />}
      </Field>
    </FormDialog>
  );
}
