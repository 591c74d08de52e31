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
  /** What was typed here until another tab wrote, used or discarded the draft. */
  readonly replaced: Draft | undefined;
  readonly bringBack: () => void;
  readonly letGo: () => void;
}

/** Those on screen, for a browser may keep nothing. */
const open = new Map<string, Draft>();
/** Those that were typed here, and not only read. */
const typed = new Set<string>();
const replaced = new Map<string, Draft>();
const listeners = new Set<() => void>();

function tellAll() {
  for (const tell of listeners) tell();
}

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
  typed.add(name);
  keep(name, Object.keys(draft).length > 0 ? JSON.stringify(draft) : null);
  tellAll();
}

/** Another tab of this browser wrote the draft. It is followed, for there is one draft; what was typed here is kept beside it. */
function hear({ key: name, newValue, storageArea }: StorageEvent) {
  if (name === null || storageArea !== localStorage || !open.has(name)) return;
  const [before, now] = [current(name), parsed(newValue)];
  if (JSON.stringify(before) === JSON.stringify(now)) return;
  if (typed.delete(name) && Object.keys(before).length > 0) replaced.set(name, before);
  open.set(name, now);
  tellAll();
}

function letGo(name: string) {
  replaced.delete(name);
  tellAll();
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
      addEventListener('storage', hear);
      return () => {
        listeners.delete(tell);
        if (listeners.size === 0) removeEventListener('storage', hear);
        open.delete(name); // another tab may write it meanwhile
        typed.delete(name);
        replaced.delete(name);
      };
    },
    [name],
  );
  const draft = useSyncExternalStore(subscribe, () => held(name));
  const typedHere = useSyncExternalStore(subscribe, () => replaced.get(name));
  return {
    draft,
    change: (part) => put(name, { ...current(name), ...part }),
    discard: () => replace(name, {}, 'The draft is discarded'),
    sent: (what) => put(name, without(current(name), what)),
    replaced: typedHere,
    bringBack: () => {
      replace(name, typedHere ?? {}, 'What was typed here is back');
      letGo(name);
    },
    letGo: () => letGo(name),
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
  return parsed(stored(name));
}

function parsed(kept: string | null): Draft {
  try {
    const value: unknown = JSON.parse(kept ?? '{}');
    return typeof value === 'object' && value !== null ? value : {};
  } catch {
    return {};
  }
}
