/** A new project, or another name for one. Its key is for good. */
import { useState } from 'react';
import { asProblem } from '../../api/client.ts';
import type { Project } from '../../api/types.ts';
import { Field } from '../../ui/field.tsx';
import { FormDialog } from '../../ui/formDialog.tsx';
import { keyOf, textOf } from '../../ui/form.ts';
import { useCreateProject, useRenameProject } from './mutations.ts';

export function NameProject({ project, onClose }: { project: Project | null; onClose: () => void }) {
  return project ? <Rename project={project} onClose={onClose} /> : <Create onClose={onClose} />;
}

function Create({ onClose }: { onClose: () => void }) {
  const create = useCreateProject();
  const [key, setKey] = useState('');
  const [own, setOwn] = useState(false);
  const problem = create.isError ? asProblem(create.error) : null;
  const submit = (values: FormData) => {
    create.mutate({ name: textOf(values, 'name'), key: key.trim() }, { onSuccess: onClose });
  };
  return (
    <FormDialog title="New project" deed="Create project" busy={create.isPending} refused={problem?.whole} onSubmit={submit} onClose={onClose}>
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
    </FormDialog>
  );
}

function Rename({ project, onClose }: { project: Project; onClose: () => void }) {
  const rename = useRenameProject(project);
  const problem = rename.isError ? asProblem(rename.error) : null;
  const submit = (values: FormData) => {
    rename.mutate({ name: textOf(values, 'name') }, { onSuccess: onClose });
  };
  return (
    <FormDialog title={`Rename ${project.name}`} deed="Rename" busy={rename.isPending} refused={problem?.whole} onSubmit={submit} onClose={onClose}>
      <Field label="Name" error={problem?.field('name')}>
        {(bound) => <input {...bound} name="name" defaultValue={project.name} autoComplete="off" />}
      </Field>
    </FormDialog>
  );
}
