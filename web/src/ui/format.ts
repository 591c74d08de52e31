/** Figures and times as people read them. */

const number = (digits: number) => new Intl.NumberFormat('en', { minimumFractionDigits: digits, maximumFractionDigits: digits });
const whole = number(0);
const tenth = number(1);
const relative = new Intl.RelativeTimeFormat('en', { numeric: 'auto', style: 'long' });
const dateTime = new Intl.DateTimeFormat('en-GB', { dateStyle: 'medium', timeStyle: 'short' });
const dayOnly = new Intl.DateTimeFormat('en-GB', { day: 'numeric', month: 'long', timeZone: 'UTC' });
const dateOnly = new Intl.DateTimeFormat('en-GB', { dateStyle: 'medium' });

/** `0:04.2`, `12:30.0`: a place in audio. */
export function clock(ms: number): string {
  const tenths = Math.max(0, Math.round(ms / 100));
  const minutes = Math.floor(tenths / 600);
  const seconds = Math.floor((tenths % 600) / 10);
  return `${minutes}:${String(seconds).padStart(2, '0')}.${tenths % 10}`;
}

/** `4.2 s`, `1 min 05 s`: how long something lasts. */
export function length(ms: number): string {
  if (ms < 60_000) return `${tenth.format(ms / 1000)} s`;
  const seconds = Math.round(ms / 1000);
  return `${Math.floor(seconds / 60)} min ${String(seconds % 60).padStart(2, '0')} s`;
}

export function count(value: number): string {
  return whole.format(value);
}

/** With one decimal and a real minus sign. */
export function decimal(value: number, digits = 1): string {
  return number(digits).format(value).replace('-', '−');
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

/** `1 December`: a day in UTC, as budgets have them. Takes `2026-12-01` and whole times. */
export function utcDay(time: string): string {
  return dayOnly.format(new Date(time));
}

/** Millionths of a currency: to the cent, and of less than one as much as it takes to see it. */
export function money(micros: number, currency: string): string {
  const digits = micros > 0 && micros < 10_000 ? 6 : 2;
  return new Intl.NumberFormat('en', { style: 'currency', currency, currencyDisplay: 'code', maximumFractionDigits: digits })
    .format(micros / 1_000_000)
    .replace('\u00A0', ' ');
}

/** `in_review` as `In review`. */
export function plain(word: string): string {
  const spaced = word.replaceAll('_', ' ');
  return spaced.charAt(0).toUpperCase() + spaced.slice(1);
}
