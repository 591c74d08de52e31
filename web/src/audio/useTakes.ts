/** React's view of the A/B player. */
import { useQueryClient } from '@tanstack/react-query';
import { useEffect, useMemo, useSyncExternalStore } from 'react';
import { TakeLoader, type Loading, type TakeSource } from './takeLoader.ts';

interface Takes extends Loading {
  readonly active: number;
  readonly playing: boolean;
  /** In tenths of a second, ms: enough for a clock. Waveforms and transcripts follow the player itself. */
  readonly position: number;
  /** 0..1 of the active take that was ever played, in hundredths. */
  readonly heard: number;
  readonly load: (then?: 'play') => void;
}

const never = () => () => {};

export function useTakes(sources: readonly TakeSource[]): Takes {
  const client = useQueryClient();
  const key = sources.map((source) => source.id).join(' ');
  // What is decoded must live as long as the same takes are shown, whatever else of them is rendered anew.
  // oxlint-disable-next-line react/exhaustive-deps
  const loader = useMemo(() => new TakeLoader(sources, client), [key, client]);
  useEffect(() => loader.close, [loader]);
  const loading = useSyncExternalStore(loader.subscribe, loader.snapshot);
  const { player } = loading;
  const changes = player?.subscribe ?? never;
  const moves = player?.onPosition ?? never;
  return {
    ...loading,
    active: useSyncExternalStore(changes, () => player?.active ?? 0),
    playing: useSyncExternalStore(changes, () => player?.playing ?? false),
    position: useSyncExternalStore(moves, () => Math.round((player?.position() ?? 0) / 100) * 100),
    heard: useSyncExternalStore(moves, () => Math.floor((player?.heard() ?? 0) * 100) / 100),
    load: (then) => loader.load(then),
  };
}
