import { useState } from 'react';
import { expect, test } from 'vitest';
import { page, userEvent } from 'vitest/browser';
import type { Voice } from '../src/api/types.ts';
import { VoicePicker } from '../src/features/generations/voicePicker.tsx';
import { voice } from './made.ts';
import { show } from './show.tsx';

const NAMES = ['Bella', 'Nova', 'Sky', 'River', 'Adam', 'Onyx', 'Emma', 'Alice', 'Fable', 'George'];

function studio(): Voice[] {
  const kokoro = NAMES.map((name, at) => {
    const british = at > 5;
    const woman = at < 4 || at === 6 || at === 7;
    return voice({
      id: `kokoro/${name.toLowerCase()}`,
      name,
      provider: 'kokoro',
      language: british ? 'en-GB' : 'en-US',
      description: `${woman ? 'Woman' : 'Man'}, ${name === 'Onyx' ? 'low' : 'medium'} pitch.`,
      sample_url: `/api/v1/voices/kokoro/${name.toLowerCase()}/sample`,
    });
  });
  return [voice(), ...kokoro];
}

function Picker() {
  const voices = studio();
  const [chosen, setChosen] = useState(voices[0] ?? voice());
  return <VoicePicker voices={voices} chosen={chosen} onChoose={setChosen} />;
}

async function opened() {
  const screen = await show(<Picker />);
  await screen.getByRole('button', { name: 'Change voice' }).click();
  return screen;
}

test('voices are grouped by accent and maker, each with a sample to hear', async () => {
  const screen = await opened();
  const british = screen.getByRole('group', { name: 'British English kokoro' });
  await expect.element(british).toBeVisible();
  expect(british.getByRole('radio').elements()).toHaveLength(4);
  expect(screen.getByRole('group', { name: 'American English' }).elements(), 'of both makers').toHaveLength(2);
  expect(british.getByRole('button', { name: 'Play a sample of' }).elements()).toHaveLength(4);
});

test('the search takes beginnings of words, so that a man is no woman', async () => {
  const screen = await opened();
  const search = screen.getByRole('searchbox', { name: 'Search voices' });
  await search.fill('brit man');
  await expect.poll(() => screen.getByRole('radio').elements().map((one) => one.getAttribute('aria-label'))).toEqual(['Fable', 'George']);
  await search.fill('french');
  await expect.element(screen.getByRole('status')).toMatchTextContent('No voice matches “french”.');
  expect(screen.getByRole('radio').elements()).toHaveLength(0);
});

test('a voice is found and chosen with the keyboard alone', async () => {
  const screen = await opened();
  await screen.getByRole('searchbox').fill('british');
  await userEvent.keyboard('{ArrowDown}');
  await expect.element(screen.getByRole('radio', { name: 'Emma' })).toHaveFocus();
  await expect.element(screen.getByRole('radio', { name: 'Emma' })).toBeChecked();
  await userEvent.keyboard('{ArrowDown}');
  await expect.element(screen.getByRole('radio', { name: 'Alice' })).toBeChecked();
  await userEvent.tab();
  while (document.activeElement?.textContent !== 'Use Alice') await userEvent.tab();
  await userEvent.keyboard('{Enter}');
  await expect.element(screen.getByText('Alice')).toBeVisible();
  expect(screen.getByRole('dialog').elements()).toHaveLength(0);
});

test('on a narrow screen the list scrolls, nothing is cut off, and the way out stays in sight', async () => {
  await page.viewport(390, 700);
  const screen = await opened();
  const dialog = screen.getByRole('dialog').element();
  expect(dialog.scrollWidth).toBeLessThanOrEqual(dialog.clientWidth);
  for (const row of dialog.querySelectorAll('li')) expect(row.scrollWidth, row.textContent).toBeLessThanOrEqual(row.clientWidth);
  await expect.element(screen.getByRole('button', { name: 'Use Heart' })).toBeInViewport();
  await page.viewport(1280, 720);
});
