/** The chosen theme: the system's unless the person picked one, kept in this browser. */
import { useSyncExternalStore } from 'react';
import { keep, stored } from './storage.ts';

export type Theme = 'system' | 'light' | 'dark';

const KEY = 'voiceops.theme';
const listeners = new Set<() => void>();

function theme(): Theme {
  const value = document.documentElement.dataset['theme'];
  return value === 'light' || value === 'dark' ? value : 'system';
}

export function setTheme(next: Theme): void {
  if (next === 'system') delete document.documentElement.dataset['theme'];
  else document.documentElement.dataset['theme'] = next;
  keep(KEY, next === 'system' ? null : next);
  for (const tell of listeners) tell();
}

/** Calls back whenever the colours on screen may have changed, by choice or by the system. */
export function onThemeChange(tell: () => void): () => void {
  const system = matchMedia('(prefers-color-scheme: dark)');
  listeners.add(tell);
  system.addEventListener('change', tell);
  return () => {
    listeners.delete(tell);
    system.removeEventListener('change', tell);
  };
}

export function useTheme(): Theme {
  return useSyncExternalStore(onThemeChange, theme);
}

/** Takes over what another tab chose. */
addEventListener('storage', (event) => {
  if (event.key === KEY) setTheme(stored(KEY) === 'light' ? 'light' : stored(KEY) === 'dark' ? 'dark' : 'system');
});
