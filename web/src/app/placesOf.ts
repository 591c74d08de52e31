/** What is chosen and noted on the waveforms of versions: comments know, cards draw. */
import { useQuery } from '@tanstack/react-query';
import type { Version } from '../api/types.ts';
import type { Places } from '../audio/waveform.tsx';
import { choosePlace, draftName, setDraft, usePlace } from '../features/comments/draft.ts';
import { commentsQuery } from '../features/comments/queries.ts';
import { markersOf } from '../features/comments/threads.ts';
import { wishFor } from '../features/comments/wish.ts';

/** Markers and spans are there for the one version whose details are open; a comment can be begun on any, which opens it. */
export function usePlacesOf(person: string, chosen: Version | undefined, onSelect: (number: number) => void): (version: Version) => Places {
  const { data: comments } = useQuery({ ...commentsQuery(chosen?.id ?? ''), enabled: chosen !== undefined });
  const place = usePlace(draftName(person, chosen?.id ?? ''));
  return (version) => {
    const open = version.id === chosen?.id;
    const draft = draftName(person, version.id);
    const length = version.audio.duration_ms;
    const mayWrite = version.can.includes('comment.create');
    return {
      span: open && place && place.untilMs !== null ? { startMs: place.atMs, endMs: place.untilMs } : null,
      onSpan: open && mayWrite ? (span) => (span ? choosePlace(draft, span.startMs, span.endMs, length) : setDraft(draft, { place: null })) : undefined,
      markers: open && comments ? markersOf(comments) : [],
      onMarker: wishFor,
      onComment: mayWrite ? (atMs) => begin(version, open && place?.untilMs != null ? null : atMs) : undefined,
    };
  };

  function begin(version: Version, atMs: number | null) {
    if (atMs !== null) choosePlace(draftName(person, version.id), atMs, null, version.audio.duration_ms);
    if (version.id !== chosen?.id) onSelect(version.number);
    wishFor(version.id);
  }
}
