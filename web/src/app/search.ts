/** What may stand behind the `?` of each address; anything else is dropped. */

import type { Status } from '../api/types.ts';

type Raw = Record<string, unknown>;

function text(raw: Raw, name: string): string | undefined {
  const value = raw[name];
  if (typeof value === 'number') return String(value);
  return typeof value === 'string' && value !== '' ? value : undefined;
}

/** Leaves out what is not set, so that addresses stay short. */
export function set<T extends Record<string, unknown>>(values: T): { [K in keyof T]?: Exclude<T[K], undefined> } {
  return Object.fromEntries(Object.entries(values).filter(([, value]) => value !== undefined)) as {
    [K in keyof T]?: Exclude<T[K], undefined>;
  };
}

/** `next` is a place on this site only: never another origin. */
export function signInSearch(raw: Raw) {
  const next = text(raw, 'next');
  return set({ next: next?.startsWith('/') && !/^\/[/\\]/.test(next) ? next : undefined });
}

const STATUSES = ['draft', 'in_review', 'approved', 'archived'] as const satisfies Status[];

export function librarySearch(raw: Raw) {
  return set({
    query: text(raw, 'query'),
    status: STATUSES.find((one) => one === raw['status']),
    tag: text(raw, 'tag'),
    language: text(raw, 'language'),
    owner: text(raw, 'owner'),
  });
}

export function adminSearch(raw: Raw) {
  return set({ query: text(raw, 'query') });
}

const TABS = ['script', 'versions'] as const;

export function assetSearch(raw: Raw) {
  const version = Number(raw['version']);
  return set({
    version: Number.isInteger(version) && version > 0 ? version : undefined,
    tab: TABS.find((one) => one === raw['tab']),
  });
}

const ID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;
const MOST_COMPARED = 4;

/** The ids in `a,b,c`: different ones, at most four. */
export function idsOf(list: string | undefined): string[] {
  return [...new Set(list?.toLowerCase().split(',').filter((id) => ID.test(id)))].slice(0, MOST_COMPARED);
}

export function compareSearch(raw: Raw) {
  const ids = idsOf(text(raw, 'versions'));
  return set({ versions: ids.length > 0 ? ids.join(',') : undefined, base: ids.find((id) => id === raw['base']), blind: raw['blind'] === true || undefined });
}

/** Without anything: what waits for me, and is open. */
export function reviewsSearch(raw: Raw): { for?: 'all'; state?: 'closed' } {
  return { ...(raw['for'] === 'all' && { for: 'all' }), ...(raw['state'] === 'closed' && { state: 'closed' }) };
}

const AUDIT = ['action', 'actor', 'subject', 'asset', 'version', 'since', 'until', 'event'] as const;

/** `event` is the one that is open; the rest are filters. */
export function auditSearch(raw: Raw): { [Name in (typeof AUDIT)[number]]?: string } {
  return set(Object.fromEntries(AUDIT.map((name) => [name, text(raw, name)])));
}
