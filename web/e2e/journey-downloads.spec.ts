/** What a version can be had as: made when it is first asked for, by hand and by keyboard alone. */
import { statSync } from 'node:fs';
import { photograph } from './photograph.ts';
import { createAsset, expectAccessible, expectNoSidewaysScroll, generate, signIn } from './screens.ts';
import { expect, test } from './studio.ts';

test('an author takes a version along as an MP3, and for a telephone without a mouse', async ({ page, studio }) => {
  await signIn(page, studio.url);
  const key = `support/hold-${Date.now().toString(36)}`;
  await createAsset(page, 'Please hold', key);
  await page.getByRole('textbox', { name: 'Script' }).fill('Please hold the line. Somebody is with you in a moment.');
  await generate(page, 1);

  const card = page.getByRole('article', { name: 'Version 1', exact: true });
  const opener = card.getByRole('button', { name: 'Download version 1' });
  await opener.click();
  const menu = page.getByRole('group', { name: 'Version 1 as a file' });
  await expect(menu.getByRole('link')).toHaveCount(6);
  await expectAccessible(page, 'downloads');
  await expectNoSidewaysScroll(page, 'downloads');
  if (process.env['SCREENSHOTS']) await photograph(page, 'downloads');

  const mp3 = page.waitForEvent('download');
  await menu.getByRole('link', { name: /^MP3/ }).click();
  await expect(menu.getByRole('status')).toHaveText('Making the MP3 file …');
  const saved = await mp3;
  expect(saved.suggestedFilename()).toBe(`${key.replace('/', '-')}-v1.mp3`);
  expect(statSync(await saved.path()).size, 'it is 128 kbit/s').toBeGreaterThan(16_000);
  await expect(menu).toBeHidden();

  await opener.focus();
  await page.keyboard.press('Enter');
  for (let step = 0; step < 5; step += 1) await page.keyboard.press('Tab');
  await expect(menu.getByRole('link', { name: /^Telephone WAV/ })).toBeFocused();
  const wav = page.waitForEvent('download');
  await page.keyboard.press('Enter');
  expect((await wav).suggestedFilename()).toMatch(/-v1\.ulaw\.wav$/);
  await expect(opener).toBeFocused();
});
