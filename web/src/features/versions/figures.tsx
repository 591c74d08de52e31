/** What was measured on a version's audio, as quiet figures with their units. */
import type { Version } from '../../api/types.ts';
import { decimal, length } from '../../ui/figures.ts';
import { count } from '../../ui/format.ts';
import styles from './figures.module.css';

interface Figure {
  label: string;
  value: string;
  unit?: string;
  help: string;
  tone?: 'bad';
}

const NONE = '–';

function figures({ audio, measurements: measured }: Version): Figure[] {
  const { loudness_lufs: loudness, true_peak_dbtp: peak, words_per_minute: pace, clipped_samples: clipped } = measured;
  return [
    { label: 'Duration', value: length(audio.duration_ms), help: `Counted from the decoded samples: ${count(audio.duration_ms)} ms` },
    {
      label: 'Loudness',
      value: loudness === null ? NONE : decimal(loudness),
      unit: 'LUFS',
      help: 'Integrated loudness after EBU R 128; nearer to 0 is louder',
    },
    {
      label: 'True peak',
      value: peak === null ? NONE : decimal(peak),
      unit: 'dBTP',
      help: 'The highest level, between the samples too; above −1 some players distort',
    },
    { label: 'Pace', value: pace === null ? NONE : count(pace), unit: 'wpm', help: 'Words per minute from the first sound to the last, with the pauses between; the check of the pace leaves them out' },
    {
      label: 'Silence',
      value: `${count(measured.lead_silence_ms)} / ${count(measured.tail_silence_ms)}`,
      unit: 'ms',
      help: 'Silence before the first and after the last sound',
    },
    {
      label: 'Clipping',
      value: clipped === 0 ? 'none' : count(clipped),
      ...(clipped > 0 && { unit: clipped === 1 ? 'sample' : 'samples', tone: 'bad' as const }),
      help: 'Samples at the limit of the scale; any of them may be heard as a crackle',
    },
  ];
}

export function Figures({ version }: { version: Version }) {
  return (
    <dl className={styles.figures}>
      {figures(version).map(({ label, value, unit, help, tone }) => (
        <div key={label} title={help} data-tone={tone}>
          <dt>{label}</dt>
          <dd>
            {value}
            {unit && <span> {unit}</span>}
          </dd>
        </div>
      ))}
    </dl>
  );
}
