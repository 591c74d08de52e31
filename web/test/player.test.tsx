import { afterEach, expect, test } from 'vitest';
import { userEvent } from 'vitest/browser';
import { Dock } from '../src/audio/dock.tsx';
import { PlayButton } from '../src/audio/playButton.tsx';
import { player } from '../src/audio/player.ts';
import { nowPlaying, type Track } from '../src/audio/playing.ts';
import { toneUrl } from './made.ts';
import { serve } from './network.ts';
import { show } from './show.tsx';

function track(id: string, url = toneUrl(3)): Track {
  return {
    id,
    url,
    title: `Greeting ${id}`,
    detail: 'v1 · Heart',
    durationMs: 3000,
    version: { id, number: 1, assetId: 'a-1', projectKey: 'northwind' },
  };
}

async function panel(...tracks: Track[]) {
  serve({});
  return await show(
    <>
      {tracks.map((one) => (
        <PlayButton key={one.id} track={one} name={one.title} />
      ))}
      <input aria-label="Elsewhere" />
      <Dock link={(_track, title) => title} />
    </>,
  );
}

afterEach(() => player.close());

test('nothing is loaded until it is wanted, and one sound stops for the next', async () => {
  const made: string[] = [];
  const RealAudio = globalThis.Audio;
  globalThis.Audio = class extends RealAudio {
    constructor() {
      super();
      made.push('audio');
    }
  };
  try {
    const screen = await panel(track('one'), track('two'));
    expect(made, 'not with the page').toEqual([]);
    await screen.getByRole('button', { name: 'Play Greeting one' }).click();
    await expect.poll(() => nowPlaying().state).toBe('playing');
    expect(made, 'one for the sound, fetched once').toHaveLength(1);
    await screen.getByRole('button', { name: 'Play Greeting two' }).first().click();
    await expect.poll(() => nowPlaying().track?.id).toBe('two');
    await expect.element(screen.getByRole('region', { name: 'Player' })).toMatchTextContent('Greeting two');
  } finally {
    globalThis.Audio = RealAudio;
  }
});

test('space plays and arrows seek, only while the player has the focus', async () => {
  const screen = await panel(track('one'));
  player.load(track('one'));
  const position = screen.getByRole('slider', { name: 'Position in Greeting one' });
  await expect.element(position).toBeInTheDocument();
  position.element().focus();
  await userEvent.keyboard(' ');
  await expect.poll(() => nowPlaying().state).toBe('playing');
  await userEvent.keyboard(' ');
  await expect.poll(() => nowPlaying().state).toBe('paused');
  player.seek(0);
  await userEvent.keyboard('{ArrowRight}');
  await expect.poll(() => Math.round(player.position())).toBe(1000);
  await userEvent.keyboard('{Shift>}{ArrowLeft}{/Shift}');
  await expect.poll(() => Math.round(player.position())).toBe(0);

  await screen.getByRole('textbox', { name: 'Elsewhere' }).click();
  await userEvent.keyboard(' {ArrowRight}');
  expect(nowPlaying().state).toBe('paused');
  expect(player.position()).toBe(0);
});

test('it plays to the end and can be played again', async () => {
  await panel();
  player.play({ ...track('short', toneUrl(0.3)), durationMs: 300 });
  await expect.poll(() => nowPlaying().state).toBe('playing');
  await expect.poll(() => nowPlaying().state, { timeout: 5000 }).toBe('paused');
  expect(player.position()).toBeGreaterThanOrEqual(290);
  player.play();
  await expect.poll(() => player.position()).toBeLessThan(290);
});

test('audio that cannot be had says so and can be tried again', async () => {
  const screen = await panel(track('broken', URL.createObjectURL(new Blob(['no sound'], { type: 'audio/wav' }))));
  await screen.getByRole('button', { name: 'Play Greeting broken' }).first().click();
  await expect.element(screen.getByRole('alert')).toMatchTextContent(/audio could not be/);
  await expect.element(screen.getByRole('button', { name: 'Try again' })).toBeVisible();
});

test('the player goes away when it is closed', async () => {
  const screen = await panel(track('one'));
  await screen.getByRole('button', { name: 'Play Greeting one' }).click();
  await screen.getByRole('button', { name: 'Close the player' }).click();
  expect(screen.getByRole('region', { name: 'Player' }).elements()).toHaveLength(0);
});
