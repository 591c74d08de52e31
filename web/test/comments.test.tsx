import { useState } from 'react';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { userEvent } from 'vitest/browser';
import type { Comment } from '../src/api/types.ts';
import { VersionCard } from '../src/features/versions/versionCard.tsx';
import { usePlacesOf } from '../src/app/placesOf.ts';
import { player } from '../src/audio/player.ts';
import { nowPlaying } from '../src/audio/playing.ts';
import { Comments } from '../src/features/comments/comments.tsx';
import { piecesOf } from '../src/features/comments/mentions.ts';
import { asset, toneUrl, version, voice } from './made.ts';
import { comment } from './madeComment.ts';
import { problem, serve, type Asked } from './network.ts';
import { show } from './show.tsx';

const MARA = { id: 'p-1', name: 'Mara Lindqvist' };
const ANA = { id: 'p-2', name: 'Ana Silva' };
const ANN = { id: 'p-3', name: 'Ann Reed' };
const LIST = 'GET /api/v1/versions/v-2/comments';
const POST = 'POST /api/v1/versions/v-2/comments';
const V = version({ can: ['comment.create'] });
const TRACK = { id: 'v-2', url: toneUrl(4.2), title: 'Greeting', detail: 'v2', durationMs: 4200, version: null };

function Closed({ onOpen }: { onOpen: (number: number) => void }) {
  const [open, setOpen] = useState(false);
  return (
    <Card
      open={open}
      onOpen={(number) => {
        onOpen(number);
        setOpen(true);
      }}
    />
  );
}

function Card({ open = true, onOpen = () => undefined }: { open?: boolean; onOpen?: (number: number) => void }) {
  const placesOf = usePlacesOf('p-1', open ? V : undefined, onOpen);
  return (
    <VersionCard
      actions={null}
      panels={<Comments version={V} person="p-1" members={[ANA, ANN]} track={TRACK} linked={null} />}
      places={placesOf(V)}
      version={V}
      asset={asset()}
      projectKey="northwind"
      voices={[voice()]}
      selected={open}
      onSelect={() => undefined}
      onStart={undefined}
      comparing={{ ticked: [], onTick: () => undefined, onCompare: () => undefined }}
    />
  );
}

async function card(items: Comment[], routes: Record<string, object | ((asked: Asked) => object | Response)> = {}) {
  const asked = serve({
    'GET /api/v1/versions/v-2/waveform': { samples_per_peak: 256, sample_rate_hz: 24_000, length: 2, peaks: [-90, 100, -20, 30] },
    'GET /api/v1/versions/v-2/words': { source: null, items: [] },
    [LIST]: { items, next_cursor: null },
    ...routes,
  });
  return Object.assign(await show(<Card />), { asked });
}

beforeEach(() => player.load(TRACK));
afterEach(() => player.close());

const sent = (asked: Asked[], method: string) => asked.filter((one) => one.method === method).map(({ body }) => body);

test('threads stand in the order of their moment, replies beneath, the whole last, and markup is text', async () => {
  const screen = await card([
    comment({ id: 'c-0', body: 'In all <b>good</b>' }),
    comment({ id: 'c-3', reply_to: 'c-1', body: 'Yes', created_at: '2026-11-22T11:00:00Z' }),
    comment({ id: 'c-2', at_ms: 3000, body: 'Late' }),
    comment({ id: 'c-1', at_ms: 500, until_ms: 900, body: 'Early' }),
  ]);
  const list = screen.getByRole('list', { name: 'Open comments' });
  await expect.element(list).toMatchTextContent(/Early.*Yes.*Late.*In all <b>good<\/b>/s);
  await expect.element(screen.getByRole('button', { name: '0:00.5 – 0:00.9' })).toBeVisible();
});

test('what failed to be sent stays and is tried again as the same request', async () => {
  let lost = true;
  const screen = await card([], { [POST]: () => (lost ? problem(503, 'Busy', 'The server is busy.') : comment({ body: 'Nice' })) });
  const field = screen.getByRole('textbox', { name: 'Comment on version 2' });
  await field.fill('Nice');
  await screen.getByRole('button', { name: 'Comment', exact: true }).click();
  await expect.element(screen.getByRole('alert')).toMatchTextContent('The server is busy. What you wrote is still here.');
  await expect.element(field).toHaveValue('Nice');
  lost = false;
  await screen.getByRole('button', { name: 'Try again' }).click();
  await expect.element(screen.getByRole('list', { name: 'Open comments' })).toMatchTextContent('Nice');
  await expect.element(field).toHaveValue('');
  const keys = screen.asked.filter((one) => one.method === 'POST').map((one) => one.headers.get('idempotency-key'));
  expect(new Set(keys).size).toBe(1);
});

test('c comments at the playhead, and the moment can be taken away', async () => {
  const screen = await card([], { [POST]: comment() });
  await expect.element(screen.getByText(/^Nothing said yet/)).toBeVisible();
  await expect.poll(() => player.duration()).toBeGreaterThan(4000);
  player.seek(1500);
  screen.getByRole('button', { name: 'Less' }).element().focus();
  await userEvent.keyboard('c');
  await expect.element(screen.getByText('At 0:01.5')).toBeVisible();
  await expect.element(screen.getByRole('textbox', { name: 'Comment on version 2' })).toHaveFocus();
  await userEvent.keyboard('Here');
  await userEvent.keyboard('{Control>}{Enter}{/Control}');
  await expect.poll(() => sent(screen.asked, 'POST')).toEqual([{ body: 'Here', mentions: [], at_ms: 1500, until_ms: null }]);
  await expect.element(screen.getByText('On the whole version')).toBeVisible();
  await screen.getByRole('button', { name: 'Use the playhead' }).click();
  await screen.getByRole('button', { name: 'Comment on the whole version instead' }).click();
  await expect.element(screen.getByText('On the whole version')).toBeVisible();
});

