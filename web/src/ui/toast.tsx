/** Short news that needs no answer, and the way back if it tells of something that can be undone. Failures that need an answer stand where they happened instead. */
import { useEffect, useState, useSyncExternalStore } from 'react';
import { Button } from './button.tsx';
import styles from './toast.module.css';

interface Toast {
  id: number;
  text: string;
  tone: 'good' | 'bad';
  undo: (() => void) | undefined;
}

const LASTS_MS = 6000;
/** To read it, think, and reach for the button. */
const UNDO_LASTS_MS = 12_000;
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

function close(id: number) {
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
        <News key={one.id} {...one} />
      ))}
    </div>
  );
}

/** Goes by itself, but never from under the pointer or the focus. */
function News({ id, text, tone, undo }: Toast) {
  const [held, setHeld] = useState(false);
  useEffect(() => {
    if (held) return undefined;
    const timer = setTimeout(() => close(id), undo ? UNDO_LASTS_MS : LASTS_MS);
    return () => clearTimeout(timer);
  }, [id, undo, held]);
  const hold = () => setHeld(true);
  const release = () => setHeld(false);
  return (
    <div
      className={styles.toast}
      data-tone={tone}
      onPointerEnter={hold}
      onPointerLeave={release}
      onFocus={hold}
      onBlur={release}
    >
      {text}
      {undo && (
        <Button
          variant="quiet"
          size="small"
          onClick={() => {
            undo();
            close(id);
          }}
        >
          Undo
        </Button>
      )}
    </div>
  );
}
