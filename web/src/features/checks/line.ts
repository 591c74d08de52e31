/** The script as one line, in which what was heard otherwise has its place. */
import type { SayBack } from '../../api/types.ts';
import type { Word } from '../../audio/playhead.ts';

export type Difference = SayBack['differences'][number];

/** A stretch that was said as written, or a place where it was not. */
export type Piece = { readonly at: number; readonly text: string } | { readonly at: number; readonly difference: Difference };

/**
 * Finds the script's words of each difference among the timed ones, nearest to where the examiner counted them; what has no words
 * of its own, or none that are found, stands where it sounds.
 */
export function lineOf(words: readonly Word[], differences: readonly Difference[]): readonly Piece[] {
  const pieces: Piece[] = [];
  let next = 0;
  const upTo = (end: number) => {
    if (end > next) pieces.push({ at: next, text: wording(words, next, end) });
    next = Math.max(next, end);
  };
  for (const difference of differences) {
    const length = difference.expected === '' ? 0 : difference.expected.split(' ').length;
    const found = length === 0 ? -1 : nearest(words, difference, length, next);
    const sounds = words.findIndex(({ startMs }) => startMs >= difference.start_ms);
    upTo(found >= 0 ? found : sounds < 0 ? words.length : sounds);
    pieces.push({ at: next, difference });
    if (found >= 0) next = found + length;
  }
  upTo(words.length);
  return pieces;
}

function nearest(words: readonly Word[], { expected, word }: Difference, length: number, from: number): number {
  let best = -1;
  for (let at = from; at + length <= words.length; at += 1) {
    const nearer = best < 0 || Math.abs(at - word) < Math.abs(best - word);
    if (nearer && wording(words, at, at + length) === expected) best = at;
  }
  return best;
}

function wording(words: readonly Word[], from: number, to: number): string {
  return words
    .slice(from, to)
    .map(({ text }) => text)
    .join(' ');
}
