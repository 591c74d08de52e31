/** A waveform with the playhead, whoever plays it. A native slider lies over it: click, drag, touch and keys all seek. */
import { useQuery } from '@tanstack/react-query';
import { useEffect, useRef, useState, type KeyboardEvent } from 'react';
import { clock } from '../ui/format.ts';
import { onThemeChange } from '../ui/theme.ts';
import { draw } from './draw.ts';
import { Markers, type Marker } from './markers.tsx';
import type { Playhead, Span } from './playhead.ts';
import { peaksQuery } from './queries.ts';
import { Selection } from './selection.tsx';
import styles from './waveform.module.css';

interface WaveProps {
  /** Whose peaks are drawn; none where null. */
  version: string | null;
  durationMs: number;
  label: string;
  head: Playhead;
  onSeek: (ms: number) => void;
  /** It was pointed at a place, not only moved along. */
  onPlay: () => void;
  onWarm?: () => void;
  span?: Span | null;
  /** With it a drag chooses a span instead of seeking, and `i` and `o` set its ends at the playhead. */
  onSpan?: (span: Span | null) => void;
  markers?: readonly Marker[];
  onMarker?: (id: string) => void;
}

export function Wave({ version, durationMs, label, head, onSeek, onPlay, onWarm, span = null, onSpan, markers = [], onMarker }: WaveProps) {
  const canvas = useRef<HTMLCanvasElement>(null);
  const slider = useRef<HTMLInputElement>(null);
  const [seen, setSeen] = useState(false);
  const { data, isError } = useQuery({ ...peaksQuery(version ?? '', durationMs), enabled: seen && version !== null });

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
      drawn = head.position();
      const style = getComputedStyle(element);
      const colours = { rest: style.getPropertyValue('--wave'), played: style.getPropertyValue('--wave-played') };
      draw(element, data?.peaks, drawn < 0 ? -1 : drawn / (durationMs || 1), colours);
      if (slider.current) show(slider.current, Math.max(0, drawn), durationMs);
    };
    const move = () => {
      if (head.position() !== drawn) paint();
    };
    const size = new ResizeObserver(paint);
    size.observe(element);
    const stops = [head.onPosition(move), onThemeChange(() => requestAnimationFrame(paint))];
    return () => {
      size.disconnect();
      for (const stop of stops) stop();
    };
  }, [data, durationMs, head]);

  const ends = (event: KeyboardEvent) => {
    if (!onSpan || event.ctrlKey || event.metaKey || event.altKey) return;
    const next = spanByKey(event.key, span, Math.max(0, head.position()), durationMs);
    if (next === undefined) return;
    event.preventDefault();
    onSpan(next);
  };
  return (
    <div className={styles.waveform} data-missing={isError || undefined}>
      <canvas ref={canvas} aria-hidden="true" />
      <input
        ref={slider}
        type="range"
        data-seek=""
        aria-label={label}
        min={0}
        max={Math.max(1, Math.round(durationMs))}
        step={10}
        defaultValue={0}
        onPointerEnter={onWarm}
        onFocus={onWarm}
        onInput={(event) => onSeek(Number(event.currentTarget.value))}
        onPointerUp={onPlay}
        onKeyDown={ends}
      />
      {onSpan && (
        <Selection
          durationMs={durationMs}
          span={span}
          onSpan={onSpan}
          onPoint={(ms) => {
            slider.current?.focus();
            onSeek(ms);
            onPlay();
          }}
        />
      )}
      <Markers markers={markers} durationMs={durationMs} onMarker={onMarker} />
    </div>
  );
}

/** `i` and `o` set the beginning and the end, Escape chooses nothing; undefined for any other key. */
function spanByKey(key: string, span: Span | null, nowMs: number, durationMs: number): Span | null | undefined {
  if (key === 'Escape') return span ? null : undefined;
  if (key === 'i') return { startMs: nowMs, endMs: span && span.endMs > nowMs ? span.endMs : durationMs };
  if (key === 'o') return { startMs: span && span.startMs < nowMs ? span.startMs : 0, endMs: nowMs };
  return undefined;
}

/** Follows the sound without a rendering of React on each frame. */
function show(slider: HTMLInputElement, ms: number, duration: number) {
  slider.value = String(Math.round(ms));
  slider.setAttribute('aria-valuetext', `${clock(ms)} of ${clock(duration)}`);
}
