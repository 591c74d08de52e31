/** The auditor's journey: find an event, look at its proof, verify the whole record, take it away and verify that. */
import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { expectAccessible, expectNoSidewaysScroll, signIn } from './screens.ts';
import { expect, test } from './studio.ts';

const VOICEOPS = resolve(import.meta.dirname, '../../.venv/bin/voiceops');

test('an auditor filters, opens one event, verifies and exports', async ({ page, studio }, testInfo) => {
  await signIn(page, studio.url, 'Auditor');
  await page.getByRole('link', { name: 'Audit', exact: true }).click();
  await expect(page.getByRole('heading', { name: 'Audit', level: 1 })).toBeVisible();
  const rows = page.getByRole('table').getByRole('row');
  await expect(rows.nth(1)).toBeVisible();
  await expectAccessible(page, 'audit');
  await expectNoSidewaysScroll(page, 'audit');

  await page.getByRole('combobox', { name: 'Action' }).selectOption('asset.create');
  await expect(page).toHaveURL(/action=asset\.create/);
  await expect(page.getByRole('link', { name: 'wrote a script' })).toHaveCount(0);
  await page.getByLabel('To', { exact: true }).fill('2020-01-01');
  await expect(page.getByRole('heading', { name: 'Nothing matches' })).toBeVisible();
  await page.getByLabel('To', { exact: true }).fill('');
  await page.getByRole('link', { name: 'created the asset' }).first().click();
  const event = page.getByRole('dialog', { name: /^Event #\d+/ });
  await expect(event.getByText(/it has not been changed since/)).toBeVisible({ timeout: 15_000 });
  await event.getByText('The proof').click();
  await event.getByText('The exact bytes').click();
  await expect(event.getByText(/"action":"asset.create"/)).toBeVisible();
  await expectAccessible(page, 'one event');
  await expectNoSidewaysScroll(page, 'one event');
  await page.reload();
  await expect(event, 'it stands in the address').toBeVisible();
  await page.keyboard.press('Escape');
  await expect(event).toBeHidden();
  await page.getByRole('button', { name: 'Clear' }).click();

  await page.getByRole('button', { name: 'Verify' }).click();
  await expect(page.getByText('Nothing is wrong')).toBeVisible({ timeout: 30_000 });
  await expect(page.getByRole('link', { name: 'verified the audit trail' }).first(), 'that is told too, at once').toBeVisible();
  await expectAccessible(page, 'audit, verified');

  const saving = page.waitForEvent('download');
  await page.getByRole('link', { name: 'JSONL with proofs' }).click();
  const file = testInfo.outputPath('audit.jsonl');
  await (await saving).saveAs(file);
  const [head = ''] = readFileSync(file, 'utf8').split('\n');
  const [key = ''] = (JSON.parse(head) as { keys: string[] }).keys;
  const said = execFileSync(VOICEOPS, ['audit', 'verify', '--bundle', file, '--key', key], { env: { PATH: process.env['PATH'] ?? '' } });
  expect(said.toString()).toMatch(/\d of the [\d,]+ events under its checkpoint are proved/);
});

test('an admin reads, verifies and exports what happened in no project', async ({ page, studio }) => {
  await signIn(page, studio.url, 'Owner');
  await page.getByRole('link', { name: 'Admin' }).click();
  await page.getByRole('navigation', { name: 'Admin' }).getByRole('link', { name: 'Audit' }).click();
  await expect(page).toHaveURL(/\/admin\/audit$/);
  await expect(page.getByRole('heading', { name: 'Audit', level: 1 })).toBeVisible();
  await page.getByRole('combobox', { name: 'Action' }).selectOption('session.sign_in');
  await expect(page).toHaveURL(/action=session\.sign_in/);
  await expect(page.getByText(/^#\d+$/).first(), 'its place, once it is sealed').toBeVisible({ timeout: 15_000 });
  await expectAccessible(page, 'audit of the installation');
  await expectNoSidewaysScroll(page, 'audit of the installation');
  await page.getByRole('link', { name: 'signed in' }).first().click();
  const event = page.getByRole('dialog', { name: /^Event #\d+/ });
  await expect(event.getByText(/it has not been changed since/)).toBeVisible({ timeout: 15_000 });
  await page.keyboard.press('Escape');
  await page.getByRole('button', { name: 'Verify' }).click();
  await expect(page.getByText('Nothing is wrong')).toBeVisible({ timeout: 30_000 });
  const saving = page.waitForEvent('download');
  await page.getByRole('link', { name: 'CSV' }).click();
  expect((await saving).suggestedFilename()).toMatch(/^audit-installation-.*\.csv$/);
});

test('who is no auditor is told so', async ({ page, studio }) => {
  await signIn(page, studio.url);
  await expect(page.getByRole('link', { name: 'Audit', exact: true })).toHaveCount(0);
  await page.goto(`${studio.url}/projects/northwind/audit`);
  await expect(page.getByRole('heading', { name: 'The audit trail is for auditors and owners' })).toBeVisible();
  await expectAccessible(page, 'audit without the right');
});
