/** Title, language and tags of an asset; its key is for good. */
import { asProblem } from '../../api/client.ts';
import type { Asset } from '../../api/types.ts';
import { Field } from '../../ui/field.tsx';
import { FormDialog } from '../../ui/formDialog.tsx';
import form from '../../ui/form.module.css';
import { textOf } from '../../ui/form.ts';
import { LanguageField, TagsField, splitTags } from './fields.tsx';
import { useChangeAsset } from './mutations.ts';

export function EditAsset({ asset, onClose }: { asset: Asset; onClose: () => void }) {
  const change = useChangeAsset(asset.id);
  const problem = change.isError ? asProblem(change.error) : null;
  const submit = (values: FormData) => {
    change.mutate({ title: textOf(values, 'title'), language: textOf(values, 'language'), tags: splitTags(textOf(values, 'tags')) }, { onSuccess: onClose });
  };
  return (
    <FormDialog title="Edit details" deed="Save" busy={change.isPending} refused={problem?.whole} onSubmit={submit} onClose={onClose}>
      <Field label="Title" error={problem?.field('title')}>
        {(bound) => <input {...bound} name="title" defaultValue={asset.title} autoComplete="off" />}
      </Field>
      <div className={form.row}>
        <LanguageField error={problem?.field('language')} value={asset.language} />
        <TagsField error={problem?.field('tags')} value={asset.tags} />
      </div>
    </FormDialog>
  );
}
