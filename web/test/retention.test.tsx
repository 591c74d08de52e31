import { expect, test } from 'vitest';
import type { DryRun, Storage } from '../src/api/types.ts';
import { daysOf } from '../src/features/policy/changes.ts';
import { stacked, sumOf } from '../src/features/policy/kinds.ts';
import { Retention } from '../src/features/policy/retention.tsx';
import { Storage as StoragePanel } from '../src/features/policy/storage.tsx';
import { Dropped } from '../src/features/versions/dropped.tsx';
import { room } from '../src/ui/figures.ts';
import { problem, serve } from './network.ts';
import { policy } from './policies.ts';
import { show } from './show.tsx';

const NONE = { draft: 0, in_review: 0, approved: 0, archived: 0, renditions: 0 };
const NOTHING: DryRun = {
  renditions_days: null,
  archived_audio_days: null,
  next_run_at: '2026-11-25T04:20:00Z',
  summary: 'Nothing would be dropped.',
  masters: { count: 0, bytes: 0 },
  renditions: { count: 0, bytes: 0 },
  items: [],
  next_cursor: null,
};
const SOME: DryRun = {
  ...NOTHING,
  masters: { count: 2, bytes: 3_145_728 },
  renditions: { count: 1, bytes: 2048 },
  items: [
    {
      version_id: 'v-1',
      number: 1,
      asset: { id: 'a-1', key: 'support/greeting', title: 'Greeting', language: 'en-US' },
      archived_at: '2026-09-01T10:00:00Z',
      bytes: 3_145_728,
    },
  ],
};
const RUN = 'GET /api/v1/projects/pr-1/retention';

test('everybody reads how long what is kept, and only owners see how to change it', async () => {
  const asked = serve({});
  const screen = await show(<Retention project="pr-1" projectKey="northwind" policy={policy()} />);
  await expect.element(screen.getByRole('region', { name: 'Retention' })).toMatchTextContent('Kept for ever');
  expect(screen.getByRole('button', { name: 'Change retention' }).elements()).toHaveLength(0);
  expect(asked).toHaveLength(0);
});

test('what is due stands beneath the days, version by version', async () => {
  serve({ [RUN]: SOME });
  const kept = policy({ retention: { renditions_days: 7, archived_audio_days: 30 } });
  const screen = await show(<Retention project="pr-1" projectKey="northwind" policy={kept} />);
  const due = screen.getByRole('group', { name: 'What is dropped next' });
  await expect.element(due).toMatchTextContent('Due: the audio of 2 archived versions (3.0 MiB) and 1 rendition (2.0 KiB).');
  await expect.element(due.getByRole('row', { name: /Greeting v1/ })).toMatchTextContent('3.0 MiB');
  await expect.element(screen.getByRole('region', { name: 'Retention' })).toMatchTextContent('Dropped after 30 days in the archive');
});

test('an owner sees what the days typed would drop before they are saved, and only what differs is sent', async () => {
  const owned = policy({ can: ['policy.change'] });
  const asked = serve({ [RUN]: ({ query }) => (query.get('archived_audio_days') === '30' ? SOME : NOTHING), 'PATCH /api/v1/projects/pr-1/policy': owned });
  const screen = await show(<Retention project="pr-1" projectKey="northwind" policy={owned} />);
  await screen.getByRole('button', { name: 'Change retention' }).click();
  const run = screen.getByRole('group', { name: 'What these days would drop' });
  await expect.element(run).toMatchTextContent('With these days nothing would be dropped now.');
  await screen.getByRole('button', { name: 'Save retention' }).click();
  await expect.element(screen.getByText('Nothing is different yet')).toBeVisible();
  await screen.getByRole('textbox', { name: 'Days to keep the audio of archived versions' }).fill('30');
  await expect.element(run).toMatchTextContent('Saved, this drops the audio of 2 archived versions (3.0 MiB) and 1 rendition (2.0 KiB).');
  await screen.getByRole('textbox', { name: 'Reason' }).fill('The disk is small');
  await screen.getByRole('button', { name: 'Save retention' }).click();
  await expect.poll(() => asked.find(({ method }) => method === 'PATCH')?.body).toEqual({
    retention: { archived_audio_days: 30 },
    reason: 'The disk is small',
  });
});

