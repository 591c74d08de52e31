/** Places on a waveform that have something to tell, as buttons at their time. */
import styles from './waveform.module.css';

export interface Marker {
  readonly id: string;
  readonly atMs: number;
  readonly untilMs?: number | null;
  /** What the button is called, e.g. `Comment by Ana at 0:03.2`. */
  readonly label: string;
}

interface MarkersProps {
  markers: readonly Marker[];
  durationMs: number;
  onMarker: ((id: string) => void) | undefined;
}

export function Markers({ markers, durationMs, onMarker }: MarkersProps) {
  const percent = (ms: number) => `${(Math.min(ms, durationMs) / (durationMs || 1)) * 100}%`;
  const inOrder = markers.toSorted((one, other) => one.atMs - other.atMs);
  return inOrder.map(({ id, atMs, untilMs, label }) => (
    <span key={id} className={styles.markers}>
      {untilMs != null && untilMs > atMs && <span className={styles.reach} style={{ left: percent(atMs), width: percent(untilMs - atMs) }} />}
      <button type="button" className={styles.marker} style={{ left: percent(atMs) }} aria-label={label} title={label} onClick={() => onMarker?.(id)} />
    </span>
  ));
}
