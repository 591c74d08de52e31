/** The keys of a panel that plays. */
import type { KeyboardEvent } from 'react';
import { setShortcuts } from './help.ts';
import { player } from './player.ts';
import { nowPlaying, type Track } from './playing.ts';

const SEEK_MS = 1000;
const LONG_SEEK_MS = 5000;

/**
 * The keys of a panel that can play `track` (the dock: whatever is loaded). They act only while the panel has the focus
 * (WCAG 2.1.4), and leave alone what the focused control itself wants.
 */
export function playerKeys(track?: Track, onComment?: (atMs: number | null) => void) {
  return (event: KeyboardEvent<HTMLElement>) => {
    if (event.ctrlKey || event.metaKey || event.altKey || event.defaultPrevented) return;
    const act = action(event, track) ?? comment(event, track, onComment);
    if (!act) return;
    event.preventDefault();
    act();
  };
}

/** Null: the track does not have the player, so there is no moment that is meant. */
function comment({ key, target }: KeyboardEvent, track: Track | undefined, onComment: ((atMs: number | null) => void) | undefined) {
  if (key !== 'c' || !onComment || (target instanceof Element && target.matches('textarea, select, input:not([data-seek])'))) return null;
  return () => onComment(track && nowPlaying().track?.id === track.id ? player.position() : null);
}

function action(event: KeyboardEvent, track: Track | undefined): (() => void) | null {
  const target = event.target instanceof Element ? event.target : null;
  if (target?.matches('textarea, select, input:not([data-seek])')) return null;
  if (event.key === '?') return () => setShortcuts(true);
  if (event.key === ' ') return target?.matches('button, a, summary') ? null : () => player.toggle(track);
  const way = event.key === 'ArrowLeft' ? -1 : event.key === 'ArrowRight' ? 1 : 0;
  if (way === 0) return null;
  return () => {
    if (track) player.load(track);
    player.seek(player.position() + way * (event.shiftKey ? LONG_SEEK_MS : SEEK_MS));
  };
}
