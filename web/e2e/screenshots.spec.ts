/** Photographs every screen, light and dark, wide and narrow, into the folder that SCREENSHOTS names. To be looked at by a person. */
import { resolve } from 'node:path';
import type { Page } from '@playwright/test';
import type { GenerationPage } from '../src/api/types.ts';
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

test('the audit trail', async ({ page, studio }) => {
  test.setTimeout(120_000);
  await signIn(page, studio.url, 'Auditor');
  await page.getByRole('link', { name: 'Audit', exact: true }).click();
  await page.getByRole('link', { name: 'created the asset' }).first().waitFor();
  await photograph(page, 'audit');
  await page.getByRole('button', { name: 'Verify' }).click();
  await page.getByText('Nothing is wrong').waitFor({ timeout: 60_000 });
  await photograph(page, 'audit-verified');
  await page.getByRole('link', { name: 'created the asset' }).first().click();
  await page.getByText(/it has not been changed since/).waitFor();
  await photograph(page, 'audit-event');
  await page.getByText('The proof').click();
  await photograph(page, 'audit-event-proof');
  await page.route('**/audit/verify', (route) =>
    route.fulfill({
      json: {
        ok: false, events: 1204, sealed: 1204, unsealed: 0, oldest_unsealed: null, checkpoints: 310, outside: 310, more: 0, seconds: 0.4,
        findings: [
          { kind: 'edited', why: 'Event #12 is not what was sealed.', log: 'x', index: 11, seq: 12, event_id: 'e-12' },
          { kind: 'cut', why: 'A signed checkpoint promises 1209 events, but only 1204 are left: the newest were removed.', log: 'x', index: null, seq: null, event_id: null },
        ],
      },
    }),
  );
  await page.keyboard.press('Escape');
  await page.getByRole('button', { name: 'Verify' }).click();
  await page.getByText('The record is not what it was').waitFor();
  await photograph(page, 'audit-wrong');
});

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

test('every screen of people', async ({ page, browser, studio }) => {
  test.setTimeout(300_000);
  await signIn(page, studio.url, 'Owner');
  await page.getByRole('link', { name: 'Settings' }).click();
  await page.getByText('Nobody is on the way').waitFor();
  await photograph(page, 'members');
  await page.getByRole('button', { name: 'Invite' }).click();
  await page.getByRole('dialog').getByLabel('E-mail address').fill('gil');
  await page.getByRole('button', { name: 'Make the link' }).click();
  await page.getByRole('alert').waitFor();
  await photograph(page, 'invite');
  await page.getByRole('dialog').getByLabel('E-mail address').fill('gil@guest.example');
  await page.getByRole('button', { name: 'Make the link' }).click();
  const link = await page.getByRole('dialog').getByLabel('Link').inputValue();
  await photograph(page, 'invite-link');
  await page.getByRole('button', { name: 'Done' }).click();
  await page.getByRole('button', { name: /^Revoke/ }).waitFor();
  await photograph(page, 'members-invited');
  await page.getByRole('button', { name: 'Change the roles of Mara Lindqvist' }).click();
  await photograph(page, 'roles');
  await page.keyboard.press('Escape');
  await page.getByRole('button', { name: 'Remove Mara Lindqvist' }).click();
  await photograph(page, 'remove-member');
  await page.keyboard.press('Escape');

  await page.getByRole('link', { name: 'Admin' }).click();
  await page.getByRole('list', { name: 'People' }).waitFor();
  await photograph(page, 'people');
  await page.getByRole('button', { name: 'Edit Noor Haddad' }).click();
  await page.getByRole('checkbox').check();
  await photograph(page, 'edit-person');
  await page.keyboard.press('Escape');
  await page.getByRole('button', { name: 'Deactivate Ruth Feldman' }).waitFor({ state: 'hidden' });
  await page.getByRole('link', { name: 'Projects' }).click();
  await page.getByRole('list', { name: 'Projects' }).waitFor();
  await photograph(page, 'projects');
  await page.getByRole('button', { name: 'New project' }).click();
  await page.getByRole('dialog').getByLabel('Name').fill('Café Training');
  await photograph(page, 'new-project');
  await page.keyboard.press('Escape');
  await page.getByRole('button', { name: /menu$/ }).click();
  await page.getByRole('link', { name: 'Password and sessions' }).click();
  await page.getByText('This browser').waitFor();
  await photograph(page, 'account');

  const guest = await (await browser.newContext()).newPage();
  await guest.goto(link);
  await guest.getByRole('heading', { name: 'Join Northwind Voice' }).waitFor();
  await photograph(guest, 'welcome');
  await guest.goto(`${studio.url}/welcome#mistyped`);
  await guest.reload();
  await guest.getByRole('alert').waitFor();
  await photograph(guest, 'welcome-over');
  await page.goto(link);
  await page.getByRole('button', { name: 'Sign out' }).waitFor();
  await photograph(page, 'welcome-other');
  const first = { email: null, project: null, roles: [], invited_by: null, expires_at: '2026-12-01T00:00:00Z', has_account: false };
  await guest.route('**/invitations/look', (route) => route.fulfill({ json: first }));
  await guest.goto(`${studio.url}/welcome#first`);
  await guest.reload();
  await guest.getByRole('heading', { name: 'Welcome to your new studio' }).waitFor();
  await photograph(guest, 'welcome-first');
  await page.getByRole('button', { name: 'Sign out' }).click();
  await guest.unrouteAll();
  await guest.goto(link);
  await guest.reload();
  await guest.getByLabel('Your name').fill('Gil Guest');
  await guest.getByLabel('Password').fill('seven quiet otters');
  await guest.getByRole('button', { name: 'Join Northwind Voice' }).click();
  await guest.getByRole('link', { name: 'Settings' }).click();
  await guest.getByText('Owners of').waitFor();
  await photograph(guest, 'members-viewer');
});
