/**
 * From three takes to an approved one: heard blind, a comment at a word, changes requested, a new take, approved by somebody else.
 * What the one does the other sees without a reload. Gone twice: with a pointer, and with nothing but keys.
 */
import type { Locator, Page } from '@playwright/test';
import { KEYS, POINTER, reach, type Hands } from './hands.ts';
import { photograph } from './photograph.ts';
import { createAsset, expectAccessible, expectNoSidewaysScroll, signIn } from './screens.ts';
import { expect, test } from './studio.ts';

const PHOTOS = process.env['SCREENSHOTS'] !== undefined;
const TEXTS = ['Your parcel arrives on Tuesday.', 'Your parcel comes on Tuesday.', 'Your parcel arrives on Thursday.'];

const card = (page: Page, number: number) => page.getByRole('article', { name: `Version ${number}`, exact: true });
const nameOf = async (page: Page, url: string) =>
  ((await (await page.request.get(`${url}/api/v1/session`)).json()) as { person: { name: string } }).person.name;

/** Everything a page gives away: its words, labels, titles and address. */
const told = (page: Page) =>
  page.evaluate(() => {
    const named = [...document.querySelectorAll('main *')].flatMap((element) => ['aria-label', 'aria-valuetext', 'title', 'id', 'href'].map((name) => element.getAttribute(name) ?? ''));
    return [document.title, document.querySelector('main')?.innerText, ...named].join('\n');
  });

/** One person's part of the way. `looks` is called at each screen. */
interface Walk {
  page: Page;
  hands: Hands;
  looks: (page: Page, screen: string) => Promise<void>;
}

async function take({ page, hands }: Walk, number: number, text: string): Promise<void> {
  await hands.fill(page.getByRole('textbox', { name: 'Script' }), text);
  await hands.fill(page.getByLabel('Why this take'), `Take ${number}`);
  await hands.press(page.getByRole('button', { name: 'Generate', exact: true }));
  await expect(card(page, number)).toBeVisible({ timeout: 60_000 });
}

async function compareBlind({ page, hands, looks }: Walk): Promise<void> {
  for (const number of [1, 2, 3]) await hands.check(page.getByRole('checkbox', { name: `Select version ${number}` }));
  await hands.press(page.getByRole('button', { name: 'Compare', exact: true }));
  const words = page.getByRole('region', { name: 'Version 3 against Version 1' });
  await expect(words.getByRole('deletion')).toHaveText('Tuesday');
  await expect(words.getByRole('insertion')).toHaveText('Thursday');
  const listen = page.getByRole('region', { name: 'Listen' });
  await hands.press(listen.getByRole('button', { name: 'Play', exact: true }));
  await expect(listen.getByRole('button', { name: 'Pause' })).toBeVisible();
  await page.keyboard.press('2');
  await expect(listen.getByRole('button', { name: 'Listen to Version 2' })).toHaveAttribute('aria-pressed', 'true');
  await expect(listen.getByRole('listbox', { name: 'Words of Version 2' })).toBeVisible();
  await looks(page, 'compare');

  await hands.press(page.getByRole('button', { name: 'Compare blind' }));
  const blind = page.getByRole('region', { name: 'Blind comparison' });
  await hands.press(blind.getByRole('button', { name: 'Listen to B' }));
  await expect(blind.getByRole('slider', { name: 'Position' })).not.toHaveAttribute('aria-valuetext', '0 %');
  const given = await told(page);
  expect(given).not.toMatch(/[Vv]ersion \d|\bv\d\b|\d:\d\d|At 0|Take \d|Heart/);
  for (const id of new URL(page.url()).searchParams.get('versions')?.split(',') ?? []) expect(given).not.toContain(id);
  await looks(page, 'blind');
  for (const letter of ['A', 'C']) await hands.press(blind.getByRole('button', { name: `Listen to ${letter}` }));
  await hands.check(blind.getByRole('radio', { name: 'B' }));
  await hands.press(blind.getByRole('button', { name: /^Record/ }));
  await expect(blind.getByRole('status')).toHaveText('Your preference is recorded.');
  const best = await blind.getByRole('listitem').filter({ hasText: 'your choice' }).locator('strong').innerText();
  await looks(page, 'blind-revealed');
  await hands.press(blind.getByRole('button', { name: 'Back to the comparison' }));
  await expect(page.getByRole('region', { name: 'Heard blind' })).toContainText(`${best.replace('Version ', 'v')} preferred 1 of 1 time`);
  await hands.press(page.getByRole('link', { name: /All versions of the asset/ }));
}

