/** The reason of a step, and what was refused besides. */
import type { ProblemError } from '../../api/client.ts';
import { Field } from '../../ui/field.tsx';
import { Note } from '../../ui/state.tsx';
import styles from './dialogs.module.css';

interface ReasonFieldProps {
  problem: ProblemError | null;
  hint: string;
  optional?: boolean;
}

export function ReasonField({ problem, hint, optional = false }: ReasonFieldProps) {
  return (
    <Field label="Reason" hint={hint} optional={optional} error={problem?.field('reason')}>
      {(bound) => <textarea {...bound} name="reason" rows={3} maxLength={500} autoComplete="off" />}
    </Field>
  );
}

/** What the server names that is no field of the form: each check that blocks, each version that cannot. */
export function Refused({ problem, fields }: { problem: ProblemError | null; fields: readonly string[] }) {
  const others = problem?.fields.filter(({ field }) => !field.split('.').some((part) => fields.includes(part))) ?? [];
  if (!problem || others.length === 0) return null;
  return (
    <Note tone="bad" live>
      {problem.message}
      <ul className={styles.others}>
        {others.map(({ field, message }) => (
          <li key={`${field} ${message}`}>{message}</li>
        ))}
      </ul>
    </Note>
  );
}
