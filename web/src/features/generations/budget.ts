/** What a generation takes of the month's budgets, and whether that is left. The server decides; this says it before. */
import type { Limits, Voice } from '../../api/types.ts';
import { decimal, money, utcDay } from '../../ui/figures.ts';
import { count } from '../../ui/format.ts';

export interface Forecast {
  /** `uses 118 of 982,114 characters left this month`. */
  readonly text: string;
  readonly level: 'plain' | 'near' | 'over';
}

const NEARLY = 0.9;

export function forecast({ characters, money: spent }: Limits, voice: Voice, needed: number): Forecast {
  const price = Math.ceil((needed * voice.price_micros_per_1000_characters) / 1000);
  const cost = money(price, spent.currency);
  const until = `until ${utcDay(characters.resets_at)}`;
  if (needed > characters.left || characters.left === 0) {
    return { level: 'over', text: `This takes ${count(needed)} characters, and ${count(characters.left)} are left ${until}. An owner can raise the limit.` };
  }
  if (spent.left_micros !== null && price > spent.left_micros) {
    return { level: 'over', text: `This costs ${cost}, and ${left(spent.left_micros, spent.currency)} is left ${until}. An owner can raise the limit.` };
  }
  const used = shareOf(characters.used + characters.reserved + needed, characters.limit);
  const paid = price > 0 ? shareOf(spent.used_micros + spent.reserved_micros + price, spent.limit_micros) : 0;
  const share = Math.max(used, paid);
  const text = `Uses ${count(needed)} of ${count(characters.left)} characters left this month`;
  const priced = price === 0 ? '' : spent.left_micros === null ? `, costs ${cost}` : `, costs ${cost} of ${left(spent.left_micros, spent.currency)} left`;
  if (share < NEARLY) return { level: 'plain', text: text + priced };
  return { level: 'near', text: `${text}${priced}: ${decimal(Math.floor(share * 100), 0)} % of the budget will be gone` };
}

/** Rounded down: rounded up, just too little would look like enough. */
function left(micros: number, currency: string): string {
  return money(Math.floor(micros / 10_000) * 10_000, currency);
}

function shareOf(gone: number, limit: number | null): number {
  return limit ? gone / limit : 0;
}
