/** Photographs a screen, light and dark, wide and narrow, into the folder that SCREENSHOTS names. To be looked at by a person. */
import { resolve } from 'node:path';
import type { Page } from '@playwright/test';

const FOLDER = process.env['SCREENSHOTS'] ?? resolve(import.meta.dirname, '../test-results/screenshots');
const SIZES = [
  { width: 1280, height: 860 },
  { width: 390, height: 844 },
];

/** One screen in all its looks; what is open stays open. */
export async function photograph(page: Page, name: string): Promise<void> {
  for (const size of SIZES) {
    await page.setViewportSize(size);
    for (const colorScheme of ['light', 'dark'] as const) {
      await page.emulateMedia({ colorScheme, reducedMotion: 'reduce' });
      await page.waitForTimeout(250); // the canvas is painted with the next frame
      await page.screenshot({ path: `${FOLDER}/${name}-${size.width}-${colorScheme}.png` });
    }
  }
  await page.setViewportSize({ width: 1280, height: 860 });
}
