import { useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { afterEach, expect, test, vi } from 'vitest';
import { page } from 'vitest/browser';
import type { GenerationPage } from '../src/api/types.ts';
import { AssetWork } from '../src/app/assetWork.tsx';
import { generationKeys } from '../src/features/generations/queries.ts';
import { asset, generation, version, voice } from './made.ts';
import { problem, serve } from './network.ts';
import { show } from './show.tsx';

const PROJECT = { id: 'pr-1', key: 'northwind', name: 'Northwind', roles: ['author' as const], can: [] };
const CHANGED = version({
  parent_version_id: 'v-1',
  changes: { parent_id: 'v-1', parent_number: 1, script: { id: 's-1', number: 1, text: 'It arrives on Tuesday.' }, voice: null, delivery: [] },
});
const ROUTES = {
  'GET /api/v1/assets/a-1': asset(),
  'GET /api/v1/voices': { items: [voice()] },
  'GET /api/v1/assets/a-1/generations': { items: [generation({ progress: 0.1 })], next_cursor: null },
  'GET /api/v1/assets/a-1/versions': { items: [CHANGED], next_cursor: null },
  'GET /api/v1/versions/v-2/waveform': { samples_per_peak: 256, sample_rate_hz: 24_000, length: 2, peaks: [-90, 100, -20, 30] },
  'POST /api/v1/assets/a-1/scripts/check': { characters: 3, spoken_characters: 3, maximum: 20_000, estimated_ms: 900, warnings: [], errors: [] },
  'POST /api/v1/assets/a-1/generations': generation({ id: 'g-2', status: 'queued' }),
};

function moved(old?: GenerationPage) {
  return old && { ...old, items: [generation({ progress: 0.9 })] };
}

/** The two halves, with the chosen tab as the address would hold it. */
function Work() {
  const client = useQueryClient();
  const [tab, setTab] = useState<'script' | 'versions'>('script');
  return (
    <>
      <button onClick={() => client.setQueryData(generationKeys.of('a-1'), moved)}>Move on</button>
      <AssetWork person="p-1" asset={asset()} project={PROJECT} selected={undefined} tab={tab} onSelect={() => undefined} onTab={setTab} onCompare={() => undefined} />
    </>
  );
}

afterEach(() => page.viewport(1000, 900));

test('on a phone a refused generation is told where it was asked for, and an accepted one leads to the versions', async () => {
  await page.viewport(390, 844);
  let refused = true;
  const say = problem(422, 'Not valid', 'Some values are not valid.', [{ field: 'voice', message: 'This voice is gone.' }]);
  serve({ ...ROUTES, 'POST /api/v1/assets/a-1/generations': () => (refused ? say.clone() : generation({ id: 'g-2', status: 'queued' })) });
  const screen = await show(<Work />);
  await screen.getByRole('button', { name: 'Generate' }).click();
  await expect.element(screen.getByRole('alert')).toMatchTextContent('This voice is gone. Your draft is kept.');
  await expect.element(screen.getByRole('alert')).toBeVisible();
  await expect.element(screen.getByRole('textbox', { name: 'Script' })).toBeVisible();
  refused = false;
  await screen.getByRole('button', { name: 'Generate' }).click();
  await expect.element(screen.getByRole('textbox', { name: 'Script' })).not.toBeInTheDocument();
  await expect.element(screen.getByText('Speaking')).toBeVisible();
});

test('neither typing nor progress compares the words of the versions again', async () => {
  serve(ROUTES);
  const screen = await show(<Work />);
  await expect.element(screen.getByRole('deletion')).toBeVisible();
  const compared = vi.spyOn(Intl, 'Segmenter');
  await screen.getByRole('textbox', { name: 'Script' }).fill('Other words.');
  await expect.element(screen.getByRole('button', { name: 'Discard draft' })).toBeVisible();
  await screen.getByRole('button', { name: 'Move on' }).click();
  await expect.element(screen.getByText('90 %')).toBeVisible();
  expect(compared).not.toHaveBeenCalled();
});
