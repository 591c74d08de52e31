/** A thread: the comment that began it, the replies, and whether it is settled. */
import { useRef, useState } from 'react';
import type { Named, Version } from '../../api/types.ts';
import { asProblem } from '../../api/client.ts';
import { player } from '../../audio/player.ts';
import type { Track } from '../../audio/playing.ts';
import { Ago } from '../../ui/ago.tsx';
import { Button } from '../../ui/button.tsx';
import { Note } from '../../ui/state.tsx';
import styles from './comments.module.css';
import { discard, draftName, useDraft } from './draft.ts';
import { Editor } from './editor.tsx';
import { useSettle, useWrite } from './mutations.ts';
import { Remark } from './remark.tsx';
import { placeWords, type Thread } from './threads.ts';
import { useHeed, useWish, wishFor } from './wish.ts';

interface ThreadItemProps {
  thread: Thread;
  version: Version;
  person: string;
  members: readonly Named[];
  track: Track;
}

export function ThreadItem({ thread: { root, replies }, version, person, members, track }: ThreadItemProps) {
  const item = useRef<HTMLLIElement>(null);
  useHeed(root.id, item);
  const opened = useWish()?.of === root.id;
  const settle = useSettle(root);
  const settling = root.can.includes('comment.resolve') || root.can.includes('comment.reopen');
  const { at_ms: atMs, until_ms: untilMs, resolved } = root;
  const play = (ms: number) => {
    player.seek(ms, track);
    player.play(track);
  };
  const where = placeWords({ atMs: atMs ?? 0, untilMs });
  const playable = atMs !== null && !version.audio.dropped && (
    <button type="button" className={styles.time} title="Play from here" onClick={() => play(atMs)}>
      {where}
    </button>
  );
  const place = atMs !== null && (playable || <span>{where}</span>);
  return (
    <li ref={item} id={`comment-${root.id}`} className={styles.thread} tabIndex={-1} data-opened={opened || undefined} data-settled={resolved ? '' : undefined}>
      <Remark
        comment={root}
        person={person}
        members={members}
        place={place}
        actions={
          settling && (
            <Button variant="quiet" size="small" icon={resolved ? 'retry' : 'check'} busy={settle.isPending} onClick={() => settle.mutate()}>
              {resolved ? 'Reopen' : 'Resolve'}
            </Button>
          )
        }
      />
      {settle.isError && (
        <Note tone="bad" live>
          {asProblem(settle.error).message}
        </Note>
      )}
      {replies.length > 0 && (
        <ol className={styles.replies} aria-label={`Replies to ${root.person.name}`}>
          {replies.map((reply) => (
            <li key={reply.id}>
              <Remark comment={reply} person={person} members={members} />
            </li>
          ))}
        </ol>
      )}
      {resolved && (
        <p className={styles.quiet}>
          Resolved by {resolved.by.name} <Ago time={resolved.at} />
        </p>
      )}
      {version.can.includes('comment.create') && <Reply root={root.id} to={root.person.name} version={version} person={person} members={members} />}
    </li>
  );
}

interface ReplyProps {
  root: string;
  to: string;
  version: Version;
  person: string;
  members: readonly Named[];
}

function Reply({ root, to, version, person, members }: ReplyProps) {
  const draft = draftName(person, `reply.${root}`);
  const { body } = useDraft(draft);
  const [open, setOpen] = useState(body !== '');
  const writing = useWrite(version.id, draft);
  const begin = () => {
    setOpen(true);
    wishFor(`reply.${root}`);
  };
  const stop = () => {
    writing.reset();
    discard(draft);
    setOpen(false);
  };
  if (!open)
    return (
      <Button variant="quiet" size="small" onClick={begin} aria-label={`Reply to ${to}`}>
        Reply
      </Button>
    );
  return (
    <Editor
      draft={draft}
      wish={`reply.${root}`}
      label={`Reply to ${to}`}
      placeholder="Reply; @ mentions somebody"
      deed="Reply"
      members={members}
      sending={writing}
      onSend={(text, mentions) => writing.write({ body: text, mentions, reply_to: root }, () => setOpen(false))}
      onCancel={stop}
    />
  );
}
