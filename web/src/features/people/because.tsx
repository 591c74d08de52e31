/** A dialog for what needs a reason: what it means, the reason, and the deed. */
import type { ReactNode, SyntheticEvent } from 'react';
import { asProblem } from '../../api/client.ts';
import { Button } from '../../ui/button.tsx';
import { Dialog, DialogFooter } from '../../ui/dialog.tsx';
import { Field } from '../../ui/field.tsx';
import form from '../../ui/form.module.css';
import { textOf } from '../../ui/form.ts';
import { Note } from '../../ui/state.tsx';

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
  const submit = (event: SyntheticEvent<HTMLFormElement>) => {
    event.preventDefault();
    onSubmit(textOf(new FormData(event.currentTarget), 'reason'));
  };
  return (
    <Dialog title={title} onClose={onClose}>
      <form className={form.form} onSubmit={submit} noValidate>
        {problem && problem.fields.length === 0 && (
          <Note tone="bad" live>
            {problem.message}
          </Note>
        )}
        {children}
        <Field label="Reason" hint="Kept in the record, for whoever asks later" error={problem?.field('reason')}>
          {(bound) => <input {...bound} name="reason" maxLength={500} autoComplete="off" />}
        </Field>
        <DialogFooter>
          <Button variant="quiet" onClick={onClose}>
            Cancel
          </Button>
          <Button variant={danger ? 'danger' : 'primary'} type="submit" busy={busy}>
            {deed}
          </Button>
        </DialogFooter>
      </form>
    </Dialog>
  );
}
