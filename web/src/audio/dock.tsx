/** The player at the bottom of the page. It appears with the first sound and stays while one moves about. */
import { useSyncExternalStore, type ReactNode } from 'react';
import { Button, IconButton } from '../ui/button.tsx';
import { clock } from '../ui/format.ts';
import { Icon } from '../ui/icons.tsx';
import styles from './dock.module.css';
import { setShortcuts } from './help.ts';
import { PlayButton } from './playButton.tsx';
import { player } from './player.ts';
import { playerKeys } from './playerKeys.ts';
import { usePlaying, type Track } from './playing.ts';
import { Waveform } from './waveform.tsx';

const RATES = [0.5, 0.75, 1, 1.25, 1.5, 2];

/** `link` wraps the title, so that one gets from the sound to where it is at home. */
export function Dock({ link }: { link: (track: Track, title: ReactNode) => ReactNode }) {
  const { track, state, error, rate, volume } = usePlaying();
  if (!track) return null;
  return (
    // The keys belong to the panel: they act only while the focus is inside it.
    // oxlint-disable-next-line jsx-a11y/no-noninteractive-element-interactions
    <section className={styles.dock} aria-label="Player" data-dock="" onKeyDown={playerKeys()}>
      <PlayButton key={track.id} track={track} name={track.title} />
      <div className={styles.what}>
        <strong>{link(track, track.title)}</strong>
        <span>{track.detail}</span>
      </div>
      <div className={styles.sound}>
        {state === 'error' ? (
          <div className={styles.error} role="alert">
            <Icon name="warning" />
            <span>{error}</span>
            <Button size="small" onClick={() => player.play(track)}>
              Try again
            </Button>
          </div>
        ) : (
          track.version && <Waveform key={track.id} track={track} label={`Position in ${track.title}`} />
        )}
      </div>
      <Clock track={track} />
      <div className={styles.settings}>
        <label className={styles.rate}>
          <span className={styles.hidden}>Playback speed</span>
          <select value={rate} onChange={(event) => player.setRate(Number(event.target.value))}>
            {RATES.map((one) => (
              <option key={one} value={one}>
                {one}×
              </option>
            ))}
          </select>
        </label>
        <label className={styles.volume}>
          <Icon name="volume" />
          <span className={styles.hidden}>Volume</span>
          <input
            type="range"
            min={0}
            max={1}
            step={0.05}
            value={volume}
            onChange={(event) => player.setVolume(Number(event.target.value))}
          />
        </label>
        <IconButton icon="keys" label="Keyboard shortcuts (?)" onClick={() => setShortcuts(true)} />
      </div>
      <IconButton icon="close" label="Close the player" onClick={() => player.close()} />
    </section>
  );
}

function Clock({ track }: { track: Track }) {
  // In tenths of a second: ten renderings a second are enough for a clock.
  const position = useSyncExternalStore(player.onPosition, () => Math.round(player.position() / 100) * 100);
  return (
    <span className={styles.clock}>
      <b>{clock(position)}</b>
      {track.durationMs !== null && <> / {clock(track.durationMs)}</>}
    </span>
  );
}
