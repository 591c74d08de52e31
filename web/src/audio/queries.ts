/** Precomputed peaks of a version's audio. They never change, so they are fetched once. */
import { queryOptions } from '@tanstack/react-query';
import { answer, api } from '../api/client.ts';

type Zoom = 256 | 1024 | 4096;

/** A waveform is some hundred bars wide: the coarsest zoom that still gives each its own peak. */
const WANTED_PEAKS = 400;
const USUAL_RATE_HZ = 24_000;

function zoomFor(durationMs: number): Zoom {
  const samples = (durationMs / 1000) * USUAL_RATE_HZ;
  if (samples / 4096 >= WANTED_PEAKS) return 4096;
  return samples / 1024 >= WANTED_PEAKS ? 1024 : 256;
}

export function peaksQuery(version: string, durationMs: number) {
  const zoom = zoomFor(durationMs);
  return queryOptions({
    queryKey: ['peaks', version, zoom],
    staleTime: Infinity,
    queryFn: ({ signal }) => answer(api.GET('/api/v1/versions/{version}/waveform', { params: { path: { version }, query: { zoom } }, signal })),
  });
}
