/** A new key, in a dialog: first what it is for, then its secret, this once. */
import { useId, useState } from 'react';
import { asProblem } from '../../api/client.ts';
import type { MadeApiKey, Project, Scope } from '../../api/types.ts';
import { Field } from '../../ui/field.tsx';
import { FormDialog } from '../../ui/formDialog.tsx';
import { textOf } from '../../ui/form.ts';
import { useCreateKey } from './mutations.ts';
import styles from './newKey.module.css';
import { Secret } from './secret.tsx';
import { SCOPES } from './words.ts';

const DAY_MS = 86_400_000;
const LIFETIMES = [
  [7, '7 days'],
  [30, '30 days'],
  [90, '90 days'],
  [180, '180 days'],
  [365, 'a year'],
] as const;

export function NewKey({ project, onClose }: { project: Project; onClose: () => void }) {
  const [made, setMade] = useState<MadeApiKey | null>(null);
  if (made) return <Secret made={made} onClose={onClose} />;
  return <Wanted project={project} onClose={onClose} onMade={setMade} />;
}

interface WantedProps {
  project: Project;
  onClose: () => void;
  onMade: (key: MadeApiKey) => void;
}

function Wanted({ project, onClose, onMade }: WantedProps) {
  const create = useCreateKey();
  const problem = create.isError ? asProblem(create.error) : null;
  const submit = (values: FormData) => {
    const end = new Date(Date.now() + Number(textOf(values, 'days')) * DAY_MS).toISOString();
    const scopes = values.getAll('scopes') as Scope[];
    create.mutate({ project_id: project.id, name: textOf(values, 'name'), scopes, expires_at: end }, { onSuccess: onMade });
  };
  return (
    <FormDialog title="New API key" deed="Make key" busy={create.isPending} refused={problem?.whole} onSubmit={submit} onClose={onClose}>
      <Field label="Name" hint="The program it is for, so that you know it again" error={problem?.field('name')}>
        {(bound) => <input {...bound} name="name" placeholder="Course player" autoComplete="off" />}
      </Field>
      <Scopes error={problem?.field('scopes')} />
      <Field label="Works for" hint="Then it ends by itself. You can revoke it before" error={problem?.field('expires_at')}>
        {(bound) => (
          <select {...bound} name="days" defaultValue={90}>
            {LIFETIMES.map(([days, words]) => (
              <option key={days} value={days}>
                {words}
              </option>
            ))}
          </select>
        )}
      </Field>
    </FormDialog>
  );
}

function Scopes({ error }: { error: string | undefined }) {
  const id = useId();
  return (
    <fieldset className={styles.scopes} aria-describedby={error && id}>
      <legend>Scopes</legend>
      {Object.entries(SCOPES).map(([scope, meaning]) => (
        <label key={scope}>
          <input type="checkbox" name="scopes" value={scope} defaultChecked={scope === 'read'} />
          <b>{scope}</b> <span>{meaning}</span>
        </label>
      ))}
      <p className={styles.hint}>It does these where you may do them yourself, and nothing else.</p>
      {error && (
        <p id={id} className={styles.error} role="alert">
          {error}
        </p>
      )}
    </fieldset>
  );
}
