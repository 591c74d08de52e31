/** A new project, or another name for one. Its key is for good. */
import { useState, type SyntheticEvent } from 'react';
import { asProblem } from '../../api/client.ts';
import type { Project } from '../../api/types.ts';
import { Button } from '../../ui/button.tsx';
import { Dialog, DialogFooter } from '../../ui/dialog.tsx';
import { Field } from '../../ui/field.tsx';
import form from '../../ui/form.module.css';
import { keyOf, textOf } from '../../ui/form.ts';
import { Note } from '../../ui/state.tsx';
import { useCreateProject, useRenameProject } from './mutations.ts';

export function NameProject({ project, onClose }: { project: Project | null; onClose: () => void }) {
  return project ? <Rename project={project} onClose={onClose} /> : <Create onClose={onClose} />;
}

function Create({ onClose }: { onClose: () => void }) {
  const create = useCreateProject();
  const [key, setKey] = useState('');
  const [own, setOwn] = useState(false);
  const problem = create.isError ? asProblem(create.error) : null;
  const submit = (event: SyntheticEvent<HTMLFormElement>) => {
    event.preventDefault();
    create.mutate({ name: textOf(new FormData(event.currentTarget), 'name'), key: key.trim() }, { onSuccess: onClose });
  };
  return (
    <Dialog title="New project" onClose={onClose}>
      <form className={form.form} onSubmit={submit} noValidate>
        {problem && problem.fields.length === 0 && (
          <Note tone="bad" live>
            {problem.message} What you typed is still here.
          </Note>
        )}
        <Field label="Name" error={problem?.field('name')}>
          {(bound) => (
            <input {...bound} name="name" autoComplete="off" onChange={(event) => own || setKey(keyOf(event.currentTarget.value))} />
          )}
        </Field>
        <Field label="Key" hint="Stands in addresses, and is for good" error={problem?.field('key')}>
          {(bound) => (
            <input
              {...bound}
              value={key}
              autoComplete="off"
              spellCheck={false}
              onChange={(event) => {
                setOwn(true);
                setKey(event.currentTarget.value);
              }}
            />
          )}
        </Field>
        <Footer label="Create project" busy={create.isPending} onClose={onClose} />
      </form>
    </Dialog>
  );
}

function Rename({ project, onClose }: { project: Project; onClose: () => void }) {
  const rename = useRenameProject(project);
  const problem = rename.isError ? asProblem(rename.error) : null;
  const submit = (event: SyntheticEvent<HTMLFormElement>) => {
    event.preventDefault();
    rename.mutate({ name: textOf(new FormData(event.currentTarget), 'name') }, { onSuccess: onClose });
  };
  return (
    <Dialog title={`Rename ${project.name}`} onClose={onClose}>
      <form className={form.form} onSubmit={submit} noValidate>
        <Field label="Name" error={problem ? (problem.field('name') ?? problem.message) : undefined}>
          {(bound) => <input {...bound} name="name" defaultValue={project.name} autoComplete="off" />}
        </Field>
        <Footer label="Rename" busy={rename.isPending} onClose={onClose} />
      </form>
    </Dialog>
  );
}

function Footer({ label, busy, onClose }: { label: string; busy: boolean; onClose: () => void }) {
  return (
    <DialogFooter>
      <Button variant="quiet" onClick={onClose}>
        Cancel
      </Button>
      <Button variant="primary" type="submit" busy={busy}>
        {label}
      </Button>
    </DialogFooter>
  );
}
