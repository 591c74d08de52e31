/** A version's waveform in the one player. */
import { useMemo } from 'react';
import { player, type Track } from './player.ts';
import { trackHead } from './trackHead.ts';
import { Wave } from './wave.tsx';

interface WaveformProps {
  track: Track;
  /** What assistive technology calls the slider. */
  label: string;
}

export function Waveform({ track, label }: WaveformProps) {
  const head = useMemo(() => trackHead(track.id), [track.id]);
  return (
    <Wave
      version={track.version?.id ?? null}
      durationMs={track.durationMs ?? 0}
      label={label}
      head={head}
      onWarm={() => player.warm(track)}
      onSeek={(ms) => player.seek(ms, track)}
      onPlay={() => player.play(track)}
    />
  );
}
