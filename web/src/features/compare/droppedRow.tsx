/** A version among the takes that nobody can hear any more: compared by what was recorded of it. */
import type { Version, Voice } from '../../api/types.ts';
import { deliverySummary, voiceName } from '../../api/words.ts';
import { StillWave } from '../../audio/stillWave.tsx';
import { Ago } from '../../ui/ago.tsx';
import { StatusBadge } from '../../ui/badge.tsx';
import { clock } from '../../ui/format.ts';
import styles from './takeRow.module.css';

interface DroppedRowProps {
  version: Version;
  at: string;
  name: string;
  voices: readonly Voice[];
}

export function DroppedRow({ version, at, name, voices }: DroppedRowProps) {
  return (
    <li className={styles.take} aria-label={name}>
      <strong className={styles.silent}>{name}</strong>
      <div className={styles.about}>
        <StatusBadge status={version.status} />
        <span>
          {voiceName(voices, version.voice)} · {deliverySummary(version.delivery)}
        </span>
        <span>
          Audio dropped <Ago time={at} />, so it cannot be heard
        </span>
      </div>
      <div className={styles.sound}>
        <StillWave version={version.id} durationMs={version.audio.duration_ms} />
        <span className={styles.length}>{clock(version.audio.duration_ms)}</span>
      </div>
    </li>
  );
}
