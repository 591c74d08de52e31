import { expect, test, vi } from 'vitest';
import { NewAsset } from '../src/features/assets/newAsset.tsx';
import { SignIn } from '../src/features/session/signIn.tsx';
import { asset } from './made.ts';
import { problem, serve } from './network.ts';
import { show } from './show.tsx';

const PROJECT = { id: 'pr-1', key: 'northwind', name: 'Northwind', roles: ['author' as const], can: ['asset.create' as const] };
const DEMO = {
  password: 'voiceops-demo',
  accounts: [{ email: 'author@northwind.example', name: 'Mara Lindqvist', role: 'author' }],
};

test('what the server refuses stands on the field it names', async () => {
  const asked = serve({
    'POST /api/v1/projects/pr-1/assets': () =>
      problem(409, 'Duplicate key', 'There is such an asset.', [{ field: 'key', message: 'This key is taken.' }]),
  });
  const created = vi.fn<() => void>();
  const screen = await show(<NewAsset project={PROJECT} onClose={vi.fn<() => void>()} onCreated={created} />);
  await screen.getByRole('textbox', { name: 'Title' }).fill('Greeting');
  const key = screen.getByRole('textbox', { name: 'Key' });
  await key.fill('support/greeting');
  await screen.getByRole('textbox', { name: 'Tags' }).fill('support, phone, support');
  await screen.getByRole('button', { name: 'Create asset' }).click();
  await expect.element(key).toHaveAttribute('aria-invalid', 'true');
  await expect.element(key).toHaveAccessibleDescription(/^This key is taken\./);
  await expect.element(key).toHaveValue('support/greeting');
  expect(created).not.toHaveBeenCalled();
  expect(asked[0]?.body).toEqual({ title: 'Greeting', key: 'support/greeting', language: 'en-US', tags: ['support', 'phone'] });
});

test('a created asset is handed on', async () => {
  serve({ 'POST /api/v1/projects/pr-1/assets': asset() });
  const created = vi.fn<(made: { id: string }) => void>();
  const screen = await show(<NewAsset project={PROJECT} onClose={vi.fn<() => void>()} onCreated={created} />);
  await screen.getByRole('button', { name: 'Create asset' }).click();
  await expect.poll(() => created.mock.calls[0]?.[0].id).toBe('a-1');
});

test('in a demo one click signs in as a role', async () => {
  const asked = serve({ 'GET /api/v1/demo': DEMO, 'POST /api/v1/session': { person: {}, projects: [] } });
  const entered = vi.fn<() => void>();
  const screen = await show(<SignIn onSignedIn={entered} />);
  await screen.getByRole('button', { name: /^Author/ }).click();
  await expect.poll(() => entered.mock.calls.length).toBe(1);
  expect(asked.at(-1)?.body).toEqual({ email: 'author@northwind.example', password: 'voiceops-demo' });
});

test('without a demo there is a form, and a wrong password is told', async () => {
  serve({ 'POST /api/v1/session': () => problem(401, 'Not signed in', 'This address and password do not match.') });
  const screen = await show(<SignIn onSignedIn={vi.fn<() => void>()} />);
  await screen.getByRole('textbox', { name: 'E-mail address' }).fill('me@example.org');
  await screen.getByLabelText('Password').fill('wrong');
  await screen.getByRole('button', { name: 'Sign in' }).click();
  await expect.element(screen.getByRole('alert')).toMatchTextContent('This address and password do not match.');
});
