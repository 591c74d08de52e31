import { expect, test } from 'vitest';
import { draftsOf, forget, keep, stored } from '../src/ui/storage.ts';
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

/** What the browser tells this tab when another writes. */
function writtenElsewhere(draft: object | null) {
  const key = `${draftsOf(PERSON)}a-1`;
  const [oldValue, newValue] = [stored(key), draft && JSON.stringify(draft)];
  keep(key, newValue);
  dispatchEvent(new StorageEvent('storage', { key, oldValue, newValue, storageArea: localStorage }));
}

test('a tab follows what another writes of the same draft, and nothing is said where nothing was typed', async () => {
  serve(ROUTES);
  const screen = await show(<Bench />);
  const script = screen.getByRole('textbox', { name: 'Script' });
  await expect.element(script).toHaveValue('Welcome to Northwind support.');
  writtenElsewhere({ text: 'Typed in the other tab.' });
  await expect.element(script).toHaveValue('Typed in the other tab.');
  expect(screen.getByRole('button', { name: 'Bring it back' }).elements()).toHaveLength(0);
  writtenElsewhere(null);
  await expect.element(script).toHaveValue('Welcome to Northwind support.');
});

test('what was typed here before another tab wrote can be had back, and then the other again', async () => {
  serve(ROUTES);
  const screen = await show(<Bench />);
  const script = screen.getByRole('textbox', { name: 'Script' });
  await script.fill('Half a day of work.');
  writtenElsewhere({ text: 'Typed in the other tab.' });
  await expect.element(script).toHaveValue('Typed in the other tab.');
  await expect.element(screen.getByRole('alert')).toMatchTextContent(/goes on in another tab.*“Half a day of work\.”/);
  writtenElsewhere({ text: 'Typed in the other tab, and on.' });
  await screen.getByRole('button', { name: 'Bring it back' }).click();
  await expect.element(script).toHaveValue('Half a day of work.');
  expect(stored(`${draftsOf(PERSON)}a-1`)).toContain('Half a day of work.');
  await screen.getByRole('status').getByRole('button', { name: 'Undo' }).last().click();
  await expect.element(script).toHaveValue('Typed in the other tab, and on.');
});

test('a draft that was generated in another tab is not lost here', async () => {
  serve(ROUTES);
  const screen = await show(<Bench />);
  await screen.getByRole('textbox', { name: 'Script' }).fill('Half a day of work.');
  writtenElsewhere(null);
  await expect.element(screen.getByRole('alert')).toMatchTextContent(/used or discarded in another tab/);
  await screen.getByRole('button', { name: 'Let it go' }).click();
  expect(screen.getByRole('alert').elements()).toHaveLength(0);
});
