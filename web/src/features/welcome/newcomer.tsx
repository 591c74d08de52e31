/** The form of who has no account yet: a name and a password; the first owner tells address and project too. */
import { useState, type SyntheticEvent } from 'react';
import { asProblem } from '../../api/client.ts';
import type { InvitationLook } from '../../api/types.ts';
import { Button } from '../../ui/button.tsx';
import { Field } from '../../ui/field.tsx';
import { keyOf, textOf } from '../../ui/form.ts';
import { Note } from '../../ui/state.tsx';
import type { useAccept } from './queries.ts';
import styles from './welcome.module.css';

interface NewcomerProps {
  look: InvitationLook;
  accept: ReturnType<typeof useAccept>;
  onDone: () => void;
}

export function Newcomer({ look, accept, onDone }: NewcomerProps) {
  const founds = look.project === null;
  const [key, setKey] = useState('');
  const problem = accept.isError ? asProblem(accept.error) : null;
  const submit = (event: SyntheticEvent<HTMLFormElement>) => {
    event.preventDefault();
    const values = new FormData(event.currentTarget);
    const password = values.get('password');
    const who = { name: textOf(values, 'name'), password: typeof password === 'string' ? password : '' };
    const project = { key: key.trim(), name: textOf(values, 'project') };
    accept.mutate(founds ? { ...who, email: textOf(values, 'email'), project } : who, { onSuccess: onDone });
  };
  return (
    <form className={styles.form} onSubmit={submit} noValidate>
      {problem && problem.fields.length === 0 && (
        <Note tone="bad" live>
          {problem.message}
        </Note>
      )}
      <Field label="Your name" error={problem?.fields.find((one) => one.field === 'name')?.message}>
        {(bound) => <input {...bound} name="name" autoComplete="name" />}
      </Field>
      <Field label="E-mail address" error={problem?.field('email')} hint="What you sign in with">
        {(bound) => (
          <input {...bound} name="email" type="email" autoComplete="username" readOnly={!founds} defaultValue={look.email ?? ''} />
        )}
      </Field>
      <Field label="Password" error={problem?.field('password')} hint="At least 10 characters; four unrelated words do well">
        {(bound) => <input {...bound} name="password" type="password" autoComplete="new-password" />}
      </Field>
      {founds && (
        <>
          <Field label="Your first project" error={problem?.field('project.name')} hint="A team, such as Support or Training">
            {(bound) => <input {...bound} name="project" autoComplete="off" onChange={(event) => setKey(keyOf(event.currentTarget.value))} />}
          </Field>
          <Field label="Its key" error={problem?.field('key')} hint="Stands in addresses, and is for good">
            {(bound) => (
              <input {...bound} value={key} autoComplete="off" spellCheck={false} onChange={(event) => setKey(event.currentTarget.value)} />
            )}
          </Field>
        </>
      )}
      <Button variant="primary" type="submit" busy={accept.isPending}>
        {founds ? 'Start the studio' : `Join ${look.project}`}
      </Button>
    </form>
  );
}
