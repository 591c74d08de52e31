import { useQueryClient, type QueryClient } from '@tanstack/react-query';
import { useEffect } from 'react';
import { afterEach, expect, test, vi } from 'vitest';
import { userEvent } from 'vitest/browser';
import { useShortcuts, setShortcuts } from '../src/audio/help.ts';
import { player } from '../src/audio/player.ts';
import { nowPlaying } from '../src/audio/playing.ts';
import { takeKeys } from '../src/audio/takeKeys.ts';
import { MOST_MS, type TakeSource } from '../src/audio/takeLoader.ts';
import type { TakePlayer } from '../src/audio/takes.ts';
import { useTakes } from '../src/audio/useTakes.ts';
import { toneFile, toneUrl } from './made.ts';
import { problem, serve } from './network.ts';
import { show } from './show.tsx';

const WORDS = (each: number) => ({
  source: 'provider',
  items: ['one', 'two', 'three', 'four'].map((text, at) => ({ text, start_ms: at * each, end_ms: (at + 1) * each - 20, emphasised: false })),
});

const ROUTES = {
  'GET /api/v1/versions/v-1/audio': () => new Response(toneFile(3)),
  'GET /api/v1/versions/v-2/audio': () => new Response(toneFile(2)),
  'GET /api/v1/versions/v-1/words': WORDS(700),
  'GET /api/v1/versions/v-2/words': WORDS(400),
};

function source(id: string, durationMs: number): TakeSource {
  return { id, durationMs, sampleRateHz: 8000, loudnessLufs: -20, truePeakDbtp: -3 };
}

const SOURCES = [source('v-1', 3000), source('v-2', 2000)];
const gone = () => problem(503, 'Not now', 'The storage does not answer.');
const SPAN = { startMs: 700, endMs: 1400 };

async function panel(sources = SOURCES) {
  const made: { player: TakePlayer | null; client: QueryClient | null } = { player: null, client: null };
  const keep = (one: TakePlayer | null) => (made.player = one);
  function Panel() {
    const takes = useTakes(sources);
    const client = useQueryClient();
    useEffect(() => void (made.client = client), [client]);
    useEffect(() => void keep(takes.player), [takes.player]);
    return (
      // oxlint-disable-next-line jsx-a11y/no-noninteractive-element-interactions, jsx-a11y/no-noninteractive-tabindex
      <section aria-label="Takes" tabIndex={0} onKeyDown={takeKeys({ ...takes, span: SPAN })}>
        <output>
          {takes.state}, {takes.playing ? 'playing' : 'still'}, take {takes.active + 1}, {takes.heard > 0 ? 'heard' : 'unheard'}
        </output>
        <p>{takes.error}</p>
        <input aria-label="Elsewhere" />
        <button onClick={() => takes.load()}>Load</button>
        <button onClick={() => takes.load('play')}>Listen</button>
        {useShortcuts() && <p>The keys</p>}
      </section>
    );
  }
  const screen = await show(<Panel />);
  return { screen, made, said: screen.getByRole('status') };
}

afterEach(() => {
  player.close();
  setShortcuts(false);
});

test('nothing is fetched until it is wanted; then it plays, and what was heard is counted', async () => {
  const asked = serve(ROUTES);
  const { screen, said } = await panel();
  await expect.element(said).toMatchTextContent('idle, still, take 1, unheard');
  expect(asked).toEqual([]);
  await screen.getByRole('button', { name: 'Listen' }).click();
  await expect.element(said).toMatchTextContent('ready, playing, take 1, heard');
  expect(asked.map((one) => one.path).toSorted()).toEqual(['/api/v1/versions/v-1/audio', '/api/v1/versions/v-1/words', '/api/v1/versions/v-2/audio', '/api/v1/versions/v-2/words']);
});

test('the keys play, seek, switch at the word or the second, and repeat', async () => {
  serve(ROUTES);
  const { screen, made, said } = await panel();
  screen.getByRole('region', { name: 'Takes' }).element().focus();
  await userEvent.keyboard(' ');
  await expect.element(said).toMatchTextContent('ready, playing, take 1');
  await userEvent.keyboard(' ');
  await expect.element(said).toMatchTextContent('still');
  made.player?.seek(1000);
  await userEvent.keyboard('2');
  await expect.element(said).toMatchTextContent('take 2');
  expect(made.player?.position(), 'at the word two').toBe(390);
  await userEvent.keyboard('{Shift>}1{/Shift}');
  expect(made.player?.active).toBe(0);
  expect(made.player?.position(), 'at the same second').toBe(390);
  await userEvent.keyboard('{ArrowRight}');
  expect(made.player?.position()).toBe(1390);
  await userEvent.keyboard('{Shift>}{ArrowLeft}{/Shift}');
  expect(made.player?.position()).toBe(0);
  await userEvent.keyboard('l');
  expect(made.player?.looped).toEqual(SPAN);
  await userEvent.keyboard('l4');
  expect(made.player?.looped).toBeNull();
  expect(made.player?.active, 'there is no fourth').toBe(0);
  await userEvent.keyboard('?');
  await expect.element(screen.getByText('The keys')).toBeVisible();
});

