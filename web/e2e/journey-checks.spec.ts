/** The checks of a version arrive by themselves, are listened to and waived; an owner sets what a review needs. */
import { photograph } from './photograph.ts';
import { createAsset, expectAccessible, expectNoSidewaysScroll, generate, signIn } from './screens.ts';
import { expect, test } from './studio.ts';

test('a version is examined by itself, and its badge leads to the checks', async ({ page, studio }) => {
  await signIn(page, studio.url, 'Author');
  await createAsset(page, 'Checked', 'support/checked');
  await page.getByRole('textbox', { name: 'Script' }).fill('Welcome to support. [pause 400ms] Your parcel arrives on Tuesday morning.');
  await generate(page, 1);
  const card = page.getByRole('article', { name: 'Version 1', exact: true });
  const badge = card.getByTitle('Show the checks');
  await expect(badge, 'without a reload').toHaveText(/passed|warning/, { timeout: 60_000 });
  await badge.click();
  const checks = card.getByRole('region', { name: 'Checks of version 1' });
  await expect(checks).toBeFocused();
  await checks.getByText(/^\d passed/).click();
  await expect(checks.getByRole('listitem')).toHaveCount(9);
  await expectAccessible(page, 'checks');
  await expectNoSidewaysScroll(page, 'checks');
  if (process.env['SCREENSHOTS']) await photograph(page, 'checks');
});

test('an owner changes what a review needs, and says why', async ({ page, studio }) => {
  await signIn(page, studio.url, 'Owner');
  await page.getByRole('link', { name: 'Settings' }).click();
  await page.getByRole('link', { name: 'Policy' }).click();
  const review = page.getByRole('region', { name: 'Review' });
  await expect(review.getByRole('listitem')).toHaveCount(9);
  await expectAccessible(page, 'policy');
  await expectNoSidewaysScroll(page, 'policy');
  if (process.env['SCREENSHOTS']) await photograph(page, 'policy');
  await review.getByRole('button', { name: 'Change review' }).click();
  const dialog = page.getByRole('dialog', { name: 'Change review' });
  await expectAccessible(page, 'change review');
  if (process.env['SCREENSHOTS']) await photograph(page, 'policy-dialog');
  await dialog.getByLabel('Clipping').selectOption('block');
  await dialog.getByLabel('Reason').fill('Crackles reached listeners');
  await dialog.getByRole('button', { name: 'Save review' }).click();
  await expect(review.getByRole('listitem').filter({ hasText: 'Clipping' })).toContainText('Block');
  // Back again: the studio is shared with the journeys that follow.
  await review.getByRole('button', { name: 'Change review' }).click();
  await dialog.getByLabel('Clipping').selectOption('warn');
  await dialog.getByLabel('Reason').fill('It was one bad microphone');
  await dialog.getByRole('button', { name: 'Save review' }).click();
  await expect(review.getByRole('listitem').filter({ hasText: 'Clipping' })).toContainText('Warn');
});
