/** A person's name, address and right to manage; letting them out and in again. */
import { useState } from 'react';
import { asProblem } from '../../api/client.ts';
import type { Account } from '../../api/types.ts';
import { Field } from '../../ui/field.tsx';
import { FormDialog } from '../../ui/formDialog.tsx';
import form from '../../ui/form.module.css';
import { textOf } from '../../ui/form.ts';
import { Note } from '../../ui/state.tsx';
import { toast } from '../../ui/toast.tsx';
import { Because } from './because.tsx';
import { useChangePerson, useLetIn } from './mutations.ts';

interface PersonDialogProps {
  person: Account;
  onClose: () => void;
}

export function EditPerson({ person, onClose }: PersonDialogProps) {
  const change = useChangePerson(person.id);
  const [manages, setManages] = useState(person.is_admin);
  const problem = change.isError ? asProblem(change.error) : null;
  const submit = (values: FormData) => {
    const reason = textOf(values, 'reason');
    const body = { name: textOf(values, 'name'), email: textOf(values, 'email'), is_admin: manages, ...(reason && { reason }) };
    change.mutate(body, { onSuccess: onClose });
  };
  return (
    <FormDialog title={`Edit ${person.name}`} deed="Save" busy={change.isPending} refused={problem?.whole} onSubmit={submit} onClose={onClose}>
      <Field label="Name" error={problem?.field('name')}>
        {(bound) => <input {...bound} name="name" defaultValue={person.name} autoComplete="off" />}
      </Field>
      <Field label="E-mail address" hint="What they sign in with" error={problem?.field('email')}>
        {(bound) => <input {...bound} name="email" type="email" defaultValue={person.email} autoComplete="off" />}
      </Field>
      <label className={form.check}>
        <input type="checkbox" checked={manages} onChange={(event) => setManages(event.target.checked)} />
        <span>
          Administrator <small>Manages people and projects; sees no project’s content by that</small>
        </span>
      </label>
      {manages !== person.is_admin && (
        <Field label="Reason" hint="Kept in the record, for whoever asks later" error={problem?.field('reason')}>
          {(bound) => <input {...bound} name="reason" maxLength={500} autoComplete="off" />}
        </Field>
      )}
    </FormDialog>
  );
}

export function LetIn({ person, onClose }: PersonDialogProps) {
  const change = useLetIn(person);
  const back = person.deactivated_at !== null;
  const alone = person.projects.filter((one) => one.roles.includes('owner'));
  const done = () => {
    toast(back ? `${person.name} can sign in again` : `${person.name} is signed out everywhere`);
    onClose();
  };
  return (
    <Because
      title={back ? `Reactivate ${person.name}?` : `Deactivate ${person.name}?`}
      deed={back ? 'Reactivate' : 'Deactivate'}
      danger={!back}
      busy={change.isPending}
      error={change.error}
      onSubmit={(reason) => change.mutate({ reason }, { onSuccess: done })}
      onClose={onClose}
    >
      <p>
        {back
          ? 'They sign in with the password they had, and have the roles they had.'
          : 'Every session of theirs ends at once. Their roles stay for when they come back.'}
      </p>
      {!back && alone.length > 0 && (
        <Note tone="warn">
          Owner of {alone.map((one) => one.name).join(', ')}: without another owner, nobody can invite there.
        </Note>
      )}
    </Because>
  );
}
