/** Another password. Every other browser is signed out by it. */
import { type SyntheticEvent } from 'react';
import { asProblem } from '../../api/client.ts';
import { Button } from '../../ui/button.tsx';
import { Field } from '../../ui/field.tsx';
import { Note } from '../../ui/state.tsx';
import { toast } from '../../ui/toast.tsx';
import styles from './account.module.css';
import { useChangePassword } from './accountQueries.ts';

export function Password({ email }: { email: string }) {
  const change = useChangePassword();
  const problem = change.isError ? asProblem(change.error) : null;
  const submit = (event: SyntheticEvent<HTMLFormElement>) => {
    event.preventDefault();
    const form = event.currentTarget;
    const values = new FormData(form);
    const [current, next] = ['current', 'new'].map((name) => values.get(name));
    const body = { current: typeof current === 'string' ? current : '', new: typeof next === 'string' ? next : '' };
    const done = () => {
      form.reset();
      toast('Your password is changed; every other browser is signed out');
    };
    change.mutate(body, { onSuccess: done });
  };
  return (
    <section aria-labelledby="password" className={styles.part}>
      <h2 id="password">Password</h2>
      <form onSubmit={submit} noValidate>
        {problem && problem.fields.length === 0 && (
          <Note tone="bad" live>
            {problem.message}
          </Note>
        )}
        <input type="text" name="username" autoComplete="username" defaultValue={email} hidden />
        <Field label="Present password" error={problem?.field('current')}>
          {(bound) => <input {...bound} name="current" type="password" autoComplete="current-password" />}
        </Field>
        <Field label="New password" error={problem?.field('new')} hint="At least 10 characters; four unrelated words do well">
          {(bound) => <input {...bound} name="new" type="password" autoComplete="new-password" />}
        </Field>
        <Button variant="primary" type="submit" busy={change.isPending}>
          Change password
        </Button>
      </form>
    </section>
  );
}
