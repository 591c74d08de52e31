/** What is to have the focus as soon as it is there: a thread that was pointed at, or the place to write. */
import { useEffect, useSyncExternalStore, type RefObject } from 'react';

interface Wish {
  readonly of: string;
}

const listeners = new Set<() => void>();
let wish: Wish | null = null;
let heeded: Wish | null = null;

/** `of`: a comment that begins a thread, or a version to write about. */
export function wishFor(of: string): void {
  wish = { of };
  for (const tell of listeners) tell();
}

function subscribe(tell: () => void) {
  listeners.add(tell);
  return () => void listeners.delete(tell);
}

export function useWish(): Wish | null {
  return useSyncExternalStore(subscribe, () => wish);
}

/** Gives the element the focus when it is wished for. */
export function useHeed(of: string, element: RefObject<HTMLElement | null>): void {
  const wished = useWish();
  useEffect(() => {
    if (!wished || heeded === wished || wished.of !== of || !element.current) return;
    heeded = wished;
    element.current.focus({ preventScroll: true });
    element.current.scrollIntoView({ block: 'nearest' });
  }, [wished, of, element]);
}
