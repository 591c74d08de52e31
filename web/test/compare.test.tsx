import { expect, test } from 'vitest';
import { userEvent } from 'vitest/browser';
import type { Preference, PreferencePage, Version } from '../src/api/types.ts';
import { base, choose, compare, comparison, preference, TAKES, wave } from './comparing.tsx';
import { version } from './made.ts';
import { problem, type Asked } from './network.ts';

test('words, delivery, measurements and lineage are told against the first', async () => {
  const { screen } = await compare();
  const words = screen.getByRole('region', { name: 'Version 2 against Version 1' });
  await expect.element(words.getByRole('deletion')).toMatchTextContent('Tuesday');
  await expect.element(words.getByRole('insertion')).toMatchTextContent('*Thursday*');
  await expect.element(words).toMatchTextContent('1 word gone, 1 word new, 3 kept.');
  await expect.element(words).toMatchTextContent(/Made from version 1\.v2 Slower · script 2: The carrier is late Mara Lindqvist/);
  await expect.element(screen.getByRole('row', { name: /^Speed/ })).toMatchTextContent('1.00×0.80×, applied 0.85×');
  await expect.element(screen.getByRole('row', { name: /^Duration/ })).toMatchTextContent('4.2 s5.3 s+1.1 s (+25 %)');
  await expect.element(screen.getByRole('row', { name: /^Loudness/ })).toMatchTextContent('−20.1 LUFS–');
  await expect.element(screen.getByRole('row', { name: /^Pauses/ })).toMatchTextContent('23+1');
  expect(screen.getByRole('row', { name: /^Pitch/ }).elements(), 'what is the same in all').toHaveLength(0);
  await expect.element(screen.getByText('Nobody has compared these blind yet.')).toBeVisible();
});

test('any of three can be the one compared with, and another version can take a place', async () => {
  const { screen } = await compare(TAKES);
  await screen.getByRole('button', { name: 'Version 2', exact: true }).click();
  expect(base).toHaveBeenLastCalledWith('v-2');
  await screen.getByRole('button', { name: 'Take v1 away' }).click();
  expect(choose).toHaveBeenLastCalledWith(['v-2', 'v-3']);
});

test('of two versions none is taken away, but each replaced and one added', async () => {
  const { screen } = await compare();
  expect(screen.getByRole('button', { name: /away$/ }).elements()).toHaveLength(0);
  await screen.getByRole('combobox', { name: 'Compared 2' }).selectOptions('v-3');
  expect(choose).toHaveBeenLastCalledWith(['v-1', 'v-3']);
  await screen.getByRole('combobox', { name: 'Add a version' }).selectOptions('v-3');
  expect(choose).toHaveBeenLastCalledWith(['v-1', 'v-2', 'v-3']);
});

test('keys pass from take to take, with their words', async () => {
  const { screen } = await compare();
  const panel = screen.getByRole('region', { name: 'Listen' });
  await panel.getByRole('button', { name: 'Play', exact: true }).click();
  await expect.element(panel.getByRole('button', { name: 'Pause' })).toBeVisible();
  await expect.element(panel.getByRole('listbox', { name: 'Words of Version 1' })).toMatchTextContent('Word1');
  await userEvent.keyboard('2');
  await expect.element(panel.getByRole('button', { name: 'Listen to Version 2' })).toHaveAttribute('aria-pressed', 'true');
  await expect.element(panel.getByRole('listbox', { name: 'Words of Version 2' })).toMatchTextContent('Word2');
});

test('a take asked for before the audio is there is the one that plays', async () => {
  const { screen } = await compare();
  await screen.getByRole('button', { name: 'Listen to Version 2' }).click();
  await expect.element(screen.getByRole('button', { name: 'Pause' })).toBeVisible();
  await expect.element(screen.getByRole('button', { name: 'Listen to Version 2' })).toHaveAttribute('aria-pressed', 'true');
});

test('audio that does not come is told, and asked for again', async () => {
  let there = false;
  const late = () => (there ? new Response(wave()) : problem(503, 'Unavailable', 'Later.'));
  const { screen } = await compare(TAKES.slice(0, 2), { 'GET /api/v1/versions/v-1/audio': late });
  await screen.getByRole('button', { name: 'Play', exact: true }).click();
  await expect.element(screen.getByRole('alert')).toMatchTextContent(/could not be loaded \(503\)/);
  there = true;
  await screen.getByRole('button', { name: 'Try again' }).click();
  await expect.element(screen.getByRole('button', { name: 'Pause' })).toBeVisible();
});

test('a comparison that fails leaves the rest, and can be asked for again', async () => {
  let there = false;
  const [left, right] = TAKES as [Version, Version];
  const late = () => (there ? comparison(left, right) : problem(422, 'Not valid', 'No such thing.'));
  const { screen } = await compare(TAKES.slice(0, 2), { 'GET /api/v1/versions/v-1/compare/v-2': late });
  await expect.element(screen.getByRole('alert')).toMatchTextContent('No such thing.');
  await expect.element(screen.getByRole('button', { name: 'Listen to Version 2' })).toBeVisible();
  there = true;
  await screen.getByRole('button', { name: 'Try again' }).click();
  await expect.element(screen.getByRole('deletion')).toBeVisible();
});

