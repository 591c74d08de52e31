import { createMemoryHistory, createRootRoute, createRoute, createRouter, RouterProvider } from '@tanstack/react-router';
import { afterEach, expect, test, vi } from 'vitest';
import { userEvent } from 'vitest/browser';
import type { Decision, Review } from '../src/api/types.ts';
import { player } from '../src/audio/player.ts';
import { Inbox } from '../src/features/reviews/inbox.tsx';
import type { Filters } from '../src/features/reviews/queries.ts';
import { Rounds } from '../src/features/reviews/rounds.tsx';
import { review, version } from './made.ts';
import { problem, serve } from './network.ts';
import { show } from './show.tsx';

const PROJECT = { id: 'pr-1', key: 'northwind', name: 'Northwind', roles: ['reviewer' as const], can: [] };
const INES = { id: 'p-2', name: 'Ines Carvalho' };
const decision = (other: Partial<Decision> = {}): Decision => ({
  id: 'd-1',
  person: INES,
  key: null,
  verdict: 'approve',
  reason: 'Clear and friendly',
  roles: ['reviewer'],
  fingerprint: 'f'.repeat(64),
  heard: 1,
  at: '2026-11-22T11:00:00Z',
  lapsed: false,
  ...other,
});
const WAVE = { samples_per_peak: 256, sample_rate_hz: 24_000, length: 2, peaks: [-90, 100, -20, 30] };
const THIRD = review({
  id: 'rv-2',
  asset: { id: 'a-2', key: 'sales/intro', title: 'Intro', language: 'en-US' },
  version: { ...review().version, id: 'v-3', number: 3 },
  due_at: '2026-01-02T10:00:00Z',
});
const filtered = vi.fn<(filters: Filters) => void>();
const commented = vi.fn<(review: Review, atMs: number | null) => void>();

async function inbox(reply: Parameters<typeof serve>[0][string], filters: Filters = {}, routes: Parameters<typeof serve>[0] = {}) {
  const asked = serve({
    'GET /api/v1/projects/pr-1/reviews': reply,
    'GET /api/v1/versions/v-2/waveform': WAVE,
    'GET /api/v1/versions/v-3/waveform': WAVE,
    ...routes,
  });
  const root = createRootRoute({ component: () => <Inbox project={PROJECT} voices={[]} filters={filters} onFilter={filtered} renderStanding={() => null} renderJudged={() => 'What it says'} onComment={commented} /> });
  const home = createRoute({ getParentRoute: () => root, path: '/' });
  const router = createRouter({ routeTree: root.addChildren([home]), history: createMemoryHistory({ initialEntries: ['/'] }) });
  const screen = await show(<RouterProvider router={router as never} />);
  return Object.assign(screen, { asked });
}

const page = (...items: Review[]) => ({ items, next_cursor: null });
const focused = () => document.activeElement?.getAttribute('aria-labelledby');

afterEach(() => player.close());

test('who made a version is told why they do not approve it, and everybody where makers do', async () => {
  const why = 'You asked for this version, so somebody else has to approve it.';
  serve({ 'GET /api/v1/versions/v-2/reviews': page(review({ barred: why, can: ['version.request_changes'] }), review({ id: 'rv-0', state: 'closed', outcome: 'withdrawn', wanted: null })) });
  const barred = await show(<Rounds version={version()} />);
  await expect.element(barred.getByText(why)).toBeVisible();
  await barred.unmount();
  serve({ 'GET /api/v1/versions/v-2/reviews': page(review({ self_approval: true }), review({ id: 'rv-0', state: 'closed', outcome: 'withdrawn', wanted: null, self_approval: true })) });
  const lenient = await show(<Rounds version={version()} />);
  await expect.element(lenient.getByRole('article', { name: 'Open round' })).toMatchTextContent(/This project lets makers approve their own takes\./);
  await expect.element(lenient.getByRole('article', { name: 'Earlier round' })).not.toMatchTextContent(/makers/);
});

test('the open round tells who asked whom, until when, and what is still wanted; approvals of an earlier one have lapsed', async () => {
  const open = review({ reviewers: [{ person: INES, verdict: 'approve', may_approve: true }, { person: { id: 'p-1', name: 'Mara Lindqvist' }, verdict: null, may_approve: false }], decisions: [decision()], wanted: { approvals: 2, roles: ['publisher'] }, due_at: '2027-01-02T10:00:00Z' });
  const earlier = review({
    id: 'rv-0',
    state: 'closed',
    outcome: 'changes_requested',
    closed_at: '2026-11-21T11:00:00Z',
    wanted: null,
    decisions: [decision({ id: 'd-2', lapsed: true, heard: 0.87 }), decision({ id: 'd-3', verdict: 'request_changes', reason: 'Too fast', heard: null })],
  });
  serve({ 'GET /api/v1/versions/v-2/reviews': page(open, earlier) });
  const screen = await show(<Rounds version={version()} />);
  const now = screen.getByRole('article', { name: 'Open round' });
  await expect.element(now).toMatchTextContent(/Asked by Mara Lindqvist.*Due 2 Jan 2027.*Asked of Ines Carvalho \(decided\), Mara Lindqvist \(may not approve any more\).*2 more approvals wanted, among them of a publisher/);
  await expect.element(now.getByRole('listitem')).toMatchTextContent(/Ines Carvalho approved · .* · heard 100 %.*Clear and friendly/);
  const before = screen.getByRole('article', { name: 'Earlier round' });
  await expect.element(before).toMatchTextContent(/^Changes requested/);
  await expect.element(before.getByRole('listitem').nth(0)).toMatchTextContent(/approved \(lapsed\).*heard 87 %/);
  await expect.element(before.getByRole('listitem').nth(1)).toMatchTextContent(/requested changes.*how much was heard is not told.*Too fast/);
});

