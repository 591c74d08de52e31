import { afterEach, expect, test, vi } from 'vitest';
import { player } from '../src/audio/player.ts';
import { nowPlaying } from '../src/audio/playing.ts';
import { ChecksBadge } from '../src/features/checks/badge.tsx';
import { ChecksPanel } from '../src/features/checks/panel.tsx';
import { toneUrl, version } from './made.ts';
import { problem, serve } from './network.ts';
import { show } from './show.tsx';

const PATH = '/api/v1/versions/v-2/checks';
const BLANK = { figures: {}, at: [], waived: null, can: [] };
const CLEAN = { ...BLANK, check: 'clipping', outcome: 'passed', detail: 'No sample is cut flat.', figures: { clipped_samples: 0 } };
const LONG = {
  ...BLANK,
  check: 'pause',
  outcome: 'warning',
  detail: 'A pause of 1.8 s that the script does not ask for.',
  figures: { most_ms: 1200, longest_ms: 1800 },
  at: [{ start_ms: 2000, end_ms: 3800 }],
  can: ['check.waive'],
};
const TALLY = { state: 'done', passed: 1, warnings: 1, blockers: 0, waived: 0, skipped: 0 } as const;
const DONE = { state: 'done', tally: TALLY, made_at: '2026-11-22T10:00:00Z', finished_at: '2026-11-22T10:00:04Z', error: null, items: [CLEAN, LONG], sayback: null };
const WAIVED = { by: { id: 'p-1', name: 'Mara Lindqvist' }, at: '2026-11-22T10:00:00Z', reason: 'A pause for effect' };

async function panel(routes: Parameters<typeof serve>[0]) {
  const asked = serve(routes);
  const track = { id: 'v-2', url: toneUrl(4.2), title: 'Greeting', detail: 'v2', durationMs: 4200, version: null };
  const screen = await show(<ChecksPanel version={version()} track={track} />);
  return Object.assign(screen, { asked });
}

afterEach(() => player.close());

test('each check says in words how it ended and what was measured, and is heard where it was found', async () => {
  const screen = await panel({ [`GET ${PATH}`]: DONE });
  const [first, second] = [screen.getByRole('listitem').nth(0), screen.getByRole('listitem').nth(1)];
  await expect.element(first).toMatchTextContent('WarningPauses A pause of 1.8 s');
  await expect.element(first).toMatchTextContent('Longest pause 1.8 s · At most 1.2 s');
  await screen.getByText('1 passed').click();
  await expect.element(second).toMatchTextContent('PassedClipping No sample is cut flat.Cut flat 0 samples');
  await screen.getByRole('button', { name: 'Listen at 0:02.0: Pauses' }).click();
  await expect.poll(() => nowPlaying().state).toBe('playing');
  expect(player.position()).toBeGreaterThanOrEqual(1700);
  expect(player.position()).toBeLessThan(2000);
});

test('a finding is waived with a reason, and who waived it is told', async () => {
  const waived = { ...DONE, tally: { ...TALLY, warnings: 0, waived: 1 }, items: [CLEAN, { ...LONG, waived: WAIVED, can: [] }] };
  const screen = await panel({ [`GET ${PATH}`]: DONE, [`POST ${PATH}/pause/waive`]: waived });
  await screen.getByRole('button', { name: 'Waive Pauses' }).click();
  await screen.getByRole('textbox', { name: 'Reason' }).fill('A pause for effect');
  await screen.getByRole('button', { name: 'Waive', exact: true }).click();
  await expect.element(screen.getByText(/^Waived by Mara Lindqvist/)).toMatchTextContent(/: A pause for effect$/);
  expect(screen.asked.find(({ method }) => method === 'POST')?.body).toEqual({ reason: 'A pause for effect' });
  expect(screen.getByRole('button', { name: 'Waive Pauses' }).elements()).toHaveLength(0);
  await expect.element(screen.getByRole('status')).toMatchTextContent('Checks passed, 1 waived');
});

