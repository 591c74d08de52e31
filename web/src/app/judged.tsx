/** What a reviewer needs beside a version that waits: how it was examined, what it says, and what was said of it. */
import { useQuery } from '@tanstack/react-query';
import type { Review } from '../api/types.ts';
import { player } from '../audio/player.ts';
import { usePlaying, type Track } from '../audio/playing.ts';
import { verdictOf } from '../features/checks/verdict.ts';
import { versionQuery } from '../features/compare/queries.ts';
import { Spoken } from '../features/versions/spoken.tsx';
import { CompareComments } from './compareComments.tsx';
import styles from './judged.module.css';

/** In a few words, in every row. */
export function Standing({ review: { version } }: { review: Review }) {
  const { tone, text } = verdictOf(version.checks);
  const { open } = version.comments;
  return (
    <>
      <span className={styles.checks} data-tone={tone}>
        {text}
      </span>
      {open > 0 && <span>{open === 1 ? '1 open comment' : `${open} open comments`}</span>}
    </>
  );
}

/** In the row one is at: the script, lit as it is spoken, and the comments. */
export function Judged({ review, track }: { review: Review; track: Track }) {
  const { data: version } = useQuery(versionQuery(review.version.id));
  const playing = usePlaying().track?.id === track.id;
  if (!version) return null;
  const hear = (ms: number) => {
    player.seek(ms, track);
    player.play(track);
  };
  return (
    <>
      {playing ? <Spoken version={version} track={track} places={undefined} /> : <p className={styles.script}>{version.script.text}</p>}
      <CompareComments version={version} place={{ hear, position: playing ? () => player.position() : null }} />
    </>
  );
}
