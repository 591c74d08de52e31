/** Asks for a review: of whom, until when, why. */
import { useQuery } from '@tanstack/react-query';
import { asProblem, type ProblemError } from '../../api/client.ts';
import { ROLES } from '../../api/roles.ts';
import { Button } from '../../ui/button.tsx';
import { Field } from '../../ui/field.tsx';
import form from '../../ui/form.module.css';
import { textOf } from '../../ui/form.ts';
import { FormDialog } from '../../ui/formDialog.tsx';
import { Note, Skeleton } from '../../ui/state.tsx';
import { toast } from '../../ui/toast.tsx';
import { endOfDay, today } from './due.tsx';
import type { Judged } from './judged.ts';
import { useSubmit } from './mutations.ts';
import { decidersQuery } from './queries.ts';
import { ReasonField, Refused } from './reasonField.tsx';

const FIELDS = ['reason', 'reviewers', 'due_at'];

interface SubmitDialogProps {
  version: Judged;
  onClose: () => void;
}

export function SubmitDialog({ version, onClose }: SubmitDialogProps) {
  const submit = useSubmit(version);
  const problem = submit.error ? asProblem(submit.error) : null;
  const send = (values: FormData) => {
    const due = textOf(values, 'due');
    const body = {
      reason: textOf(values, 'reason') || null,
      reviewers: values.getAll('reviewer').map(String),
      due_at: due ? endOfDay(due) : null,
    };
    submit.mutate(body, {
      onSuccess: () => {
        toast(`Version ${version.number} is in review`);
        onClose();
      },
    });
  };
  return (
    <FormDialog title={`Submit version ${version.number} for review`} deed="Submit for review" busy={submit.isPending} refused={problem?.whole} onSubmit={send} onClose={onClose}>
      <Refused problem={problem} fields={FIELDS} />
      <Reviewers version={version} problem={problem} />
      <Field label="Due" optional hint="Until the end of that day" error={problem?.field('due_at')}>
        {(bound) => <input {...bound} name="due" type="date" min={today()} />}
      </Field>
      <ReasonField problem={problem} optional hint="What the reviewers should listen for" />
    </FormDialog>
  );
}

function Reviewers({ version, problem }: { version: Judged; problem: ProblemError | null }) {
  const deciders = useQuery(decidersQuery(version.projectId));
  const people = deciders.data?.people.filter(({ person }) => deciders.data.selfApproval || person.id !== version.createdById) ?? [];
  const refused = problem?.fields.find(({ field }) => field.split('.').includes('reviewers'));
  return (
    <fieldset className={form.choices}>
      <legend>
        Reviewers <span>(optional)</span>
      </legend>
      {deciders.isPending && <Skeleton lines={2} label="Loading the reviewers" />}
      {deciders.isError && (
        <Note tone="bad" action={<Button size="small" onClick={() => void deciders.refetch()}>Try again</Button>}>
          Who may decide could not be loaded. Without a choice everybody who may decide is asked.
        </Note>
      )}
      {deciders.isSuccess && people.length === 0 && <Note tone="warn">Nobody else in this project may approve it yet. An owner can give somebody the role.</Note>}
      {people.map(({ person, roles }) => (
        <label key={person.id}>
          <input type="checkbox" name="reviewer" value={person.id} />
          <span>
            {person.name} <small>{roles.map((role) => ROLES[role][0]).join(', ')}</small>
          </span>
        </label>
      ))}
      {people.length > 0 && <p className={form.quiet}>Choose nobody to ask all of them.</p>}
      {refused && (
        <p className={form.error} role="alert">
          {refused.message}
        </p>
      )}
    </fieldset>
  );
}