test('what was heard stands in the script, with what is missing, added and said instead', async () => {
  const words = ['Welcome', 'to', 'Northwind', 'support.'].map((text, at) => ({ text, start_ms: at * 1000, end_ms: at * 1000 + 800, emphasised: false }));
  const differences = [
    { kind: 'missing', expected: 'to', heard: '', word: 1, start_ms: 1000, end_ms: 1000 },
    { kind: 'replaced', expected: 'Northwind', heard: 'north wing', word: 2, start_ms: 2000, end_ms: 2800 },
    { kind: 'added', expected: '', heard: 'um', word: 3, start_ms: 2900, end_ms: 3000 },
  ];
  const screen = await panel({
    [`GET ${PATH}`]: { ...DONE, sayback: { total: 4, wrong: 4, differences } },
    'GET /api/v1/versions/v-2/words': { source: 'aligned', items: words },
  });
  const line = screen.getByRole('group', { name: 'The script as it was heard' });
  await expect
    .element(line)
    .toMatchTextContent('Welcome Missing: to Instead of Northwind was heard north wing Added: um support.');
  await line.getByRole('button', { name: /north wing/ }).click();
  await expect.poll(() => nowPlaying().state).toBe('playing');
  expect(player.position()).toBeGreaterThanOrEqual(1700);
});

test('while it is examined, when it could not be, and when nothing comes, that is said', async () => {
  const pending = await panel({ [`GET ${PATH}`]: { ...DONE, state: 'pending', tally: { ...TALLY, state: 'pending', passed: 0, warnings: 0 }, finished_at: null, items: [] } });
  await expect.element(pending.getByText(/^The audio is being examined/)).toBeVisible();
  await pending.unmount();
  const failed = await panel({ [`GET ${PATH}`]: { ...DONE, state: 'failed', tally: { ...TALLY, state: 'failed', blockers: 1 }, error: 'It took too long.', items: [{ ...CLEAN, outcome: 'failed', figures: {} }] } });
  await expect.element(failed.getByText(/It took too long\. Nothing is known about it/)).toBeVisible();
  await failed.unmount();
  let lost = true;
  const broken = await panel({ [`GET ${PATH}`]: () => (lost ? problem(503, 'Not now', 'The server is busy.') : DONE) });
  await expect.element(broken.getByText('The checks could not be loaded. The server is busy.')).toBeVisible();
  lost = false;
  await broken.getByRole('button', { name: 'Try again' }).click();
  await expect.element(broken.getByRole('listitem').first()).toBeVisible();
});

test('the badge counts what nobody waived, asks nothing for it, and opens the checks', async () => {
  const asked = serve({});
  const open = vi.fn<() => void>();
  const screen = await show(<ChecksBadge version={version({ checks: TALLY })} onOpen={open} />);
  await screen.getByRole('button', { name: '1 warning' }).click();
  expect(open).toHaveBeenCalledOnce();
  await screen.unmount();
  const says = { passed: 0, warnings: 0, blockers: 0, waived: 0, skipped: 0, state: 'done' } as const;
  for (const [checks, text] of [
    [{ ...says, passed: 9 }, 'All checks passed'],
    [{ ...says, passed: 7, waived: 1, skipped: 1 }, 'Checks passed, 1 waived, 1 skipped'],
    [{ ...says, blockers: 1, warnings: 2 }, '1 failed, 2 warnings'],
    [{ ...says, state: 'failed', blockers: 9 }, 'Could not be examined'],
    [{ ...says, state: 'pending' }, 'Being examined'],
    [says, 'No checks'],
  ] as const) {
    const other = await show(<ChecksBadge version={version({ checks })} onOpen={open} />);
    await expect.element(other.getByRole('button', { name: text, exact: true })).toBeVisible();
    await other.unmount();
  }
  expect(asked).toEqual([]);
});
