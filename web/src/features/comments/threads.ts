/** Comments as threads, and as markers on a waveform. */
import type { Comment } from '../../api/types.ts';
import type { Marker } from '../../audio/markers.tsx';
import { clock } from '../../ui/format.ts';
import type { Place } from './draft.ts';

export interface Thread {
  readonly root: Comment;
  /** The oldest first. */
  readonly replies: readonly Comment[];
}

/** In the order of their moment; what is said of the whole comes last, in the order it was said. */
export function threadsOf(comments: readonly Comment[]): Thread[] {
  const told = comments.toSorted((one, other) => one.created_at.localeCompare(other.created_at) || one.id.localeCompare(other.id));
  const replies = new Map<string, Comment[]>();
  for (const one of told) if (one.reply_to !== null) replies.set(one.reply_to, [...(replies.get(one.reply_to) ?? []), one]);
  return told
    .filter((one) => one.reply_to === null)
    .map((root) => ({ root, replies: replies.get(root.id) ?? [] }))
    .toSorted((one, other) => (one.root.at_ms ?? Infinity) - (other.root.at_ms ?? Infinity) || 0);
}

/** Of what is neither settled nor all deleted. */
export function markersOf(comments: readonly Comment[]): Marker[] {
  return threadsOf(comments).flatMap(({ root, replies }) => {
    const gone = [root, ...replies].every((one) => one.deleted);
    if (root.at_ms === null || root.resolved || gone) return [];
    return [{ id: root.id, atMs: root.at_ms, untilMs: root.until_ms, label: `Comment by ${root.person.name} at ${clock(root.at_ms)}` }];
  });
}

/** `0:03.2`, `0:03.2 – 0:05.0`. */
export function placeWords({ atMs, untilMs }: Place): string {
  return untilMs === null ? clock(atMs) : `${clock(atMs)} – ${clock(untilMs)}`;
}
