/** People: an owner invites, a newcomer comes in by the link, and what they may do changes while they watch. */
import type { Page } from '@playwright/test';
import { expectAccessible, expectNoSidewaysScroll, signIn } from './screens.ts';
import { expect, test } from './studio.ts';

async function settings(page: Page): Promise<void> {
  await page.getByRole('link', { name: 'Settings' }).click();
  await expect(page.getByRole('heading', { name: 'Members', level: 1 })).toBeVisible();
}

/** Invites an address as a viewer and returns the link. */
async function invite(page: Page, email: string): Promise<string> {
  await page.getByRole('button', { name: 'Invite' }).click();
  await page.getByRole('dialog').getByLabel('E-mail address').fill(email);
  await page.getByRole('button', { name: 'Make the link' }).click();
  const link = await page.getByRole('dialog', { name: `Invitation for ${email}` }).getByLabel('Link').inputValue();
  await page.getByRole('button', { name: 'Done' }).click();
  await expect(page.getByRole('list', { name: 'Invitations' })).toContainText(email);
  return link;
}

test('an owner invites, a newcomer accepts, and a change of role is there at once', async ({ page, browser, studio }) => {
  const email = `gil-${Date.now().toString(36)}@guest.example`;
  await signIn(page, studio.url, 'Owner');
  await settings(page);
  await expectAccessible(page, 'members');
  await expectNoSidewaysScroll(page, 'members');
  const link = await invite(page, email);

  const other = await browser.newContext();
  const guest = await other.newPage();
  await guest.goto(link);
  await expect(guest.getByRole('heading', { name: 'Join Northwind Voice' })).toBeVisible();
  await expect(guest, 'the secret leaves the address').toHaveURL(`${studio.url}/welcome`);
  await expectAccessible(guest, 'welcome');
  await expectNoSidewaysScroll(guest, 'welcome');
  await guest.getByLabel('Your name').fill('Gil Guest');
  await guest.getByLabel('Password').fill('password123');
  await guest.getByRole('button', { name: 'Join Northwind Voice' }).click();
  await expect(guest.getByLabel('Password')).toHaveAttribute('aria-invalid', 'true');
  await guest.getByLabel('Password').fill('seven quiet otters');
  await guest.getByRole('button', { name: 'Join Northwind Voice' }).click();
  await expect(guest.getByRole('heading', { name: 'Library', level: 1 })).toBeVisible();
  await expect(guest.getByRole('button', { name: 'New asset' })).toBeHidden();

  const row = page.getByRole('listitem').filter({ hasText: email });
  await expect(page.getByRole('list', { name: 'Members' }), 'without a reload').toContainText('Gil Guest');
  await row.getByRole('button', { name: 'Change the roles of Gil Guest' }).click();
  const dialog = page.getByRole('dialog', { name: 'Roles of Gil Guest' });
  await dialog.getByRole('checkbox', { name: /^Author/ }).check();
  await dialog.getByRole('button', { name: 'Save roles' }).click();
  await expect(dialog.getByLabel('Reason')).toHaveAttribute('aria-invalid', 'true');
  await expectAccessible(page, 'roles');
  await dialog.getByLabel('Reason').fill('Writes for us now');
  await dialog.getByRole('button', { name: 'Save roles' }).click();
  await expect(row).toContainText('Author');
  await expect(guest.getByRole('button', { name: 'New asset' }), 'while they watch').toBeVisible();

  await row.getByRole('button', { name: 'Remove Gil Guest' }).click();
  await page.getByRole('dialog').getByLabel('Reason').fill('Only a visit');
  await page.getByRole('dialog').getByRole('button', { name: 'Remove' }).click();
  await expect(row).toBeHidden();
  await expect(guest.getByRole('heading', { name: 'There is nothing here' })).toBeVisible();
  await guest.getByRole('link', { name: 'Go to the library' }).click();
  await expect(guest.getByRole('heading', { name: 'You are in no project yet' })).toBeVisible();
  await other.close();
});

test('an administrator lets somebody out, who is out at once', async ({ page, browser, studio }) => {
  const other = await browser.newContext();
  const auditor = await other.newPage();
  await signIn(auditor, studio.url, 'Auditor');
  await expect(auditor.getByRole('link', { name: 'Admin' })).toBeHidden();
  await signIn(page, studio.url, 'Owner');
  await page.getByRole('link', { name: 'Admin' }).click();
  await page.getByRole('searchbox', { name: 'Search people' }).fill('brandt');
  await expect(page).toHaveURL(/\/admin\?query=brandt$/);
  await expect(page.getByRole('list', { name: 'People' }).getByRole('listitem')).toHaveCount(1);
  await expectAccessible(page, 'people');
  await expectNoSidewaysScroll(page, 'people');
  await page.getByRole('button', { name: 'Deactivate Tomas Brandt' }).click();
  await page.getByRole('dialog').getByLabel('Reason').fill('On leave');
  await page.getByRole('dialog').getByRole('button', { name: 'Deactivate' }).click();
  await expect(page.getByRole('list', { name: 'People' })).toContainText('Deactivated');
  await expect(auditor.getByRole('heading', { name: 'Sign in to VoiceOps Studio' }), 'at once').toBeVisible();
  await page.getByRole('button', { name: 'Reactivate Tomas Brandt' }).click();
  await page.getByRole('dialog').getByLabel('Reason').fill('Back again');
  await page.getByRole('dialog').getByRole('button', { name: 'Reactivate' }).click();
  await expect(page.getByRole('button', { name: 'Deactivate Tomas Brandt' })).toBeVisible();
  await page.getByRole('link', { name: 'Projects' }).click();
  await expect(page.getByRole('list', { name: 'Projects' })).toContainText('Northwind Voice');
  await expectAccessible(page, 'projects');
  await other.close();
});

test('one ends the sessions one does not know, and changes the password', async ({ page, browser, studio }) => {
  const other = await browser.newContext();
  const elsewhere = await other.newPage();
  await signIn(elsewhere, studio.url, 'Viewer');
  await signIn(page, studio.url, 'Viewer');
  await page.getByRole('button', { name: /menu$/ }).click();
  await page.getByRole('link', { name: 'Password and sessions' }).click();
  await expect(page.getByRole('heading', { name: 'Account' })).toBeVisible();
  await expect(page.getByText('This browser')).toBeVisible();
  await expectAccessible(page, 'account');
  await expectNoSidewaysScroll(page, 'account');
  await page.getByRole('button', { name: /^Sign out / }).first().click();
  await expect(elsewhere.getByRole('heading', { name: 'Sign in to VoiceOps Studio' })).toBeVisible();
  await page.getByLabel('Present password').fill('wrong');
  await page.getByLabel('New password').fill('seven quiet otters');
  await page.getByRole('button', { name: 'Change password' }).click();
  await expect(page.getByLabel('Present password')).toHaveAccessibleDescription('This is not your present password.');
  await other.close();
});
