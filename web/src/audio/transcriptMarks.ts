/** Marks on the words of a transcript. They are set on the elements themselves: rendering thousands of words on each frame would stutter. */
import { wordAt, type Playhead, type Span, type Word } from './playhead.ts';

/** So long a word stays marked when nothing follows it. */
const LINGER_MS = 400;
/** So long the text is left where a person has scrolled it. */
const HANDS_OFF_MS = 4000;

/** The words of a span, first and last; null if there are none. */
export function wordsIn(words: readonly Word[], span: Span): readonly [number, number] | null {
  const last = wordAt(words, span.endMs - 1);
  const first = words.findIndex((word) => word.endMs > span.startMs);
  return first >= 0 && last >= first ? [first, last] : null;
}

export function setSelected(list: HTMLElement, range: readonly [number, number] | null): void {
  for (const [index, word] of [...list.children].entries()) {
    const selected = String(range !== null && index >= range[0] && index <= range[1]);
    if (word.getAttribute('aria-selected') !== selected) word.setAttribute('aria-selected', selected);
  }
}

/** Marks one word among all with an attribute; -1 marks none. */
export function setMark(list: HTMLElement, name: 'data-now' | 'data-at', index: number): void {
  list.querySelector(`[${name}]`)?.removeAttribute(name);
  list.children.item(index)?.setAttribute(name, '');
}

/** Marks the word that is spoken, and keeps it in sight. Returns how to stop. */
export function followSpeech(list: HTMLElement, words: readonly Word[], head: Playhead): () => void {
  let marked = -1;
  let touched = -HANDS_OFF_MS;
  const touch = () => (touched = performance.now());
  const follow = () => {
    const ms = head.position();
    const begun = wordAt(words, ms);
    const now = ms >= 0 && ms < (words[begun]?.endMs ?? 0) + LINGER_MS ? begun : -1;
    if (now === marked) return;
    marked = now;
    setMark(list, 'data-now', now);
    if (performance.now() - touched > HANDS_OFF_MS) keepInSight(list, now);
  };
  follow();
  const stop = head.onPosition(follow);
  const hands = ['wheel', 'touchmove', 'pointerdown', 'keydown'] as const;
  for (const event of hands) list.addEventListener(event, touch, { passive: true });
  return () => {
    stop();
    for (const event of hands) list.removeEventListener(event, touch);
  };
}

/** Scrolls the text alone, never the page. */
export function keepInSight(list: HTMLElement, index: number): void {
  const word = list.children.item(index);
  if (!(word instanceof HTMLElement) || list.scrollHeight <= list.clientHeight) return;
  const top = word.offsetTop;
  const inSight = top >= list.scrollTop && top + word.offsetHeight * 2 <= list.scrollTop + list.clientHeight;
  if (inSight) return;
  const still = matchMedia('(prefers-reduced-motion: reduce)').matches;
  list.scrollTo({ top: top - list.clientHeight / 3, behavior: still ? 'instant' : 'smooth' });
}
