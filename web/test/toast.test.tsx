import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { userEvent } from 'vitest/browser';
import { clearToasts, Toasts, toast } from '../src/ui/toast.tsx';
import { show } from './show.tsx';

beforeEach(() => void vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] }));
afterEach(() => {
  clearToasts();
  vi.useRealTimers();
});

test('news goes by itself, and what can be undone waits longer', async () => {
  const screen = await show(<Toasts />);
  toast('Saved');
  toast('Discarded', 'good', () => undefined);
  await expect.element(screen.getByText('Saved')).toBeVisible();
  vi.advanceTimersByTime(6500);
  await expect.element(screen.getByText('Saved')).not.toBeInTheDocument();
  await expect.element(screen.getByRole('button', { name: 'Undo' })).toBeVisible();
  vi.advanceTimersByTime(6500);
  await expect.element(screen.getByRole('button', { name: 'Undo' })).not.toBeInTheDocument();
});

test('a way back does not go from under the focus, and is used once', async () => {
  const undo = vi.fn<() => void>();
  const screen = await show(<Toasts />);
  toast('Discarded', 'good', undo);
  const button = screen.getByRole('button', { name: 'Undo' });
  await expect.element(button).toBeVisible();
  (button.element() as HTMLElement).focus();
  await expect.element(button).toHaveFocus();
  vi.advanceTimersByTime(60_000);
  await expect.element(button).toBeVisible();
  await userEvent.keyboard('{Enter}');
  await expect.element(button).not.toBeInTheDocument();
  expect(undo).toHaveBeenCalledOnce();
});
