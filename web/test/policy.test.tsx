import { expect, test } from 'vitest';
import { Policy } from '../src/features/policy/policy.tsx';
import { problem, serve } from './network.ts';
import { policy } from './policies.ts';
import { show } from './show.tsx';

const PROJECT = { id: 'pr-1', key: 'northwind', name: 'Northwind', roles: ['author' as const], can: [] };
test('the matrix tells for each action who may, whether I may, and what a key needs', async () => {
  serve({ 'GET /api/v1/projects/pr-1/policy': policy() });
  const screen = await show(<Policy project={PROJECT} />);
  const cells = async (name: RegExp) => {
    const row = screen.getByRole('row', { name });
    await expect.element(row).toBeInTheDocument();
    return row.element().textContent;
  };
  expect(await cells(/^Read and listen/)).toMatch(/yesyesyesyesread$/);
  expect(await cells(/^Create asset/)).toMatch(/yesnoyesyeswrite$/);
  expect(await cells(/^Create script/)).toMatch(/yesnoyesyeswriteor generate$/);
  expect(await cells(/^Change member/)).toMatch(/nononoyesno key may$/);
  await expect.element(screen.getByText(/You are author here/)).toBeVisible();
});

test('a policy that does not come can be asked for again', async () => {
  const asked = serve({ 'GET /api/v1/projects/pr-1/policy': () => problem(503, 'Not available now', 'The database does not answer.') });
  const screen = await show(<Policy project={PROJECT} />);
  await screen.getByRole('button', { name: 'Try again' }).click();
  await expect.poll(() => asked.length).toBe(2);
});

test('what a review needs is readable for all, and only owners see how to change it', async () => {
  serve({ 'GET /api/v1/projects/pr-1/policy': policy({ approvals: 2, roles: ['owner'] }) });
  const screen = await show(<Policy project={PROJECT} />);
  const review = screen.getByRole('region', { name: 'Review' });
  await expect.element(review).toMatchTextContent('2 different people have to approve');
  await expect.element(review).toMatchTextContent('at least one owner');
  await expect.element(review.getByRole('listitem').filter({ hasText: 'Cut off' })).toMatchTextContent(/Block$/);
  expect(screen.getByRole('button', { name: 'Change review' }).elements()).toHaveLength(0);
});

test('an owner changes the review with a reason; only what differs is sent, and self-approval is told in the open', async () => {
  const owned = policy({ can: ['policy.change'] });
  const asked = serve({
    'GET /api/v1/projects/pr-1/policy': owned,
    'PATCH /api/v1/projects/pr-1/policy': { ...owned, self_approval: true, checks: { ...owned.checks, pace: 'block' } },
  });
  const screen = await show(<Policy project={PROJECT} />);
  await screen.getByRole('button', { name: 'Change review' }).click();
  await screen.getByRole('button', { name: 'Save review' }).click();
  await expect.element(screen.getByText('Nothing is different yet')).toBeVisible();
  await screen.getByRole('combobox', { name: 'Pace' }).selectOptions('block');
  await screen.getByRole('checkbox', { name: /^Self-approval/ }).click();
  await screen.getByRole('textbox', { name: 'Reason' }).fill('A team of one');
  await screen.getByRole('button', { name: 'Save review' }).click();
  await expect.element(screen.getByText(/^Self-approval is on/)).toBeVisible();
  expect(asked.find(({ method }) => method === 'PATCH')?.body).toEqual({
    self_approval: true,
    checks: { pace: 'block' },
    reason: 'A team of one',
  });
});

test('a change without a reason is refused at its field, and what was chosen stays', async () => {
  serve({
    'GET /api/v1/projects/pr-1/policy': policy({ can: ['policy.change'] }),
    'PATCH /api/v1/projects/pr-1/policy': () => problem(422, 'Not valid', 'Wrong.', [{ field: 'reason', message: 'Say why.' }]),
  });
  const screen = await show(<Policy project={PROJECT} />);
  await screen.getByRole('button', { name: 'Change review' }).click();
  await screen.getByRole('combobox', { name: 'Approvals' }).selectOptions('3');
  await screen.getByRole('button', { name: 'Save review' }).click();
  await expect.element(screen.getByRole('textbox', { name: 'Reason' })).toHaveAccessibleDescription(/^Say why\./);
  await expect.element(screen.getByRole('combobox', { name: 'Approvals' })).toHaveValue('3');
});
