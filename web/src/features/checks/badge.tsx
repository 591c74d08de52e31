/** How a version's examination ended, at a glance; it leads to the checks. */
import { useQuery } from '@tanstack/react-query';
import type { Version } from '../../api/types.ts';
import { Icon, type IconName } from '../../ui/icons.tsx';
import styles from './badge.module.css';
import { want } from './opened.ts';
import { checksQuery } from './queries.ts';
import { verdictOf, type Tone } from './verdict.ts';

const ICONS: Record<Tone, IconName> = { quiet: 'empty', good: 'check', warn: 'warning', bad: 'close' };

interface ChecksBadgeProps {
  version: Version;
  onOpen: () => void;
}

/** Nothing until it is known: the panel tells what goes wrong. */
export function ChecksBadge({ version, onOpen }: ChecksBadgeProps) {
  const checks = useQuery(checksQuery(version.id));
  if (!checks.data) return null;
  const { tone, text } = verdictOf(checks.data);
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