test('what is typed in a field is no key of the panel', async () => {
  serve(ROUTES);
  const { screen, made, said } = await panel();
  await screen.getByRole('button', { name: 'Load' }).click();
  await expect.element(said).toMatchTextContent('ready');
  await screen.getByRole('textbox', { name: 'Elsewhere' }).click();
  await userEvent.keyboard('2 l{ArrowRight}');
  expect([made.player?.active, made.player?.playing, made.player?.position(), made.player?.looped]).toEqual([0, false, 0, null]);
});

test('takes and the one player do not sound together', async () => {
  serve(ROUTES);
  const { screen, made, said } = await panel();
  await screen.getByRole('button', { name: 'Listen' }).click();
  await expect.element(said).toMatchTextContent('playing');
  player.play({ id: 'x', url: toneUrl(20), title: 'Other', detail: '', durationMs: 20_000, version: null });
  await expect.element(said).toMatchTextContent('still');
  await expect.poll(() => nowPlaying().state).toBe('playing');
  made.player?.play();
  await expect.poll(() => nowPlaying().state).toBe('paused');
  await expect.element(said).toMatchTextContent('playing');
});

test('a take that cannot be had says so and can be tried again; without words it still plays', async () => {
  let lost = true;
  const audio = () => (lost ? gone() : new Response(toneFile(2)));
  serve({ ...ROUTES, 'GET /api/v1/versions/v-2/audio': audio, 'GET /api/v1/versions/v-2/words': gone });
  const { screen, made, said } = await panel();
  await screen.getByRole('button', { name: 'Listen' }).click();
  await expect.element(said).toMatchTextContent('failed');
  await expect.element(screen.getByText('The audio of a take could not be loaded (503).')).toBeVisible();
  lost = false;
  await screen.getByRole('button', { name: 'Listen' }).click();
  await expect.element(said).toMatchTextContent('ready');
  made.player?.pause();
  made.player?.seek(1200);
  made.player?.switchTo(1, 'word');
  expect(made.player?.position()).toBe(1200);
});

test('a take is switched to at the same word as soon as recognition has timed its words', async () => {
  let known = false;
  const timed = () => (known ? { ...WORDS(400), source: 'aligned' } : { source: null, items: [] });
  serve({ ...ROUTES, 'GET /api/v1/versions/v-2/words': timed });
  const { screen, made, said } = await panel();
  await screen.getByRole('button', { name: 'Load' }).click();
  await expect.element(said).toMatchTextContent('ready');
  made.player?.seek(1000);
  made.player?.switchTo(1, 'word');
  expect(made.player?.position(), 'at the same second').toBe(1000);
  made.player?.switchTo(0, 'time');
  known = true;
  await made.client?.invalidateQueries({ queryKey: ['words', 'v-2'] });
  made.player?.switchTo(1, 'word');
  expect(made.player?.position(), 'at the word two').toBe(390);
});

test('more than fits into the memory of a tab is refused before it is fetched', async () => {
  const asked = serve(ROUTES);
  const { screen, said } = await panel([source('v-1', MOST_MS), source('v-2', 1000)]);
  await screen.getByRole('button', { name: 'Listen' }).click();
  await expect.element(said).toMatchTextContent('failed');
  await expect.element(screen.getByText(/These takes last 40 min 01 s together\. At most 40 min 00 s/)).toBeVisible();
  expect(asked).toEqual([]);
});

test('when they are shown no more they are silent and their memory is free', async () => {
  serve(ROUTES);
  const closed = vi.spyOn(AudioContext.prototype, 'close');
  const { screen, made, said } = await panel();
  await screen.getByRole('button', { name: 'Listen' }).click();
  await expect.element(said).toMatchTextContent('playing');
  const last = made.player;
  await screen.unmount();
  expect(last?.playing).toBe(false);
  expect(closed).toHaveBeenCalledOnce();
});
