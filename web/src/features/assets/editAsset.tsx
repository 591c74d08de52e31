/** Title, language and tags of an asset; its key is for good. */
import type { SyntheticEvent } from 'react';
import { asProblem } from '../../api/client.ts';
import type { Asset } from '../../api/types.ts';
import { Button } from '../../ui/button.tsx';
import { Dialog, DialogFooter } from '../../ui/dialog.tsx';
import { Field } from '../../ui/field.tsx';
import form from '../../ui/form.module.css';
import { textOf } from '../../ui/form.ts';
import { Note } from '../../ui/state.tsx';
import { LanguageField, TagsField, splitTags } from './fields.tsx';
import { useChangeAsset } from './mutations.ts';

export function EditAsset({ asset, onClose }: { asset: Asset; onClose: () => void }) {
  const change = useChangeAsset(asset.id);
  const problem = change.isError ? asProblem(change.error) : null;
  const submit = (event: SyntheticEvent<HTMLFormElement>) => {
    event.preventDefault();
    const values = new FormData(event.currentTarget);
    change.mutate({ title: textOf(values, 'title'), language: textOf(values, 'language'), tags: splitTags(textOf(values, 'tags')) }, { onSuccess: onClose });
  };
  return (
    <Dialog title="Edit details" onClose={onClose}>
      <form className={form.form} onSubmit={submit} noValidate>
        {problem && problem.fields.length === 0 && (
          <Note tone="bad" live>
            {problem.message} What you typed is still here.
          </Note>
        )}
        <Field label="Title" error={problem?.field('title')}>
          {(bound) => <input {...bound} name="title" defaultValue={asset.title} autoComplete="off" />}
        </Field>
        <div className={form.row}>
          <LanguageField error={problem?.field('language')} value={asset.language} />
          <TagsField error={problem?.field('tags')} value={asset.tags} />
        </div>
        <DialogFooter>
          <Button variant="quiet" onClick={onClose}>
            Cancel
          </Button>
          <Button variant="primary" type="submit" busy={change.isPending}>
            Save
          </Button>
        </DialogFooter>
      </form>
    </Dialog>
  );
}
