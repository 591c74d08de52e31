/** The words of a sound as they are spoken: the one heard now is marked, a click seeks, and several can be chosen as a span. */
import { Fragment, memo, useEffect, useId, useRef, useState, type KeyboardEvent, type PointerEvent } from 'react';
import type { Playhead, Span, Word } from './playhead.ts';
import styles from './transcript.module.css';
import { wordFor } from './transcriptKeys.ts';
import { followSpeech, keepInSight, setMark, setSelected, wordsIn } from './transcriptMarks.ts';

interface TranscriptProps {
  words: readonly Word[];
  source: 'provider' | 'aligned' | null;
  head: Playhead;
  /** What assistive technology calls it, e.g. `Words of version 2`. */
  label: string;
  onSeek: (ms: number) => void;
  /** What is chosen, here or on the waveform. */
  span?: Span | null;
  /** Absent where nothing can be done with a span. */
  onSpan?: (span: (Span & { text: string }) | null) => void;
}

export function Transcript({ words, source, head, label, onSeek, span = null, onSpan }: TranscriptProps) {
  const list = useRef<HTMLDivElement>(null);
  const id = useId();
  const [at, setAt] = useState(-1);
  const anchor = useRef(-1);
  const dragged = useRef(false);
  useEffect(() => (list.current ? followSpeech(list.current, words, head) : undefined), [words, head]);
  useEffect(() => (list.current ? setMark(list.current, 'data-at', at) : undefined), [at]);
  useEffect(() => (list.current ? setSelected(list.current, span && wordsIn(words, span)) : undefined), [span, words]);

  const go = (index: number) => {
    setAt(index);
    if (list.current) keepInSight(list.current, index);
  };
  const choose = (one: number, other: number) => {
    const range = words.slice(Math.min(one, other), Math.max(one, other) + 1);
    const [first, last] = [range[0], range.at(-1)];
    if (first && last) onSpan?.({ startMs: first.startMs, endMs: last.endMs, text: range.map((word) => word.text).join(' ') });
  };
  const seek = (index: number) => {
    const word = words[index];
    if (!word) return;
    anchor.current = index;
    go(index);
    onSeek(word.startMs);
    if (span) onSpan?.(null);
  };
  const press = (event: PointerEvent) => {
    const index = wordOf(event);
    dragged.current = false;
    if (index < 0 || event.button !== 0) return;
    if (event.shiftKey && onSpan) {
      event.preventDefault();
      dragged.current = true;
      choose(anchor.current < 0 ? index : anchor.current, index);
      go(index);
    } else anchor.current = index;
  };
  const drag = (event: PointerEvent) => {
    const index = wordOf(event);
    if (!onSpan || event.pointerType === 'touch' || event.buttons !== 1 || index < 0 || anchor.current < 0) return;
    if (index === anchor.current && !dragged.current) return;
    dragged.current = true;
    choose(anchor.current, index);
    go(index);
  };
  const keys = (event: KeyboardEvent) => {
    if (event.ctrlKey || event.metaKey || event.altKey || !list.current) return;
    const spoken = [...list.current.children].findIndex((word) => word.hasAttribute('data-now'));
    const here = at < 0 ? spoken : at;
    const next = wordFor(event.key, list.current, here);
    if (next !== null) {
      if (event.shiftKey && onSpan) {
        if (anchor.current < 0) anchor.current = Math.max(0, here);
        choose(anchor.current, next);
      } else anchor.current = next;
      go(next);
    } else if (event.key === 'Enter' && here >= 0) seek(here);
    else if (event.key === 'Escape' && span) onSpan?.(null);
    else return;
    event.preventDefault();
  };
  return (
    <div className={styles.transcript}>
      {source === 'aligned' && (
        <p className={styles.source} title="This voice tells no times, so speech recognition found where each word is spoken; it may be some hundredths of a second off">
          Timed by recognition
        </p>
      )}
      <div
        ref={list}
        className={styles.words}
        data-choosing={onSpan ? '' : undefined}
        role="listbox"
        tabIndex={0}
        aria-label={label}
        aria-describedby={`${id}hint`}
        aria-multiselectable={onSpan ? true : undefined}
        aria-activedescendant={at >= 0 && at < words.length ? `${id}${at}` : undefined}
        onKeyDown={keys}
        onPointerDown={press}
        onPointerOver={drag}
        onClick={(event) => !dragged.current && seek(wordOf(event))}
        onCopy={(event) => {
          const range = span && wordsIn(words, span);
          if (!range) return;
          event.clipboardData.setData('text/plain', words.slice(range[0], range[1] + 1).map((word) => word.text).join(' '));
          event.preventDefault();
        }}
      >
        <Words words={words} id={id} />
      </div>
      <p id={`${id}hint`} hidden>
        Arrow keys go from word to word, Enter plays from there{onSpan && ', Shift with the arrow keys chooses several'}.
      </p>
    </div>
  );
}

/** Rendered once for the same words: all that changes is marked on the elements. */
const Words = memo(function Words({ words, id }: { words: readonly Word[]; id: string }) {
  return words.map((word, index) => (
    <Fragment key={index}>
      <span id={`${id}${index}`} role="option" aria-selected={false} data-word={index}>
        {word.text}
      </span>{' '}
    </Fragment>
  ));
});

function wordOf({ target }: { target: EventTarget }): number {
  const word = target instanceof Element ? target.closest<HTMLElement>('[data-word]') : null;
  return Number(word?.dataset['word'] ?? -1);
}
