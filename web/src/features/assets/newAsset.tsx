/** A new asset, in a dialog. What the server refuses is shown on the field it names. */
import { asProblem } from '../../api/client.ts';
import { sendOnce } from '../../api/once.ts';
import type { Asset, Project } from '../../api/types.ts';
import { Field } from '../../ui/field.tsx';
import { FormDialog } from '../../ui/formDialog.tsx';
import form from '../../ui/form.module.css';
import { textOf } from '../../ui/form.ts';
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
  const submit = (values: FormData) => {
    const text = (name: string) => textOf(values, name);
    const ask = { key: text('key'), title: text('title'), language: text('language'), tags: splitTags(text('tags')) };
    create.mutate(sendOnce(create, ask), { onSuccess: onCreated });
  };
  return (
    <FormDialog title="New asset" deed="Create asset" busy={create.isPending} refused={problem?.whole} onSubmit={submit} onClose={onClose}>
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
    </FormDialog>
  );
}
