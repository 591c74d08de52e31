/** Two ways to do the same: with a pointer, or with nothing but keys, which shows that everything is reached and nothing is a trap. */
import type { Locator, Page } from '@playwright/test';
import { expect } from './studio.ts';

export interface Hands {
  press: (target: Locator) => Promise<void>;
  fill: (target: Locator, text: string) => Promise<void>;
  /** A box to tick, or one of several to choose. */
  check: (target: Locator) => Promise<void>;
}

export const POINTER: Hands = {
  press: (target) => target.click(),
  fill: (target, text) => target.fill(text),
  check: (target) => target.check(),
};

const MOST_STOPS = 300;

/** Where it is from what has the focus: that is where Tab is pressed to. */
async function wayTo(target: Locator): Promise<'there' | 'Tab' | 'Shift+Tab'> {
  return await target.evaluate((element) => {
    const focused = document.activeElement ?? document.body;
    if (focused === element) return 'there';
    return element.compareDocumentPosition(focused) & Node.DOCUMENT_POSITION_FOLLOWING ? 'Shift+Tab' : 'Tab';
  });
}

export async function reach(page: Page, target: Locator): Promise<void> {
  await expect(target).toBeVisible();
  for (let stop = 0; stop < MOST_STOPS; stop += 1) {
    const way = await wayTo(target);
    if (way === 'there') return;
    await page.keyboard.press(way);
  }
  throw new Error(`Tab does not reach ${target.toString()}`);
}

export const KEYS: Hands = {
  press: async (target) => {
    await reach(target.page(), target);
    await target.page().keyboard.press('Enter');
  },
  fill: async (target, text) => {
    const { keyboard } = target.page();
    await reach(target.page(), target);
    await keyboard.press('ControlOrMeta+a');
    await keyboard.insertText(text);
  },
  check: async (target) => {
    const { keyboard } = target.page();
    if ((await target.getAttribute('type')) !== 'radio') {
      await reach(target.page(), target);
      await keyboard.press('Space');
    } else {
      // Of radio buttons Tab reaches one, and arrows choose among them.
      const group = target.page().locator(`input[type=radio][name="${(await target.getAttribute('name')) ?? ''}"]`);
      await reach(target.page(), group.first());
      for (let stop = 0; stop < MOST_STOPS && !(await target.isChecked()); stop += 1) await keyboard.press('ArrowDown');
    }
    await expect(target).toBeChecked();
  },
};
