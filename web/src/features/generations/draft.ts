/**
 * What a person is writing for an asset and has not generated yet. Kept in this browser under the person's id: a reload, or a
 * session that ends, loses nothing, and nobody else meets it. Only who shows a draft is rendered when it changes.
 */
import { useCallback, useSyncExternalStore } from 'react';
import type { Delivery, Version } from '../../api/types.ts';
import { draftsOf, keep, stored } from '../../ui/storage.ts';
import { toast } from '../../ui/toast.tsx';

/** Only what differs from where one started; everything else follows the newest script and take. */
interface Draft {
  readonly text?: string;
  readonly note?: string;
  readonly reason?: string;
  readonly voice?: string;
  readonly delivery?: Partial<Delivery>;
  readonly parent?: { readonly id: string; readonly number: number };
}

export interface DraftStore {
  readonly draft: Draft;
  readonly change: (part: Draft) => void;
  readonly discard: () => void;
  /** A generation was accepted: what was sent is no draft any more; what was typed meanwhile is. */
  readonly sent: (what: Draft) => void;
}

/** Those on screen, for a browser may keep nothing. */
const open = new Map<string, Draft>();
const listeners = new Set<() => void>();

function current(name: string): Draft {
  return open.get(name) ?? read(name);
}

/** The same object until it changes, as React wants it. */
function held(name: string): Draft {
  const draft = current(name);
  open.set(name, draft);
  return draft;
}

function put(name: string, draft: Draft) {
  if (open.has(name)) open.set(name, draft);
  keep(name, Object.keys(draft).length > 0 ? JSON.stringify(draft) : null);
  for (const tell of listeners) tell();
}

/** In the place of the draft, which can be had back. */
function replace(name: string, draft: Draft, said: string) {
  const before = current(name);
  put(name, draft);
  toast(said, 'good', () => put(name, before));
}

export function useDraft(person: string, asset: string): DraftStore {
  const name = draftsOf(person) + asset;
  const subscribe = useCallback(
    (tell: () => void) => {
      listeners.add(tell);
      return () => {
        listeners.delete(tell);
        open.delete(name); // another tab may write it meanwhile
      };
    },
    [name],
  );
  const draft = useSyncExternalStore(subscribe, () => held(name));
  return {
    draft,
    change: (part) => put(name, { ...current(name), ...part }),
    discard: () => replace(name, {}, 'The draft is discarded'),
    sent: (what) => put(name, without(current(name), what)),
  };
}

/** Builds on an earlier version: its words, voice and delivery. */
export function startFrom(person: string, { id, asset_id: asset, number, script, voice, delivery }: Version): void {
  const draft = { text: script.text, voice, delivery, parent: { id, number } };
  replace(draftsOf(person) + asset, draft, `Version ${number} is in the editor`);
}

function without(draft: Draft, sent: Draft): Draft {
  const taken = new Map(Object.entries(sent).map(([name, value]) => [name, JSON.stringify(value)]));
  return Object.fromEntries(Object.entries(draft).filter(([name, value]) => JSON.stringify(value) !== taken.get(name)));
}

function read(name: string): Draft {
  try {
    const value: unknown = JSON.parse(stored(name) ?? '{}');
    return typeof value === 'object' && value !== null ? value : {};
  } catch {
    return {};
  }
}
