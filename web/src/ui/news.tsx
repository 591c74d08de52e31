/** One piece of news, as it is shown. */
import { useEffect, useState } from 'react';
import { Button } from './button.tsx';
import styles from './toast.module.css';
import { closeToast, type Toast } from './toast.tsx';

const LASTS_MS = 6000;
/** To read it, think, and reach for the button. */
const UNDO_LASTS_MS = 12_000;

/** Goes by itself, but never from under the pointer or the focus. */
export function News({ id, text, tone, undo }: Toast) {
  const [held, setHeld] = useState(false);
  useEffect(() => {
    if (held) return undefined;
    const timer = setTimeout(() => closeToast(id), undo ? UNDO_LASTS_MS : LASTS_MS);
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
            closeToast(id);
          }}
        >
          Undo
        </Button>
      )}
    </div>
  );
}