test('what is no number of days is told at its field, and nothing is asked or sent', async () => {
  const owned = policy({ can: ['policy.change'] });
  const asked = serve({ [RUN]: NOTHING });
  const screen = await show(<Retention project="pr-1" projectKey="northwind" policy={owned} />);
  await screen.getByRole('button', { name: 'Change retention' }).click();
  const field = screen.getByRole('textbox', { name: 'Days to keep renditions' });
  await field.fill('soon');
  await expect.element(field).toHaveAccessibleDescription(/^A whole number from 1 to 3,650/);
  await screen.getByRole('textbox', { name: 'Reason' }).fill('Soon');
  await screen.getByRole('button', { name: 'Save retention' }).click();
  await expect.element(field).toHaveFocus();
  expect(asked.filter(({ method, query }) => method === 'PATCH' || query.get('renditions_days') === 'soon')).toEqual([]);
});

test('a dry run that does not come can be asked for again', async () => {
  const asked = serve({ [RUN]: () => problem(503, 'Not available now', 'The database does not answer.') });
  const screen = await show(<Retention project="pr-1" projectKey="northwind" policy={policy({ retention: { renditions_days: 7, archived_audio_days: null } })} />);
  await screen.getByRole('button', { name: 'Try again' }).click();
  await expect.poll(() => asked.length).toBe(2);
});

test('storage is drawn by month and kind, and told in words and as a table', async () => {
  const months = Array.from({ length: 12 }, (_, month) => ({ month: `2026-${String(month + 1).padStart(2, '0')}`, ...NONE }));
  months[10] = { month: '2026-11', ...NONE, draft: 1024, archived: 3072 };
  const kept: Storage = {
    bytes: 5120,
    kinds: { ...NONE, draft: 1024, archived: 4096 },
    earlier: { ...NONE, archived: 1024 },
    months,
    dropped: { count: 2, bytes: 2048 },
  };
  serve({ 'GET /api/v1/projects/pr-1/storage': kept });
  const screen = await show(<StoragePanel project="pr-1" />);
  const chart = screen.getByRole('img', { name: 'Audio kept, by the month it was made in' });
  await expect.element(chart).toHaveAccessibleDescription('5.0 KiB in all: drafts 1.0 KiB, archived 4.0 KiB.');
  expect(chart.element().querySelectorAll('rect')).toHaveLength(3);
  await screen.getByText('As a table').click();
  await expect.element(screen.getByRole('row', { name: /^November 2026/ })).toMatchTextContent(/4\.0 KiB$/);
  await expect.element(screen.getByRole('row', { name: /^Before these months/ })).toBeVisible();
});

test('a project that keeps nothing is told so', async () => {
  serve({ 'GET /api/v1/projects/pr-1/storage': { bytes: 0, kinds: NONE, earlier: NONE, months: [], dropped: { count: 0, bytes: 0 } } });
  const screen = await show(<StoragePanel project="pr-1" />);
  await expect.element(screen.getByText(/^Nothing is kept yet/)).toBeVisible();
});

test.each([
  [{ by: { id: 'p-1', name: 'Ruth' }, days: 30, reason: null }, /by the policy: archived for more than 30 days, as Ruth set it\. Script/],
  [{ by: { id: 'p-1', name: 'Ruth' }, days: null, reason: 'It names a customer' }, /by Ruth: It names a customer\. Script/],
  [{ by: null, days: null, reason: null }, /Audio dropped .+ ago\. Script/],
])('what was dropped says when, why and what is left', async (told, words) => {
  const screen = await show(<Dropped dropped={{ at: new Date(Date.now() - 7_200_000).toISOString(), ...told }} />);
  await expect.element(screen.container).toMatchTextContent(words);
});

test('room, days and stacks are counted as people count them', () => {
  expect([0, 1, 1023, 1024, 10 * 1024, 5.5 * 2 ** 30].map(room)).toEqual(['0 bytes', '1 byte', '1,023 bytes', '1.0 KiB', '10 KiB', '5.5 GiB']);
  expect(['', ' 7 ', '3650', '0', '3651', '1.5', 'x'].map(daysOf)).toEqual([null, 7, 3650, undefined, undefined, undefined, undefined]);
  const kinds = { ...NONE, approved: 2, archived: 3 };
  expect(stacked(kinds)).toEqual([
    { kind: 'approved', from: 0, to: 2 },
    { kind: 'archived', from: 2, to: 5 },
  ]);
  expect(sumOf(kinds)).toBe(5);
});
