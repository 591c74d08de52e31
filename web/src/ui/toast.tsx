/** Short news that needs no answer, and the way back if it tells of something that can be undone. Failures that need an answer stand where they happened instead. */
import { lazy, Suspense, useSyncExternalStore } from 'react';
import styles from './toast.module.css';

const News = lazy(() => import('./news.tsx').then((module) => ({ default: module.News })));

export interface Toast {
  id: number;
  text: string;
  tone: 'good' | 'bad';
  undo: (() => void) | undefined;
}

const listeners = new Set<() => void>();
let toasts: readonly Toast[] = [];
let last = 0;

function set(next: readonly Toast[]) {
  toasts = next;
  for (const tell of listeners) tell();
}

export function toast(text: string, tone: Toast['tone'] = 'good', undo?: () => void): void {
  const id = (last += 1);
  set([...toasts.slice(-2), { id, text, tone, undo }]);
}

/** What is told to one person is not for the next, and no more theirs to undo. */
export function clearToasts(): void {
  set([]);
}

export function closeToast(id: number) {
  set(toasts.filter((one) => one.id !== id));
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
        <Suspense key={one.id}>
          <News {...one} />
        </Suspense>
      ))}
    </div>
  );
}
