/** Sign in: in a demo with one click as a role, else with e-mail address and password. */
import { useQuery } from '@tanstack/react-query';
import { useState, type SyntheticEvent } from 'react';
import { asProblem } from '../../api/client.ts';
import { ROLES } from '../../api/roles.ts';
import { Button } from '../../ui/button.tsx';
import { Field } from '../../ui/field.tsx';
import { textOf } from '../../ui/form.ts';
import { Icon } from '../../ui/icons.tsx';
import { Failure, Note, Skeleton } from '../../ui/state.tsx';
import { useSignIn } from './mutations.ts';
import { demoQuery } from './queries.ts';
import styles from './signIn.module.css';

export function SignIn({ onSignedIn }: { onSignedIn: () => void }) {
  const demo = useQuery(demoQuery);
  const signIn = useSignIn();
  const [form, setForm] = useState(false);
  const enter = (email: string, password: string) => signIn.mutate({ email, password }, { onSuccess: onSignedIn });

  if (demo.isPending) return <Skeleton lines={5} />;
  if (demo.isError) {
    const problem = asProblem(demo.error);
    return <Failure title={problem.title} detail={problem.message} onRetry={() => void demo.refetch()} />;
  }
  if (!demo.data || form)
    return (
      <>
        <PasswordForm signIn={signIn} onSubmit={enter} />
        {demo.data && (
          <Button variant="quiet" onClick={() => setForm(false)}>
            Back to the roles of the demo
          </Button>
        )}
      </>
    );

  const { accounts, password } = demo.data;
  const chosen = signIn.isPending ? signIn.variables.email : null;
  return (
    <>
      <p className={styles.lead}>This is a demo studio. Choose whom to be; you can switch at any time.</p>
      {signIn.isError && (
        <Note tone="bad" live>
          {asProblem(signIn.error).message}
        </Note>
      )}
      <ul className={styles.roles}>
        {accounts.map(({ email, name, role }) => {
          const [label, does] = ROLES[role];
          return (
            <li key={email}>
              <button type="button" data-busy={chosen === email || undefined} onClick={() => enter(email, password)}>
                <span className={styles.role}>{label}</span>
                <span className={styles.does}>{does}</span>
                <span className={styles.name}>{name}</span>
                <Icon name="start" />
              </button>
            </li>
          );
        })}
      </ul>
      <Button variant="quiet" onClick={() => setForm(true)}>
        Use e-mail and password
      </Button>
    </>
  );
}

interface PasswordFormProps {
  signIn: ReturnType<typeof useSignIn>;
  onSubmit: (email: string, password: string) => void;
}

function PasswordForm({ signIn, onSubmit }: PasswordFormProps) {
  const problem = signIn.isError ? asProblem(signIn.error) : null;
  const submit = (event: SyntheticEvent<HTMLFormElement>) => {
    event.preventDefault();
    const values = new FormData(event.currentTarget);
    const password = values.get('password');
    onSubmit(textOf(values, 'email'), typeof password === 'string' ? password : '');
  };
  return (
    <form className={styles.form} onSubmit={submit}>
      {problem && problem.fields.length === 0 && (
        <Note tone="bad" live>
          {problem.message}
        </Note>
      )}
      <Field label="E-mail address" error={problem?.field('email')}>
        {(bound) => <input {...bound} name="email" type="email" autoComplete="username" required />}
      </Field>
      <Field label="Password" error={problem?.field('password')}>
        {(bound) => <input {...bound} name="password" type="password" autoComplete="current-password" required />}
      </Field>
      <Button variant="primary" type="submit" busy={signIn.isPending}>
        Sign in
      </Button>
    </form>
  );
}
