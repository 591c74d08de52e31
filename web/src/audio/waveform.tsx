/** A version's waveform with the playhead. A native slider lies over it: click, drag, touch and keys all seek. */
import { useQuery } from '@tanstack/react-query';
import { useEffect, useRef, useState } from 'react';
import { clock } from '../ui/format.ts';
import { onThemeChange } from '../ui/theme.ts';
import { draw } from './draw.ts';
import { player } from './player.ts';
import { nowPlaying, type Track } from './playing.ts';
import { peaksQuery } from './queries.ts';
import styles from './waveform.module.css';

interface WaveformProps {
  track: Track;
  /** What assistive technology calls the slider. */
  label: string;
}

export function Waveform({ track, label }: WaveformProps) {
  const canvas = useRef<HTMLCanvasElement>(null);
  const slider = useRef<HTMLInputElement>(null);
  const [seen, setSeen] = useState(false);
  const duration = track.durationMs ?? 0;
  const { data, isError } = useQuery({ ...peaksQuery(track.version?.id ?? '', duration), enabled: seen && track.version !== null });

  useEffect(() => {
    const element = canvas.current;
    if (!element) return undefined;
    const watcher = new IntersectionObserver(([entry]) => entry?.isIntersecting && setSeen(true), { rootMargin: '200px' });
    watcher.observe(element);
    return () => watcher.disconnect();
  }, []);

  useEffect(() => {
    const element = canvas.current;
    if (!element) return undefined;
    let drawn = Number.NaN;
    const paint = () => {
      const here = nowPlaying().track?.id === track.id;
      drawn = here ? player.position() : -1;
      const style = getComputedStyle(element);
      const colours = { rest: style.getPropertyValue('--wave'), played: style.getPropertyValue('--wave-played') };
      draw(element, data?.peaks, here ? player.position() / (player.duration() || 1) : -1, colours);
      if (slider.current) show(slider.current, here ? player.position() : 0, duration);
    };
    const move = () => {
      const here = nowPlaying().track?.id === track.id;
      if ((here ? player.position() : -1) !== drawn) paint();
    };
    const size = new ResizeObserver(paint);
    size.observe(element);
    const stops = [player.onPosition(move), onThemeChange(() => requestAnimationFrame(paint))];
    return () => {
      size.disconnect();
      for (const stop of stops) stop();
    };
  }, [data, duration, track.id]);

  return (
    <div className={styles.waveform} data-missing={isError || undefined}>
      <canvas ref={canvas} aria-hidden="true" />
      <input
        ref={slider}
        type="range"
        data-seek=""
        aria-label={label}
        min={0}
        max={Math.max(1, Math.round(duration))}
        step={10}
        defaultValue={0}
        onPointerEnter={() => player.warm(track)}
        onFocus={() => player.warm(track)}
        onInput={(event) => player.seek(Number(event.currentTarget.value), track)}
        onPointerUp={() => player.play(track)}
      />
    </div>
  );
}

/** Follows the sound without a rendering of React on each frame. */
function show(slider: HTMLInputElement, ms: number, duration: number) {
  slider.value = String(Math.round(ms));
  slider.setAttribute('aria-valuetext', `${clock(ms)} of ${clock(duration)}`);
}
