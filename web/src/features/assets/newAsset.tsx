/** A new asset, in a dialog. What the server refuses is shown on the field it names. */
import type { SyntheticEvent } from 'react';
import { asProblem } from '../../api/client.ts';
import { sendOnce } from '../../api/once.ts';
import type { Asset, Project } from '../../api/types.ts';
import { Button } from '../../ui/button.tsx';
import { Dialog, DialogFooter } from '../../ui/dialog.tsx';
import { Field } from '../../ui/field.tsx';
import form from '../../ui/form.module.css';
import { textOf } from '../../ui/form.ts';
import { Note } from '../../ui/state.tsx';
import { LanguageField, TagsField, splitTags } from './fields.tsx';
import { useCreateAsset } from './mutations.ts';

interface NewAssetProps {
  project: Project;
  onClose: () => void;
  onCreated: (asset: Asset) => void;
}

export function NewAsset({ project, onClose, onCreated }: NewAssetProps) {
  const create = useCreateAsset(project.id);
  const problem = create.isError ? asProblem(create.error) : null;
  const submit = (event: SyntheticEvent<HTMLFormElement>) => {
    event.preventDefault();
    const values = new FormData(event.currentTarget);
    const text = (name: string) => textOf(values, name);
    const ask = { key: text('key'), title: text('title'), language: text('language'), tags: splitTags(text('tags')) };
    create.mutate(sendOnce(create, ask), { onSuccess: onCreated });
  };
  return (
    <Dialog title="New asset" onClose={onClose}>
      <form className={form.form} onSubmit={submit} noValidate>
        {problem && problem.fields.length === 0 && (
          <Note tone="bad" live>
            {problem.message} What you typed is still here.
          </Note>
        )}
        <Field label="Title" error={problem?.field('title')}>
          {(bound) => <input {...bound} name="title" placeholder="Greeting" autoComplete="off" />}
        </Field>
        <Field
          label="Key"
          hint="What machines ask for. Lower-case letters, digits, dots, dashes; parts joined by a slash."
          error={problem?.field('key')}
        >
          {(bound) => <input {...bound} name="key" placeholder="support/greeting" autoComplete="off" autoCapitalize="none" spellCheck={false} />}
        </Field>
        <div className={form.row}>
          <LanguageField error={problem?.field('language')} value="en-US" />
          <TagsField error={problem?.field('tags')} value={[]} />
        </div>
        <DialogFooter>
          <Button variant="quiet" onClick={onClose}>
            Cancel
          </Button>
          <Button variant="primary" type="submit" busy={create.isPending}>
            Create asset
          </Button>
        </DialogFooter>
      </form>
    </Dialog>
  );
}
