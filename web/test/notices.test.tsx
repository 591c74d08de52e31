import { expect, test } from 'vitest';
import type { Notice } from '../src/api/types.ts';
import { NoticeMenu } from '../src/features/notices/noticeMenu.tsx';
import { serve } from './network.ts';
import { show } from './show.tsx';

function notice(other: Partial<Notice> = {}): Notice {
  return {
    id: 'n-1',
    kind: 'mentioned',
    by: { id: 'p-2', name: 'Ana Silva' },
    project: { id: 'pr-1', key: 'northwind', name: 'Northwind' },
    asset: { id: 'a-1', key: 'support/greeting', title: 'Greeting' },
    version: { id: 'v-2', number: 2 },
    review_id: null,
    comment_id: 'c-1',
    created_at: '2026-11-22T10:00:00Z',
    read_at: null,
    ...other,
  };
}

const menu = () => show(<NoticeMenu link={(_, words, onFollow) => <button onClick={onFollow}>{words}</button>} />);

test('the bell counts what is unread, and what is followed is read', async () => {
  let unread = 1;
  const asked = serve({
    'GET /api/v1/notices': () => ({ items: [notice({ read_at: unread ? null : '2026-11-22T11:00:00Z' })], next_cursor: null, unread }),
    'POST /api/v1/notices/read': () => ({ unread: (unread = 0) }),
  });
  const screen = await menu();
  await screen.getByRole('button', { name: 'Notices, 1 unread' }).click();
  await expect.element(screen.getByRole('dialog')).toMatchTextContent(/Ana Silva mentioned you on Greeting, version 2/);
  await screen.getByRole('button', { name: 'Greeting, version 2', exact: true }).click();
  await expect.element(screen.getByRole('button', { name: 'Notices', exact: true })).toBeVisible();
  expect(asked.find((one) => one.method === 'POST')?.body).toEqual({ notice_ids: ['n-1'] });
});

test('without notices it is told what will be told', async () => {
  serve({ 'GET /api/v1/notices': { items: [], next_cursor: null, unread: 0 } });
  const screen = await menu();
  await screen.getByRole('button', { name: 'Notices' }).click();
  await expect.element(screen.getByText(/^Nothing yet\./)).toBeVisible();
});
