/** The one journey: sign in, write, generate with the real local voice, hear, change a word, generate, see what changed. */
import { gzipSync } from 'node:zlib';
import type { Locator, Page } from '@playwright/test';
import { createAsset, expectAccessible, expectNoSidewaysScroll, generate, signIn } from './screens.ts';
import { expect, test } from './studio.ts';

interface Heard {
  /** Root mean square, 0..1. */
  level: number;
  durationMs: number;
}

/** Where a version's WAV is, from the menu of what it can be had as. */
async function wavOf(page: Page, number: number): Promise<string | null> {
  const card = page.getByRole('article', { name: `Version ${number}`, exact: true });
  const opener = card.getByRole('button', { name: `Download version ${number}` });
  await opener.click();
  const href = await card.getByRole('link', { name: /^WAV/ }).getAttribute('href');
  await page.keyboard.press('Escape');
  return href;
}

/** Fetches a version's WAV and decodes it, in the page itself. */
async function hear(page: Page, number: number): Promise<Heard> {
  const href = await wavOf(page, number);
  return await page.evaluate(async (address) => {
    const answer = await fetch(address ?? '');
    const sound = await new OfflineAudioContext(1, 1, 48_000).decodeAudioData(await answer.arrayBuffer());
    const samples = sound.getChannelData(0);
    const energy = samples.reduce((sum, sample) => sum + sample * sample, 0);
    return { level: Math.sqrt(energy / samples.length), durationMs: sound.duration * 1000 };
  }, href);
}

/** What the page says a version lasts. */
async function stated(page: Page, number: number): Promise<number> {
  const card = page.getByRole('article', { name: `Version ${number}`, exact: true });
  const version = await page.evaluate(async (wav) => {
    const answer = await fetch(new URL(wav ?? '', location.href).pathname.replace('/audio', ''));
    return (await answer.json()) as { audio: { duration_ms: number } };
  }, await wavOf(page, number));
  const shown = `${(version.audio.duration_ms / 1000).toFixed(1)} s`;
  await expect(card.getByText(shown, { exact: true })).toBeVisible();
  return version.audio.duration_ms;
}

test('an author goes from a script to two versions and sees what changed', async ({ page, studio }) => {
  await page.goto(studio.url);
  await expect(page.getByRole('button', { name: /^Author/ })).toBeVisible();
  await expectAccessible(page, 'sign in');
  await expectNoSidewaysScroll(page, 'sign in');

  await signIn(page, studio.url);
  await expectAccessible(page, 'library');
  await expectNoSidewaysScroll(page, 'library');
  await createAsset(page, 'Parcel update', `support/parcel-update-${Date.now().toString(36)}`);

  const script = page.getByRole('textbox', { name: 'Script' });
  await script.fill('Your parcel has left our warehouse. It arrives on Tuesday.');
  await script.evaluate((area: HTMLTextAreaElement) => area.setSelectionRange(49, 56));
  await page.getByRole('button', { name: 'Emphasise' }).click();
  await expect(script).toHaveValue('Your parcel has left our warehouse. It arrives on *Tuesday*.');
  await expect(page.getByText(/about \d+\.\d s spoken/)).toBeVisible();
  await page.getByRole('radio', { name: 'Friendly' }).check();
  await page.getByLabel('Why this take').fill('First try');
  await generate(page, 1);
  const first = page.getByRole('article', { name: 'Version 1', exact: true });
  await expect(first).toContainText('First try');

  const heard = await hear(page, 1);
  expect(heard.level, 'it is not silence').toBeGreaterThan(0.01);
  expect(Math.abs(heard.durationMs - (await stated(page, 1))), 'it lasts as long as it says').toBeLessThanOrEqual(50);
  await first.getByRole('button', { name: 'Play version 1' }).click();
  const player = page.getByRole('region', { name: 'Player' });
  await expect(player.getByRole('slider', { name: /^Position/ })).not.toHaveAttribute('aria-valuetext', /^0:00\.0/);

  await script.fill('Your parcel has left our warehouse. It arrives on *Thursday*.');
  await page.getByLabel('Why the wording changed').fill('The carrier is late');
  await generate(page, 2);
  const changed = page.getByRole('region', { name: 'What changed since version 1' });
  await expect(changed.getByRole('deletion')).toContainText('Tuesday');
  await expect(changed.getByRole('insertion')).toContainText('Thursday');
  await expectAccessible(page, 'asset');
  await expectNoSidewaysScroll(page, 'asset');
  await page.reload();
  await expect(page.getByRole('article')).toHaveCount(2);
  await expect(page).toHaveTitle(/^Parcel update · /);
});

test('a refused key is shown on its field, and a viewer may only listen', async ({ page, studio }) => {
  await signIn(page, studio.url);
  await page.getByRole('button', { name: 'New asset' }).click();
  const dialog = page.getByRole('dialog', { name: 'New asset' });
  await dialog.getByLabel('Title').fill('A bad key');
  await dialog.getByLabel('Key').fill('Not A Key');
  await dialog.getByRole('button', { name: 'Create asset' }).click();
  await expect(dialog.getByLabel('Key')).toHaveAttribute('aria-invalid', 'true');
  await expectAccessible(page, 'new asset');
  await page.keyboard.press('Escape');
  await expect(dialog).toBeHidden();
  await expect(page.getByRole('button', { name: 'New asset' }), 'the focus is back').toBeFocused();

  await page.getByRole('button', { name: /menu$/ }).click();
  await page.getByRole('button', { name: 'Sign out' }).click();
  await page.getByRole('button', { name: /^Viewer/ }).click();
  await expect(page.getByRole('table')).toBeVisible();
  await expect(page.getByRole('button', { name: 'New asset' })).toBeHidden();
  await page.getByRole('row').nth(1).getByRole('link').click();
  await expect(page.getByText(/you can read and listen/)).toBeVisible();
  await expect(page.getByRole('button', { name: 'Generate', exact: true })).toBeHidden();
  await expectAccessible(page, 'asset as a viewer');
});

