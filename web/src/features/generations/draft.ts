/** What one is writing for an asset and has not generated yet. Kept in this browser, so that nothing is lost by a reload. */
import { useState } from 'react';
import type { Delivery, Version } from '../../api/types.ts';
import { keep, stored } from '../../ui/storage.ts';

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
  /** Builds on an earlier version: its words, voice and delivery. */
  readonly startFrom: (version: Version) => void;
  /** A generation was accepted: what was sent is no draft any more; what was typed meanwhile is. */
  readonly sent: (what: Draft) => void;
}

const PREFIX = 'voiceops.draft.';

export function useDraft(asset: string): DraftStore {
  const [draft, setDraft] = useState(() => read(asset));
  const update = (next: (old: Draft) => Draft) =>
    setDraft((old) => {
      const value = next(old);
      keep(PREFIX + asset, Object.keys(value).length > 0 ? JSON.stringify(value) : null);
      return value;
    });
  return {
    draft,
    change: (part) => update((old) => ({ ...old, ...part })),
    discard: () => update(() => ({})),
    startFrom: ({ id, number, script, voice, delivery }) =>
      update(() => ({ text: script.text, voice, delivery, parent: { id, number } })),
    sent: (what) => update((old) => without(old, what)),
  };
}

function without(draft: Draft, sent: Draft): Draft {
  const taken = new Map(Object.entries(sent).map(([name, value]) => [name, JSON.stringify(value)]));
  return Object.fromEntries(Object.entries(draft).filter(([name, value]) => JSON.stringify(value) !== taken.get(name)));
}

function read(asset: string): Draft {
  try {
    const value: unknown = JSON.parse(stored(PREFIX + asset) ?? '{}');
    return typeof value === 'object' && value !== null ? value : {};
  } catch {
    return {};
  }
}
