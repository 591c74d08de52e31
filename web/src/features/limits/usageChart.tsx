/** A month's use: a bar a day, the line of all up to then, and the limit; the same as a table. */
import { useId } from 'react';
import { utcDay } from '../../ui/figures.ts';
import { topOf, type Day } from './month.ts';
import styles from './usageChart.module.css';

interface UsageChartProps {
  /** What is counted: `characters`, `money`. */
  what: string;
  days: readonly Day[];
  limit: number | null;
  words: (value: number) => string;
}

const HEIGHT = 100;

export function UsageChart({ what, days, limit, words }: UsageChartProps) {
  const id = useId();
  const past = days.filter((day) => day.past);
  const used = days.at(-1)?.total ?? 0;
  const top = topOf(used, limit);
  const y = (value: number) => HEIGHT - (value / top) * HEIGHT;
  const line = past.flatMap(({ number, total }) => [`${number - 1},${y(total)}`, `${number},${y(total)}`]).join(' ');
  const drawn = limit !== null && limit > 0 && limit <= top;
  return (
    <figure className={styles.chart}>
      <div className={styles.plot}>
        <span className={styles.most}>{words(drawn ? limit : used)}</span>
        {/* Stretched to the room there is: the words around it are HTML, so that they keep their size. */}
        <svg viewBox={`0 0 ${days.length} ${HEIGHT}`} preserveAspectRatio="none" role="img" aria-labelledby={`${id}-title`} aria-describedby={`${id}-desc`}>
          <title id={`${id}-title`}>{`Use of ${what} by day`}</title>
          <desc id={`${id}-desc`}>{summary(what, past, used, limit, words)}</desc>
          <line className={styles.ground} x1={0} x2={days.length} y1={HEIGHT} y2={HEIGHT} />
          {past.map(({ day, number, used: value }) =>
            value > 0 ? (
              <rect key={day} className={styles.bar} x={number - 0.85} width={0.7} y={y(value)} height={HEIGHT - y(value)}>
                <title>{`${utcDay(day)}: ${words(value)}`}</title>
              </rect>
            ) : null,
          )}
          <polyline className={styles.line} points={line} />
          {drawn && <line className={styles.limit} x1={0} x2={days.length} y1={y(limit)} y2={y(limit)} />}
        </svg>
        <div className={styles.axis} aria-hidden="true">
          {days.map(({ number }) => (
            <span key={number}>{number % 7 === 1 && number}</span>
          ))}
        </div>
      </div>
      <figcaption className={styles.legend}>
        <span data-kind="bar">Each day</span>
        <span data-kind="line">All so far</span>
        {limit !== null && <span data-kind="limit">{drawn ? `Limit ${words(limit)}` : `Limit ${words(limit)}, far above`}</span>}
      </figcaption>
      <Table days={past.filter((day) => day.used > 0)} what={what} words={words} />
    </figure>
  );
}

function summary(what: string, past: readonly Day[], used: number, limit: number | null, words: (value: number) => string): string {
  const most = past.reduce<Day | null>((best, day) => (day.used > (best?.used ?? 0) ? day : best), null);
  const so = `${words(used)} used so far${limit === null ? '' : `, of a limit of ${words(limit)}`}.`;
  return most ? `${so} Most ${what} in a day: ${words(most.used)} on ${utcDay(most.day)}.` : so;
}

function Table({ days, what, words }: { days: readonly Day[]; what: string; words: (value: number) => string }) {
  if (days.length === 0) return null;
  return (
    <details className={styles.table}>
      <summary>As a table</summary>
      <table>
        <caption className={styles.hidden}>{`Use of ${what} by day`}</caption>
        <thead>
          <tr>
            <th scope="col">Day (UTC)</th>
            <th scope="col">Used</th>
            <th scope="col">All so far</th>
          </tr>
        </thead>
        <tbody>
          {days.map(({ day, used, total }) => (
            <tr key={day}>
              <th scope="row">{utcDay(day)}</th>
              <td>{words(used)}</td>
              <td>{words(total)}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </details>
  );
}
