/** Short news that needs no answer. Failures that need one stand where they happened instead. */
import { useSyncExternalStore } from 'react';
import styles from './toast.module.css';

interface Toast {
  id: number;
  text: string;
  tone: 'good' | 'bad';
}

const LASTS_MS = 6000;
const listeners = new Set<() => void>();
let toasts: readonly Toast[] = [];
let last = 0;

function set(next: readonly Toast[]) {
  toasts = next;
  for (const tell of listeners) tell();
}

export function toast(text: string, tone: Toast['tone'] = 'good'): void {
  const id = (last += 1);
  set([...toasts.slice(-2), { id, text, tone }]);
  setTimeout(() => set(toasts.filter((one) => one.id !== id)), LASTS_MS);
}

function subscribe(tell: () => void) {
  listeners.add(tell);
  return () => void listeners.delete(tell);
}

export function Toasts() {
  const shown = useSyncExternalStore(subscribe, () => toasts);
  return (
    <div className={styles.toasts} role="status" aria-live="polite">
      {shown.map((one) => (
        <p key={one.id} data-tone={one.tone}>
          {one.text}
        </p>
      ))}
    </div>
  );
}
