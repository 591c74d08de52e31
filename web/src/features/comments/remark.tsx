/** One comment: who, when, what; what it said before; what the reader may do with it. */
import { useState, type ReactNode } from 'react';
import type { Comment, Named } from '../../api/types.ts';
import { Ago } from '../../ui/ago.tsx';
import { Button } from '../../ui/button.tsx';
import { at } from '../../ui/format.ts';
import styles from './comments.module.css';
import { DeleteComment } from './deleteComment.tsx';
import { discard, draftName, setDraft, useDraft } from './draft.ts';
import { Editor } from './editor.tsx';
import { piecesOf } from './mentions.ts';
import { useEdit } from './mutations.ts';
import { wishFor } from './wish.ts';

interface RemarkProps {
  comment: Comment;
  person: string;
  members: readonly Named[];
  /** Where it is in the audio. */
  place?: ReactNode;
  /** More that can be done. */
  actions?: ReactNode;
}

export function Remark({ comment, person, members, place, actions }: RemarkProps) {
  const draft = draftName(person, `edit.${comment.id}`);
  const { body } = useDraft(draft);
  const [editing, setEditing] = useState(body !== '');
  const [deleting, setDeleting] = useState(false);
  const edit = useEdit(comment, draft);
  const { person: author, can } = comment;
  const begin = () => {
    setDraft(draft, { body: comment.body ?? '', picked: comment.mentions });
    setEditing(true);
    wishFor(`edit.${comment.id}`);
  };
  const stop = () => {
    edit.reset();
    discard(draft);
    setEditing(false);
  };
  return (
    <div className={styles.remark}>
      <p className={styles.head}>
        {place}
        <strong>{author.name}</strong>
        <Ago time={comment.created_at} />
      </p>
      {comment.deleted && (
        <p className={styles.gone}>
          Deleted{comment.deleted.by.id !== author.id && ` by ${comment.deleted.by.name}`} <Ago time={comment.deleted.at} />
        </p>
      )}
      {!comment.deleted && editing && can.includes('comment.edit') ? (
        <Editor
          draft={draft}
          wish={`edit.${comment.id}`}
          label="Edit your comment"
          placeholder="Say it otherwise"
          deed="Save"
          members={members}
          sending={edit}
          onSend={(text, mentions) => edit.mutate({ body: text, mentions }, { onSuccess: () => setEditing(false) })}
          onCancel={stop}
        />
      ) : (
        <Words comment={comment} />
      )}
      {!editing && (
        <div className={styles.actions}>
          {actions}
          {can.includes('comment.edit') && (
            <Button variant="quiet" size="small" onClick={begin}>
              Edit
            </Button>
          )}
          {can.includes('comment.delete') && (
            <Button variant="quiet" size="small" onClick={() => setDeleting(true)}>
              Delete
            </Button>
          )}
        </div>
      )}
      {deleting && <DeleteComment comment={comment} onClose={() => setDeleting(false)} />}
    </div>
  );
}

function Words({ comment: { body, mentions, earlier, edited_at: edited } }: { comment: Comment }) {
  if (body === null) return null;
  return (
    <>
      <p className={styles.body}>
        {piecesOf(body, mentions).map(({ text, person }, index) => (person ? <span key={index} className={styles.mention}>{text}</span> : text))}
      </p>
      {edited && (
        <details className={styles.earlier}>
          <summary>
            Edited <Ago time={edited} />
          </summary>
          <ol>
            {earlier.map((one) => (
              <li key={one.at}>
                <span>Until then, since {at(one.at)}:</span>
                <p className={styles.body}>{one.body}</p>
              </li>
            ))}
          </ol>
        </details>
      )}
    </>
  );
}
