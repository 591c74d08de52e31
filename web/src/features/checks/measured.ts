/** The figures of a check, with the units of people. */
import { decimal, length } from '../../ui/figures.ts';
import { count, plain } from '../../ui/format.ts';

type Shown = readonly [string, (value: number) => string];

const level = (unit: string) => (value: number) => `${decimal(value)} ${unit}`;

const FIGURES: Record<string, Shown> = {
  clipped_samples: ['Cut flat', (value) => `${count(value)} ${value === 1 ? 'sample' : 'samples'}`],
  silence_ms: ['Silence', length],
  longest_ms: ['Longest pause', length],
  most_ms: ['At most', length],
  below_loud_db: ['The end lies below the loud parts by', level('dB')],
  least_db: ['At least', level('dB')],
  words_per_minute: ['Pace', (value) => `${count(value)} words a minute`],
  usual: ['Usual', (value) => `${count(value)} words a minute`],
  loudness_lufs: ['Loudness', level('LUFS')],
  lowest: ['From', level('LUFS')],
  highest: ['To', level('LUFS')],
  true_peak_dbtp: ['True peak', level('dBTP')],
  most: ['At most', level('dBTP')],
  wrong: ['Words that differ', count],
  words: ['Of', (value) => `${count(value)} ${value === 1 ? 'word' : 'words'}`],
};

const ORDER = Object.keys(FIGURES);

/** Name and value of each figure that there is, what was measured before its bounds; the database keeps them in no order. */
export function measured(figures: Readonly<Record<string, number | null>>): readonly (readonly [string, string])[] {
  return Object.entries(figures).toSorted(byPlace).flatMap(([name, value]) => {
    if (value === null) return [];
    const [label, show] = FIGURES[name] ?? [plain(name), count];
    return [[label, show(value)] as const];
  });
}

function byPlace([one]: [string, unknown], [other]: [string, unknown]): number {
  return place(one) - place(other);
}

/** Those nobody has named come last. */
function place(name: string): number {
  return name in FIGURES ? ORDER.indexOf(name) : ORDER.length;
}
