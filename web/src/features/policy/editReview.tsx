/** Setting what a review needs, with the reason that the record keeps. Only what was changed is sent. */
import { useState } from 'react';
import { asProblem } from '../../api/client.ts';
import { CHECK_NAMES, CHECKS, SEVERITIES } from '../../api/checks.ts';
import { ROLES } from '../../api/roles.ts';
import type { CheckName, Policy, Severity } from '../../api/types.ts';
import { Field } from '../../ui/field.tsx';
import { FormDialog } from '../../ui/formDialog.tsx';
import form from '../../ui/form.module.css';
import { textOf } from '../../ui/form.ts';
import { toast } from '../../ui/toast.tsx';
import { APPROVERS, changeOf } from './changes.ts';
import { useChangePolicy } from './queries.ts';
import styles from './review.module.css';

interface EditReviewProps {
  project: string;
  policy: Policy;
  onClose: () => void;
}

export function EditReview({ project, policy, onClose }: EditReviewProps) {
  const change = useChangePolicy(project);
  const [before] = useState(policy); // what was on screen when it was opened, whatever others change meanwhile
  const [unchanged, setUnchanged] = useState(false);
  const problem = change.isError ? asProblem(change.error) : null;
  const submit = (values: FormData) => {
    const body = changeOf(before, values, textOf(values, 'reason'));
    setUnchanged(body === null);
    if (body === null) return;
    change.mutate(body, {
      onSuccess: () => {
        toast('Review changed');
        onClose();
      },
    });
  };
  const placed = problem?.fields.some(({ field }) => ['reason', 'approvals'].includes(field));
  return (
    <FormDialog
      title="Change review"
      size="wide"
      deed="Save review"
      busy={change.isPending}
      refused={placed ? undefined : problem?.message}
      unchanged={unchanged && 'thing'}
      onSubmit={submit}
      onClose={onClose}
    >
      <Field label="Approvals" hint="So many different people, from the next decision on. A review that is open ends with a decision" error={problem?.field('approvals')}>
        {(bound) => (
          <select {...bound} name="approvals" defaultValue={before.approvals}>
            {[1, 2, 3, 4, 5].map((one) => (
              <option key={one}>{one}</option>
            ))}
          </select>
        )}
      </Field>
      <fieldset className={styles.set}>
        <legend>Among them at least one</legend>
        {APPROVERS.map((role) => (
          <label key={role} className={form.check}>
            <input type="checkbox" name="roles" value={role} defaultChecked={before.roles.includes(role)} />
            {ROLES[role][0]}
          </label>
        ))}
      </fieldset>
      <label className={form.check}>
        <input type="checkbox" name="self_approval" defaultChecked={before.self_approval} />
        <span>
          Self-approval
          <small>People may approve what they asked for or wrote. Only for a team too small for a second pair of ears.</small>
        </span>
      </label>
      <fieldset className={styles.set}>
        <legend>Checks</legend>
        {CHECK_NAMES.map((check) => (
          <Does key={check} check={check} severity={before.checks[check] ?? 'warn'} />
        ))}
      </fieldset>
      <Field label="Reason" hint="Kept in the record, for whoever asks later" error={problem?.field('reason')}>
        {(bound) => <input {...bound} name="reason" maxLength={500} autoComplete="off" />}
      </Field>
    </FormDialog>
  );
}

function Does({ check, severity }: { check: CheckName; severity: Severity }) {
  const [name, finds] = CHECKS[check];
  return (
    <label className={styles.choice}>
      <span>
        {name} <small>{finds}</small>
      </span>
      <select name={check} defaultValue={severity} aria-label={name}>
        {Object.entries(SEVERITIES).map(([value, [title]]) => (
          <option key={value} value={value}>
            {title}
          </option>
        ))}
      </select>
    </label>
  );
}
