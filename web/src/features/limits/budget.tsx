/** One budget of the month: what is used, on its way and left, and how it went by day. */
import { decimal, utcDay } from '../../ui/figures.ts';
import panel from '../../ui/panel.module.css';
import { Note } from '../../ui/state.tsx';
import styles from './limits.module.css';
import { daysOf } from './month.ts';
import { UsageChart } from './usageChart.tsx';

interface BudgetProps {
  title: string;
  what: string;
  month: string;
  usage: readonly { day: string; used: number }[];
  used: number;
  reserved: number;
  /** `null`: there is none. */
  limit: number | null;
  resets: string;
  words: (value: number) => string;
}

const NEARLY = 0.9;

export function Budget({ title, what, month, usage, used, reserved, limit, resets, words }: BudgetProps) {
  const gone = used + reserved;
  const left = limit === null ? null : Math.max(limit - gone, 0);
  const until = utcDay(resets);
  return (
    <section className={panel.panel} aria-label={title}>
      <h2>{title}</h2>
      <dl className={styles.figures}>
        <Figure name="Used" value={words(used)} />
        <Figure name="On its way" value={words(reserved)} />
        <Figure name="Left" value={left === null ? 'no limit' : words(left)} />
      </dl>
      {limit !== null && <Meter used={used} reserved={reserved} limit={limit} />}
      {limit !== null && left === 0 && (
        <Note tone="bad">
          Nothing is left of this month’s budget. New generations are refused until {until} (UTC), or until an owner raises the limit.
        </Note>
      )}
      {limit !== null && left !== 0 && gone >= limit * NEARLY && (
        <Note tone="warn">
          {decimal((gone / limit) * 100, 0)} % of this month’s budget is gone. It begins anew on {until} (UTC).
        </Note>
      )}
      <UsageChart what={what} days={daysOf(month, usage)} limit={limit} words={words} />
    </section>
  );
}

function Figure({ name, value }: { name: string; value: string }) {
  return (
    <div>
      <dt>{name}</dt>
      <dd>{value}</dd>
    </div>
  );
}

/** The figures beside it say the same in words. */
function Meter({ used, reserved, limit }: { used: number; reserved: number; limit: number }) {
  const whole = Math.max(limit, used + reserved, 1);
  return (
    <svg className={styles.meter} viewBox={`0 0 ${whole} 1`} preserveAspectRatio="none" aria-hidden="true">
      <rect className={styles.used} width={used} height={1} />
      <rect className={styles.reserved} x={used} width={reserved} height={1} />
    </svg>
  );
}