test('an owner changes a limit, and an author sees at once what is left of it', async ({ page, browser, studio }) => {
  await signIn(page, studio.url, 'Owner');
  await page.goto(`${studio.url}/projects/northwind/settings/limits`);
  await expect(page.getByRole('img', { name: 'Use of characters by day' })).toBeVisible();
  await expectAccessible(page, 'limits');
  await expectNoSidewaysScroll(page, 'limits');

  const context = await browser.newContext();
  const author = await context.newPage();
  await signIn(author, studio.url);
  await author.getByRole('link', { name: 'Callback offer' }).click();
  await expect(author.getByText(/^Uses \d+ of 9\d\d,\d{3} characters left this month/)).toBeVisible();

  await page.getByRole('button', { name: 'Change limits' }).click();
  await expectAccessible(page, 'change limits');
  await page.getByRole('textbox', { name: 'Characters a month' }).fill('3,000,000');
  await page.getByRole('textbox', { name: 'Reason' }).fill('A course is to be spoken');
  await page.getByRole('button', { name: 'Save limits' }).click();
  await expect(page.getByRole('region', { name: 'Characters this month' })).toContainText('Limit 3,000,000');
  await expect(author.getByText(/^Uses \d+ of 2,9\d\d,\d{3} characters left this month/), 'without a reload').toBeVisible();
  await context.close();
});

test('an address that is not there says so, and one that needs a person comes back after sign-in', async ({ page, studio }) => {
  await page.goto(`${studio.url}/projects/northwind?status=draft`);
  await page.getByRole('button', { name: /^Author/ }).click();
  await expect(page).toHaveURL(/\/projects\/northwind\?status=draft$/);
  await expect(page.getByRole('combobox', { name: 'Status' })).toHaveValue('draft');

  const row = page.getByRole('row').nth(1).getByRole('link');
  const title = await row.innerText();
  await row.click();
  await expect(page.getByRole('heading', { level: 1 }), 'the focus follows').toBeFocused();
  await page.goBack();
  await expect(page.getByRole('table')).toBeVisible();
  await page.context().clearCookies();
  await page.getByRole('searchbox', { name: 'Search assets' }).fill(title);
  await page.getByRole('button', { name: /^Author/ }).click();
  await expect(page.getByRole('row', { name: title }), 'with the search it had').toBeVisible();
  await page.goto(`${studio.url}/nowhere/at/all`);
  await expect(page.getByRole('heading', { name: 'There is nothing here' })).toBeVisible();
  await expectAccessible(page, 'not found');
});

test('a session that ends leads to the sign-in, and the draft waits there until one signs out', async ({ page, studio }) => {
  await signIn(page, studio.url);
  await createAsset(page, 'Session end', `support/session-end-${Date.now().toString(36)}`);
  const script = page.getByRole('textbox', { name: 'Script' });
  await script.fill('Half a day of work.');
  await page.getByRole('button', { name: 'Discard draft' }).click();
  await page.getByRole('button', { name: 'Undo' }).hover(); // so it stays
  await expectAccessible(page, 'a way back');
  await page.getByRole('button', { name: 'Undo' }).click();
  await expect(script).toHaveValue('Half a day of work.');
  await page.getByRole('button', { name: /^Play a sample/ }).first().click();
  await expect(page.getByRole('region', { name: 'Player' })).toBeVisible();
  await page.evaluate(() => fetch('/api/v1/session', { method: 'DELETE' })); // as another tab would
  await expect(page, 'the stream tells').toHaveURL(/\/sign-in\?next=/, { timeout: 30_000 });

  await page.getByRole('button', { name: /^Author/ }).click();
  await expect(script).toHaveValue('Half a day of work.');
  await expect(page.getByRole('region', { name: 'Player' }), 'it was closed').toBeHidden();
  await page.getByRole('button', { name: /menu$/ }).click();
  await page.getByRole('button', { name: 'Sign out' }).click();
  await expect(page.getByRole('button', { name: /^Author/ })).toBeVisible();
  expect(await page.evaluate(() => Object.keys(localStorage).filter((key) => key.includes('draft')))).toEqual([]);
});

/** Opens an address afresh and returns the gzip kB of all scripts that were asked for until `there` was there. */
async function firstLoad(page: Page, url: string, there: Locator): Promise<number> {
  const packed: Promise<number>[] = [];
  page.on('response', (answer) => {
    if (answer.request().resourceType() === 'script') packed.push(answer.body().then((body) => gzipSync(body, { level: 9 }).length));
  });
  await page.goto(url);
  await expect(there).toBeVisible();
  return (await Promise.all(packed)).reduce((sum, bytes) => sum + bytes, 0) / 1000;
}

test('the first load is at most 120 kB of JavaScript, for who signs in and for who has', async ({ page, browser, studio }) => {
  const signingIn = await firstLoad(page, studio.url, page.getByRole('button', { name: /^Author/ }));
  expect(signingIn, 'sign-in').toBeLessThanOrEqual(120);
  expect(signingIn, 'it was weighed').toBeGreaterThan(60);

  await signIn(page, studio.url);
  const context = await browser.newContext({ storageState: await page.context().storageState() });
  const returning = await context.newPage();
  const library = await firstLoad(returning, studio.url, returning.getByRole('table'));
  expect(library, 'library').toBeLessThanOrEqual(120);
  expect(library, 'it was weighed').toBeGreaterThan(signingIn);
  await context.close();
});
