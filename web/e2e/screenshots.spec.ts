/** Every screen of an asset's life, and the settings of its project. */
import { resolve } from 'node:path';
import type { Page } from '@playwright/test';
import type { GenerationPage } from '../src/api/types.ts';
import { photograph } from './photograph.ts';
import { generate, signIn } from './screens.ts';
import { test } from './studio.ts';

const README = resolve(import.meta.dirname, '../../docs/screenshot.png');

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

/** The list of generations as it is while one is spoken and after one failed, which a good local voice seldom does. */
async function underWay(page: Page): Promise<void> {
  await page.route('**/api/v1/assets/*/generations?*', async (route) => {
    const answer = await route.fetch();
    const list = (await answer.json()) as GenerationPage;
    const like = list.items.map((one) => ({ ...one, version_id: null, reason: 'A calmer second half' }));
    const running = like.map((one) => ({ ...one, id: 'running', status: 'running', progress: 0.42, can: ['generation.cancel'] }));
    const error = { code: 'disk_full', message: 'There is no space left to keep the audio. Free some, then retry.' };
    const failed = like.map((one) => ({ ...one, id: 'failed', status: 'failed', attempt: 3, error, can: ['generation.retry'] }));
    await route.fulfill({ json: { ...list, items: [...running.slice(0, 1), ...failed.slice(0, 1), ...list.items] } });
  });
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
  await photograph(page, 'asset-discarded');

  await page.goto(studio.url);
  await underWay(page);
  await page.getByRole('link', { name: 'On hold' }).click();
  await page.getByRole('article', { name: 'Version 1' }).waitFor({ timeout: 60_000 });
  await page.getByRole('progressbar').waitFor();
  await photograph(page, 'asset-under-way');
  await page.goto(`${page.url().split('?')[0]}?tab=versions`);
  await page.getByRole('progressbar').waitFor();
  await photograph(page, 'asset-under-way-versions');
  await page.unrouteAll();

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
  await page.getByText('Script, delivery and record').click();
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
  await page.goto(`${studio.url}/projects/northwind/settings/limits`);
  await page.getByRole('heading', { name: 'Limits' }).waitFor();
  await photograph(page, 'limits-viewer');
  await page.context().clearCookies();
  await signIn(page, studio.url, 'Owner');
  await page.goto(`${studio.url}/projects/northwind/settings/limits`);
  await page.getByRole('button', { name: 'Change limits' }).click();
  await photograph(page, 'limits-change');
  await page.goto(`${studio.url}/nowhere`);
  await photograph(page, 'not-found');
});
