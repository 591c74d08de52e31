/** Photographs every screen, light and dark, wide and narrow, into the folder that SCREENSHOTS names. To be looked at by a person. */
import { resolve } from 'node:path';
import type { Page } from '@playwright/test';
import { generate, signIn } from './screens.ts';
import { test } from './studio.ts';

const FOLDER = process.env['SCREENSHOTS'] ?? resolve(import.meta.dirname, '../test-results/screenshots');
const README = resolve(import.meta.dirname, '../../docs/screenshot.png');
const SIZES = [
  { width: 1280, height: 860 },
  { width: 390, height: 844 },
];

/** One screen in all its looks; what is open stays open. */
async function photograph(page: Page, name: string): Promise<void> {
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

/** A second version of the greeting, with other words and another delivery. */
async function secondTake(page: Page): Promise<void> {
  const script = page.getByRole('textbox', { name: 'Script' });
  const words = await script.inputValue();
  await script.fill(words.replace('Welcome to', 'Hello, and welcome to').replace('Tell me in a few words', 'Please tell me'));
  await page.getByRole('radio', { name: 'Friendly' }).check();
  await page.getByRole('slider', { name: 'Speed' }).fill('1.05');
  await page.getByLabel('Why the wording changed').fill('Support asked for a warmer first line');
  await page.getByLabel('Why this take').fill('Friendlier opening');
  await generate(page, 2);
}

/** Keys and policy, as the owner sees them; signs out at the end. */
async function photographSettings(page: Page, url: string): Promise<void> {
  await page.getByRole('table').waitFor();
  await page.goto(`${url}/projects/northwind/settings/keys`);
  await page.getByRole('heading', { name: 'No keys yet' }).waitFor();
  await photograph(page, 'keys-empty');
  for (const name of ['Nightly build', 'Support bot, Europe', 'Course player']) {
    await page.getByRole('button', { name: 'New key' }).click();
    const dialog = page.getByRole('dialog');
    await dialog.getByLabel('Name').fill(name);
    if (name.startsWith('Support')) await dialog.getByRole('checkbox', { name: /^(generate|live)/ }).first().check();
    if (name.startsWith('Course')) await photograph(page, 'new-key');
    await dialog.getByRole('button', { name: 'Make key' }).click();
    await page.getByLabel('API key').waitFor();
    if (name.startsWith('Course')) await photograph(page, 'new-key-secret');
    await dialog.getByRole('button', { name: 'Done' }).click();
    await dialog.getByRole('button', { name: 'Done' }).click();
  }
  await page.getByRole('button', { name: 'Revoke Nightly build' }).click();
  await photograph(page, 'revoke-key');
  await page.getByRole('button', { name: 'Revoke key' }).click();
  await page.getByText('Expired and revoked (1)').click();
  await page.getByText('The key Nightly build is revoked.').waitFor({ state: 'detached', timeout: 15_000 });
  await photograph(page, 'keys');
  await page.goto(`${url}/projects/northwind/settings/policy`);
  await page.getByRole('table').waitFor();
  await photograph(page, 'policy');
  await page.getByRole('button', { name: /menu$/ }).click();
  await page.getByRole('button', { name: 'Sign out' }).click();
}

test('every screen', async ({ page, studio }) => {
  test.setTimeout(300_000);
  await page.goto(studio.url);
  await page.getByRole('button', { name: /^Author/ }).waitFor();
  await photograph(page, 'sign-in');
  await page.getByRole('button', { name: 'Use e-mail and password' }).click();
  await page.getByLabel('E-mail address').fill('author@northwind.example');
  await page.getByLabel('Password').fill('not the password');
  await page.getByRole('button', { name: 'Sign in' }).click();
  await page.getByRole('alert').waitFor();
  await photograph(page, 'sign-in-form');

  await signIn(page, studio.url);
  await photograph(page, 'library');
  await page.getByLabel('Search assets').fill('no such words');
  await page.getByRole('heading', { name: 'Nothing matches' }).waitFor();
  await photograph(page, 'library-no-match');
  await page.getByRole('button', { name: 'Clear search and filters' }).click();
  await page.getByRole('button', { name: 'New asset' }).click();
  await page.getByRole('dialog').getByLabel('Key').fill('Not A Key');
  await page.getByRole('button', { name: 'Create asset' }).click();
  await page.getByRole('alert').first().waitFor();
  await photograph(page, 'new-asset');
  await page.keyboard.press('Escape');

  await page.getByRole('link', { name: 'Callback offer' }).click();
  await page.getByRole('heading', { name: 'No version yet' }).waitFor();
  await photograph(page, 'asset-empty');
  await page.getByRole('textbox', { name: 'Script' }).fill('Hello 👋 <b>you</b>, *unclosed');
  await page.getByRole('list', { name: 'Findings about the script' }).getByRole('listitem').first().waitFor();
  await photograph(page, 'asset-findings');
  await page.getByRole('button', { name: 'Discard draft' }).click();

  await page.getByRole('link', { name: 'Library' }).first().click();
  await page.getByRole('link', { name: 'Support greeting' }).click();
  await page.getByRole('article', { name: 'Version 1' }).waitFor({ timeout: 60_000 });
  await secondTake(page);
  await photograph(page, 'asset');
  await page.getByRole('button', { name: 'Play version 2' }).click();
  await page.waitForTimeout(1200);
  await page.getByRole('button', { name: 'Pause version 2' }).click();
  await page.emulateMedia({ colorScheme: 'light' });
  await page.waitForTimeout(250);
  await page.screenshot({ path: README });
  await page.goto(`${page.url().split('?')[0]}?tab=versions&version=2`);
  await page.getByRole('heading', { name: 'Record' }).waitFor();
  await page.getByRole('button', { name: 'Play version 2' }).click();
  await page.getByRole('button', { name: 'Pause version 2' }).click();
  await photograph(page, 'asset-versions');
  await page.getByRole('region', { name: 'Player' }).getByRole('button', { name: /shortcuts/ }).click();
  await photograph(page, 'shortcuts');
  await page.keyboard.press('Escape');
  await page.getByRole('button', { name: /menu$/ }).click();
  await photograph(page, 'person-menu');
  await page.getByRole('button', { name: 'Sign out' }).click();

  await page.getByRole('button', { name: /^Owner/ }).click();
  await photographSettings(page, studio.url);

  await page.getByRole('button', { name: /^Viewer/ }).click();
  await page.getByRole('link', { name: 'Support greeting' }).click();
  await page.getByText(/you can read and listen/).waitFor();
  await photograph(page, 'asset-viewer');
  await page.goto(`${studio.url}/nowhere`);
  await photograph(page, 'not-found');
});
