/** Where a comment, a reply or a change is written. What is typed stays until it is sent or given up. */
import { useRef, type ReactNode } from 'react';
import { asProblem } from '../../api/client.ts';
import type { Named } from '../../api/types.ts';
import { Button } from '../../ui/button.tsx';
import { Note } from '../../ui/state.tsx';
import styles from './comments.module.css';
import { setDraft, useDraft } from './draft.ts';
import { MentionField } from './mentionField.tsx';
import { mentionedIn } from './mentions.ts';
import { useHeed } from './wish.ts';

interface EditorProps {
  /** The name of its draft. */
  draft: string;
  /** Gets the focus when this is wished for. */
  wish: string;
  label: string;
  placeholder: string;
  deed: string;
  members: readonly Named[];
  sending: { isPending: boolean; error: Error | null };
  onSend: (body: string, mentions: string[]) => void;
  onCancel?: () => void;
  /** What it is said of. */
  children?: ReactNode;
}

export function Editor({ draft, wish, label, placeholder, deed, members, sending, onSend, onCancel, children }: EditorProps) {
  const field = useRef<HTMLTextAreaElement>(null);
  const { body, picked } = useDraft(draft);
  useHeed(wish, field);
  const { isPending, error } = sending;
  const ready = body.trim() !== '';
  const send = () => {
    if (ready && !isPending) onSend(body.trim(), mentionedIn(body, members, picked));
  };
  return (
    <form
      className={styles.editor}
      onSubmit={(event) => {
        event.preventDefault();
        send();
      }}
    >
      <MentionField
        field={field}
        label={label}
        placeholder={placeholder}
        value={body}
        busy={isPending}
        members={members}
        onChange={(text) => setDraft(draft, { body: text })}
        onPick={(person, text) => setDraft(draft, { body: text, picked: [...picked.filter(({ id }) => id !== person.id), person] })}
        onSend={send}
        onCancel={onCancel}
      />
      {error && !isPending && (
        <Note
          tone="bad"
          live
          action={
            <Button size="small" icon="retry" onClick={send}>
              Try again
            </Button>
          }
        >
          {asProblem(error).message} What you wrote is still here.
        </Note>
      )}
      <div className={styles.send}>
        {children}
        <span>
          {onCancel && (
            <Button variant="quiet" size="small" onClick={onCancel}>
              Cancel
            </Button>
          )}
          <Button variant="primary" size="small" type="submit" busy={isPending} disabled={!ready} title="Ctrl Enter">
            {deed}
          </Button>
        </span>
      </div>
    </form>
  );
}
