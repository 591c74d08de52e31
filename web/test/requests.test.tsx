import { expect, test } from 'vitest';
import { Requests } from '../src/features/generations/requests.tsx';
import { Toasts } from '../src/ui/toast.tsx';
import { generation, voice } from './made.ts';
import { problem, serve } from './network.ts';
import { show } from './show.tsx';

test('a running generation shows how far it is and can be cancelled', async () => {
  const asked = serve({ 'POST /api/v1/generations/g-1/cancel': generation({ status: 'cancelled', can: [] }) });
  const screen = await show(<Requests generations={[generation({ progress: 0.25 })]} voices={[voice()]} />);
  await expect.element(screen.getByRole('progressbar')).toHaveAttribute('value', '0.25');
  await expect.element(screen.getByText('25 %')).toBeVisible();
  await screen.getByRole('button', { name: 'Cancel' }).click();
  await expect.poll(() => asked[0]?.path).toBe('/api/v1/generations/g-1/cancel');
});

test('a failed generation says why and can be tried again', async () => {
  const asked = serve({ 'POST /api/v1/generations/g-1/retry': generation({ status: 'queued' }) });
  const failed = generation({
    status: 'failed',
    error: { code: 'disk_full', message: 'There is no space left to keep the audio.' },
    can: ['generation.retry'],
  });
  const screen = await show(<Requests generations={[failed]} voices={[voice()]} />);
  await expect.element(screen.getByRole('alert')).toMatchTextContent('There is no space left to keep the audio.');
  expect(screen.getByRole('progressbar').elements()).toHaveLength(0);
  await screen.getByRole('button', { name: 'Retry' }).click();
  await expect.poll(() => asked[0]?.path).toBe('/api/v1/generations/g-1/retry');
});

test('what the server does not allow has no button', async () => {
  serve({});
  const screen = await show(<Requests generations={[generation({ can: [] })]} voices={[]} />);
  await expect.element(screen.getByText('Speaking')).toBeVisible();
  expect(screen.getByRole('button').elements()).toHaveLength(0);
});

test('a success hides what failed before it, but not for good', async () => {
  serve({});
  const list = [generation({ id: 'g-3', status: 'succeeded', can: [] }), generation({ id: 'g-2', status: 'cancelled', can: [] })];
  const screen = await show(<Requests generations={list} voices={[voice()]} />);
  await expect.element(screen.getByText('Cancelled')).not.toBeVisible();
  await screen.getByText('Earlier requests without a version (1)').click();
  await expect.element(screen.getByText('Cancelled')).toBeVisible();
});

test('a retry that is refused is told', async () => {
  serve({ 'POST /api/v1/generations/g-1/retry': () => problem(409, 'Not now', 'It has been retried already.') });
  const failed = generation({ status: 'failed', error: { code: 'x', message: 'No.' }, can: ['generation.retry'] });
  const screen = await show(
    <>
      <Requests generations={[failed]} voices={[]} />
      <Toasts />
    </>,
  );
  await screen.getByRole('button', { name: 'Retry' }).click();
  await expect.element(screen.getByRole('status')).toMatchTextContent('It has been retried already.');
});
