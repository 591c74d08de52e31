import { afterEach, expect, test } from 'vitest';
import { HeardSpans, Listener } from '../src/audio/heardSpans.ts';
import { forgetHeard, heardOf, spansOf, useHeard } from '../src/audio/heard.ts';
import { player } from '../src/audio/player.ts';
import { nowPlaying, type Track } from '../src/audio/playing.ts';
import { renderHook } from 'vitest-browser-react';
import { toneUrl } from './made.ts';

function shareOf(durationMs: number, ...spans: [number, number][]): number {
  const heard = new HeardSpans();
  for (const [start, end] of spans) heard.add(start, end);
  return heard.share(durationMs);
}

test('what was heard twice counts once', () => {
  expect(shareOf(1000, [0, 400], [200, 500])).toBe(0.5);
  expect(shareOf(1000, [600, 800], [0, 100], [100, 300])).toBe(0.5);
  expect(shareOf(1000, [0, 500], [0, 500], [0, 500])).toBe(0.5);
  expect(shareOf(1000, [0, 300], [500, 600], [200, 550])).toBeCloseTo(0.6);
});

test('nothing, and spans that are none, count nothing', () => {
  expect(shareOf(1000)).toBe(0);
  expect(shareOf(1000, [500, 500], [700, 600], [Number.NaN, 900])).toBe(0);
  expect(shareOf(0, [0, 100])).toBe(0);
});

test('all of it is 1 though the ends are rounded, and a word left out is not', () => {
  expect(shareOf(1000, [8, 480], [495, 990])).toBe(1);
  expect(shareOf(1000, [0, 480], [600, 1000])).toBeCloseTo(0.88);
});

function listened(...looks: [positionMs: number, sounding: boolean, rate: number, atMs: number][]): number {
  const listener = new Listener();
  for (const look of looks) listener.look(...look);
  return listener.heard.share(10_000);
}

test('what lies between two looks was heard if it went on by itself, however long nobody looked', () => {
  expect(listened([0, true, 1, 0], [16, true, 1, 16], [1000, true, 1, 1000])).toBe(0.1);
  expect(listened([0, true, 1, 0], [8000, true, 1, 8000]), 'a hidden page').toBe(0.8);
  expect(listened([0, true, 2, 0], [2000, true, 2, 1000]), 'at twice the speed').toBe(0.2);
});

test('what was skipped, or played to nobody, was not heard', () => {
  expect(listened([0, true, 1, 0], [5000, true, 1, 16]), 'ahead').toBe(0);
  expect(listened([5000, true, 1, 0], [1000, true, 1, 16]), 'back').toBe(0);
  expect(listened([0, false, 1, 0], [1000, false, 1, 1000]), 'muted').toBe(0);
  expect(listened([0, false, 1, 0], [5000, true, 1, 60_000]), 'moved while it stood').toBe(0);
  expect(listened([0, true, 1, 0], [1000, false, 1, 1000], [2000, false, 1, 2000]), 'until it was muted').toBe(0.1);
});

const TRACK: Track = { id: 'v-9', url: '', title: 'Greeting', detail: 'v9', durationMs: 1000, version: null };

afterEach(() => player.close());

test('the one player tells how much of a version it played', async () => {
  const { result } = await renderHook(() => useHeard('v-9', 1000));
  player.play({ ...TRACK, url: toneUrl(1) });
  await expect.poll(() => player.position()).toBeGreaterThan(200);
  player.pause();
  await expect.poll(() => nowPlaying().state).toBe('paused');
  const half = heardOf('v-9', 1000);
  expect(half).toBeGreaterThan(0.15);
  expect(half).toBeLessThan(0.8);
  player.seek(900);
  player.setVolume(0);
  player.play();
  await expect.poll(() => player.position()).toBe(1000);
  expect(heardOf('v-9', 1000), 'without sound nothing is heard').toBeCloseTo(half, 1);
  player.setVolume(1);
  player.seek(0);
  player.play();
  await expect.poll(() => player.position()).toBe(1000);
  await expect.poll(() => result.current).toBe(1);
});

test('what takes played side by side counts too, a reload forgets nothing, and signing out all', async () => {
  spansOf('v-8').add(0, 400);
  expect(heardOf('v-8', 1000)).toBe(0.4);
  dispatchEvent(new Event('pagehide'));
  const anew = '../src/audio/heard.ts?anew';
  const again = (await import(/* @vite-ignore */ anew)) as typeof import('../src/audio/heard.ts');
  expect(again.heardOf('v-8', 1000)).toBe(0.4);
  forgetHeard();
  expect(heardOf('v-8', 1000)).toBe(0);
  expect(sessionStorage.length).toBe(0);
});