test('reviews that cannot be had can be asked for again', async () => {
  let lost = true;
  serve({ 'GET /api/v1/versions/v-2/reviews': () => (lost ? problem(503, 'Not now', 'The server is busy.') : page()) });
  const screen = await show(<Rounds version={version({ can: ['version.submit'] })} />);
  await expect.element(screen.getByText(/could not be loaded\. The server is busy/)).toBeVisible();
  lost = false;
  await screen.getByRole('button', { name: 'Try again' }).click();
  await expect.element(screen.getByText(/^Nobody has been asked yet/)).toBeVisible();
});

test('what is overdue says so, and what may be done is there', async () => {
  const screen = await inbox(page(review({ can: [] }), THIRD));
  await expect.element(screen.getByRole('article', { name: 'Intro v3' })).toMatchTextContent(/Overdue since 2 Jan 2026/);
  await expect.element(screen.getByRole('button', { name: 'Approve version 3 of Intro' })).toBeVisible();
  expect(screen.getByRole('button', { name: 'Approve version 2' }).elements()).toHaveLength(0);
});

test('keys go from row to row, open the dialogs, and end with the row', async () => {
  const screen = await inbox(page(review(), THIRD));
  const first = screen.getByRole('article', { name: 'Greeting v2' });
  await expect.element(first).toBeVisible();
  await userEvent.keyboard('a');
  expect(screen.getByRole('dialog').elements(), 'without the focus in the list').toHaveLength(0);
  (first.element() as HTMLElement).focus();
  await userEvent.keyboard('j');
  expect(focused()).toBe('r-rv-2');
  await userEvent.keyboard('{ArrowUp}');
  expect(focused()).toBe('r-rv-1');
  await userEvent.keyboard('k');
  expect(focused()).toBe('r-rv-1');
  await userEvent.keyboard('r');
  const dialog = screen.getByRole('dialog', { name: 'Request changes: version 2' });
  await dialog.getByRole('textbox', { name: 'Reason' }).fill('jark');
  await expect.element(dialog.getByRole('textbox', { name: 'Reason' })).toHaveValue('jark');
  await userEvent.keyboard('{Escape}');
  await expect.poll(focused).toBe('r-rv-1');
});

test('a decision goes on to the next row, and the decided one leaves', async () => {
  let decided = false;
  const screen = await inbox(() => (decided ? page(THIRD) : page(review(), THIRD)), {}, {
    'POST /api/v1/versions/v-2/approve': () => {
      decided = true;
      return version({ status: 'approved' });
    },
  });
  const first = screen.getByRole('article', { name: 'Greeting v2' });
  await expect.element(first).toBeVisible();
  (first.element() as HTMLElement).focus();
  await userEvent.keyboard('a');
  await screen.getByRole('textbox', { name: 'Reason' }).fill('Good');
  await screen.getByRole('dialog').getByRole('button', { name: 'Approve' }).click();
  await expect.poll(() => first.elements()).toHaveLength(0);
  expect(focused()).toBe('r-rv-2');
});

test('whose reviews, and whether they are open, is chosen in sight', async () => {
  const screen = await inbox(page());
  await expect.element(screen.getByRole('heading', { name: 'Nothing waits for you' })).toBeVisible();
  await screen.getByRole('button', { name: 'Show all reviews' }).click();
  expect(filtered).toHaveBeenLastCalledWith({ for: 'all' });
  await screen.getByRole('button', { name: 'Closed' }).click();
  expect(filtered).toHaveBeenLastCalledWith({ state: 'closed' });
});

test('the rest of a long queue can be asked for', async () => {
  let parts = 0;
  const screen = await inbox(() => ((parts += 1) === 1 ? { items: [review()], next_cursor: 'rv-1' } : page(THIRD)), { for: 'all' });
  await screen.getByRole('button', { name: 'Load more' }).click();
  await expect.element(screen.getByRole('article', { name: 'Intro v3' })).toBeVisible();
  await expect.element(screen.getByRole('article', { name: 'Greeting v2' })).toBeVisible();
});

test('a queue that cannot be had can be asked for again', async () => {
  const screen = await inbox(() => problem(503, 'Not now', 'The server is busy.'));
  await expect.element(screen.getByRole('alert')).toMatchTextContent(/Not now.*The server is busy/);
  await expect.element(screen.getByRole('button', { name: 'Try again' })).toBeVisible();
});

test('the row one is at shows what it says, and C begins a comment on it', async () => {
  const screen = await inbox(page(review(), THIRD));
  await expect.element(screen.getByText('What it says')).toBeVisible();
  screen.getByRole('article', { name: 'Greeting v2' }).element().focus();
  await userEvent.keyboard('c');
  expect(commented.mock.lastCall?.[0].id).toBe('rv-1');
  expect(commented.mock.lastCall?.[1]).toBeNull();
});
