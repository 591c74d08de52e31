/** The waveform of a version that can be seen but not heard any more. */
import { useQuery } from '@tanstack/react-query';
import { useEffect, useRef } from 'react';
import { onThemeChange } from '../ui/theme.ts';
import { draw } from './draw.ts';
import { peaksQuery } from './queries.ts';
import styles from './waveform.module.css';

export function StillWave({ version, durationMs }: { version: string; durationMs: number }) {
  const canvas = useRef<HTMLCanvasElement>(null);
  const { data } = useQuery(peaksQuery(version, durationMs));
  useEffect(() => {
    const element = canvas.current;
    if (!element) return undefined;
    const paint = () => {
      const rest = getComputedStyle(element).getPropertyValue('--wave');
      draw(element, data?.peaks, -1, { rest, played: rest });
    };
    const size = new ResizeObserver(paint);
    size.observe(element);
    const stop = onThemeChange(() => requestAnimationFrame(paint));
    return () => {
      size.disconnect();
      stop();
    };
  }, [data]);
  return (
    <div className={styles.waveform} data-still="">
      <canvas ref={canvas} aria-hidden="true" />
    </div>
  );
}
