/** A span of a waveform, chosen by dragging over it. A press that does not move is a place to play from. */
import { useRef, useState, type PointerEvent } from 'react';
import { clock } from '../ui/format.ts';
import type { Span } from './playhead.ts';
import styles from './waveform.module.css';

/** Nobody's hand is quite still. */
const STILL_PX = 4;

interface SelectionProps {
  durationMs: number;
  span: Span | null;
  onSpan: (span: Span | null) => void;
  onPoint: (ms: number) => void;
}

export function Selection({ durationMs, span, onSpan, onPoint }: SelectionProps) {
  const from = useRef<number | null>(null);
  // What is released is what was dragged, whether or not it has been rendered yet.
  const dragged = useRef<Span | null>(null);
  const [draft, setDraft] = useState<Span | null>(null);
  const shown = draft ?? span;
  const place = (event: PointerEvent<HTMLElement>) => {
    const { left, width } = event.currentTarget.getBoundingClientRect();
    return Math.min(1, Math.max(0, (event.clientX - left) / (width || 1))) * durationMs;
  };
  const drag = (to: Span | null) => {
    dragged.current = to;
    setDraft(to);
  };
  const release = (event: PointerEvent<HTMLElement>) => {
    if (from.current === null) return;
    from.current = null;
    const chosen = dragged.current;
    drag(null);
    if (chosen) onSpan(chosen);
    else {
      if (span) onSpan(null);
      onPoint(place(event));
    }
  };
  return (
    // For pointers alone: the slider beneath it has the keys.
    <div
      className={styles.selection}
      data-selection=""
      onPointerDown={(event) => {
        if (event.button !== 0) return;
        from.current = place(event);
        event.currentTarget.setPointerCapture(event.pointerId);
      }}
      onPointerMove={(event) => {
        if (from.current === null) return;
        const to = place(event);
        const still = (STILL_PX / (event.currentTarget.clientWidth || 1)) * durationMs;
        if (!dragged.current && Math.abs(to - from.current) <= still) return;
        drag({ startMs: Math.round(Math.min(from.current, to)), endMs: Math.round(Math.max(from.current, to)) });
      }}
      onPointerUp={release}
      onPointerCancel={() => {
        from.current = null;
        drag(null);
      }}
    >
      {shown && (
        <span
          className={styles.span}
          style={{ left: `${(shown.startMs / durationMs) * 100}%`, width: `${((shown.endMs - shown.startMs) / durationMs) * 100}%` }}
        />
      )}
      <span className={styles.hidden} role="status">
        {span && `Chosen: ${clock(span.startMs)} to ${clock(span.endMs)}`}
      </span>
    </div>
  );
}
