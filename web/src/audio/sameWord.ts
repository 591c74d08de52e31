/** The same place in another take: by its words, which two voices or two paces speak at different seconds. */
import { diffArrays } from 'diff';
import { wordAt, type Span, type Word } from './playhead.ts';

/** For each word of one take the number of its like in the other, -1 where there is none. Ascending. */
type Alignment = readonly number[];

/** Beyond that many words that come or go the two are other texts, and comparing them would take long. */
const MOST_EDITS = 600;
/** So early a word is entered, that the fade leaves its first sound whole. */
export const ENTRY_MS = 10;

/** Words that stayed are alike; so are those of a passage that was rewritten in as many words. */
function align(from: readonly Word[], to: readonly Word[]): Alignment {
  const parts = diffArrays(from.map(bare), to.map(bare), { maxEditLength: MOST_EDITS }) ?? [];
  const alike = from.map(() => -1);
  let here = 0;
  let there = 0;
  let gone = 0;
  for (const { value, removed, added } of parts) {
    const first = added && gone === value.length ? here - gone : here;
    if (!removed && (!added || first !== here)) for (let word = 0; word < value.length; word += 1) alike[first + word] = there + word;
    if (!added) here += value.length;
    if (!removed) there += value.length;
    gone = removed ? value.length : 0;
  }
  return alike;
}

function bare(word: Word): string {
  return word.text.toLowerCase().replaceAll(/[^\p{L}\p{N}]+/gu, '') || word.text;
}

interface Spoken {
  readonly words: readonly Word[];
  readonly durationMs: number;
}

/**
 * Where `to` speaks what is heard at `ms` of `from`: at the beginning of the same word, so that it is heard whole; in a pause,
 * as long before the next word. What has no like lies between its neighbours as it does in `from`.
 */
function sameWord(from: Spoken, to: Spoken, alike: Alignment, ms: number): number {
  const spoken = wordAt(from.words, ms + ENTRY_MS);
  const word = from.words[spoken];
  const inside = word && ms < word.endMs;
  if (inside) {
    const like = to.words[alike[spoken] ?? -1];
    if (like) return Math.max(0, like.startMs - ENTRY_MS);
  } else {
    const next = from.words[spoken + 1];
    const like = next && to.words[alike[spoken + 1] ?? -1];
    if (like) {
      const before = to.words[(alike[spoken + 1] ?? 0) - 1]?.endMs ?? 0;
      return Math.max(0, Math.min(like.startMs - ENTRY_MS, Math.max(before, like.startMs - (next.startMs - ms))));
    }
  }
  return between(from, to, alike, spoken, ms);
}

/** The other take's span of the same words. */
function sameSpan(from: Spoken, to: Spoken, alike: Alignment, span: Span): Span {
  const startMs = sameWord(from, to, alike, span.startMs);
  const last = wordAt(from.words, span.endMs - 1);
  const like = to.words[alike[last] ?? -1];
  const word = from.words[last];
  const endMs = like && word ? like.endMs + Math.max(0, span.endMs - word.endMs) : between(from, to, alike, last, span.endMs);
  return { startMs, endMs: Math.min(to.durationMs, Math.max(endMs, startMs + 50)) };
}

/** By proportion between the nearest words that are alike on either side; the ends of two takes are alike too. */
function between(from: Spoken, to: Spoken, alike: Alignment, spoken: number, ms: number): number {
  let before = spoken;
  while (before >= 0 && (alike[before] ?? -1) < 0) before -= 1;
  let after = spoken + 1;
  while (after < from.words.length && (alike[after] ?? -1) < 0) after += 1;
  const here = [from.words[before]?.endMs ?? 0, from.words[after]?.startMs ?? from.durationMs] as const;
  const there = [to.words[alike[before] ?? -1]?.endMs ?? 0, to.words[alike[after] ?? -1]?.startMs ?? to.durationMs] as const;
  const part = here[1] > here[0] ? (ms - here[0]) / (here[1] - here[0]) : 0;
  return there[0] + Math.min(1, Math.max(0, part)) * Math.max(0, there[1] - there[0]);
}

/** The same places of several takes. Which words are alike is found out once for each two. */
export class SameWords {
  #takes: readonly Spoken[];
  readonly #pairs = new Map<string, Alignment>();

  constructor(takes: readonly Spoken[]) {
    this.#takes = takes;
  }

  timed(take: number, words: readonly Word[]): void {
    if (this.#takes[take]?.words === words) return;
    this.#takes = this.#takes.map((one, index) => (index === take ? { ...one, words } : one));
    this.#pairs.clear();
  }

  place(from: number, to: number, ms: number): number {
    const [here, there] = [this.#takes[from], this.#takes[to]];
    if (from === to || !here || !there || here.words.length === 0 || there.words.length === 0) return ms;
    return sameWord(here, there, this.#alike(from, to), ms);
  }

  span(from: number, to: number, span: Span): Span {
    const [here, there] = [this.#takes[from], this.#takes[to]];
    if (from === to || !here || !there || here.words.length === 0 || there.words.length === 0) return span;
    return sameSpan(here, there, this.#alike(from, to), span);
  }

  #alike(from: number, to: number): Alignment {
    const key = `${from} ${to}`;
    const alike = this.#pairs.get(key) ?? align(this.#takes[from]?.words ?? [], this.#takes[to]?.words ?? []);
    this.#pairs.set(key, alike);
    return alike;
  }
}
