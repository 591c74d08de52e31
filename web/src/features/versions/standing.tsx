/** How a version stands with those who judge it, where one decides whether to open it. */
import type { Version } from '../../api/types.ts';
import { Ago } from '../../ui/ago.tsx';
import { Note } from '../../ui/state.tsx';
import styles from './versionCard.module.css';

/** `2 open comments`; it leads to them. */
export function OpenComments({ version, onOpen }: { version: Version; onOpen: () => void }) {
  const { open } = version.comments;
  if (open === 0) return null;
  return (
    <button type="button" className={styles.talk} onClick={onOpen} title="Show what was said">
      {open === 1 ? '1 open comment' : `${open} open comments`}
    </button>
  );
}

export function ChangesRequested({ version }: { version: Version }) {
  const wish = version.changes_requested;
  if (!wish) return null;
  return (
    <Note tone="warn">
      <b>{wish.by.name} requested changes</b> <Ago time={wish.at} />: {wish.reason}
    </Note>
  );
}
