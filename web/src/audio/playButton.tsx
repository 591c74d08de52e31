/** Plays or pauses one track; fetches it when the pointer or the focus comes near. It is never disabled while it prepares. */
import { Icon } from '../ui/icons.tsx';
import styles from './playButton.module.css';
import { setPlaying, usePlaying, type Track } from './playing.ts';

const fetched = () => import('./player.ts').then((module) => module.player);

interface PlayButtonProps {
  track: Track;
  /** What is played, e.g. `version 3 of Greeting`. */
  name: string;
  size?: 'small' | 'normal';
}

export function PlayButton({ track, name, size = 'normal' }: PlayButtonProps) {
  const playing = usePlaying();
  const here = playing.track?.id === track.id;
  const sounding = here && (playing.state === 'playing' || playing.state === 'loading');
  const warm = () => void fetched().then((player) => player.warm(track), () => undefined); // it is fetched again when it is pressed
  const toggle = () =>
    void fetched().then(
      (player) => player.toggle(track),
      () => setPlaying({ track, state: 'error', error: 'The player could not be loaded from the server.' }),
    );
  return (
    <button
      type="button"
      className={styles.play}
      data-size={size}
      data-here={here || undefined}
      data-loading={(here && playing.state === 'loading') || undefined}
      aria-label={`${sounding ? 'Pause' : 'Play'} ${name}`}
      onPointerEnter={warm}
      onFocus={warm}
      onClick={toggle}
    >
      <Icon name={sounding ? 'pause' : 'play'} />
    </button>
  );
}
