/** Says when the page no longer hears from the server; silent while all is well. */
import { useEffect, useState } from 'react';
import { Button } from '../ui/button.tsx';
import { Icon } from '../ui/icons.tsx';
import { useLive } from './live.ts';
import { queryClient } from './queryClient.ts';
import styles from './connection.module.css';

/** A blink of the network is nobody's business. */
const PATIENCE_MS = 1500;

export function Connection() {
  const state = useLive();
  const [late, setLate] = useState(false);
  useEffect(() => {
    if (state !== 'lost') return undefined;
    const timer = setTimeout(() => setLate(true), PATIENCE_MS);
    return () => {
      clearTimeout(timer);
      setLate(false);
    };
  }, [state]);
  return (
    <div role="status" className={styles.place}>
      {state === 'lost' && late && (
        <div className={styles.lost}>
          <Icon name="retry" />
          <span>
            <strong>Reconnecting to the server.</strong> Your drafts are kept in this browser; what others do appears when it is back.
          </span>
          <Button size="small" onClick={() => void queryClient.invalidateQueries()}>
            Try now
          </Button>
        </div>
      )}
    </div>
  );
}
