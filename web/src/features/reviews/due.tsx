/** Until when a review is wanted; past that, it says so. */
import { useSyncExternalStore } from 'react';
import { eachMinute } from '../../ui/ago.tsx';
import { at, day } from '../../ui/format.ts';
import { Icon } from '../../ui/icons.tsx';
import styles from './due.module.css';

/** `2026-12-03` where the reader is. */
export function today(now = new Date()): string {
  return [now.getFullYear(), now.getMonth() + 1, now.getDate()].map((part) => String(part).padStart(2, '0')).join('-');
}

/** The last second of a day where the reader is, as an instant. */
export function endOfDay(date: string): string {
  return new Date(`${date}T23:59:59`).toISOString();
}

/** A round that has ended is not overdue any more. */
export function Due({ time, open }: { time: string; open: boolean }) {
  const past = useSyncExternalStore(eachMinute, () => Date.parse(time) < Date.now());
  const late = open && past;
  return (
    <span className={styles.due} data-late={late || undefined}>
      {late && <Icon name="warning" />}
      {late ? 'Overdue since ' : 'Due '}
      <time dateTime={time} title={at(time)}>
        {day(time)}
      </time>
    </span>
  );
}
