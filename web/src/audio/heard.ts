/**
 * How much of each version was played in this tab: by the one player since the first screen that asks for it was opened, and
 * where takes are compared. What is turned down to nothing does not count. A reload forgets nothing.
 */
import { useCallback, useSyncExternalStore } from 'react';
import { keep, stored } from '../ui/storage.ts';
import { HeardSpans, Listener } from './heardSpans.ts';
import { player } from './player.ts';
import type { Span } from './playhead.ts';
import { nowPlaying, onPlaying } from './playing.ts';

const KEY = 'voiceops.heard';
const heard = new Map<string, HeardSpans>(kept());
const listeners = new Map<string, Listener>();
let current: string | null = null;
let following = false;

/** What was heard of a version, to be added to. */
export function spansOf(id: string): HeardSpans {
  const spans = heard.get(id) ?? new HeardSpans();
  heard.set(id, spans);
  return spans;
}

function look(): void {
  const { track, state, rate, volume } = nowPlaying();
  if (current !== null && current !== track?.id) listeners.get(current)?.leave();
  current = track?.id ?? null;
  if (current === null) return;
  const listener = listeners.get(current) ?? new Listener(spansOf(current));
  listeners.set(current, listener);
  // While it loads nothing moves; a busy page hears of its beginning only when some of it is over.
  listener.look(player.position(), (state === 'playing' || state === 'loading') && volume > 0, rate, performance.now());
}

function follow(): void {
  if (following) return;
  following = true;
  // Volume and speed change between two frames: what was before counts as it was.
  onPlaying(look);
  player.onPosition(look);
}

/** 0..1; what an approval keeps. */
export function heardOf(id: string, durationMs: number): number {
  return heard.get(id)?.share(durationMs) ?? 0;
}

/** In hundredths, rounded down: 1 is all of it. */
export function useHeard(id: string, durationMs: number): number {
  const subscribe = useCallback((tell: () => void) => {
    follow();
    return player.onPosition(tell);
  }, []);
  return useSyncExternalStore(subscribe, () => Math.floor(heardOf(id, durationMs) * 100) / 100);
}

/** Whoever signs in next in this tab has heard nothing. */
export function forgetHeard(): void {
  heard.clear();
  listeners.clear();
  keep(KEY, null, 'sessionStorage');
}

function kept(): [string, HeardSpans][] {
  try {
    const told = JSON.parse(stored(KEY, 'sessionStorage') ?? '[]') as [string, Span[]][];
    return told.map(([id, spans]) => [id, new HeardSpans(spans)]);
  } catch {
    return [];
  }
}

addEventListener('pagehide', () => {
  if (following) look();
  keep(KEY, JSON.stringify([...heard].map(([id, spans]) => [id, spans.spans()])), 'sessionStorage');
});
