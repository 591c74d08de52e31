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

test('two long scripts are shown without holding the page', async ({ page, studio }) => {
  test.skip(!process.env['COMPARED'], 'python -m bench compare gives the versions');
  await signIn(page, studio.url);
  await page.addInitScript(watch);
  await page.goto(`${studio.url}/projects/northwind/compare?versions=${process.env['COMPARED']}`);
  await expect(page.getByRole('insertion').first()).toBeVisible();
  await expect(page.getByRole('row', { name: /^True peak/ })).toBeVisible();
  await page.waitForTimeout(1000);
  const shown = await taken(page);

  await page.getByRole('button', { name: 'Play', exact: true }).click();
  await expect(page.getByRole('button', { name: 'Pause' })).toBeVisible({ timeout: 60_000 });
  await expect(page.getByRole('listbox')).toBeVisible();
  await page.waitForTimeout(1000);
  const loaded = await taken(page);
  await page.keyboard.press('2');
  await expect(page.getByRole('listbox', { name: 'Words of Version 2' })).toBeVisible();
  await page.waitForTimeout(1000);
  const switched = await taken(page);
  const told = { shown, heard: [...loaded, ...switched], loaded, switched };
  if (process.env['LONG_TASKS']) await writeFile(process.env['LONG_TASKS'], JSON.stringify(told));
});