test('blind, nothing tells which is which until one has chosen, and the choice is recorded as it was heard', async () => {
  let said: Asked | undefined;
  const { screen } = await compare(TAKES, {
    'POST /api/v1/projects/pr-1/preferences': (asked: Asked) => {
      said = asked;
      return preference({ preferred_id: (asked.body as Preference).preferred_id });
    },
  });
  await screen.getByRole('button', { name: 'Compare blind' }).click();
  await screen.getByRole('button', { name: 'Listen to C' }).click();
  await expect.element(screen.getByRole('button', { name: 'Pause' })).toBeVisible();
  const given = `${document.body.innerText} ${document.body.innerHTML}`;
  expect(given).not.toMatch(/version \d|\bv\d\b|v-\d|0:0\d|Heart|sine|First try|Slower/i);
  await screen.getByRole('radio', { name: 'B', exact: true }).click();
  await expect.element(screen.getByText('Listen to A and B first.')).toBeVisible();
  await expect.element(screen.getByRole('button', { name: /^Record/ })).toBeDisabled();
  await screen.getByRole('button', { name: 'Listen to A' }).click();
  await screen.getByRole('button', { name: 'Listen to B' }).click();
  await screen.getByRole('textbox', { name: /Why/ }).fill('  Calmer ');
  await screen.getByRole('button', { name: /^Record/ }).click();
  await expect.element(screen.getByRole('status')).toMatchTextContent('Your preference is recorded.');
  const body = said?.body as Preference;
  expect(body.version_ids.toSorted()).toEqual(['v-1', 'v-2', 'v-3']);
  expect(body).toMatchObject({ preferred_id: body.version_ids[1], note: 'Calmer' });
  expect(said?.headers.get('idempotency-key')).toBeTruthy();
  const shown = screen.getByRole('list', { name: 'Takes' }).getByRole('strong').elements().map((name) => name.textContent);
  expect(shown).toEqual(body.version_ids.map((id) => id.replace('v-', 'Version ')));
  await screen.getByRole('button', { name: 'Back to the comparison' }).click();
  await expect.element(screen.getByRole('heading', { name: 'Compare versions', level: 1 })).toBeVisible();
});

test('a preference that is refused is told, nothing is shown, and the same is sent again under the same key', async () => {
  const keys: (string | null)[] = [];
  let refuses = true;
  const { screen } = await compare(TAKES.slice(0, 2), {
    'POST /api/v1/projects/pr-1/preferences': (asked: Asked) => {
      keys.push(asked.headers.get('idempotency-key'));
      return refuses ? problem(503, 'Unavailable', 'The database is away.') : preference({ preferred_id: null });
    },
  });
  await screen.getByRole('button', { name: 'Compare blind' }).click();
  await screen.getByRole('button', { name: 'Listen to A' }).click();
  await expect.element(screen.getByRole('button', { name: 'Pause' })).toBeVisible();
  await screen.getByRole('button', { name: 'Listen to B' }).click();
  await screen.getByRole('radio', { name: 'No difference that matters' }).click();
  await screen.getByRole('button', { name: /^Record/ }).click();
  await expect.element(screen.getByRole('alert')).toMatchTextContent('It was not recorded. The database is away.');
  expect(screen.getByText(/^Version \d/).elements()).toHaveLength(0);
  refuses = false;
  await screen.getByRole('button', { name: /^Record/ }).click();
  await expect.element(screen.getByRole('status')).toMatchTextContent('That you hear no difference that matters is recorded.');
  expect(new Set(keys).size).toBe(1);
});

test('who may not say what is best can listen blind, and look', async () => {
  const { screen } = await compare(TAKES.slice(0, 2).map((take) => ({ ...take, can: [] })));
  await screen.getByRole('button', { name: 'Compare blind' }).click();
  await expect.element(screen.getByText(/you can listen, but not say/)).toBeVisible();
  expect(screen.getByRole('radio').elements()).toHaveLength(0);
  await screen.getByRole('button', { name: 'Show which is which' }).click();
  await expect.element(screen.getByText('Version 2', { exact: true })).toBeVisible();
});

test('what others preferred is counted and told', async () => {
  const page: PreferencePage = {
    items: [preference(), preference({ id: 'pf-2', preferred_id: null, note: null })],
    next_cursor: null,
    counts: [
      { version_id: 'v-1', heard: 2, preferred: 0 },
      { version_id: 'v-2', heard: 2, preferred: 1 },
    ],
  };
  const { screen } = await compare(TAKES.slice(0, 2), { 'GET /api/v1/projects/pr-1/preferences': page });
  const told = screen.getByRole('region', { name: 'Heard blind' });
  await expect.element(told.getByText('v2 preferred 1 of 2 times')).toBeVisible();
  await expect.element(told.getByText(/^Mara Lindqvist preferred v2 among v2 and v1/)).toMatchTextContent('Calmer');
  await expect.element(told.getByText(/heard no difference that matters among v2 and v1/)).toBeVisible();
  await expect.element(screen.getByRole('listitem', { name: 'Version 2' })).toMatchTextContent('Preferred once, blind');
});

test('a version without its audio is compared by what was recorded, and not among the takes', async () => {
  const dropped = { at: '2026-11-20T10:00:00Z', by: null, days: 30, reason: null };
  const gone = version({ id: 'v-2', number: 2, status: 'archived', audio: { ...version().audio, dropped } });
  const { screen } = await compare([TAKES[0] ?? gone, gone]);
  await expect.element(screen.getByRole('listitem', { name: 'Version 2' })).toMatchTextContent('Audio dropped');
  await expect.element(screen.getByRole('button', { name: 'Listen to Version 1' })).toBeVisible();
  expect(screen.getByRole('button', { name: 'Compare blind' }).elements()).toEqual([]);
  await expect.element(screen.getByRole('region', { name: 'Version 2 against Version 1' })).toMatchTextContent('Tuesday');
});
