/** How long the main thread is held by a comparison of two long scripts. Run by `python -m bench compare`, which has them spoken. */
import { writeFile } from 'node:fs/promises';
import type { Page } from '@playwright/test';
import { signIn } from './screens.ts';
import { expect, test } from './studio.ts';

declare global {
  var longTasks: number[];
}

function watch() {
  globalThis.longTasks = [];
  new PerformanceObserver((list) => {
    for (const { duration } of list.getEntries()) globalThis.longTasks.push(duration);
  }).observe({ type: 'longtask', buffered: true });
}

const taken = (page: Page) => page.evaluate(() => globalThis.longTasks.splice(0));

/** For a trace the whole page is copied at every step, on the very thread that is measured. */
test.use({ trace: 'off' });

/**
 * Found by selectors that the browser itself looks up: to find by role, Playwright computes the names of all these thousands of
 * elements there too, for longer than anything of ours.
 */
const PLAY = 'button[aria-label="Play"]';
const PAUSE = 'button[aria-label="Pause"]';
const words = (version: number) => `[role="listbox"][aria-label="Words of Version ${version}"] [data-word]`;

test('two long scripts are shown without holding the page', async ({ page, studio }) => {
  test.skip(!process.env['COMPARED'], 'python -m bench compare gives the versions');
  await signIn(page, studio.url);
  await page.addInitScript(watch);
  await page.goto(`${studio.url}/projects/northwind/compare?versions=${process.env['COMPARED']}`);
  await expect(page.locator('ins').first()).toBeVisible();
  await expect(page.locator('#figures')).toBeVisible();
  await page.waitForTimeout(1000);
  const shown = await taken(page);

  await page.locator(PLAY).click();
  await expect(page.locator(PAUSE)).toBeVisible({ timeout: 60_000 });
  await expect(page.locator(words(1)).first()).toBeVisible();
  await page.waitForTimeout(1000);
  const loaded = await taken(page);
  await page.keyboard.press('2');
  await expect(page.locator(words(2)).first()).toBeVisible();
  await page.waitForTimeout(1000);
  const switched = await taken(page);
  const told = { shown, heard: [...loaded, ...switched], loaded, switched };
  if (process.env['LONG_TASKS']) await writeFile(process.env['LONG_TASKS'], JSON.stringify(told));
});
