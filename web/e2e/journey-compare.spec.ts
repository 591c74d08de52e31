/** Three takes: side by side, then blind, with a preference and what it was. */
import type { Page } from '@playwright/test';
import { createAsset, expectAccessible, expectNoSidewaysScroll, generate, signIn } from './screens.ts';
import { expect, test } from './studio.ts';

const SPEEDS = ['1', '0.8', '1.2'];

/** An asset with three takes, each slower or faster, the last with another word. */
async function threeTakes(page: Page): Promise<void> {
  await createAsset(page, 'Three takes', `support/three-takes-${Date.now().toString(36)}`);
  const script = page.getByRole('textbox', { name: 'Script' });
  for (const [take, speed] of SPEEDS.entries()) {
    await script.fill(`Your parcel has left our warehouse. It arrives on ${take < 2 ? 'Tuesday' : 'Thursday'}.`);
    await page.getByRole('slider', { name: 'Speed' }).fill(speed);
    await page.getByLabel('Why this take').fill(`At ${speed}`);
    await generate(page, take + 1);
  }
}

/** Everything a page gives away: its words, labels, titles and address. */
async function told(page: Page): Promise<string> {
  const words = await page.evaluate(() => {
    const named = [...document.querySelectorAll('main *')].flatMap((element) => ['aria-label', 'aria-valuetext', 'title', 'id', 'href'].map((name) => element.getAttribute(name) ?? ''));
    return [document.title, document.querySelector('main')?.innerText, ...named].join('\n');
  });
  return words;
}

test('three takes are compared word by word, heard blind, and the best one is recorded', async ({ page, studio }) => {
  await signIn(page, studio.url);
  await threeTakes(page);
  for (const number of [1, 2, 3]) await page.getByRole('checkbox', { name: `Select version ${number}` }).check();
  await page.setViewportSize({ width: 1280, height: 2600 }); // where the bar with the button lies over no card
  await expectAccessible(page, 'asset with ticks');
  await page.setViewportSize({ width: 1280, height: 860 });
  await page.getByRole('button', { name: 'Compare', exact: true }).click();
  await expect(page).toHaveURL(/\/compare\?versions=[0-9a-f-]{36}/);
  await expect(page.getByRole('heading', { name: 'Compare versions', level: 1 })).toBeVisible();

  const words = page.getByRole('region', { name: 'Version 3 against Version 1' });
  await expect(words.getByRole('deletion')).toHaveText('Tuesday');
  await expect(words.getByRole('insertion')).toHaveText('Thursday');
  await expect(page.getByRole('region', { name: 'Version 2 against Version 1' })).toContainText('The same words.');
  await expect(page.getByRole('row', { name: /^Speed/ })).toContainText('0.80×');
  await expect(page.getByRole('row', { name: /^Duration/ })).toContainText('%');
  await expectAccessible(page, 'compare');
  await expectNoSidewaysScroll(page, 'compare');

  const listen = page.getByRole('region', { name: 'Listen' });
  await listen.getByRole('button', { name: 'Play', exact: true }).click();
  await expect(listen.getByRole('button', { name: 'Pause' })).toBeVisible();
  await page.keyboard.press('2');
  await expect(listen.getByRole('button', { name: 'Listen to Version 2' })).toHaveAttribute('aria-pressed', 'true');
  await expect(listen.getByRole('listbox', { name: 'Words of Version 2' })).toBeVisible();
  await expectAccessible(page, 'compare, listening');
  await page.keyboard.press('Space');

  await page.getByRole('button', { name: 'Compare blind' }).click();
  const blind = page.getByRole('region', { name: 'Blind comparison' });
  await blind.getByRole('button', { name: 'Listen to B' }).click();
  await expect(blind.getByRole('slider', { name: 'Position' })).not.toHaveAttribute('aria-valuetext', '0 %');
  const given = await told(page);
  expect(given).not.toMatch(/[Vv]ersion \d|\bv\d\b|\d:\d\d|0\.80|At 0|Heart/);
  for (const id of new URL(page.url()).searchParams.get('versions')?.split(',') ?? []) expect(given).not.toContain(id);
  await expectAccessible(page, 'blind');
  await expectNoSidewaysScroll(page, 'blind');
  await blind.getByRole('radio', { name: 'B' }).check();
  await blind.getByLabel('Why').fill('Calmer');
  await blind.getByRole('button', { name: /^Record/ }).click();
  await expect(blind.getByRole('status')).toHaveText('Your preference is recorded.');
  await expect(blind.getByText(/^Version \d$/)).toHaveCount(3);
  const best = await blind.getByRole('listitem').filter({ hasText: 'your choice' }).locator('strong').innerText();
  await expectAccessible(page, 'revealed');
  await blind.getByRole('button', { name: 'Back to the comparison' }).click();

  const preferences = page.getByRole('region', { name: 'Heard blind' });
  const short = best.replace('Version ', 'v');
  await expect(preferences).toContainText(`${short} preferred 1 of 1 time`);
  await expect(preferences.getByRole('listitem').filter({ hasText: 'Calmer' })).toContainText(`preferred ${short} among`);
  await page.reload();
  await expect(preferences).toContainText(`${short} preferred 1 of 1 time`);
});
