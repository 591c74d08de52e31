/** The sound of a version: to play, on its waveform, with its words; or that it was dropped, and what is left. */
import type { Version } from '../../api/types.ts';
import { PlayButton } from '../../audio/playButton.tsx';
import type { Track } from '../../audio/playing.ts';
import { StillWave } from '../../audio/stillWave.tsx';
import { Waveform, type Places } from '../../audio/waveform.tsx';
import { clock } from '../../ui/format.ts';
import { Dropped, Returned } from './dropped.tsx';
import { Spoken } from './spoken.tsx';
import styles from './versionCard.module.css';

interface SoundProps {
  version: Version;
  track: Track;
  places: Places | undefined;
}

export function Sound({ version, track, places }: SoundProps) {
  const { dropped, duration_ms: durationMs } = version.audio;
  if (dropped) {
    return (
      <>
        <div className={styles.sound} data-still="">
          <StillWave version={version.id} durationMs={durationMs} />
          <span className={styles.length}>{clock(durationMs)}</span>
        </div>
        <Dropped dropped={dropped} />
      </>
    );
  }
  return (
    <>
      <div className={styles.sound}>
        <PlayButton track={track} name={`version ${version.number}`} />
        <Waveform track={track} label={`Position in version ${version.number}`} places={places} />
        <span className={styles.length}>{clock(durationMs)}</span>
      </div>
      <Returned drops={version.audio.earlier_drops} />
      <Spoken version={version} track={track} places={places} />
    </>
  );
}