async function commentAtAWord({ page, hands, looks }: Walk, mentioned: string): Promise<void> {
  const third = card(page, 3);
  await hands.press(third.getByRole('button', { name: 'Details' }));
  await expect(third.getByText(/^Nothing said yet/)).toBeVisible();
  await hands.press(third.getByRole('button', { name: 'Play version 3' }));
  const words = third.getByRole('listbox', { name: 'Words of version 3' });
  if (hands === POINTER) await words.getByRole('option', { name: /Thursday/ }).click();
  else {
    await reach(page, words);
    await page.keyboard.press('End');
    await page.keyboard.press('Enter');
  }
  await page.keyboard.press('c');
  await expect(third.getByText(/^At 0:0[1-9]/), 'where the word is').toBeVisible();
  await page.keyboard.type(`Is this the day, @${mentioned.slice(0, 3)}`);
  await expect(page.getByRole('listbox', { name: 'Members to mention' })).toBeVisible();
  await page.keyboard.press('Enter');
  await page.keyboard.press('ControlOrMeta+Enter');
  await expect(third.getByRole('list', { name: 'Open comments' })).toContainText(`Is this the day, @${mentioned}`);
  await looks(page, 'comments');
}

async function submit({ page, hands, looks }: Walk, number: number, reviewer: string): Promise<void> {
  await hands.press(card(page, number).getByRole('button', { name: 'Submit for review' }));
  const dialog = page.getByRole('dialog');
  await hands.check(dialog.getByRole('checkbox', { name: new RegExp(reviewer) }));
  await hands.fill(dialog.getByLabel('Reason'), 'Is Thursday right?');
  await looks(page, 'review-submit');
  await hands.press(dialog.getByRole('button', { name: 'Submit for review' }));
  await expect(dialog).toBeHidden();
  await expect(card(page, number).getByText('In review')).toBeVisible();
}

/** Hears the whole of what waits in the inbox, and decides. */
async function decide({ page, hands, looks }: Walk, row: Locator, deed: 'Approve' | 'Request changes', reason: string): Promise<void> {
  await expect(row, 'without a reload').toBeVisible();
  if (hands === POINTER) await row.getByRole('button', { name: /^Play/ }).click();
  else {
    await reach(page, row.getByRole('button', { name: /^Play/ }));
    await page.keyboard.press('Space');
  }
  await expect(row.getByText(/heard 100 %/)).toBeVisible({ timeout: 20_000 });
  if (hands === POINTER) await row.getByRole('button', { name: new RegExp(`^${deed}`) }).click();
  else {
    await reach(page, row.getByRole('button', { name: /^(Play|Pause)/ }));
    await page.keyboard.press(deed === 'Approve' ? 'a' : 'r');
  }
  const dialog = page.getByRole('dialog');
  await expect(dialog.getByText('You heard 100 %')).toBeVisible();
  await hands.fill(dialog.getByLabel('Reason'), reason);
  await looks(page, `review-${deed === 'Approve' ? 'approve' : 'changes'}`);
  await hands.press(dialog.getByRole('button', { name: deed }));
  await expect(dialog).toBeHidden();
  await expect(row).toBeHidden();
}

