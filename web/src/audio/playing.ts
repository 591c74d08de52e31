/** What plays: known to the whole page from the start, while the player itself is fetched when it is wanted. */
import { useSyncExternalStore } from 'react';
import { stored } from '../ui/storage.ts';

export interface Track {
  /** A version's id, or `sample:<voice>`. */
  readonly id: string;
  readonly url: string;
  readonly title: string;
  readonly detail: string;
  readonly durationMs: number | null;
  /** Where it is at home; null for a voice's sample. */
  readonly version: { readonly id: string; readonly number: number; readonly assetId: string; readonly projectKey: string } | null;
}

export interface Playing {
  readonly track: Track | null;
  readonly state: 'idle' | 'loading' | 'playing' | 'paused' | 'error';
  readonly error: string | null;
  readonly rate: number;
  readonly volume: number;
}

export const VOLUME_KEY = 'voiceops.volume';

const listeners = new Set<() => void>();
let playing: Playing = { track: null, state: 'idle', error: null, rate: 1, volume: Number(stored(VOLUME_KEY) ?? 1) };

export const nowPlaying = () => playing;

/** For the player, and for what could not fetch it. */
export function setPlaying(change: Partial<Playing>): void {
  playing = { ...playing, ...change };
  for (const tell of listeners) tell();
}

export function onPlaying(tell: () => void) {
  listeners.add(tell);
  return () => void listeners.delete(tell);
}

export function usePlaying(): Playing {
  return useSyncExternalStore(onPlaying, nowPlaying);
}
