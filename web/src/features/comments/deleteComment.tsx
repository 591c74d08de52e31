/** Asks once before a comment's words are taken away for good. */
import { asProblem } from '../../api/client.ts';
import type { Comment } from '../../api/types.ts';
import { Button } from '../../ui/button.tsx';
import { Dialog, DialogFooter } from '../../ui/dialog.tsx';
import form from '../../ui/form.module.css';
import { Note } from '../../ui/state.tsx';
import { useDelete } from './mutations.ts';

export function DeleteComment({ comment, onClose }: { comment: Comment; onClose: () => void }) {
  const remove = useDelete(comment);
  return (
    <Dialog title="Delete this comment?" onClose={onClose}>
      <div className={form.form}>
        {remove.isError && (
          <Note tone="bad" live>
            {asProblem(remove.error).message}
          </Note>
        )}
        <p>Nobody can read it any more, and it can’t be brought back. That there was one stays, and so do the replies.</p>
        <DialogFooter>
          <Button variant="quiet" onClick={onClose}>
            Keep it
          </Button>
          <Button variant="danger" busy={remove.isPending} onClick={() => remove.mutate(undefined, { onSuccess: onClose })}>
            Delete comment
          </Button>
        </DialogFooter>
      </div>
    </Dialog>
  );
}
