import { useState } from 'react';
import { expect, test, vi } from 'vitest';
import { userEvent } from 'vitest/browser';
import type { Playhead, Span } from '../src/audio/playhead.ts';
import { Transcript } from '../src/audio/transcript.tsx';
import { words } from './sound.ts';
import { show } from './show.tsx';

/** A playhead that stands where it is put. */
function hand() {
  const tells = new Set<() => void>();
  let at = -1;
  const head: Playhead = {
    position: () => at,
    onPosition: (tell) => {
      tells.add(tell);
      return () => tells.delete(tell);
    },
  };
  const to = (ms: number) => {
    at = ms;
    for (const tell of tells) tell();
  };
  return { head, to };
}

const TEXT = 'Welcome to Northwind support. How can I help you today?';
const WORDS = words(TEXT, 300, 100);

async function transcript(of = WORDS, source: 'provider' | 'aligned' = 'provider') {
  const { head, to } = hand();
  const onSeek = vi.fn<(ms: number) => void>();
  const chosen = vi.fn<(span: (Span & { text: string }) | null) => void>();
  function Panel() {
    const [span, setSpan] = useState<Span | null>(null);
    const choose = (next: (Span & { text: string }) | null) => {
      setSpan(next);
      chosen(next);
    };
    return (
      <>
        <button onClick={() => setSpan({ startMs: 450, endMs: 1100 })}>On the waveform</button>
        <Transcript words={of} source={source} head={head} label="Words of version 2" onSeek={onSeek} span={span} onSpan={choose} />
      </>
    );
  }
  const screen = await show(<Panel />);
  const list = screen.getByRole('listbox', { name: 'Words of version 2' });
  await expect.element(list).toBeVisible();
  const now = () => list.element().querySelector('[data-now]')?.textContent ?? null;
  const picked = () => [...list.element().querySelectorAll('[aria-selected=true]')].map((word) => word.textContent).join(' ');
  return { screen, list, to, onSeek, chosen, now, picked };
}

test('the word that is spoken is marked, and nothing moves for it', async () => {
  const { list, to, now } = await transcript();
  expect(list.element().textContent.trim()).toBe(TEXT);
  expect(now()).toBeNull();
  const places = () => [...list.element().children].map((word) => JSON.stringify(word.getBoundingClientRect()));
  const before = places();
  to(0);
  expect(now()).toBe('Welcome');
  to(350);
  expect(now(), 'in the pause after it').toBe('Welcome');
  to(400);
  expect(now()).toBe('to');
  to(WORDS[3]?.startMs ?? 0);
  expect(now()).toBe('support.');
  expect(list.element().querySelectorAll('[data-now]')).toHaveLength(1);
  expect(places()).toEqual(before);
  to(60_000);
  expect(now(), 'long after the last').toBeNull();
  to(-1);
  expect(now(), 'another sound has the player').toBeNull();
});

test('a click on a word plays from it', async () => {
  const { screen, onSeek, chosen } = await transcript();
  await screen.getByRole('option', { name: 'Northwind' }).click();
  expect(onSeek).toHaveBeenCalledExactlyOnceWith(800);
  expect(chosen).not.toHaveBeenCalled();
});

test('one stop of the tab key holds all words, and the arrows go through them', async () => {
  const { list, onSeek } = await transcript();
  await userEvent.keyboard('{Tab}{Tab}');
  expect(document.activeElement).toBe(list.element());
  const at = () => document.querySelector(`#${CSS.escape(list.element().getAttribute('aria-activedescendant') ?? '')}`)?.textContent;
  await userEvent.keyboard('{ArrowRight}{ArrowRight}{ArrowRight}');
  expect(at()).toBe('Northwind');
  await userEvent.keyboard('{ArrowLeft}');
  expect(at()).toBe('to');
  await userEvent.keyboard('{End}');
  expect(at()).toBe('today?');
  await userEvent.keyboard('{Home}{ArrowRight}{Enter}');
  expect(onSeek).toHaveBeenCalledExactlyOnceWith(400);
  await userEvent.keyboard('{Tab}');
  expect(document.activeElement).not.toBe(list.element());
});

test('from the word that is spoken the arrows go on', async () => {
  const { list, to, onSeek } = await transcript();
  to(900);
  list.element().focus();
  await userEvent.keyboard('{ArrowRight}{Enter}');
  expect(onSeek).toHaveBeenCalledExactlyOnceWith(1200);
});

test('several words are chosen by Shift with a click', async () => {
  const { screen, chosen, picked } = await transcript();
  await screen.getByRole('option', { name: 'Northwind' }).click();
  await screen.getByRole('option', { name: 'How' }).click({ modifiers: ['Shift'] });
  expect(chosen).toHaveBeenLastCalledWith({ startMs: 800, endMs: 1900, text: 'Northwind support. How' });
  expect(picked()).toBe('Northwind support. How');
});

test('several words are chosen by Shift with the arrows, back and forth, and Escape chooses none', async () => {
  const { list, chosen, picked, onSeek } = await transcript();
  list.element().focus();
  await userEvent.keyboard('{ArrowRight}{ArrowRight}{Shift>}{ArrowRight}{ArrowRight}{/Shift}');
  expect(picked()).toBe('to Northwind support.');
  await userEvent.keyboard('{Shift>}{ArrowLeft}{ArrowLeft}{ArrowLeft}{/Shift}');
  expect(chosen).toHaveBeenLastCalledWith({ startMs: 0, endMs: 700, text: 'Welcome to' });
  expect(picked()).toBe('Welcome to');
  await userEvent.keyboard('{Escape}');
  expect(chosen).toHaveBeenLastCalledWith(null);
  expect(picked()).toBe('');
  expect(onSeek).not.toHaveBeenCalled();
});

test('several words are chosen by dragging over them, without playing', async () => {
  const { screen, chosen, picked, onSeek } = await transcript();
  await userEvent.dragAndDrop(screen.getByRole('option', { name: 'to', exact: true }), screen.getByRole('option', { name: 'How' }));
  expect(chosen).toHaveBeenLastCalledWith({ startMs: 400, endMs: 1900, text: 'to Northwind support. How' });
  expect(picked()).toBe('to Northwind support. How');
  expect(onSeek).not.toHaveBeenCalled();
});

test('what is chosen on the waveform is marked here', async () => {
  const { screen, picked } = await transcript();
  await screen.getByRole('button', { name: 'On the waveform' }).click();
  await expect.poll(picked).toBe('to Northwind');
});

test('times by recognition are called that', async () => {
  const { screen } = await transcript(WORDS, 'aligned');
  await expect.element(screen.getByText('Timed by recognition')).toBeVisible();
});

test('of 3,000 words only the marks of two change as the sound goes on, and the spoken one stays in sight', async () => {
  const long = words(Array.from({ length: 3000 }, (_, at) => `word${at}`).join(' '), 200, 50);
  const { list, to, now } = await transcript(long);
  to(0);
  const watcher = new MutationObserver(() => undefined);
  watcher.observe(list.element(), { subtree: true, childList: true, attributes: true, characterData: true });
  to(200);
  expect(watcher.takeRecords(), 'within a word').toEqual([]);
  to(250 * 2990);
  expect(watcher.takeRecords().map((change) => change.attributeName)).toEqual(['data-now', 'data-now']);
  expect(now()).toBe('word2990');
  await expect.poll(() => {
    const word = list.element().querySelector('[data-now]')?.getBoundingClientRect();
    const box = list.element().getBoundingClientRect();
    return word !== undefined && word.top >= box.top && word.bottom <= box.bottom;
  }).toBe(true);
});
