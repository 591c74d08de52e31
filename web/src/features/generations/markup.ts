/** Script markup in the editor: `*emphasis*`, `[pause 400ms]`, a backslash escapes. The server has the last word on it. */

export interface Mark {
  readonly kind: 'emphasis' | 'pause';
  readonly start: number;
  readonly end: number;
}

export interface Edit {
  readonly text: string;
  /** The part of the old text that is replaced, and what selection follows. */
  readonly from: number;
  readonly until: number;
  readonly select: readonly [number, number];
}

const MARKUP = /\\.|\*(?:\\.|[^*\\])+\*|\[pause\s+\d+(?:\.\d+)?m?s\]/gsu;

export function marks(text: string): Mark[] {
  const found: Mark[] = [];
  for (const match of text.matchAll(MARKUP)) {
    if (match[0].startsWith('\\')) continue;
    found.push({ kind: match[0].startsWith('*') ? 'emphasis' : 'pause', start: match.index, end: match.index + match[0].length });
  }
  return found;
}

/** Wraps the selected words in asterisks, or takes them away where the selection is emphasised already. */
export function toggleEmphasis(text: string, start: number, end: number): Edit | null {
  const around = marks(text).find((mark) => mark.kind === 'emphasis' && mark.start <= start && mark.end >= end);
  if (around) {
    const inner = text.slice(around.start + 1, around.end - 1);
    return { text: inner, from: around.start, until: around.end, select: [around.start, around.start + inner.length] };
  }
  const [from, until] = words(text, start, end);
  if (from === until) return null;
  const inner = unmarked(text.slice(from, until));
  return { text: `*${inner}*`, from, until, select: [from + 1, from + 1 + inner.length] };
}

/** Whole words, without the space around them and the punctuation after them. */
function words(text: string, start: number, end: number): [number, number] {
  let from = start;
  let until = end;
  if (from === until) {
    while (from > 0 && isWord(text.charAt(from - 1))) from -= 1;
    while (until < text.length && isWord(text.charAt(until))) until += 1;
    return [from, until];
  }
  while (from < until && /\s/u.test(text.charAt(from))) from += 1;
  while (until > from && /[\s.,;:!?…]/u.test(text.charAt(until - 1))) until -= 1;
  while (from > 0 && isWord(text.charAt(from)) && isWord(text.charAt(from - 1))) from -= 1;
  while (until < text.length && isWord(text.charAt(until - 1)) && isWord(text.charAt(until))) until += 1;
  return [from, until];
}

function isWord(letter: string): boolean {
  return /[\p{L}\p{N}\p{M}'’-]/u.test(letter);
}

/** Emphasis does not nest: what was marked inside the selection becomes part of the whole. */
function unmarked(text: string): string {
  return text.replaceAll(MARKUP, (mark) => (mark.startsWith('*') ? mark.slice(1, -1) : mark)).replaceAll(/(?<!\\)\*/gu, '');
}

/** A pause at the caret, set off by spaces; its number is selected, ready to be typed over. */
export function insertPause(text: string, start: number, end: number, ms = 400): Edit {
  const before = start > 0 && !/\s/u.test(text.charAt(start - 1)) ? ' ' : '';
  const after = end < text.length && !/\s/u.test(text.charAt(end)) ? ' ' : '';
  const number = start + before.length + '[pause '.length;
  return { text: `${before}[pause ${ms}ms]${after}`, from: start, until: end, select: [number, number + String(ms).length] };
}

/** The API counts characters as code points; the browser's selection counts UTF-16 units. */
export function unitsBefore(text: string, place: number): number {
  let units = 0;
  let seen = 0;
  for (const letter of text) {
    if (seen === place) break;
    units += letter.length;
    seen += 1;
  }
  return units;
}

export function codePoints(text: string): number {
  let count = 0;
  for (const _ of text) count += 1;
  return count;
}

/** Where that is as people count it, and the line only where there is more than one. */
export function placeOf(text: string, place: number): string {
  const before = text.slice(0, unitsBefore(text, place)).split('\n');
  const character = codePoints(before.at(-1) ?? '') + 1;
  return text.includes('\n') ? `Line ${before.length}, character ${character}` : `Character ${character}`;
}
