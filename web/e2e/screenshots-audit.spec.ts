/** The record as an auditor sees it. */
import { photograph } from './photograph.ts';
import { signIn } from './screens.ts';
import { test } from './studio.ts';

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
