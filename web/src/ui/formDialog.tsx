/** A form in a dialog: what is refused as a whole stands above the fields, what to do below them. */
import type { ReactNode, SyntheticEvent } from 'react';
import { Button } from './button.tsx';
import { Dialog, DialogFooter } from './dialog.tsx';
import form from './form.module.css';
import { Note } from './state.tsx';

interface FormDialogProps {
  title: string;
  size?: 'normal' | 'wide';
  /** What the button does, e.g. `Save limits`. */
  deed: string;
  danger?: boolean;
  busy: boolean;
  /** What the server refused and named no field for. */
  refused: string | undefined;
  /** What to change at least, if nothing is different yet. */
  unchanged?: string | false;
  onSubmit: (values: FormData) => void;
  onClose: () => void;
  children: ReactNode;
}

export function FormDialog({ title, size = 'normal', deed, danger = false, busy, refused, unchanged, onSubmit, onClose, children }: FormDialogProps) {
  const submit = (event: SyntheticEvent<HTMLFormElement>) => {
    event.preventDefault();
    onSubmit(new FormData(event.currentTarget));
  };
  return (
    <Dialog title={title} size={size} onClose={onClose}>
      <form className={form.form} onSubmit={submit} noValidate>
        {refused && (
          <Note tone="bad" live>
            {refused} What you typed is still here.
          </Note>
        )}
        {unchanged && (
          <Note tone="info" live>
            Nothing is different yet. Change at least one {unchanged}.
          </Note>
        )}
        {children}
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
