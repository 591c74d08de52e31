/** Plays or pauses one track; fetches it when the pointer or the focus comes near. It is never disabled while it prepares. */
import { Icon } from '../ui/icons.tsx';
import styles from './playButton.module.css';
import { player, type Track } from './player.ts';
import { usePlayer } from './usePlayer.ts';

interface PlayButtonProps {
  track: Track;
  /** What is played, e.g. `version 3 of Greeting`. */
  name: string;
  size?: 'small' | 'normal';
}

export function PlayButton({ track, name, size = 'normal' }: PlayButtonProps) {
  const playing = usePlayer();
  const here = playing.track?.id === track.id;
  const sounding = here && (playing.state === 'playing' || playing.state === 'loading');
  return (
    <button
      type="button"
      className={styles.play}
      data-size={size}
      data-here={here || undefined}
      data-loading={(here && playing.state === 'loading') || undefined}
      aria-label={`${sounding ? 'Pause' : 'Play'} ${name}`}
      onPointerEnter={() => player.warm(track)}
      onFocus={() => player.warm(track)}
      onClick={() => player.toggle(track)}
    >
      <Icon name={sounding ? 'pause' : 'play'} />
    </button>
  );
}
