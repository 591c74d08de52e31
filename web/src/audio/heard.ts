/**
 * How much of each version the one player has played in this tab, since the first screen that asks for it was opened. What is
 * turned down to nothing does not count.
 */
import { useCallback, useSyncExternalStore } from 'react';
import { Listener } from './heardSpans.ts';
import { player } from './player.ts';

const listeners = new Map<string, Listener>();
let current: string | null = null;
let following = false;

function look(): void {
  const { track, state, rate, volume } = player.snapshot();
  if (current !== null && current !== track?.id) listeners.get(current)?.leave();
  current = track?.id ?? null;
  if (current === null) return;
  const listener = listeners.get(current) ?? new Listener();
  listeners.set(current, listener);
  listener.look(player.position(), state === 'playing' && volume > 0, rate, performance.now());
}

function follow(): void {
  if (following) return;
  following = true;
  // Volume and speed change between two frames: what was before counts as it was.
  player.subscribe(look);
  player.onPosition(look);
}

/** 0..1; what an approval keeps. */
export function heardOf(id: string, durationMs: number): number {
  return listeners.get(id)?.heard.share(durationMs) ?? 0;
}

/** In hundredths, rounded down: 1 is all of it. */
export function useHeard(id: string, durationMs: number): number {
  const subscribe = useCallback((tell: () => void) => {
    follow();
    return player.onPosition(tell);
  }, []);
  return useSyncExternalStore(subscribe, () => Math.floor(heardOf(id, durationMs) * 100) / 100);
}
