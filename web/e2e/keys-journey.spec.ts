/** A key's life: made, used by a program, seen to be used, revoked; and the policy beside it. */
import { expectAccessible, expectNoSidewaysScroll, signIn } from './screens.ts';
import { expect, test } from './studio.ts';

test('a publisher makes a key, a program uses it, and it ends for good', async ({ page, request, studio }) => {
  await signIn(page, studio.url, 'Publisher');
  await page.goto(`${studio.url}/projects/northwind/settings/keys`);
  await expect(page.getByRole('heading', { name: 'No keys yet' })).toBeVisible();
  await expectAccessible(page, 'no keys');
  await page.getByRole('button', { name: 'New key' }).click();
  const dialog = page.getByRole('dialog');
  await expectAccessible(page, 'new key');
  await dialog.getByLabel('Name').fill('Course player');
  await dialog.getByRole('button', { name: 'Make key' }).click();
  const secret = await dialog.getByLabel('API key').inputValue();
  expect(secret).toMatch(/^vo_[a-z0-9]{8}_[\w-]{43}$/);
  await expectAccessible(page, 'the secret');
  await expectNoSidewaysScroll(page, 'the secret');
  await dialog.getByRole('button', { name: 'Done' }).click();
  await dialog.getByRole('button', { name: 'Done' }).click();
  await expect(page.getByText(secret)).toHaveCount(0);

  const ask = () => request.get(`${studio.url}/api/v1/projects`, { headers: { Authorization: `Bearer ${secret}` } });
  expect((await ask()).status()).toBe(200);
  await page.reload();
  const row = page.getByRole('row', { name: /^Course player/ });
  await expect(row).toContainText('just now');
  await expectAccessible(page, 'keys');
  await expectNoSidewaysScroll(page, 'keys');
  await row.getByRole('button', { name: 'Revoke Course player' }).click();
  await expectAccessible(page, 'revoke');
  await page.getByRole('button', { name: 'Revoke key' }).click();
  await expect(page.getByText('Expired and revoked (1)')).toBeVisible();
  expect((await ask()).status()).toBe(401);
});

test('what an owner revokes elsewhere is revoked on this screen too', async ({ page, browser, studio }) => {
  await signIn(page, studio.url, 'Author');
  await page.goto(`${studio.url}/projects/northwind/settings/keys`);
  await page.getByRole('button', { name: 'New key' }).click();
  await page.getByRole('dialog').getByLabel('Name').fill('Nightly build');
  await page.getByRole('button', { name: 'Make key' }).click();
  for (let presses = 0; presses < 2; presses += 1) await page.getByRole('button', { name: 'Done' }).click();
  await expect(page.getByRole('button', { name: 'Revoke Nightly build' })).toBeVisible();

  const context = await browser.newContext();
  const owner = await context.newPage();
  await signIn(owner, studio.url, 'Owner');
  await owner.goto(`${studio.url}/projects/northwind/settings/keys`);
  await owner.getByRole('button', { name: 'Revoke Nightly build' }).click();
  await owner.getByRole('button', { name: 'Revoke key' }).click();
  await expect(page.getByRole('button', { name: 'Revoke Nightly build' }), 'without a reload').toBeHidden();
  await context.close();
});

test('the policy tells everybody who may do what', async ({ page, studio }) => {
  await signIn(page, studio.url, 'Viewer');
  await page.goto(`${studio.url}/projects/northwind/settings/policy`);
  await expect(page.getByRole('row', { name: /^Create asset/ })).toBeVisible();
  await expectAccessible(page, 'policy');
  await expectNoSidewaysScroll(page, 'policy');
});