test('an @ offers members by keys, and who is taken is mentioned', async () => {
  const screen = await card([], { [POST]: comment() });
  const field = screen.getByRole('textbox', { name: 'Comment on version 2' });
  await field.click();
  await userEvent.keyboard('Hear this @an');
  await expect.element(screen.getByRole('listbox', { name: 'Members to mention' })).toBeVisible();
  await userEvent.keyboard('{ArrowDown}{Enter}');
  await expect.element(field).toHaveValue('Hear this @Ann Reed ');
  await screen.getByRole('button', { name: 'Comment', exact: true }).click();
  await expect.poll(() => sent(screen.asked, 'POST')).toEqual([{ body: 'Hear this @Ann Reed', mentions: ['p-3'], at_ms: null, until_ms: null }]);
});

test('a marker opens its thread and seeks there, and a time plays from there', async () => {
  const screen = await card([comment({ at_ms: 2000 })]);
  await screen.getByRole('button', { name: 'Comment by Ana Silva at 0:02.0' }).click();
  await expect.poll(() => document.activeElement?.id).toBe('comment-c-1');
  await expect.poll(() => player.position()).toBe(2000);
  await screen.getByRole('button', { name: '0:02.0', exact: true }).click();
  await expect.poll(() => nowPlaying().state).toBe('playing');
});

test('deleting asks once and leaves a tombstone', async () => {
  const mine = comment({ person: MARA, can: ['comment.edit', 'comment.delete', 'comment.resolve'] });
  const gone = { ...mine, body: null, can: [], deleted: { by: MARA, at: '2026-11-22T12:00:00Z' } };
  const screen = await card([mine], { 'DELETE /api/v1/comments/c-1': gone });
  await screen.getByRole('button', { name: 'Delete', exact: true }).click();
  await screen.getByRole('button', { name: 'Delete comment' }).click();
  await expect.element(screen.getByText(/^Deleted/)).toBeVisible();
  await expect.element(screen.getByText('Too fast')).not.toBeInTheDocument();
});

test('an edited comment says so, and shows what it said before', async () => {
  const mine = comment({ person: MARA, can: ['comment.edit'] });
  const edited = { ...mine, body: 'Too slow', edited_at: '2026-11-22T12:00:00Z', earlier: [{ body: 'Too fast', at: '2026-11-22T10:00:00Z' }] };
  const screen = await card([mine], { 'PATCH /api/v1/comments/c-1': edited });
  await screen.getByRole('button', { name: 'Edit', exact: true }).click();
  const field = screen.getByRole('textbox', { name: 'Edit your comment' });
  await expect.element(field).toHaveFocus();
  await expect.element(field).toHaveValue('Too fast');
  await field.fill('Too slow');
  await screen.getByRole('button', { name: 'Save' }).click();
  await expect.element(screen.getByText('Too slow')).toBeVisible();
  expect(sent(screen.asked, 'PATCH')).toEqual([{ body: 'Too slow', mentions: [] }]);
  await expect.element(screen.getByText('Too fast')).not.toBeVisible();
  await screen.getByText(/^Edited/).click();
  await expect.element(screen.getByText('Too fast')).toBeVisible();
});

test('a settled thread is folded away, and reopened stands among the open ones again', async () => {
  const settled = comment({ resolved: { by: MARA, at: '2026-11-22T12:00:00Z' }, can: ['comment.reopen'] });
  const screen = await card([settled], { 'POST /api/v1/comments/c-1/reopen': { ...settled, resolved: null, can: ['comment.resolve'] } });
  await expect.element(screen.getByText('All is settled.')).toBeVisible();
  expect(screen.getByText('Too fast').elements()).toHaveLength(0);
  await screen.getByRole('button', { name: 'Show 1 resolved' }).click();
  await expect.element(screen.getByText(/^Resolved by Mara Lindqvist/)).toBeVisible();
  await screen.getByRole('button', { name: 'Reopen' }).click();
  await expect.element(screen.getByRole('list', { name: 'Open comments' })).toMatchTextContent('Too fast');
  await expect.element(screen.getByRole('button', { name: 'Resolve', exact: true })).toBeVisible();
});

test('c on a card that is closed opens it, with the moment and the place to write', async () => {
  const opened = vi.fn<(number: number) => void>();
  serve({ 'GET /api/v1/versions/v-2/waveform': { samples_per_peak: 256, sample_rate_hz: 24_000, length: 2, peaks: [-90, 100] }, 'GET /api/v1/versions/v-2/words': { source: null, items: [] }, [LIST]: { items: [], next_cursor: null } });
  const screen = await show(<Closed onOpen={opened} />);
  await expect.poll(() => player.duration()).toBeGreaterThan(4000);
  player.seek(700);
  screen.getByRole('button', { name: 'Details' }).element().focus();
  await userEvent.keyboard('c');
  expect(opened).toHaveBeenCalledWith(2);
  await expect.element(screen.getByText('At 0:00.7')).toBeVisible();
  await expect.element(screen.getByRole('textbox', { name: 'Comment on version 2' })).toHaveFocus();
});

test('of two names that fit, the longer one is mentioned', () => {
  const pieces = piecesOf('mail a@Ana then @Ana Silva, @Ana', [{ id: 'p-9', name: 'Ana' }, ANA]);
  expect(pieces.flatMap(({ person }) => person?.id ?? [])).toEqual(['p-2', 'p-9']);
});
