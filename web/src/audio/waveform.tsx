/** A version's waveform in the one player. */
import { useMemo } from 'react';
import type { Marker } from './markers.tsx';
import type { Span } from './playhead.ts';
import { player } from './player.ts';
import type { Track } from './playing.ts';
import { trackHead } from './trackHead.ts';
import { Wave } from './wave.tsx';

/** What is chosen and noted on a version's waveform and words, by whoever has something to say of it. */
export interface Places {
  readonly span: Span | null;
  /** Absent where a drag seeks, for nothing can be done with a span. */
  readonly onSpan: ((span: Span | null) => void) | undefined;
  readonly markers: readonly Marker[];
  readonly onMarker: (id: string) => void;
  /** Absent for those who may say nothing. Null: the version does not have the player. */
  readonly onComment: ((atMs: number | null) => void) | undefined;
}

interface WaveformProps {
  track: Track;
  /** What assistive technology calls the slider. */
  label: string;
  places?: Places | undefined;
}

export function Waveform({ track, label, places }: WaveformProps) {
  const head = useMemo(() => trackHead(track.id), [track.id]);
  const onMarker = (id: string) => {
    const marker = places?.markers.find((one) => one.id === id);
    if (marker) player.seek(marker.atMs, track);
    places?.onMarker(id);
  };
  return (
    <Wave
      version={track.version?.id ?? null}
      durationMs={track.durationMs ?? 0}
      label={label}
      head={head}
      onWarm={() => player.warm(track)}
      onSeek={(ms) => player.seek(ms, track)}
      onPlay={() => player.play(track)}
      span={places?.span ?? null}
      {...(places?.onSpan && { onSpan: places.onSpan })}
      markers={places?.markers ?? []}
      onMarker={onMarker}
    />
  );
}
