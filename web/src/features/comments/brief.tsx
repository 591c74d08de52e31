/** What was said of a take, in short, beside it: each with its time, which is heard at a click. Folded until there is something to read. */
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { asProblem } from '../../api/client.ts';
import type { Named, Version } from '../../api/types.ts';
import { Button } from '../../ui/button.tsx';
import { Icon } from '../../ui/icons.tsx';
import { Note } from '../../ui/state.tsx';
import styles from './brief.module.css';
import { NewComment } from './newComment.tsx';
import { commentsQuery } from './queries.ts';
import { placeWords, threadsOf, type Thread } from './threads.ts';
import { useWish } from './wish.ts';

interface BriefCommentsProps {
  version: Version;
  person: string;
  members: readonly Named[];
  /** What the version is called here. */
  name: string;
  onHear: (ms: number) => void;
  position: (() => number) | null;
}

export function BriefComments({ version, person, members, name, onHear, position }: BriefCommentsProps) {
  const list = useQuery(commentsQuery(version.id));
  const [toggled, setToggled] = useState<boolean | null>(null);
  const wished = useWish()?.of === version.id;
  const open = threadsOf(list.data ?? []).filter(({ root }) => !root.resolved && !root.deleted);
  const shown = toggled ?? (wished || open.length > 0);
  const mayWrite = version.can.includes('comment.create');
  if (list.isError && !list.data)
    return (
      <Note tone="bad" action={<Button size="small" onClick={() => void list.refetch()}>Try again</Button>}>
        The comments could not be loaded. {asProblem(list.error).message}
      </Note>
    );
  if (!list.data || (open.length === 0 && !mayWrite)) return null;
  return (
    <section className={styles.brief} aria-label={`Comments on ${name}`}>
      <button type="button" className={styles.toggle} aria-expanded={shown} onClick={() => setToggled(!shown)}>
        <Icon name="chevron" />
        {open.length === 0 ? 'Comment' : `${open.length} open ${open.length === 1 ? 'comment' : 'comments'}`}
      </button>
      {shown && open.length > 0 && (
        <ol className={styles.said}>
          {open.map((thread) => (
            <Said key={thread.root.id} thread={thread} onHear={onHear} />
          ))}
        </ol>
      )}
      {shown && mayWrite && <NewComment version={version} person={person} members={members} position={position} />}
    </section>
  );
}

function Said({ thread: { root, replies }, onHear }: { thread: Thread; onHear: (ms: number) => void }) {
  const { at_ms: atMs, until_ms: untilMs, person, body } = root;
  const answers = replies.filter((one) => !one.deleted).length;
  return (
    <li>
      {atMs === null ? (
        <span className={styles.whole}>Whole</span>
      ) : (
        <button type="button" className={styles.time} title="Play from here" onClick={() => onHear(atMs)}>
          {placeWords({ atMs, untilMs })}
        </button>
      )}
      <p>
        <b>{person.name}</b> {body}
        {answers > 0 && <small> · {answers === 1 ? '1 reply' : `${answers} replies`}</small>}
      </p>
    </li>
  );
}
