import { afterEach, expect, test, vi } from 'vitest';
import { userEvent } from 'vitest/browser';
import type { Version } from '../src/api/types.ts';
import { player } from '../src/audio/player.ts';
import { nowPlaying } from '../src/audio/playing.ts';
import { VersionCard } from '../src/features/versions/versionCard.tsx';
import { asset, toneUrl, version, voice } from './made.ts';
import { problem, serve } from './network.ts';
import { show } from './show.tsx';

const CHANGES = {
  parent_id: 'v-1',
  parent_number: 1,
  script: { id: 's-1', number: 1, text: 'Welcome to Northwind support. It arrives on Tuesday.' },
  voice: 'tone/sine',
  delivery: [{ field: 'speed', before: 1, after: 0.95 }],
};

const ticked = vi.fn<(ids: readonly string[]) => void>();
const compared = vi.fn<(ids: readonly string[]) => void>();

const WORDS = {
  source: 'aligned',
  items: ['Welcome', 'to', 'Northwind'].map((text, at) => ({ text, start_ms: at * 1000, end_ms: at * 1000 + 800, emphasised: false })),
};

async function card(of: Partial<Version> = {}, onStart?: () => void, selected = false, words: object | (() => Response) = WORDS) {
  const asked = serve({
    'GET /api/v1/versions/v-2/waveform': { samples_per_peak: 256, sample_rate_hz: 24_000, length: 2, peaks: [-90, 100, -20, 30] },
    'GET /api/v1/versions/v-2/words': words,
  });
  const screen = await show(
    <VersionCard
      actions={null}
      panels={null}
      version={version(of)}
      asset={asset()}
      projectKey="northwind"
      voices={[voice()]}
      selected={selected}
      onSelect={vi.fn<() => void>()}
      onStart={onStart}
      comparing={{ ticked: [], onTick: ticked, onCompare: compared }}
    />,
  );
  return Object.assign(screen, { asked });
}

/** The sound itself comes from here: elements of audio do not ask through fetch. */
function give() {
  player.load({ id: 'v-2', url: toneUrl(4.2), title: 'Greeting', detail: 'v2', durationMs: 4200, version: null });
}

afterEach(() => player.close());

test('what changed since the parent is told word by word and value by value', async () => {
  const screen = await card({ changes: CHANGES });
  const changed = screen.getByRole('region', { name: 'What changed since version 1' });
  await expect.element(changed.getByText('Tuesday', { exact: true })).toBeVisible();
  const [word, oldVoice, oldSpeed] = changed.getByRole('deletion').elements();
  const [newWord, newVoice, newSpeed] = changed.getByRole('insertion').elements();
  expect([word, oldVoice, oldSpeed].map((one) => one?.textContent)).toEqual(['Tuesday', 'tone/sine', '1.00×']);
  expect([newWord, newVoice, newSpeed].map((one) => one?.textContent)).toEqual(['Thursday', 'Heart', '0.95×']);
});

test('a rewrite is folded to a glance of what went and what came, and can be seen whole', async () => {
  const script = { id: 's-1', number: 1, text: 'Alles war früher einmal ganz anders gesagt worden. '.repeat(40) };
  const now = 'Nothing of it was kept by whoever wrote this anew today. '.repeat(40);
  const screen = await card({ changes: { ...CHANGES, script, delivery: [] }, script: { id: 's-2', number: 2, text: now } });
  const changed = screen.getByRole('region', { name: 'What changed since version 1' });
  const lengths = () => [changed.getByRole('deletion'), changed.getByRole('insertion')].map((one) => one.first().element().textContent?.length ?? 0);
  const all = screen.getByRole('button', { name: 'Show all changes' });
  await expect.element(all).toBeVisible();
  for (const length of lengths()) expect(length).toBeLessThanOrEqual(161);
  await all.click();
  for (const length of lengths()) expect(length).toBeGreaterThan(1500);
  await screen.getByRole('button', { name: 'Show fewer changes' }).click();
  await expect.element(all).toBeVisible();
});

test('another take of the same is called that', async () => {
  const screen = await card({ changes: { ...CHANGES, script: null, voice: null, delivery: [] } });
  await expect.element(screen.getByText(/^Nothing: another take/)).toBeVisible();
});

