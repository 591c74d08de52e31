/** Figures and times as people read them: those of the first screen. */

const whole = new Intl.NumberFormat('en', { maximumFractionDigits: 0 });
const relative = new Intl.RelativeTimeFormat('en', { numeric: 'auto', style: 'long' });
const dateTime = new Intl.DateTimeFormat('en-GB', { dateStyle: 'medium', timeStyle: 'short' });
const dateOnly = new Intl.DateTimeFormat('en-GB', { dateStyle: 'medium' });

/** `0:04.2`, `12:30.0`: a place in audio. */
export function clock(ms: number): string {
  const tenths = Math.max(0, Math.round(ms / 100));
  const minutes = Math.floor(tenths / 600);
  const seconds = Math.floor((tenths % 600) / 10);
  return `${minutes}:${String(seconds).padStart(2, '0')}.${tenths % 10}`;
}

export function count(value: number): string {
  return whole.format(value);
}

const STEPS: readonly [Intl.RelativeTimeFormatUnit, number][] = [
  ['second', 60],
  ['minute', 60],
  ['hour', 24],
  ['day', 7],
];

/** `3 hours ago` within a week, then the date. */
export function ago(time: string, now = Date.now()): string {
  let left = (now - Date.parse(time)) / 1000;
  if (left < 60) return 'just now';
  for (const [unit, size] of STEPS) {
    if (left < size) return relative.format(-Math.round(left), unit);
    left /= size;
  }
  return dateOnly.format(new Date(time));
}

/** The date alone. */
export function day(time: string): string {
  return dateOnly.format(new Date(time));
}

/** The full time, for a title. */
export function at(time: string): string {
  return dateTime.format(new Date(time));
}

/** `in_review` as `In review`. */
export function plain(word: string): string {
  const spaced = word.replaceAll('_', ' ');
  return spaced.charAt(0).toUpperCase() + spaced.slice(1);
}
