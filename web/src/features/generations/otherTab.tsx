/** Says that another tab wrote the same draft, and gives back what was typed in this one. */
import { Button } from '../../ui/button.tsx';
import { Note } from '../../ui/state.tsx';
import type { DraftStore } from './draft.ts';

const SHOWN = 90;

export function OtherTab({ replaced, draft, bringBack, letGo }: DraftStore) {
  if (!replaced) return null;
  const words = replaced.text ?? replaced.note ?? replaced.reason;
  const gone = Object.keys(draft).length === 0;
  return (
    <Note
      tone="warn"
      live
      action={
        <>
          <Button size="small" onClick={bringBack}>
            Bring it back
          </Button>
          <Button size="small" variant="quiet" onClick={letGo}>
            Let it go
          </Button>
        </>
      }
    >
      {gone ? 'This draft was used or discarded in another tab.' : 'This draft goes on in another tab; here is what was typed there.'} What you typed here is kept
      {words ? `: “${words.length > SHOWN ? `${words.slice(0, SHOWN)}…` : words}”` : '.'}
    </Note>
  );
}
