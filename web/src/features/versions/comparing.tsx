/** Choosing versions to compare: a tick on each, and the button once there are two. */
import type { Version } from '../../api/types.ts';
import { Button } from '../../ui/button.tsx';
import styles from './comparing.module.css';

/** Takes that can be heard side by side. */
const MOST = 4;

export interface Comparing {
  /** The ids of the ticked versions, in the order in which they were ticked. */
  readonly ticked: readonly string[];
  readonly onTick: (ids: readonly string[]) => void;
  readonly onCompare: (ids: readonly string[]) => void;
}

export function Tick({ version, comparing: { ticked, onTick } }: { version: Version; comparing: Comparing }) {
  const on = ticked.includes(version.id);
  return (
    <label className={styles.tick} title={!on && ticked.length >= MOST ? `At most ${MOST} are compared` : undefined}>
      <input
        type="checkbox"
        checked={on}
        disabled={!on && ticked.length >= MOST}
        onChange={() => onTick(on ? ticked.filter((id) => id !== version.id) : [...ticked, version.id])}
      />
      <span>Compare</span>
      <span className={styles.hidden}> version {version.number}</span>
    </label>
  );
}

export function CompareBar({ ticked, onTick, onCompare }: Comparing) {
  if (ticked.length === 0) return null;
  return (
    <div className={styles.bar} role="status">
      <span>{ticked.length === 1 ? 'Tick another version to compare it with' : `${ticked.length} versions ticked`}</span>
      {ticked.length > 1 && (
        <Button variant="primary" size="small" onClick={() => onCompare(ticked)}>
          Compare
        </Button>
      )}
      <Button variant="quiet" size="small" onClick={() => onTick([])}>
        Clear
      </Button>
    </div>
  );
}
