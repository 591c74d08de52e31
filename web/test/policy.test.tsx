import { expect, test } from 'vitest';
import { Policy } from '../src/features/policy/policy.tsx';
import { problem, serve } from './network.ts';
import { show } from './show.tsx';

const PROJECT = { id: 'pr-1', key: 'northwind', name: 'Northwind', roles: ['author' as const], can: [] };
const POLICY = {
  reading: { title: 'Read and listen', roles: ['viewer', 'author', 'owner'], scopes: ['read'], allowed: true },
  rules: [
    { action: 'asset.create', title: 'Create asset', roles: ['author', 'owner'], scopes: ['write'], allowed: true },
    { action: 'script.create', title: 'Create script', roles: ['author', 'owner'], scopes: ['write', 'generate'], allowed: true },
    { action: 'member.change', title: 'Change member', roles: ['owner'], scopes: [], allowed: false },
  ],
};

test('the matrix tells for each action who may, whether I may, and what a key needs', async () => {
  serve({ 'GET /api/v1/projects/pr-1/policy': POLICY });
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
