/** What a panel of takes does: play one, pass to another at the same word or second, repeat a span. */
import { useEffect, useRef, useState } from 'react';
import type { Version } from '../../api/types.ts';
import type { Span } from '../../audio/playhead.ts';
import type { TakeSource } from '../../audio/takeLoader.ts';
import type { Hold } from '../../audio/takes.ts';
import { takeKeys } from '../../audio/takeKeys.ts';
import { useTakes } from '../../audio/useTakes.ts';

function source({ id, audio, measurements }: Version): TakeSource {
  return {
    id,
    durationMs: audio.duration_ms,
    sampleRateHz: audio.sample_rate_hz,
    loudnessLufs: measurements.loudness_lufs,
    truePeakDbtp: measurements.true_peak_dbtp,
  };
}

/** `onComment` is told where a take is when one wants to comment there. */
export function useDeck(versions: readonly Version[], onComment?: (take: number, ms: number) => void) {
  const takes = useTakes(versions.map(source));
  const { player, load } = takes;
  const [hold, setHold] = useState<Hold>('word');
  const [speed, setSpeed] = useState(1);
  const [equal, setEqual] = useState(true);
  const [loop, setLoop] = useState<Span | null>(null);
  /** What was asked for before the takes were there. */
  const wanted = useRef<{ take: number; ms: number } | null>(null);
  useEffect(() => {
    if (!player) return;
    player.level(equal);
    player.speed(speed);
    const first = wanted.current;
    wanted.current = null;
    if (first) {
      player.switchTo(first.take, 'time');
      player.seek(first.ms);
      player.play();
    }
    // What was set before they were loaded; later each is told to the player at once.
    // oxlint-disable-next-line react/exhaustive-deps
  }, [player]);

  /** Goes to a take and plays; without `ms` from the same place. */
  const hear = (take: number, ms?: number, how: Hold = hold) => {
    if (!player) {
      wanted.current = { take, ms: ms ?? 0 };
      load();
      return;
    }
    player.switchTo(take, how);
    if (ms !== undefined) player.seek(ms);
    player.play();
  };
  const repeat = (take: number, span: Span | null) => {
    if (player && span) player.switchTo(take, hold);
    player?.loop(span);
    setLoop(span);
  };
  const toggle = () => {
    if (player?.playing) player.pause();
    else if (player) player.play();
    else {
      // The pointer that came near has begun to load them already, and then the loader takes no second order.
      wanted.current = wanted.current ? null : { take: 0, ms: 0 };
      load();
    }
  };
  const keys = takeKeys({ player, load: toggle, span: loop, ...(onComment && { onComment }) });
  return {
    ...takes,
    hold,
    setHold,
    speed,
    setSpeed: (next: number) => {
      setSpeed(next);
      player?.speed(next);
    },
    equal,
    setEqual: (next: boolean) => {
      setEqual(next);
      player?.level(next);
    },
    hear,
    toggle,
    repeat,
    /** In the active take. */
    looped: player?.looped ?? null,
    keys,
  };
}

export type Deck = ReturnType<typeof useDeck>;
