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

const AUDIT = ['action', 'actor', 'subject', 'asset', 'version', 'since', 'until', 'event'] as const;

/** `event` is the one that is open; the rest are filters. */
export function auditSearch(raw: Raw): { [Name in (typeof AUDIT)[number]]?: string } {
  return set(Object.fromEntries(AUDIT.map((name) => [name, text(raw, name)])));
}
