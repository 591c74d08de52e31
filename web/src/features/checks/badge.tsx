/** How a version's examination ended, at a glance; it leads to the checks. */
import type { Version } from '../../api/types.ts';
import { Icon, type IconName } from '../../ui/icons.tsx';
import styles from './badge.module.css';
import { want } from './opened.ts';
import { verdictOf, type Tone } from './verdict.ts';

const ICONS: Record<Tone, IconName> = { quiet: 'empty', good: 'check', warn: 'warning', bad: 'close' };

interface ChecksBadgeProps {
  version: Version;
  onOpen: () => void;
}

export function ChecksBadge({ version, onOpen }: ChecksBadgeProps) {
  const { tone, text } = verdictOf(version.checks);
  return (
    <button
      type="button"
      className={styles.badge}
      data-tone={tone}
      title="Show the checks"
      onClick={() => {
        onOpen();
        want(version.id);
      }}
    >
      <Icon name={ICONS[tone]} />
      {text}
    </button>
  );
}
