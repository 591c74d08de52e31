/** What changed between two scripts, word by word, in pieces a person can read. */
import { diffWordsWithSpace } from 'diff';

export interface Piece {
  readonly kind: 'same' | 'removed' | 'added' | 'skipped';
  readonly text: string;
}

/** An unchanged run this short between two changes reads better as part of the change than as an island. */
const ISLAND_WORDS = 2;
/** How many unchanged words stay visible beside a change. */
const CONTEXT_WORDS = 7;

/**
 * How many words may come or go before a comparison is given up: it takes time with the square of them, and beyond that many
 * (about 50 ms) the two are other texts.
 */
const MOST_EDITS = 600;

export function wordDiff(from: string, to: string, language: string): Piece[] {
  const raw = diffWordsWithSpace(from, to, { intlSegmenter: segmenter(language), maxEditLength: MOST_EDITS });
  if (!raw) return whole(from, to);
  const pieces: Piece[] = [];
  let removed = '';
  let added = '';
  const flush = () => {
    const [before, gone, come, after] = withoutSpace(removed, added);
    if (before) pieces.push({ kind: 'same', text: before });
    if (gone) pieces.push({ kind: 'removed', text: gone });
    if (come) pieces.push({ kind: 'added', text: come });
    if (after) pieces.push({ kind: 'same', text: after });
    removed = '';
    added = '';
  };
  for (const [index, part] of raw.entries()) {
    const inside = index > 0 && index < raw.length - 1 && (removed !== '' || added !== '');
    if (part.removed) removed += part.value;
    else if (part.added) added += part.value;
    else if (inside && wordsIn(part.value) <= ISLAND_WORDS) {
      removed += part.value;
      added += part.value;
    } else {
      flush();
      pieces.push({ kind: 'same', text: part.value });
    }
  }
  flush();
  return pieces.flatMap((piece, index) => (piece.kind === 'same' ? shortened(piece.text, index === 0, index === pieces.length - 1) : [piece]));
}

/** Everything goes, everything comes. */
function whole(from: string, to: string): Piece[] {
  return [
    { kind: 'removed', text: from },
    { kind: 'added', text: to },
  ];
}

/** A space that both sides begin or end with is no change; underlined or struck out it would only be noise. */
function withoutSpace(removed: string, added: string): [string, string, string, string] {
  const lead = /^\s*/u.exec(removed)?.[0] ?? '';
  const before = removed !== '' && added.startsWith(lead) && lead !== removed ? lead : '';
  const tail = /\s*$/u.exec(removed)?.[0] ?? '';
  const after = removed !== '' && added.endsWith(tail) && removed.trim() !== '' && added.trim() !== '' ? tail : '';
  const inner = (text: string) => text.slice(before.length, text.length - after.length);
  return [before, inner(removed), inner(added), after];
}

function segmenter(language: string): Intl.Segmenter {
  try {
    return new Intl.Segmenter(language, { granularity: 'word' });
  } catch {
    return new Intl.Segmenter('en', { granularity: 'word' });
  }
}

function wordsIn(text: string): number {
  return text.match(/[\p{L}\p{N}]+/gu)?.length ?? 0;
}

/** The middle of a long unchanged run is left out; at the edges of the script only the side of the change stays. */
function shortened(text: string, first: boolean, last: boolean): Piece[] {
  const words = text.split(/(?<=\s)/u);
  const head = first ? 0 : CONTEXT_WORDS;
  const tail = last ? 0 : CONTEXT_WORDS;
  if (words.length <= head + tail + 3) return [{ kind: 'same', text }];
  const out: Piece[] = [];
  if (head > 0) out.push({ kind: 'same', text: words.slice(0, head).join('') });
  out.push({ kind: 'skipped', text: words.slice(head, words.length - tail).join('') });
  if (tail > 0) out.push({ kind: 'same', text: words.slice(-tail).join('') });
  return out;
}

/** What a card shows of a large change: so much in all, and so much of each piece, that what came stands beside what went. */
const GLANCE = 480;
const GLANCE_OF_ONE = 160;

/** The beginning of a large change; the same pieces if they are small. */
export function atAGlance(pieces: readonly Piece[]): readonly Piece[] {
  const out: Piece[] = [];
  let left = GLANCE;
  for (const piece of pieces) {
    if (left <= 0) return [...out, { kind: 'skipped', text: '' }];
    const text = piece.kind === 'skipped' ? piece.text : begun(piece.text);
    out.push(text === piece.text ? piece : { ...piece, text });
    left -= piece.kind === 'skipped' ? 0 : text.length;
  }
  return out.every((piece, index) => piece === pieces[index]) ? pieces : out;
}

/** Whole words from the start, where there are any. */
function begun(text: string): string {
  const letters = Array.from(text); // code points, so that none is cut in half
  return letters.length > GLANCE_OF_ONE ? `${letters.slice(0, GLANCE_OF_ONE).join('').replace(/\s+\S*$/u, '')}…` : text;
}
