import { expect, test } from 'vitest';
import { draftsOf, forget } from '../src/ui/storage.ts';
import { Toasts } from '../src/ui/toast.tsx';
import { Bench, PERSON, ROUTES } from './bench.tsx';
import { version } from './made.ts';
import { serve } from './network.ts';
import { show } from './show.tsx';

test('a discarded draft can be had back', async () => {
  serve(ROUTES);
  const screen = await show(<Bench />);
  const script = screen.getByRole('textbox', { name: 'Script' });
  await script.fill('Half a day of work.');
  await screen.getByRole('button', { name: 'Discard draft' }).click();
  await expect.element(script).toHaveValue('Welcome to Northwind support.');
  await screen.getByRole('status').getByRole('button', { name: 'Undo' }).last().click();
  await expect.element(script).toHaveValue('Half a day of work.');
});

test('what a starting point replaced can be had back, even from another screen', async () => {
  serve(ROUTES);
  const screen = await show(<Bench newest={version()} />);
  await screen.getByRole('textbox', { name: 'Script' }).fill('Half a day of work.');
  await screen.getByRole('button', { name: 'Start from it' }).click();
  await expect.element(screen.getByRole('textbox', { name: 'Script' })).toHaveValue(version().script.text);
  await screen.rerender(<Toasts />);
  await screen.getByRole('status').getByRole('button', { name: 'Undo' }).last().click();
  await screen.rerender(<Bench />);
  await expect.element(screen.getByRole('textbox', { name: 'Script' })).toHaveValue('Half a day of work.');
});

test("a draft is its writer's own, and goes when they sign out", async () => {
  serve(ROUTES);
  const screen = await show(<Bench />);
  const script = screen.getByRole('textbox', { name: 'Script' });
  await script.fill('My new words.');
  await screen.rerender(<Bench key="other" person="p-2" />);
  await expect.element(script).toHaveValue('Welcome to Northwind support.');
  await script.fill('Words of another.');
  await screen.rerender(<Bench key="again" />);
  await expect.element(script).toHaveValue('My new words.');
  await screen.rerender(<p>Signed out</p>);
  forget(draftsOf(PERSON));
  await screen.rerender(<Bench key="back" />);
  await expect.element(script).toHaveValue('Welcome to Northwind support.');
  await screen.rerender(<Bench key="them" person="p-2" />);
  await expect.element(script).toHaveValue('Words of another.');
});
