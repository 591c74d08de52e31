/** What a person is writing and has not sent. It is kept in this browser, so neither news nor a reload nor a failure loses it. */
import { useSyncExternalStore } from 'react';
import type { Named } from '../../api/types.ts';
import { draftsOf, keep, stored } from '../../ui/storage.ts';

/** In ms of the audio; `untilMs` null is a moment. */
export interface Place {
  readonly atMs: number;
  readonly untilMs: number | null;
}

export interface Draft {
  readonly body: string;
  /** Chosen from the list: they tell people of one name apart. */
  readonly picked: readonly Named[];
  /** Null is the whole version. */
  readonly place: Place | null;
}

interface Held {
  readonly raw: string | null;
  readonly draft: Draft;
  /** A browser may keep nothing: then what is held here counts. */
  readonly kept: boolean;
}

const NOTHING: Draft = { body: '', picked: [], place: null };
const held = new Map<string, Held>();
const listeners = new Set<() => void>();

function tellAll() {
  for (const tell of listeners) tell();
}

/** `of` is a version for a new comment, or `reply.` or `edit.` and a comment. */
export function draftName(person: string, of: string): string {
  return `${draftsOf(person)}comment.${of}`;
}

function current(name: string): Draft {
  const known = held.get(name);
  const raw = stored(name);
  if (known && (!known.kept || known.raw === raw)) return known.draft;
  const draft = parsed(raw);
  held.set(name, { raw, draft, kept: true });
  return draft;
}

function parsed(raw: string | null): Draft {
  try {
    return { ...NOTHING, ...(JSON.parse(raw ?? '{}') as Partial<Draft>) };
  } catch {
    return NOTHING;
  }
}

export function setDraft(name: string, part: Partial<Draft>): void {
  const draft = { ...current(name), ...part };
  const raw = draft.body === '' && !draft.place ? null : JSON.stringify(draft);
  keep(name, raw);
  held.set(name, { raw, draft, kept: stored(name) === raw });
  tellAll();
}

export function discard(name: string): void {
  setDraft(name, NOTHING);
}

/** Places are whole milliseconds within the audio; a span of nothing is a moment. */
export function choosePlace(name: string, startMs: number, endMs: number | null, durationMs: number): void {
  const within = (ms: number) => Math.min(Math.max(0, Math.round(ms)), durationMs);
  const atMs = within(startMs);
  const untilMs = endMs === null ? null : within(endMs);
  setDraft(name, { place: { atMs, untilMs: untilMs !== null && untilMs > atMs ? untilMs : null } });
}

function subscribe(tell: () => void) {
  listeners.add(tell);
  addEventListener('storage', tell);
  return () => {
    listeners.delete(tell);
    removeEventListener('storage', tell);
  };
}

export function useDraft(name: string): Draft {
  return useSyncExternalStore(subscribe, () => current(name));
}

/** The place alone: who only draws it is not rendered with every letter. */
export function usePlace(name: string): Place | null {
  return useSyncExternalStore(subscribe, () => current(name).place);
}
