import { expect, test, vi } from 'vitest';
import { userEvent } from 'vitest/browser';
import { Downloads } from '../src/features/versions/downloads.tsx';
import { Toasts } from '../src/ui/toast.tsx';
import { version } from './made.ts';
import { problem, serve } from './network.ts';
import { show } from './show.tsx';

const AUDIO = 'GET /api/v1/versions/v-2/audio';

async function menu(reply: () => Response | Promise<Response> = () => new Response('f', { status: 206 })) {
  const asked = serve({ [AUDIO]: reply });
  const saved: string[] = [];
  vi.spyOn(HTMLAnchorElement.prototype, 'click').mockImplementation(function save(this: HTMLAnchorElement) {
    saved.push(new URL(this.href).search);
  });
  const screen = await show(
    <>
      <Downloads version={version()} />
      <Toasts />
    </>,
  );
  const opener = screen.getByRole('button', { name: 'Download version 2' });
  return Object.assign(screen, { asked, saved, opener, menu: screen.getByRole('group', { name: 'Version 2 as a file' }) });
}

function later() {
  const settle: { answer?: (response: Response) => void } = {};
  const promise = new Promise<Response>((resolve) => {
    settle.answer = resolve;
  });
  return { promise, settle };
}

test('each format says what it is for, and where it is', async () => {
  const screen = await menu();
  expect(screen.menu.elements()).toHaveLength(0);
  await screen.opener.click();
  const links = screen.menu.getByRole('link').elements();
  expect(links.map((link) => link.getAttribute('href')?.replace('/api/v1/versions/v-2/', ''))).toEqual([
    ...['flac', 'wav', 'mp3', 'opus', 'ulaw'].map((format) => `audio?format=${format}&download=1`),
    'captions.vtt',
  ]);
  for (const link of links) expect(link).toMatchTextContent(/^\S.+ .{10,}/);
  expect(screen.asked).toHaveLength(0);
});

test('what is not there yet is made first, and saved when it is', async () => {
  const making = later();
  const screen = await menu(() => making.promise);
  await screen.opener.click();
  await screen.getByRole('link', { name: /^MP3/ }).click();
  await expect.element(screen.getByRole('status').first()).toMatchTextContent('Making the MP3 file …');
  await expect.element(screen.getByRole('link', { name: /^Opus/ })).toHaveAttribute('aria-disabled', 'true');
  await screen.getByRole('link', { name: /^Opus/ }).click({ force: true });
  expect(screen.saved).toEqual([]);
  making.settle.answer?.(new Response('f', { status: 206 }));
  await vi.waitFor(() => expect(screen.saved).toEqual(['?format=mp3&download=1']));
  await expect.element(screen.opener).toBeVisible();
  await vi.waitFor(() => expect(screen.menu.elements()).toHaveLength(0));
  expect(screen.asked.map((one) => one.headers.get('range'))).toEqual(['bytes=0-0']);
});

test('why it could not be made stands in the menu, and the next try begins without it', async () => {
  const screen = await menu(() => problem(503, 'Not available now', 'The disk that holds the audio is full; nothing was stored.'));
  await screen.opener.click();
  await screen.getByRole('link', { name: /^Telephone WAV/ }).click();
  await expect.element(screen.getByRole('alert')).toMatchTextContent(/disk that holds the audio is full/);
  expect(screen.saved).toEqual([]);
  await userEvent.keyboard('{Escape}');
  await screen.opener.click();
  await expect.element(screen.getByRole('link', { name: /^MP3/ })).toBeVisible();
  expect(screen.getByRole('alert').elements()).toHaveLength(0);
});

test('who closed the menu meanwhile gets the file all the same, or hears why not', async () => {
  const making = later();
  const screen = await menu(() => making.promise);
  await screen.opener.click();
  await screen.getByRole('link', { name: /^MP3/ }).click();
  await userEvent.keyboard('{Escape}');
  making.settle.answer?.(problem(410, 'Gone', 'The audio of this version was dropped.'));
  await expect.element(screen.getByRole('status').getByText('The audio of this version was dropped.')).toBeVisible();
  expect(screen.saved).toEqual([]);
});

test('it opens, is walked and closes by keyboard alone', async () => {
  const screen = await menu();
  (screen.opener.element() as HTMLElement).focus();
  await userEvent.keyboard('{Enter}');
  await userEvent.keyboard('{Tab}{Tab}{Tab}');
  await expect.element(screen.getByRole('link', { name: /^MP3/ })).toHaveFocus();
  await userEvent.keyboard('{Enter}');
  await vi.waitFor(() => expect(screen.asked).toHaveLength(1));
  await screen.opener.click();
  await userEvent.keyboard('{Escape}');
  await expect.element(screen.opener).toHaveFocus();
});

test('it stays in sight at the edge of a small screen', async () => {
  const screen = await menu();
  const place = screen.opener.element().parentElement as HTMLElement;
  place.style.cssText = 'position: fixed; right: 0; bottom: 0';
  await screen.opener.click();
  const { left, right, top, bottom } = screen.menu.element().getBoundingClientRect();
  expect([left >= 0, right <= innerWidth, top >= 0, bottom <= screen.opener.element().getBoundingClientRect().top]).toEqual([true, true, true, true]);
});
