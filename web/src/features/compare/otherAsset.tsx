/** Finds another asset of the project, and takes its newest version; an older one can then be picked in its place. */
import { useQuery } from '@tanstack/react-query';
import { useDeferredValue, useState } from 'react';
import { asProblem } from '../../api/client.ts';
import { Button } from '../../ui/button.tsx';
import { Dialog, DialogFooter } from '../../ui/dialog.tsx';
import { Field } from '../../ui/field.tsx';
import form from '../../ui/form.module.css';
import { Note, Skeleton } from '../../ui/state.tsx';
import styles from './otherAsset.module.css';
import { assetsWithQuery } from './queries.ts';

interface OtherAssetProps {
  project: string;
  taken: readonly string[];
  onPick: (version: string) => void;
  onClose: () => void;
}

export function OtherAsset({ project, taken, onPick, onClose }: OtherAssetProps) {
  const [words, setWords] = useState('');
  const list = useQuery(assetsWithQuery(project, useDeferredValue(words.trim())));
  const found = list.data?.items.filter(({ latest_version: newest }) => newest && !taken.includes(newest.id)) ?? [];
  return (
    <Dialog title="Add a version of another asset" onClose={onClose}>
      <div className={form.form}>
        <p className={styles.quiet}>Other words are being said then, so takes are switched at the words they share, or at the same part of the way.</p>
        <Field label="Search assets">{(bound) => <input {...bound} type="search" value={words} autoComplete="off" onChange={(event) => setWords(event.target.value)} />}</Field>
        {list.isPending && <Skeleton lines={4} label="Loading the assets" />}
        {list.isError && (
          <Note tone="bad" action={<Button size="small" onClick={() => void list.refetch()}>Try again</Button>}>
            The assets could not be loaded. {asProblem(list.error).message}
          </Note>
        )}
        {list.isSuccess && found.length === 0 && <p className={styles.quiet}>{words.trim() === '' ? 'No other asset has a version yet.' : 'Nothing matches.'}</p>}
        {found.length > 0 && (
          <ul className={styles.found} aria-label="Assets" aria-busy={list.isPlaceholderData || undefined}>
            {found.map(({ id, title, key, latest_version: newest }) => (
              <li key={id}>
                <button type="button" onClick={() => newest && onPick(newest.id)}>
                  <span>
                    {title} <small>{key}</small>
                  </span>
                  <b>v{newest?.number}</b>
                </button>
              </li>
            ))}
          </ul>
        )}
        <DialogFooter>
          <Button variant="quiet" onClick={onClose}>
            Cancel
          </Button>
        </DialogFooter>
      </div>
    </Dialog>
  );
}
