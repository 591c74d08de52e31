/** The words of the version that has the player, fetched when it gets it. */
import { useQuery } from '@tanstack/react-query';
import { useMemo } from 'react';
import type { Version } from '../../api/types.ts';
import { asProblem } from '../../api/client.ts';
import { useHeard } from '../../audio/heard.ts';
import { player } from '../../audio/player.ts';
import { usePlaying, type Track } from '../../audio/playing.ts';
import { trackHead } from '../../audio/trackHead.ts';
import { Transcript } from '../../audio/transcript.tsx';
import type { Places } from '../../audio/waveform.tsx';
import { wordsQuery } from '../../audio/wordsQueries.ts';
import { Button } from '../../ui/button.tsx';
import { Note, Skeleton } from '../../ui/state.tsx';
import styles from './spoken.module.css';

interface SpokenProps {
  version: Version;
  track: Track;
  places: Places | undefined;
}

export function Spoken({ version, track, places }: SpokenProps) {
  const playing = usePlaying();
  return playing.track?.id === track.id && <Words version={version} track={track} places={places} />;
}

function Words({ version, track, places }: SpokenProps) {
  const words = useQuery(wordsQuery(version.id));
  const head = useMemo(() => trackHead(track.id), [track.id]);
  const heard = useHeard(track.id, version.audio.duration_ms);
  const play = (ms: number) => {
    player.seek(ms, track);
    player.play(track);
  };
  return (
    <section className={styles.spoken} aria-label={`What version ${version.number} says`}>
      {words.isPending && <Skeleton lines={2} label="Loading the words" />}
      {words.isError && (
        <Note tone="bad" action={<Button size="small" onClick={() => void words.refetch()}>Try again</Button>}>
          The words could not be loaded. {asProblem(words.error).message}
        </Note>
      )}
      {words.data && words.data.words.length === 0 && <p className={styles.quiet}>It is not known yet when each word is spoken.</p>}
      {words.data && words.data.words.length > 0 && (
        <Transcript
          words={words.data.words}
          source={words.data.source}
          head={head}
          label={`Words of version ${version.number}`}
          onSeek={play}
          span={places?.span ?? null}
          {...(places?.onSpan && { onSpan: places.onSpan })}
        />
      )}
      <p className={styles.quiet} title="How much of it was played in this tab; what is heard twice counts once">
        Heard {Math.floor(heard * 100)} %
      </p>
    </section>
  );
}
