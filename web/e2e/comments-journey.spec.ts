/** What one says of a version, another hears of at once, answers and settles. */
import { resolve } from 'node:path';
import { expectAccessible, expectNoSidewaysScroll, signIn } from './screens.ts';
import { expect, test } from './studio.ts';

const SHOTS = process.env['VOICEOPS_SHOTS'];

test('a comment at the playhead mentions somebody, who is told, answers and settles it', async ({ page, browser, studio }) => {
  await signIn(page, studio.url, 'Reviewer');
  const session = (await (await page.request.get(`${studio.url}/api/v1/session`)).json()) as { projects: { id: string }[] };
  const assets = (await (await page.request.get(`${studio.url}/api/v1/projects/${session.projects[0]?.id}/assets`)).json()) as {
    items: { id: string; latest_version: { number: number } | null }[];
  };
  const asset = assets.items.find((one) => one.latest_version);
  const address = `${studio.url}/projects/northwind/assets/${asset?.id}?version=${asset?.latest_version?.number}&tab=versions`;
  const context = await browser.newContext();
  const other = await context.newPage();
  await signIn(other, studio.url, 'Author');
  const name = ((await (await other.request.get(`${studio.url}/api/v1/session`)).json()) as { person: { name: string } }).person.name;

  await page.goto(address);
  const card = page.getByRole('article').filter({ has: page.getByRole('button', { name: 'Less' }) });
  await expect(card.getByText(/^Nothing said yet/)).toBeVisible();
  await expectAccessible(page, 'no comments');
  await card.getByRole('button', { name: 'Less' }).focus();
  await page.keyboard.press('c');
  const field = card.getByRole('textbox');
  await expect(field).toBeFocused();
  await page.keyboard.type(`Slower here, @${name.slice(0, 3)}`);
  await expect(page.getByRole('listbox', { name: 'Members to mention' })).toBeVisible();
  await expectAccessible(page, 'mentioning');
  await page.keyboard.press('Enter');
  const drawn = card.locator('[data-selection]');
  await drawn.scrollIntoViewIfNeeded();
  const wave = await drawn.boundingBox();
  if (!wave) throw new Error('there is no waveform');
  await page.mouse.move(wave.x + wave.width * 0.2, wave.y + 20);
  await page.mouse.down();
  await page.mouse.move(wave.x + wave.width * 0.5, wave.y + 20, { steps: 4 });
  await page.mouse.up();
  await expect(card.getByText(/^On 0:/)).toBeVisible();
  await card.getByRole('button', { name: 'Comment', exact: true }).click();
  await expect(card.getByRole('list', { name: 'Open comments' })).toContainText(`Slower here, @${name}`);

  await other.getByRole('button', { name: 'Notices, 1 unread' }).click();
  await expectAccessible(other, 'notices');
  if (SHOTS) await other.screenshot({ path: resolve(SHOTS, 'notices.png') });
  await other.getByRole('dialog').getByRole('link').click();
  await other.getByRole('button', { name: /^Reply to/ }).click();
  await other.keyboard.type('Will do');
  await other.keyboard.press('Control+Enter');
  await expect(card.getByText('Will do'), 'without a reload').toBeVisible();
  await card.getByRole('button', { name: /^Comment by/ }).click();
  await expectAccessible(page, 'comments');
  for (const scheme of ['light', 'dark'] as const) {
    await page.emulateMedia({ colorScheme: scheme });
    for (const width of [1280, 390]) {
      await page.setViewportSize({ width, height: 860 });
      await expectNoSidewaysScroll(page, `comments at ${width}`);
      await card.getByRole('list', { name: 'Open comments' }).scrollIntoViewIfNeeded();
      if (SHOTS) await page.screenshot({ path: resolve(SHOTS, `comments-${scheme}-${width}.png`) });
    }
    await expectAccessible(page, `comments, ${scheme}`);
  }
  await other.getByRole('button', { name: 'Resolve' }).click();
  await expect(card.getByRole('button', { name: /^Comment by/ }), 'no marker for what is settled').toBeHidden();
  await context.close();
});
