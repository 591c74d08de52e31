/** Asks once before a key is ended for good. */
import { asProblem } from '../../api/client.ts';
import type { ApiKey } from '../../api/types.ts';
import { Button } from '../../ui/button.tsx';
import { Dialog, DialogFooter } from '../../ui/dialog.tsx';
import { ago } from '../../ui/format.ts';
import form from '../../ui/form.module.css';
import { Note } from '../../ui/state.tsx';
import { toast } from '../../ui/toast.tsx';
import { useRevokeKey } from './mutations.ts';

export function RevokeKey({ apiKey, onClose }: { apiKey: ApiKey; onClose: () => void }) {
  const revoke = useRevokeKey();
  const end = () =>
    revoke.mutate(apiKey.id, {
      onSuccess: () => {
        toast(`The key ${apiKey.name} is revoked.`);
        onClose();
      },
    });
  return (
    <Dialog title={`Revoke ${apiKey.name}?`} onClose={onClose}>
      <div className={form.form}>
        {revoke.isError && (
          <Note tone="bad" live>
            {asProblem(revoke.error).message}
          </Note>
        )}
        <p>
          Whatever uses this key is refused from the next request on, and it can’t be brought back.{' '}
          {apiKey.last_used_at === null ? 'It was never used.' : `It was last used ${ago(apiKey.last_used_at)}.`}
        </p>
        <DialogFooter>
          <Button variant="quiet" onClick={onClose}>
            Keep it
          </Button>
          <Button variant="danger" onClick={end} busy={revoke.isPending}>
            Revoke key
          </Button>
        </DialogFooter>
      </div>
    </Dialog>
  );
}