test('who, why and the measurements are there with their units', async () => {
  const screen = await card();
  await expect.element(screen.getByRole('article', { name: 'Version 2' })).toMatchTextContent(/A better day.*Mara Lindqvist/s);
  await expect.element(screen.getByText('−20.1 LUFS')).toBeVisible();
  await expect.element(screen.getByText('−1.3 dBTP')).toBeVisible();
  await expect.element(screen.getByText('165 wpm')).toBeVisible();
});

test('characters that were not spoken are told', async () => {
  const screen = await card({ unspoken: ['👋', '漢'] });
  await expect.element(screen.getByText(/Not spoken.*👋 漢/)).toBeVisible();
});

test('who may not generate cannot start from it', async () => {
  const screen = await card();
  await expect.element(screen.getByRole('button', { name: 'Details' })).toBeVisible();
  expect(screen.getByRole('button', { name: 'Use as a starting point' }).elements()).toHaveLength(0);
});

test('a version can be a starting point, and its details hold the whole record', async () => {
  const start = vi.fn<() => void>();
  const screen = await card({}, start, true);
  await screen.getByRole('button', { name: 'Use as a starting point' }).click();
  expect(start).toHaveBeenCalledOnce();
  await screen.getByText('Script, delivery and record').click();
  await expect.element(screen.getByText('a'.repeat(64))).toBeVisible();
  await expect.element(screen.getByRole('row', { name: /^Speed/ })).toMatchTextContent('1.00×1.02×');
});

test('a version is ticked to be compared, or compared at once with the one it was made from', async () => {
  const screen = await card({ changes: CHANGES });
  await screen.getByRole('checkbox', { name: 'Select version 2' }).click();
  expect(ticked).toHaveBeenLastCalledWith(['v-2']);
  await screen.getByRole('button', { name: 'Compare with v1' }).click();
  expect(compared).toHaveBeenLastCalledWith(['v-1', 'v-2']);
});

test('the words are asked for when the version gets the player, and follow it', async () => {
  const { asked, ...screen } = await card();
  await expect.element(screen.getByRole('button', { name: 'Details' })).toBeVisible();
  expect(asked.filter((one) => one.path.endsWith('/words'))).toEqual([]);
  give();
  const words = screen.getByRole('listbox', { name: 'Words of version 2' });
  await expect.element(words).toMatchTextContent('Welcome to Northwind');
  await expect.element(screen.getByText('Timed by recognition')).toBeVisible();
  await screen.getByRole('option', { name: 'Northwind' }).click();
  await expect.poll(() => nowPlaying().state).toBe('playing');
  expect(player.position()).toBeGreaterThanOrEqual(2000);
  await expect.poll(() => words.element().querySelector('[data-now]')?.textContent).toBe('Northwind');
  words.element().focus();
  await userEvent.keyboard(' ');
  await expect.poll(() => nowPlaying().state).toBe('paused');
  await expect.element(screen.getByText(/^Heard \d+ %$/)).toBeVisible();
});

test('words that cannot be had can be asked for again', async () => {
  let lost = true;
  const screen = await card({}, undefined, false, () => (lost ? problem(503, 'Not now', 'The server is busy.') : Response.json(WORDS)));
  give();
  await expect.element(screen.getByText('The words could not be loaded. The server is busy.')).toBeVisible();
  lost = false;
  await screen.getByRole('button', { name: 'Try again' }).click();
  await expect.element(screen.getByRole('listbox')).toBeVisible();
});

test('where nobody knows when a word is spoken, that is said', async () => {
  const screen = await card({}, undefined, false, { source: null, items: [] });
  give();
  await expect.element(screen.getByText('It is not known yet when each word is spoken.')).toBeVisible();
  expect(screen.getByRole('listbox').elements()).toHaveLength(0);
});

test('of a version whose audio was dropped all is left but the sound', async () => {
  const dropped = { at: '2026-11-20T10:00:00Z', by: { id: 'p-2', name: 'Ruth Feldman' }, days: 30, reason: null };
  const screen = await card({ status: 'archived', audio: { ...version().audio, dropped } });
  await expect.element(screen.getByText(/^Audio dropped/).first()).toBeVisible();
  expect(screen.getByRole('button', { name: /^Play/ }).elements()).toEqual([]);
  expect(screen.getByRole('slider').elements()).toEqual([]);
  await screen.getByRole('button', { name: 'Download version 2' }).click();
  await expect.element(screen.getByRole('link', { name: /^Captions/ })).toBeVisible();
  expect(screen.getByRole('link').elements()).toHaveLength(1);
  expect(screen.asked.map(({ path }) => path)).toEqual(['/api/v1/versions/v-2/waveform']);
});
