/** What is kept by the month it was made in: a bar a month, stacked by kind; the same as a table. */
import { useId } from 'react';
import type { Storage } from '../../api/types.ts';
import { room } from '../../ui/figures.ts';
import { KIND_NAMES, KINDS, monthLong, monthShort, stacked, sumOf, type Kinds } from './kinds.ts';
import styles from './storage.module.css';

const HEIGHT = 100;

interface Bar {
  readonly key: string;
  readonly label: string;
  readonly name: string;
  readonly kinds: Kinds;
}

export function StorageChart({ kept }: { kept: Storage }) {
  const id = useId();
  const bars = barsOf(kept);
  const top = Math.max(...bars.map(({ kinds }) => sumOf(kinds)));
  const y = (bytes: number) => HEIGHT - (bytes / top) * HEIGHT;
  return (
    <figure className={styles.chart}>
      <span className={styles.most}>{room(top)}</span>
      {/* Stretched to the room there is: the words around it are HTML, so that they keep their size. */}
      <svg viewBox={`0 0 ${bars.length} ${HEIGHT}`} preserveAspectRatio="none" role="img" aria-labelledby={`${id}-title`} aria-describedby={`${id}-desc`}>
        <title id={`${id}-title`}>Audio kept, by the month it was made in</title>
        <desc id={`${id}-desc`}>{told(kept)}</desc>
        <line className={styles.ground} x1={0} x2={bars.length} y1={HEIGHT} y2={HEIGHT} />
        {bars.map(({ key, name, kinds }, place) => (
          <g key={key}>
            <title>{`${name}: ${room(sumOf(kinds))}`}</title>
            {stacked(kinds).map(({ kind, from, to }) => (
              <rect key={kind} data-kind={kind} x={place + 0.15} width={0.7} y={y(to)} height={y(from) - y(to)} />
            ))}
          </g>
        ))}
      </svg>
      <div className={styles.axis} aria-hidden="true">
        {bars.map(({ key, label }) => (
          <span key={key}>{label}</span>
        ))}
      </div>
      <Table bars={bars.filter(({ kinds }) => sumOf(kinds) > 0)} />
    </figure>
  );
}

function barsOf({ earlier, months }: Storage): Bar[] {
  const recent = months.map((one) => ({ key: one.month, label: monthShort(one.month), name: monthLong(one.month), kinds: one }));
  return sumOf(earlier) > 0 ? [{ key: 'earlier', label: 'Before', name: 'Before these months', kinds: earlier }, ...recent] : recent;
}

function told({ bytes, kinds }: Storage): string {
  const parts = KIND_NAMES.filter((kind) => kinds[kind] > 0).map((kind) => `${KINDS[kind].toLowerCase()} ${room(kinds[kind])}`);
  return `${room(bytes)} in all: ${parts.join(', ')}.`;
}

function Table({ bars }: { bars: readonly Bar[] }) {
  return (
    <details className={styles.table}>
      <summary>As a table</summary>
      <div>
        <table>
          <caption className={styles.hidden}>Audio kept, by the month it was made in</caption>
          <thead>
            <tr>
              <th scope="col">Made in (UTC)</th>
              {KIND_NAMES.map((kind) => (
                <th key={kind} scope="col">
                  {KINDS[kind]}
                </th>
              ))}
              <th scope="col">All</th>
            </tr>
          </thead>
          <tbody>
            {bars.map(({ key, name, kinds }) => (
              <tr key={key}>
                <th scope="row">{name}</th>
                {KIND_NAMES.map((kind) => (
                  <td key={kind}>{room(kinds[kind])}</td>
                ))}
                <td>{room(sumOf(kinds))}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </details>
  );
}
