/** What is kept, what goes, and what is left of what went. */
import type { Page } from '@playwright/test';
import { photograph } from './photograph.ts';
import { expectAccessible, expectNoSidewaysScroll, signIn } from './screens.ts';
import { expect, test } from './studio.ts';

interface Listed {
  items: { id: string; key: string; version_count: number; latest_version: { id: string; number: number } | null }[];
}

/** Archives the newest version of the first asset that has two, and drops its audio; returns the asset and both versions. */
async function dropOne(page: Page, url: string) {
  const { projects } = (await (await page.request.get(`${url}/api/v1/session`)).json()) as { projects: { id: string }[] };
  const project = projects[0]?.id ?? '';
  let asset: Listed['items'][number] | undefined;
  await expect(async () => {
    const listed = (await (await page.request.get(`${url}/api/v1/projects/${project}/assets`)).json()) as Listed;
    asset = listed.items.find((one) => one.version_count > 1);
    expect(asset).toBeTruthy();
  }).toPass({ timeout: 120_000 });
  const { id = '', latest_version: latest } = asset ?? {};
  const versions = (await (await page.request.get(`${url}/api/v1/assets/${id}/versions`)).json()) as { items: { id: string; number: number }[] };
  const other = versions.items.find((one) => one.id !== latest?.id);
  const headers = { origin: url };
  for (const step of ['archive', 'drop-audio']) {
    await page.request.post(`${url}/api/v1/versions/${latest?.id}/${step}`, { data: { reason: 'It names a customer' }, headers });
  }
  return { id, number: latest?.number ?? 0, dropped: latest?.id ?? '', other: other?.id ?? '' };
}

test('every screen of retention', async ({ page, studio }) => {
  test.setTimeout(300_000);
  await signIn(page, studio.url, 'Owner');
  const { id, number, dropped, other } = await dropOne(page, studio.url);
  await page.goto(`${studio.url}/projects/northwind/settings/policy`);
  await page.getByRole('img', { name: 'Audio kept' }).scrollIntoViewIfNeeded();
  await photograph(page, 'storage');
  await page.getByText('As a table').click();
  await photograph(page, 'storage-table');
  await expectAccessible(page, 'policy');
  await expectNoSidewaysScroll(page, 'policy');
  await page.getByRole('button', { name: 'Change retention' }).click();
  await page.getByRole('textbox', { name: 'Days to keep the audio of archived versions' }).fill('30');
  await page.getByText(/^With these days|^Saved, this drops/).waitFor();
  await photograph(page, 'retention-change');
  await expectAccessible(page, 'changing retention');
  await page.getByRole('textbox', { name: 'Days to keep renditions' }).fill('7');
  await page.getByRole('textbox', { name: 'Reason' }).fill('The disk is small');
  await page.getByRole('button', { name: 'Save retention' }).click();
  await page.getByRole('group', { name: 'What is dropped next' }).scrollIntoViewIfNeeded();
  await photograph(page, 'retention');
  await page.goto(`${studio.url}/projects/northwind/assets/${id}?version=${number}&tab=versions`);
  await page.getByText('Audio dropped').first().waitFor();
  await photograph(page, 'dropped');
  await expectAccessible(page, 'a dropped version');
  await page.goto(`${studio.url}/projects/northwind/compare?versions=${dropped},${other}`);
  await page.getByText(/Audio dropped/).waitFor();
  await photograph(page, 'compare-dropped');
  await expectAccessible(page, 'comparing with a dropped version');
});
