/** Comparing takes, in its states. */
import { photograph } from './photograph.ts';
import { createAsset, generate, signIn } from './screens.ts';
import { test } from './studio.ts';

test('every state of the comparison', async ({ page, studio }) => {
  await signIn(page, studio.url);
  await createAsset(page, 'Parcel update', `support/parcel-${Date.now().toString(36)}`);
  const script = page.getByRole('textbox', { name: 'Script' });
  const texts = [
    'Your parcel has left our warehouse. It arrives on Tuesday, between nine and noon.\n\nIf you are not at home, our driver leaves it with a neighbour and puts a card into your letter box. You can also choose another day on our page, up to the evening before.',
    'Your parcel has left our warehouse. It arrives on *Thursday*, between nine and noon.\n\nIf you are not at home, our driver leaves it with a neighbour and puts a card into your letter box. You can also choose another day on our page, up to the evening before.',
    'Good news: your parcel has left our warehouse. [pause 400ms] It arrives on *Thursday*, before noon.\n\nIf you are out, our driver leaves it with a neighbour and puts a card into your letter box. You can also choose another day on our page, up to the evening before.',
  ];
  const speeds = ['1', '0.9', '1.1'];
  for (const [take, text] of texts.entries()) {
    await script.fill(text);
    await page.getByRole('slider', { name: 'Speed' }).fill(speeds[take] ?? '1');
    await page.getByLabel('Why this take').fill(['First try', 'The carrier is late, and slower', 'Friendlier, with a pause before the day'][take] ?? '');
    await generate(page, take + 1);
  }
  for (const number of [1, 2, 3]) await page.getByRole('checkbox', { name: `Select version ${number}` }).check();
  await photograph(page, 'compare-ticks');
  await page.getByRole('button', { name: 'Compare', exact: true }).click();
  await page.getByRole('region', { name: 'Version 3 against Version 1' }).getByRole('insertion').first().waitFor();
  const listen = page.getByRole('region', { name: 'Listen' });
  await listen.getByRole('button', { name: 'Play', exact: true }).click();
  await page.waitForTimeout(1500);
  await page.keyboard.press('2');
  await page.waitForTimeout(800);
  await page.keyboard.press('Space');
  await photograph(page, 'compare');
  await page.evaluate(() => scrollTo(0, 900));
  await photograph(page, 'compare-below');
  await page.getByRole('button', { name: 'Compare blind' }).click();
  const blind = page.getByRole('region', { name: 'Blind comparison' });
  await blind.getByRole('button', { name: 'Listen to B' }).click();
  await page.waitForTimeout(1200);
  await page.keyboard.press('Space');
  await photograph(page, 'blind');
  for (const take of ['A', 'C']) await blind.getByRole('button', { name: `Listen to ${take}` }).click();
  await blind.getByRole('radio', { name: 'B' }).check();
  await blind.getByRole('button', { name: /^Record/ }).click();
  await blind.getByRole('status').waitFor();
  await photograph(page, 'blind-revealed');
  await page.goto(`${page.url()},${crypto.randomUUID()}`);
  await page.getByText('is not there').waitFor();
  await photograph(page, 'compare-missing');
  await page.goto(`${page.url().split('?')[0]}`);
  await page.getByRole('heading', { name: 'Choose two versions' }).waitFor();
  await photograph(page, 'compare-empty');
});