for (const [means, hands] of [['a pointer', POINTER], ['keys alone', KEYS]] as const) {
  test(`three takes are judged by two people with ${means}`, async ({ page, browser, studio }) => {
    test.setTimeout(300_000); // on a machine that does much else; alone it takes a minute
    const careful = hands === POINTER;
    const looks = async (of: Page, screen: string) => {
      if (PHOTOS && careful) await photograph(of, screen);
      if (!careful) return;
      const size = of.viewportSize();
      await of.setViewportSize({ width: 1280, height: 4000 }); // where no bar lies over anything
      await expectAccessible(of, screen);
      await expectNoSidewaysScroll(of, screen);
      if (size) await of.setViewportSize(size);
    };
    const context = await browser.newContext();
    const author = { page, hands, looks };
    const reviewer = { page: await context.newPage(), hands, looks };
    await Promise.all([signIn(page, studio.url, 'Author'), signIn(reviewer.page, studio.url, 'Reviewer')]);
    const name = await nameOf(reviewer.page, studio.url);
    const stamp = Date.now().toString(36);
    const title = `Parcel ${stamp}`;
    await createAsset(page, title, `support/parcel-${stamp}`);
    for (const [index, text] of TEXTS.entries()) await take(author, index + 1, text);
    await compareBlind(author);
    await commentAtAWord(author, name);
    await submit(author, 3, name);
    const third = card(page, 3);
    await expect(third.getByRole('region', { name: 'Review of version 3' })).toContainText('You asked for this version, so somebody else has to approve it.');
    await looks(page, 'review-round');

    await hands.press(reviewer.page.getByRole('button', { name: /^Notices, \d+ unread/ }));
    await looks(reviewer.page, 'notices');
    await hands.press(reviewer.page.getByRole('dialog').getByRole('listitem').filter({ hasText: 'mentioned you' }).first().getByRole('link'));
    await hands.press(reviewer.page.getByRole('button', { name: /^Reply to/ }));
    await reviewer.page.keyboard.type('No, it is Friday');
    await reviewer.page.keyboard.press('ControlOrMeta+Enter');
    await expect(third.getByText('No, it is Friday'), 'without a reload').toBeVisible();
    await hands.press(reviewer.page.getByRole('link', { name: 'Reviews' }));
    await looks(reviewer.page, 'inbox');
    await decide(reviewer, reviewer.page.getByRole('article', { name: `${title} v3` }), 'Request changes', 'It is Friday');
    await expect(third.getByText('Draft', { exact: true }).first(), 'without a reload').toBeVisible();
    await expect(third.getByRole('list', { name: 'Decisions' })).toContainText('It is Friday');
    await hands.press(third.getByRole('button', { name: 'Resolve' }));
    await expect(third.getByText('All is settled.')).toBeVisible();

    await take(author, 4, 'Your parcel arrives on Friday.');
    await submit(author, 4, name);
    await decide(reviewer, reviewer.page.getByRole('article', { name: `${title} v4` }), 'Approve', 'Friday it is');
    await expect(card(page, 4).getByText('Approved', { exact: true }).first(), 'without a reload').toBeVisible();
    await hands.press(card(page, 4).getByRole('button', { name: 'Details' }));
    await expect(card(page, 4).getByRole('list', { name: 'Decisions' })).toContainText(/approved.*heard 100 %.*Friday it is/s);
    await looks(page, 'review-approved');

    for (const number of [1, 2]) await hands.check(page.getByRole('checkbox', { name: `Select version ${number}` }));
    await hands.press(page.getByRole('button', { name: 'Archive 2' }));
    await hands.fill(page.getByRole('dialog').getByLabel('Reason'), 'Not chosen');
    await looks(page, 'archive');
    await hands.press(page.getByRole('dialog').getByRole('button', { name: 'Archive', exact: true }));
    await expect(card(page, 1).getByText('Archived', { exact: true }).first()).toBeVisible();
    await context.close();
  });
}
