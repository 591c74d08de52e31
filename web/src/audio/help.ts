/** Whether the list of keys is open: any panel that plays can open it. */
import { useSyncExternalStore } from 'react';

const listeners = new Set<() => void>();
let open = false;

export function setShortcuts(next: boolean): void {
  open = next;
  for (const tell of listeners) tell();
}

function subscribe(tell: () => void) {
  listeners.add(tell);
  return () => void listeners.delete(tell);
}

export function useShortcuts(): boolean {
  return useSyncExternalStore(subscribe, () => open);
}
