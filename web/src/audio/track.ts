/** Tracks: what the player can be given. */
import type { AudioFormat, Voice } from '../api/types.ts';
import type { Track } from './playing.ts';

interface Of {
  readonly id: string;
  readonly number: number;
  readonly durationMs: number;
  readonly assetId: string;
  readonly assetTitle: string;
  readonly projectKey: string;
  readonly voice: string;
}

/** `format` none is the master. */
export function audioUrl(version: string, format?: AudioFormat): string {
  return `/api/v1/versions/${version}/audio${format ? `?format=${format}&download=1` : ''}`;
}

/** WebVTT. */
export function captionsUrl(version: string): string {
  return `/api/v1/versions/${version}/captions.vtt`;
}

export function versionTrack(of: Of): Track {
  return {
    id: of.id,
    url: audioUrl(of.id),
    title: of.assetTitle,
    detail: `v${of.number} · ${of.voice}`,
    durationMs: of.durationMs,
    version: { id: of.id, number: of.number, assetId: of.assetId, projectKey: of.projectKey },
  };
}

/** Null where a voice has no sample. */
export function sampleTrack(voice: Voice): Track | null {
  if (!voice.sample_url) return null;
  return { id: `sample:${voice.id}`, url: voice.sample_url, title: voice.name, detail: 'Sample of the voice', durationMs: null, version: null };
}
