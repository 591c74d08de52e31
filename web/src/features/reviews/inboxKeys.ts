/** The keys of the list of reviews. They act only while a row has the focus (WCAG 2.1.4); what plays has its own, `playerKeys`. */
import type { KeyboardEvent } from 'react';
import type { Verdict } from './steps.ts';

interface RowDoes {
  /** -1 is up. */
  move: (way: 1 | -1) => void;
  decide: (verdict: Verdict) => void;
}

export function inboxKeys({ move, decide }: RowDoes) {
  return (event: KeyboardEvent<HTMLElement>) => {
    if (event.ctrlKey || event.metaKey || event.altKey || event.shiftKey || event.defaultPrevented) return;
    // A dialog that was opened from a row is a part of it to React, but not on the screen.
    if (!(event.target instanceof Element) || !event.currentTarget.contains(event.target) || event.target.closest('dialog')) return;
    const act = action(event, event.target, { move, decide });
    if (!act) return;
    event.preventDefault();
    act();
  };
}

function action({ key }: KeyboardEvent, target: Element, { move, decide }: RowDoes): (() => void) | null {
  const slider = target.matches('input');
  switch (key) {
    case 'j':
      return () => move(1);
    case 'k':
      return () => move(-1);
    case 'ArrowDown':
      return slider ? null : () => move(1);
    case 'ArrowUp':
      return slider ? null : () => move(-1);
    case 'a':
      return () => decide('version.approve');
    case 'r':
      return () => decide('version.request_changes');
    default:
      return null;
  }
}
