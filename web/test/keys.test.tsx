import { expect, test, vi } from 'vitest';
import type { ApiKey } from '../src/api/types.ts';
import { Keys } from '../src/features/keys/keys.tsx';
import { NewKey } from '../src/features/keys/newKey.tsx';
import { problem, serve } from './network.ts';
import { show } from './show.tsx';

const MARA = { id: 'p-1', name: 'Mara Lindqvist' };
const PROJECT = { id: 'pr-1', key: 'northwind', name: 'Northwind', roles: ['author' as const], can: ['key.create' as const] };

function key(other: Partial<ApiKey> = {}): ApiKey {
  return {
    id: 'k-1',
    project_id: 'pr-1',
    person: MARA,
    name: 'Course player',
    prefix: 'abcd1234',
    scopes: ['read', 'live'],
    state: 'active',
    created_at: '2026-11-22T10:00:00Z',
    expires_at: '2027-02-20T10:00:00Z',
    last_used_at: null,
    revoked_at: null,
    revoked_by: null,
    can: ['key.revoke'],
    ...other,
  };
}

const listed = (...items: ApiKey[]) => ({ 'GET /api/v1/api-keys': { items, next_cursor: null } });

test('one’s own keys are told apart by name and by what they begin with', async () => {
  serve(listed(key(), key({ id: 'k-2', name: 'Old build', state: 'revoked', revoked_by: MARA, can: [] })));
  const screen = await show(<Keys project={PROJECT} me="p-1" />);
  const row = screen.getByRole('table', { name: 'Keys', exact: true }).getByRole('row').nth(1);
  await expect.element(row).toMatchTextContent(/Course player.*vo_abcd1234_.*Active.*never used.*20 Feb 2027/);
  await expect.element(screen.getByText('by Mara Lindqvist')).not.toBeVisible();
  await screen.getByText('Expired and revoked (1)').click();
  await expect.element(screen.getByText('by Mara Lindqvist')).toBeVisible();
  expect(screen.getByRole('columnheader', { name: 'Acts for' }).elements()).toHaveLength(0);
});

test('an owner sees for whom the keys of others act', async () => {
  serve(listed(key(), key({ id: 'k-2', name: 'Build', person: { id: 'p-2', name: 'Ines Carvalho' } })));
  const screen = await show(<Keys project={PROJECT} me="p-1" />);
  await expect.element(screen.getByRole('row', { name: /^Build/ }).getByRole('cell', { name: 'Ines Carvalho' })).toBeInTheDocument();
});

test('a secret is shown once, and not let go without a word', async () => {
  const asked = serve({ 'POST /api/v1/api-keys': { ...key(), secret: 'vo_abcd1234_secret' }, ...listed() });
  const closed = vi.fn<() => void>();
  const screen = await show(<NewKey project={PROJECT} onClose={closed} />);
  await screen.getByRole('textbox', { name: 'Name' }).fill('Course player');
  await screen.getByRole('checkbox', { name: /^live/ }).click();
  await screen.getByRole('combobox', { name: 'Works for' }).selectOptions('30');
  await screen.getByRole('button', { name: 'Make key' }).click();
  await expect.element(screen.getByRole('textbox', { name: 'API key' })).toHaveValue('vo_abcd1234_secret');
  const body = asked[0]?.body as { name: string; project_id: string; scopes: string[]; expires_at: string };
  expect({ ...body, expires_at: '' }).toEqual({ project_id: 'pr-1', name: 'Course player', scopes: ['read', 'live'], expires_at: '' });
  expect(Math.round((Date.parse(body.expires_at) - Date.now()) / 86_400_000)).toBe(30);
  await screen.getByRole('button', { name: 'Done' }).click();
  await expect.element(screen.getByRole('alert')).toMatchTextContent(/Close again to go without it/);
  expect(closed).not.toHaveBeenCalled();
  await screen.getByRole('button', { name: 'Done' }).click();
  expect(closed).toHaveBeenCalledOnce();
});

test('a copied secret may go', async () => {
  const copy = vi.spyOn(navigator.clipboard, 'writeText').mockResolvedValue();
  serve({ 'POST /api/v1/api-keys': { ...key(), secret: 'vo_abcd1234_secret' }, ...listed() });
  const closed = vi.fn<() => void>();
  const screen = await show(<NewKey project={PROJECT} onClose={closed} />);
  await screen.getByRole('button', { name: 'Make key' }).click();
  await screen.getByRole('button', { name: 'Copy', exact: true }).click();
  await expect.element(screen.getByRole('button', { name: 'Copied' })).toBeVisible();
  expect(copy).toHaveBeenCalledWith('vo_abcd1234_secret');
  await screen.getByRole('button', { name: 'Done' }).click();
  expect(closed).toHaveBeenCalledOnce();
});

test('what makes no key stands on its field', async () => {
  const errors = [
    { field: 'name', message: 'This may not be empty.' },
    { field: 'scopes', message: 'Choose at least one.' },
  ];
  serve({ 'POST /api/v1/api-keys': () => problem(422, 'Not valid', '2 fields are not valid.', errors) });
  const screen = await show(<NewKey project={PROJECT} onClose={vi.fn<() => void>()} />);
  await screen.getByRole('button', { name: 'Make key' }).click();
  await expect.element(screen.getByRole('textbox', { name: 'Name' })).toHaveAccessibleDescription(/^This may not be empty\./);
  await expect.element(screen.getByRole('group', { name: /^Scopes/ })).toHaveAccessibleDescription('Choose at least one.');
});

test('a key is revoked after one question', async () => {
  const asked = serve({ ...listed(key()), 'DELETE /api/v1/api-keys/k-1': key({ state: 'revoked', can: [] }) });
  const screen = await show(<Keys project={PROJECT} me="p-1" />);
  await screen.getByRole('button', { name: 'Revoke Course player' }).click();
  await expect.element(screen.getByRole('dialog', { name: 'Revoke Course player?' })).toMatchTextContent(/It was never used/);
  await screen.getByRole('button', { name: 'Revoke key' }).click();
  await expect.poll(() => screen.getByRole('dialog').elements().length).toBe(0);
  expect(asked.some(({ method, path }) => method === 'DELETE' && path === '/api/v1/api-keys/k-1')).toBe(true);
});

test('without keys the screen says what to do next', async () => {
  serve(listed());
  const screen = await show(<Keys project={PROJECT} me="p-1" />);
  await expect.element(screen.getByRole('heading', { name: 'No keys yet' })).toBeVisible();
  await screen.getByRole('button', { name: 'New key' }).click();
  await expect.element(screen.getByRole('dialog', { name: 'New API key' })).toBeVisible();
});

test('a list that does not come can be asked for again', async () => {
  const asked = serve({ 'GET /api/v1/api-keys': () => problem(503, 'Not available now', 'The database does not answer.') });
  const screen = await show(<Keys project={PROJECT} me="p-1" />);
  await expect.element(screen.getByText('The database does not answer.')).toBeVisible();
  await screen.getByRole('button', { name: 'Try again' }).click();
  await expect.poll(() => asked.length).toBe(2);
});
