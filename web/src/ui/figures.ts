/** Figures and times as people read them: what the first screen does without. */

const number = (digits: number) => new Intl.NumberFormat('en', { minimumFractionDigits: digits, maximumFractionDigits: digits });
const tenth = number(1);
const dayOnly = new Intl.DateTimeFormat('en-GB', { day: 'numeric', month: 'long', timeZone: 'UTC' });

/** `4.2 s`, `1 min 05 s`: how long something lasts. */
export function length(ms: number): string {
  if (ms < 60_000) return `${tenth.format(ms / 1000)} s`;
  const seconds = Math.round(ms / 1000);
  return `${Math.floor(seconds / 60)} min ${String(seconds % 60).padStart(2, '0')} s`;
}

/** With one decimal and a real minus sign. */
export function decimal(value: number, digits = 1): string {
  return number(digits).format(value).replace('-', '−');
}

const UNITS = ['bytes', 'KiB', 'MiB', 'GiB', 'TiB'] as const;

/** `123 KiB`, `4.2 MiB`: how much room something takes. */
export function room(bytes: number): string {
  const step = bytes < 1024 ? 0 : Math.min(UNITS.length - 1, Math.floor(Math.log2(bytes) / 10));
  const value = bytes / 1024 ** step;
  return `${number(step > 0 && value < 10 ? 1 : 0).format(value)} ${bytes === 1 ? 'byte' : (UNITS[step] ?? '')}`;
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
