/** The button, what it builds on, why, and the way back. */
import { useId, type ReactNode } from 'react';
import { Button } from '../../ui/button.tsx';
import { Icon } from '../../ui/icons.tsx';
import type { Forecast } from './budget.ts';
import type { DraftStore } from './draft.ts';
import styles from './composer.module.css';

interface GenerateBarProps {
  store: DraftStore;
  parent: { id: string; number: number } | undefined;
  newest: { id: string } | undefined;
  busy: boolean;
  /** What it takes of the month's budget; nothing while that is not known. */
  takes: Forecast | undefined;
  limitsLink: ReactNode;
  onGenerate: () => void;
}

export function GenerateBar({ store, parent, newest, busy, takes, limitsLink, onGenerate }: GenerateBarProps) {
  const { draft, change, discard } = store;
  const id = useId();
  const over = takes?.level === 'over';
  return (
    <div className={styles.bar}>
      <span className={styles.from}>
        {parent && <span title="The new version will name it as its parent">from v{parent.number}</span>}
        {parent && parent.id !== newest?.id && <span className={styles.old}>not the newest</span>}
        {Object.keys(draft).length > 0 && (
          <Button variant="quiet" size="small" onClick={discard} title="Back to the newest script and take">
            Discard draft
          </Button>
        )}
      </span>
      <input
        aria-label="Why this take"
        placeholder="Why this take (optional)"
        maxLength={500}
        value={draft.reason ?? ''}
        onChange={(event) => change({ reason: event.target.value })}
      />
      <Button
        variant="primary"
        onClick={over ? undefined : onGenerate}
        busy={busy}
        aria-disabled={over || undefined}
        aria-describedby={takes && id}
        title="Ctrl or ⌘ Enter in the script"
      >
        Generate
      </Button>
      {takes && (
        <p id={id} className={styles.takes} data-level={takes.level} aria-live="polite">
          {takes.level !== 'plain' && <Icon name="warning" />}
          <span>
            {takes.text}
            {limitsLink && <> · {limitsLink}</>}
          </span>
        </p>
      )}
    </div>
  );
}
