/** What is kept, by kind: in the order it is stacked, from what lasts to what goes first. */
import type { Storage } from '../../api/types.ts';

export const KINDS = {
  approved: 'Approved',
  in_review: 'In review',
  draft: 'Drafts',
  archived: 'Archived',
  renditions: 'Renditions',
} as const;

export type Kind = keyof typeof KINDS;
export type Kinds = Storage['kinds'];

export const KIND_NAMES = Object.keys(KINDS) as Kind[];

export function sumOf(kinds: Kinds): number {
  return KIND_NAMES.reduce((sum, kind) => sum + kinds[kind], 0);
}

export interface Piece {
  readonly kind: Kind;
  readonly from: number;
  readonly to: number;
}

/** Each kind on top of the one before, without those of which there is nothing. */
export function stacked(kinds: Kinds): Piece[] {
  let top = 0;
  return KIND_NAMES.flatMap((kind) => {
    const from = top;
    top += kinds[kind];
    return kinds[kind] > 0 ? [{ kind, from, to: top }] : [];
  });
}

const short = new Intl.DateTimeFormat('en-GB', { month: 'short', timeZone: 'UTC' });
const long = new Intl.DateTimeFormat('en-GB', { month: 'long', year: 'numeric', timeZone: 'UTC' });

/** `2026-11` as `Nov`. */
export function monthShort(month: string): string {
  return short.format(new Date(`${month}-01`));
}

/** `2026-11` as `November 2026`. */
export function monthLong(month: string): string {
  return long.format(new Date(`${month}-01`));
}
