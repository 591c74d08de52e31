/** What people say of a version: threads in the order of their moment, and a place to say more. */
import { useQuery } from '@tanstack/react-query';
import { useEffect, useState } from 'react';
import { asProblem } from '../../api/client.ts';
import type { Named, Version } from '../../api/types.ts';
import { player } from '../../audio/player.ts';
import { usePlaying, type Track } from '../../audio/playing.ts';
import { Button } from '../../ui/button.tsx';
import { Note, Skeleton } from '../../ui/state.tsx';
import styles from './comments.module.css';
import { NewComment } from './newComment.tsx';
import { commentsQuery } from './queries.ts';
import { ThreadItem } from './threadItem.tsx';
import { threadsOf } from './threads.ts';
import { useWish, wishFor } from './wish.ts';

interface CommentsProps {
  version: Version;
  /** Who reads: what is typed is each person's own. */
  person: string;
  /** Who can be mentioned. */
  members: readonly Named[];
  track: Track;
  /** The comment that the address points at. */
  linked: string | null;
}

export function Comments({ version, person, members, track, linked }: CommentsProps) {
  const list = useQuery(commentsQuery(version.id));
  const wish = useWish();
  const { track: playing } = usePlaying();
  const [whole, setWhole] = useState(false);
  const target = list.data?.find((one) => one.id === linked);
  const thread = target && (target.reply_to ?? target.id);
  useEffect(() => {
    if (thread !== undefined) wishFor(thread);
  }, [thread]);
  const threads = threadsOf(list.data ?? []);
  const open = threads.filter(({ root }) => !root.resolved);
  const settled = threads.filter(({ root }) => root.resolved);
  const showing = whole || settled.some(({ root }) => root.id === wish?.of);
  const mayWrite = version.can.includes('comment.create');
  const of = { version, person, members, track };
  return (
    <section className={styles.comments} aria-labelledby={`comments-${version.id}`}>
      <h4 id={`comments-${version.id}`}>Comments {open.length > 0 && <span>{open.length} open</span>}</h4>
      {list.isPending && <Skeleton lines={3} label="Loading the comments" />}
      {list.isError && !list.data && (
        <Note tone="bad" action={<Button size="small" onClick={() => void list.refetch()}>Try again</Button>}>
          The comments could not be loaded. {asProblem(list.error).message}
        </Note>
      )}
      {list.data && threads.length === 0 && (
        <p className={styles.quiet}>
          {mayWrite && !version.audio.dropped ? 'Nothing said yet. Drag over the waveform, or press C at the moment you mean.' : 'Nothing said yet.'}
        </p>
      )}
      {list.data && threads.length > 0 && open.length === 0 && <p className={styles.quiet}>All is settled.</p>}
      {open.length > 0 && (
        <ol className={styles.threads} aria-label="Open comments">
          {open.map((one) => (
            <ThreadItem key={one.root.id} thread={one} {...of} />
          ))}
        </ol>
      )}
      {settled.length > 0 && (
        <div>
          <Button variant="quiet" size="small" aria-expanded={showing} onClick={() => setWhole(!showing)}>
            {showing ? 'Hide' : 'Show'} {settled.length} resolved
          </Button>
        </div>
      )}
      {showing && (
        <ol className={styles.threads} aria-label="Resolved comments">
          {settled.map((one) => (
            <ThreadItem key={one.root.id} thread={one} {...of} />
          ))}
        </ol>
      )}
      {mayWrite && <NewComment version={version} person={person} members={members} position={playing?.id === version.id ? () => player.position() : null} />}
    </section>
  );
}
