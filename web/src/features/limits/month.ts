/** A month of days, each with what was used of it and what was used up to it. */

interface Used {
  readonly day: string;
  readonly used: number;
}

export interface Day extends Used {
  /** Of the month: 1 to 31. */
  readonly number: number;
  /** Used from the first of the month to the end of this day. */
  readonly total: number;
  /** It has come already. */
  readonly past: boolean;
}

/** Every day of the month that `first` (`2026-11-01`) begins; days nobody used are there with 0. All of it in UTC. */
export function daysOf(first: string, usage: readonly Used[], today = new Date().toISOString().slice(0, 10)): Day[] {
  const start = new Date(`${first}T00:00:00Z`);
  const count = new Date(Date.UTC(start.getUTCFullYear(), start.getUTCMonth() + 1, 0)).getUTCDate();
  const known = new Map(usage.map(({ day, used }) => [day, used]));
  let total = 0;
  return Array.from({ length: count }, (_, index) => {
    const day = `${first.slice(0, 8)}${String(index + 1).padStart(2, '0')}`;
    const used = known.get(day) ?? 0;
    total += used;
    return { day, number: index + 1, used, total, past: day <= today };
  });
}

/** The top of the chart: the limit if it is in sight, else somewhat more than what is used. */
export function topOf(used: number, limit: number | null): number {
  const inSight = limit !== null && limit > 0 && used * 5 >= limit;
  return Math.max(inSight ? limit * 1.08 : 0, used * 1.15, 1);
}
