/** Status in words, shape and colour; tags. */
import type { ReactNode } from 'react';
import styles from './badge.module.css';
import { plain } from './format.ts';

const MEANING: Record<string, string> = {
  draft: 'Made, not yet sent to review',
  in_review: 'Waiting for its reviewers',
  approved: 'Approved: it may be deployed',
  archived: 'Put away',
};

/** `null`: there is no version yet, so there is no status. */
export function StatusBadge({ status }: { status: string | null }) {
  if (status === null)
    return (
      <span className={styles.badge} data-status="none" title="No version has been made yet">
        No version
      </span>
    );
  return (
    <span className={styles.badge} data-status={status} title={MEANING[status]}>
      {plain(status)}
    </span>
  );
}

export function Tag({ children }: { children: ReactNode }) {
  return <span className={styles.tag}>{children}</span>;
}
