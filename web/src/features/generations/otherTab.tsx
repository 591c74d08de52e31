/** Says that another tab wrote the same draft, and gives back what was typed in this one. */
import { Button } from '../../ui/button.tsx';
import { Note } from '../../ui/state.tsx';
import type { DraftStore } from './draft.ts';
import styles from './otherTab.module.css';

const SHOWN = 90;

export function OtherTab({ replaced, draft, bringBack, letGo }: DraftStore) {
  if (!replaced) return null;
  const words = replaced.text ?? replaced.note ?? replaced.reason;
  const gone = Object.keys(draft).length === 0;
  return (
    <Note tone="warn" live>
      {gone ? 'This draft was used or discarded in another tab.' : 'This draft goes on in another tab.'} What you typed here is kept
      {words ? `: “${words.length > SHOWN ? `${words.slice(0, SHOWN)}…` : words}”` : '.'}
      <div className={styles.ways}>
        <Button size="small" onClick={bringBack}>
          Bring it back
        </Button>
        <Button size="small" variant="quiet" onClick={letGo}>
          Let it go
        </Button>
      </div>
    </Note>
  );
}
