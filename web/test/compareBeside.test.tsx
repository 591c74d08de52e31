import { expect, test } from 'vitest';
import { userEvent } from 'vitest/browser';
import { choose, compare, MARA, TAKES } from './comparing.tsx';
import { asset } from './made.ts';
import { comment } from './madeComment.ts';

test('a version of another asset can stand beside them', async () => {
  const newest = { id: 'v-9', number: 4, duration_ms: 1000, voice: 'tone/sine', created_at: '2026-11-22T10:00:00Z', dropped: false, comments_open: 0, changes_requested: false };
  const found = { items: [asset({ id: 'a-2', title: 'On hold', latest_version: newest }), asset({ id: 'a-3', title: 'Nothing yet' })], next_cursor: null };
  const { screen } = await compare(TAKES.slice(0, 2), { 'GET /api/v1/projects/pr-1/assets': found });
  await screen.getByRole('combobox', { name: 'Add a version' }).selectOptions('Of another asset…');
  const dialog = screen.getByRole('dialog', { name: 'Add a version of another asset' });
  await expect.element(dialog.getByRole('button', { name: /On hold/ })).toBeVisible();
  expect(dialog.getByRole('button', { name: /Nothing yet/ }).elements(), 'what has no version cannot be compared').toHaveLength(0);
  await dialog.getByRole('button', { name: /On hold/ }).click();
  expect(choose).toHaveBeenLastCalledWith(['v-1', 'v-2', 'v-9']);
  expect(dialog.elements()).toHaveLength(0);
});

test('what was said stands beside each take, is heard at a click, and more is said where one is', async () => {
  const may = TAKES.slice(0, 2).map((one) => ({ ...one, can: ['comment.create' as const] }));
  const said = { items: [comment({ at_ms: 800, body: 'Too fast' }), comment({ id: 'c-2', resolved: { by: MARA, at: '2026-11-22T10:00:00Z' }, body: 'Done' })], next_cursor: null };
  const { screen, asked } = await compare(may, { 'GET /api/v1/versions/v-2/comments': said, 'POST /api/v1/versions/v-2/comments': comment({ id: 'c-3', body: 'Here' }) });
  await expect.element(screen.getByRole('region', { name: 'Comments on version 1' }).getByRole('button', { name: 'Comment', exact: true })).toHaveAttribute('aria-expanded', 'false');
  const second = screen.getByRole('region', { name: 'Comments on version 2' });
  await expect.element(second.getByRole('button', { name: '1 open comment' })).toBeVisible();
  await second.getByRole('button', { name: '0:00.8' }).click();
  await expect.element(screen.getByRole('button', { name: 'Listen to Version 2' })).toHaveAttribute('aria-pressed', 'true');
  await expect.element(screen.getByRole('button', { name: 'Pause' })).toBeVisible();
  await screen.getByRole('button', { name: 'Pause' }).click();
  screen.getByRole('button', { name: 'Listen to Version 2' }).element().focus();
  await userEvent.keyboard('c');
  await expect.element(second.getByText(/^At 0:0/)).toBeVisible();
  await expect.element(second.getByRole('textbox', { name: 'Comment on version 2' })).toHaveFocus();
  await userEvent.keyboard('Here');
  await userEvent.keyboard('{Control>}{Enter}{/Control}');
  await expect.poll(() => asked.find(({ method }) => method === 'POST')?.body).toMatchObject({ body: 'Here', at_ms: expect.any(Number) as number, until_ms: null });
  await expect.element(second.getByRole('button', { name: '2 open comments' })).toBeVisible();
});
