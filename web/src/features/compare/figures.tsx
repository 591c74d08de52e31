/** Measurements and settings side by side: what each version has, and how it stands to the one compared with. */
import { useQueries } from '@tanstack/react-query';
import type { Comparison, Version, Voice } from '../../api/types.ts';
import { deliveryLabel, deliveryValue, voiceName } from '../../api/words.ts';
import { decimal, length } from '../../ui/figures.ts';
import { count } from '../../ui/format.ts';
import styles from './figures.module.css';
import { shortName } from './names.ts';
import { compareQuery } from './queries.ts';

type Measure = Comparison['measurements'][number];

const LABELS: Record<string, string> = {
  duration_ms: 'Duration',
  words_per_minute: 'Pace',
  pauses: 'Pauses',
  pauses_ms: 'All pauses',
  longest_pause_ms: 'Longest pause',
  lead_silence_ms: 'Silence before',
  tail_silence_ms: 'Silence after',
  loudness_lufs: 'Loudness',
  true_peak_dbtp: 'True peak',
  clipped_samples: 'Clipped samples',
};

function shown({ name, unit }: Measure, value: number): string {
  if (name === 'duration_ms') return length(value);
  const figure = unit === 'LUFS' || unit === 'dBTP' ? decimal(value) : count(value);
  return unit ? `${figure} ${unit}` : figure;
}

/** Of durations that between what is shown of them, so that a reader can do the sum. */
function difference(measure: Measure): string | null {
  const { left, right, name } = measure;
  const delta = name === 'duration_ms' && left !== null && right !== null ? tenths(right) - tenths(left) : measure.delta;
  if (delta === null || delta === 0) return null;
  const sign = delta > 0 ? '+' : '−';
  const size = shown(measure, Math.abs(delta));
  if (/^0(\.0)?( |$)/.test(size)) return null;
  const share = name === 'duration_ms' && left ? ` (${sign}${count((Math.abs(measure.delta ?? delta) / left) * 100)} %)` : '';
  return `${sign}${size}${share}`;
}

/** As `length` rounds them, ms. */
function tenths(ms: number): number {
  return Math.round(ms / 100) * 100;
}

interface FiguresProps {
  /** The first is the one compared with. */
  versions: readonly Version[];
  titles: ReadonlyMap<string, string>;
  voices: readonly Voice[];
}

export function Figures({ versions, titles, voices }: FiguresProps) {
  const [base] = versions;
  const pairs = useQueries({ queries: versions.map((version) => compareQuery(base?.id ?? '', version.id)) });
  const measured = pairs.map((pair) => pair.data?.measurements);
  const names = measured.find(Boolean)?.map((one) => one.name) ?? [];
  return (
    // A wide table scrolls by itself, with the keys too.
    // oxlint-disable-next-line jsx-a11y/no-noninteractive-tabindex
    <div className={styles.scroll} tabIndex={0} role="region" aria-label="Settings and measurements">
      <table className={styles.figures}>
        <thead>
          <tr>
            <th scope="col">
              <span className={styles.hidden}>Setting or measurement</span>
            </th>
            {versions.map((version) => (
              <th key={version.id} scope="col">
                {shortName(version, titles)}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          <Settings versions={versions} voices={voices} />
        </tbody>
        <tbody>
          {names.map((name, row) => (
            <tr key={name}>
              <th scope="row">{LABELS[name] ?? name}</th>
              {versions.map((version, column) => (
                <MeasureCell key={version.id} measure={measured[column]?.[row]} />
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

function MeasureCell({ measure }: { measure: Measure | undefined }) {
  if (!measure) return <td>…</td>;
  const delta = difference(measure);
  return (
    <td>
      {measure.right === null ? '–' : shown(measure, measure.right)}
      {delta && <span className={styles.delta}>{delta}</span>}
    </td>
  );
}

/** Only what differs anywhere; as asked for, and where the voice made something else of it, as applied. */
function Settings({ versions, voices }: Pick<FiguresProps, 'versions' | 'voices'>) {
  const rows = [
    { label: 'Voice', values: versions.map((version) => voiceName(voices, version.voice)) },
    { label: 'Provider', values: versions.map((version) => version.provider) },
    ...Object.keys(versions[0]?.delivery ?? {}).map((field) => ({
      label: deliveryLabel(field),
      values: versions.map((version) => setting(version, field)),
    })),
  ].filter(({ values }) => new Set(values).size > 1);
  if (rows.length === 0) {
    return (
      <tr>
        <th scope="row">Voice, delivery</th>
        <td colSpan={versions.length}>the same in all</td>
      </tr>
    );
  }
  return rows.map(({ label, values }) => (
    <tr key={label}>
      <th scope="row">{label}</th>
      {values.map((value, column) => (
        <td key={versions[column]?.id} data-changed={value !== values[0] || undefined}>
          {value}
        </td>
      ))}
    </tr>
  ));
}

function setting({ delivery, applied_delivery: applied }: Version, field: string): string {
  const asked = deliveryValue(field, delivery[field as keyof typeof delivery]);
  const done = field in applied ? deliveryValue(field, applied[field]) : asked;
  return done === asked ? asked : `${asked}, applied ${done}`;
}
