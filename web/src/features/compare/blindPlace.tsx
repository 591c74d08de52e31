/** Where one is in a take, in parts of it: how long it is would tell which it is. */
import { useEffect, useRef } from 'react';
import type { TakePlayer } from '../../audio/takes.ts';
import styles from './blind.module.css';

const PARTS = 1000;

interface BlindPlaceProps {
  player: TakePlayer | null;
  onSeek: (part: number) => void;
}

export function BlindPlace({ player, onSeek }: BlindPlaceProps) {
  const slider = useRef<HTMLInputElement>(null);
  useEffect(() => {
    const show = () => {
      const part = player ? player.position() / (player.durationMs() || 1) : 0;
      if (!slider.current) return;
      slider.current.value = String(Math.round(part * PARTS));
      slider.current.setAttribute('aria-valuetext', `${Math.round(part * 100)} %`);
    };
    show();
    return player?.onPosition(show);
  }, [player]);
  return (
    <input
      ref={slider}
      className={styles.place}
      type="range"
      data-seek=""
      aria-label="Position"
      min={0}
      max={PARTS}
      defaultValue={0}
      disabled={!player}
      onInput={(event) => onSeek(Number(event.currentTarget.value) / PARTS)}
    />
  );
}
