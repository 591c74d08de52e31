/** The keys of a panel that compares takes. They act only while the panel has the focus (WCAG 2.1.4). */
import type { KeyboardEvent } from 'react';
import { setShortcuts } from './help.ts';
import type { Span } from './playhead.ts';
import type { TakePlayer } from './takes.ts';

const SEEK_MS = 1000;
const LONG_SEEK_MS = 5000;

interface Panel {
  /** Null until the takes are loaded; `load` then does that and plays. */
  readonly player: TakePlayer | null;
  readonly load: (then: 'play') => void;
  /** What `l` repeats. */
  readonly span: Span | null;
  /** Absent where one listens only. */
  readonly onComment?: (take: number, ms: number) => void;
}

export function takeKeys({ player, load, span, onComment }: Panel) {
  return (event: KeyboardEvent<HTMLElement>) => {
    if (event.ctrlKey || event.metaKey || event.altKey || event.defaultPrevented) return;
    const target = event.target instanceof Element ? event.target : null;
    if (target?.matches('textarea, select, input:not([data-seek])')) return;
    if (event.key === ' ' && target?.matches('button, a, summary')) return;
    const act = player ? action(event, player, span, onComment) : first(event, load);
    if (!act) return;
    event.preventDefault();
    act();
  };
}

function first({ key }: KeyboardEvent, load: Panel['load']): (() => void) | null {
  if (key === '?') return () => setShortcuts(true);
  return key === ' ' ? () => load('play') : null;
}

function action({ key, code, shiftKey }: KeyboardEvent, player: TakePlayer, span: Span | null, onComment: Panel['onComment']): (() => void) | null {
  // By the place of the key: with Shift it gives another character on each layout.
  const digit = /^(?:Digit|Numpad)([1-4])$/.exec(code)?.[1];
  if (digit !== undefined) return () => player.switchTo(Number(digit) - 1, shiftKey ? 'time' : 'word');
  const step = shiftKey ? LONG_SEEK_MS : SEEK_MS;
  switch (key) {
    case ' ':
      return () => (player.playing ? player.pause() : player.play());
    case 'ArrowLeft':
      return () => player.seek(player.position() - step);
    case 'ArrowRight':
      return () => player.seek(player.position() + step);
    case 'l':
    case 'L':
      return () => player.loop(player.looped ? null : span);
    case 'c':
      return onComment ? () => onComment(player.active, player.position()) : null;
    case '?':
      return () => setShortcuts(true);
    default:
      return null;
  }
}
