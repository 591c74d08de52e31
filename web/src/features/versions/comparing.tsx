/** Choosing versions: a tick on each, and what can be done with those that are ticked. */
import type { ReactNode } from 'react';
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
    <label className={styles.tick}>
      <input type="checkbox" checked={on} onChange={() => onTick(on ? ticked.filter((id) => id !== version.id) : [...ticked, version.id])} />
      <span>Select</span>
      <span className={styles.hidden}> version {version.number}</span>
    </label>
  );
}

/** `children`: what else can be done with them. */
export function CompareBar({ ticked, onTick, onCompare, children }: Comparing & { children: ReactNode }) {
  if (ticked.length === 0) return null;
  return (
    <div className={styles.bar}>
      <span role="status">{told(ticked.length)}</span>
      {ticked.length > 1 && ticked.length <= MOST && (
        <Button variant="primary" size="small" onClick={() => onCompare(ticked)}>
          Compare
        </Button>
      )}
      {children}
      <Button variant="quiet" size="small" onClick={() => onTick([])}>
        Clear
      </Button>
    </div>
  );
}

function told(count: number): string {
  if (count === 1) return 'Select another version to compare it with';
  return count > MOST ? `${count} versions selected; at most ${MOST} are compared` : `${count} versions selected`;
}
