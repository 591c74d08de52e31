/** Ways through the page that several specs share. */
import { AxeBuilder } from '@axe-core/playwright';
import type { Page } from '@playwright/test';
import { expect } from './studio.ts';

export async function signIn(page: Page, url: string, role = 'Author'): Promise<void> {
  await page.goto(url);
  await page.getByRole('button', { name: new RegExp(`^${role}`) }).click();
  await expect(page.getByRole('heading', { name: 'Library', level: 1 })).toBeVisible();
  await expect(page.getByRole('table')).toBeVisible();
}

export async function createAsset(page: Page, title: string, key: string): Promise<void> {
  await page.getByRole('button', { name: 'New asset' }).click();
  const dialog = page.getByRole('dialog', { name: 'New asset' });
  await dialog.getByLabel('Title').fill(title);
  await dialog.getByLabel('Key').fill(key);
  await dialog.getByLabel('Tags').fill('support, journey');
  await dialog.getByRole('button', { name: 'Create asset' }).click();
  await expect(page.getByRole('heading', { name: title, level: 1 })).toBeVisible();
}

/** Presses Generate and waits until the real voice has spoken. */
export async function generate(page: Page, number: number): Promise<void> {
  await page.getByRole('button', { name: 'Generate', exact: true }).click();
  await expect(page.getByRole('article', { name: `Version ${number}`, exact: true })).toBeVisible({ timeout: 60_000 });
}

const RULES = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'];

/** WCAG 2.2 AA and best practice; once more in the dark, where nothing but the colours is another. */
export async function expectAccessible(page: Page, screen: string): Promise<void> {
  for (const colorScheme of ['light', 'dark'] as const) {
    await page.emulateMedia({ colorScheme, reducedMotion: 'reduce' });
    const axe = new AxeBuilder({ page });
    const { violations } = await (colorScheme === 'light' ? axe.withTags(RULES) : axe.withRules('color-contrast')).analyze();
    const found = violations.map(({ id, nodes }) => `${id}: ${nodes.map(({ html, failureSummary }) => `${html} ${failureSummary}`).join(' | ')}`);
    expect(found, `${screen}, ${colorScheme}`).toEqual([]);
  }
  await page.emulateMedia({ colorScheme: null, reducedMotion: null });
}

/** Nothing sticks out sideways, down to the width of 320 px. */
export async function expectNoSidewaysScroll(page: Page, screen: string): Promise<void> {
  const size = page.viewportSize();
  await page.setViewportSize({ width: 320, height: 640 });
  const excess = await page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
  expect(excess, `${screen} at 320 px`).toBeLessThanOrEqual(0);
  if (size) await page.setViewportSize(size);
}
