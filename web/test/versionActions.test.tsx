import { afterEach, expect, test, vi } from 'vitest';
import type { Version } from '../src/api/types.ts';
import { player } from '../src/audio/player.ts';
import { MoveBar } from '../src/features/reviews/moveBar.tsx';
import { VersionActions } from '../src/features/reviews/versionActions.tsx';
import { Toasts } from '../src/ui/toast.tsx';
import { toneUrl, version } from './made.ts';
import { problem, serve } from './network.ts';
import { show } from './show.tsx';

const member = (id: string, name: string, roles: string[], active = true) => ({ person: { id, name, email: `${id}@northwind.example` }, roles, active, is_you: false, since: '2026-11-22T10:00:00Z', can: [] });
const MEMBERS = {
  items: [
    member('p-1', 'Mara Lindqvist', ['owner']),
    member('p-2', 'Ines Carvalho', ['reviewer']),
    member('p-3', 'Tomas Berg', ['author']),
    member('p-4', 'Gone Away', ['reviewer'], false),
  ],
};
const POLICY = { self_approval: false, rules: [{ action: 'version.approve', roles: ['reviewer', 'owner'] }] };
const PEOPLE = { 'GET /api/v1/projects/pr-1/members': MEMBERS, 'GET /api/v1/projects/pr-1/policy': POLICY };

async function actions(can: Version['can'], routes: Parameters<typeof serve>[0] = {}) {
  const asked = serve({ ...PEOPLE, ...routes });
  const screen = await show(
    <>
      <VersionActions version={version({ can })} />
      <Toasts />
    </>,
  );
  return Object.assign(screen, { asked });
}

const posted = (asked: ReturnType<typeof serve>) => asked.filter(({ method }) => method === 'POST').map(({ path, body }) => ({ path, body }));

afterEach(() => player.close());

test('only what the server allows is offered', async () => {
  const screen = await actions(['version.withdraw', 'version.archive', 'comment.create']);
  await expect.element(screen.getByRole('button', { name: 'Withdraw' })).toBeVisible();
  expect(screen.getByRole('button').elements().map((one) => one.textContent)).toEqual(['Withdraw', 'Archive']);
});

test('a review is asked of those who may decide and did not make it, until the end of a day', async () => {
  const { asked, ...screen } = await actions(['version.submit'], { 'POST /api/v1/versions/v-2/submit': version({ status: 'in_review' }) });
  await screen.getByRole('button', { name: 'Submit for review' }).click();
  const dialog = screen.getByRole('dialog');
  await dialog.getByRole('checkbox', { name: /Ines Carvalho/ }).click();
  expect(dialog.getByRole('checkbox').elements()).toHaveLength(1);
  await dialog.getByLabelText('Due').fill('2027-01-15');
  await dialog.getByRole('textbox', { name: /^Reason/ }).fill('Is the day right?');
  await dialog.getByRole('button', { name: 'Submit for review' }).click();
  await expect.element(screen.getByText('Version 2 is in review')).toBeVisible();
  expect(posted(asked)).toEqual([
    {
      path: '/api/v1/versions/v-2/submit',
      body: { reason: 'Is the day right?', reviewers: ['p-2'], due_at: new Date('2027-01-15T23:59:59').toISOString() },
    },
  ]);
  expect(dialog.elements()).toHaveLength(0);
});

test('what blocks a review is told check by check, and what was typed stays', async () => {
  const errors = [
    { field: 'checks', message: 'loudness: It is 6 LU too quiet.' },
    { field: 'checks', message: 'clipping: 12 samples are clipped.' },
  ];
  const refuse = () => problem(409, 'Not now', 'Checks keep this version from review.', errors);
  const screen = await actions(['version.submit'], { 'POST /api/v1/versions/v-2/submit': refuse });
  await screen.getByRole('button', { name: 'Submit for review' }).click();
  await screen.getByRole('textbox', { name: /^Reason/ }).fill('Soon');
  await screen.getByRole('dialog').getByRole('button', { name: 'Submit for review' }).click();
  await expect.element(screen.getByRole('alert')).toMatchTextContent(/Checks keep this version from review\..*6 LU too quiet.*12 samples/);
  await expect.element(screen.getByRole('textbox', { name: /^Reason/ })).toHaveValue('Soon');
});

test('a refused reviewer is told beside the reviewers', async () => {
  const screen = await actions(['version.submit'], { 'POST /api/v1/versions/v-2/submit': () => problem(422, 'Not valid', 'Not valid.', [{ field: 'reviewers.0', message: 'They had a part in it.' }]) });
  await screen.getByRole('button', { name: 'Submit for review' }).click();
  await screen.getByRole('dialog').getByRole('button', { name: 'Submit for review' }).click();
  await expect.element(screen.getByRole('group', { name: /^Reviewers/ }).getByRole('alert')).toMatchTextContent('They had a part in it.');
});

test('an approval takes its reason and how much was heard, which is little at first and bars nobody', async () => {
  const { asked, ...screen } = await actions(['version.approve'], { 'POST /api/v1/versions/v-2/approve': version({ status: 'approved' }) });
  await screen.getByRole('button', { name: 'Approve' }).click();
  const dialog = screen.getByRole('dialog', { name: 'Approve: version 2' });
  await expect.element(dialog.getByText(/^You heard 0 % of it/)).toBeVisible();
  player.play({ id: 'v-2', url: toneUrl(4.2), title: 'Greeting', detail: 'v2', durationMs: 4200, version: null });
  await expect.element(dialog.getByText(/^You heard [1-9]\d? %/)).toBeVisible();
  player.pause();
  await dialog.getByRole('textbox', { name: 'Reason' }).fill('Clear and friendly');
  await dialog.getByRole('button', { name: 'Approve' }).click();
  await expect.element(screen.getByText('Version 2 is approved')).toBeVisible();
  const [{ path, body } = { path: '', body: null }] = posted(asked);
  expect(path).toBe('/api/v1/versions/v-2/approve');
  const { reason, heard } = body as { reason: string; heard: number };
  expect(reason).toBe('Clear and friendly');
  expect(heard).toBeGreaterThan(0);
  expect(heard).toBeLessThan(1);
});

test('a missing reason stands on its field', async () => {
  const screen = await actions(['version.request_changes'], { 'POST /api/v1/versions/v-2/request-changes': () => problem(422, 'Not valid', 'Not valid.', [{ field: 'reason', message: 'This may not be empty.' }]) });
  await screen.getByRole('button', { name: 'Request changes' }).click();
  await screen.getByRole('dialog').getByRole('button', { name: 'Request changes' }).click();
  await expect.element(screen.getByRole('textbox', { name: 'Reason' })).toHaveAccessibleDescription(/^This may not be empty\./);
});

test('a refused archiving is told in its dialog', async () => {
  const screen = await actions(['version.archive'], { 'POST /api/v1/versions/v-2/archive': () => problem(409, 'Not now', 'Version 2 is live on support-bot.') });
  await screen.getByRole('button', { name: 'Archive' }).click();
  await screen.getByRole('dialog').getByRole('button', { name: 'Archive' }).click();
  await expect.element(screen.getByRole('alert')).toMatchTextContent(/Version 2 is live on support-bot/);
});

test('withdrawing takes no reason, restoring one, and each says what comes of it', async () => {
  const { asked, ...screen } = await actions(['version.withdraw', 'version.restore'], {
    'POST /api/v1/versions/v-2/withdraw': version({ status: 'draft' }),
    'POST /api/v1/versions/v-2/restore': version({ status: 'draft' }),
  });
  await screen.getByRole('button', { name: 'Withdraw' }).click();
  const withdraw = screen.getByRole('dialog', { name: 'Withdraw version 2?' });
  await expect.element(withdraw.getByText(/what was decided in it lapses/)).toBeVisible();
  await withdraw.getByRole('button', { name: 'Withdraw' }).click();
  await expect.element(screen.getByText('Version 2 withdrawn')).toBeVisible();
  await screen.getByRole('button', { name: 'Restore' }).click();
  const restore = screen.getByRole('dialog', { name: 'Restore version 2?' });
  await expect.element(restore.getByText(/has to be approved anew/)).toBeVisible();
  await restore.getByRole('textbox', { name: 'Reason' }).fill('Wanted again');
  await restore.getByRole('button', { name: 'Restore' }).click();
  await expect.element(screen.getByText('Version 2 restored')).toBeVisible();
  expect(posted(asked)).toEqual([
    { path: '/api/v1/versions/v-2/withdraw', body: { reason: null } },
    { path: '/api/v1/versions/v-2/restore', body: { reason: 'Wanted again' } },
  ]);
});

test('several are archived in one request', async () => {
  const asked = serve({ 'POST /api/v1/projects/pr-1/versions/archive': { items: [] } });
  const done = vi.fn<() => void>();
  const can: Version['can'] = ['version.archive'];
  const screen = await show(<MoveBar versions={[version({ can }), version({ id: 'v-3', number: 3, can })]} onDone={done} />);
  await screen.getByRole('button', { name: 'Archive 2' }).click();
  await screen.getByRole('textbox', { name: 'Reason' }).fill('Old ones');
  await screen.getByRole('button', { name: 'Archive', exact: true }).click();
  await expect.poll(() => done.mock.calls).toHaveLength(1);
  expect(posted(asked)).toEqual([{ path: '/api/v1/projects/pr-1/versions/archive', body: { version_ids: ['v-2', 'v-3'], reason: 'Old ones' } }]);
});

test('what one of several does not allow is offered for none', async () => {
  serve({});
  const screen = await show(<MoveBar versions={[version({ can: ['version.archive'] }), version({ id: 'v-3', can: ['version.restore'] })]} onDone={() => undefined} />);
  expect(screen.getByRole('button').elements()).toHaveLength(0);
});

test('an owner drops the audio of a version with a reason, and is told that it is for good', async () => {
  const { asked, ...screen } = await actions(['audio.drop'], { 'POST /api/v1/versions/v-2/drop-audio': version({ status: 'archived' }) });
  await screen.getByRole('button', { name: 'Drop audio' }).click();
  const dialog = screen.getByRole('dialog', { name: 'Drop the audio of version 2?' });
  await expect.element(dialog).toMatchTextContent('deleted for good');
  await dialog.getByRole('textbox', { name: /^Reason/ }).fill('It names a customer');
  await dialog.getByRole('button', { name: 'Drop audio' }).click();
  await expect.element(screen.getByText('Version 2 is without its audio now')).toBeVisible();
  expect(posted(asked)).toEqual([{ path: '/api/v1/versions/v-2/drop-audio', body: { reason: 'It names a customer' } }]);
});

test('where the same bytes are in use the refusal names by what', async () => {
  const told = [{ field: 'audio', message: 'Version 3 of support/greeting is draft.' }];
  const screen = await actions(['audio.drop'], { 'POST /api/v1/versions/v-2/drop-audio': () => problem(409, 'Not possible now', 'They are kept.', told) });
  await screen.getByRole('button', { name: 'Drop audio' }).click();
  await screen.getByRole('textbox', { name: /^Reason/ }).fill('It names a customer');
  await screen.getByRole('dialog').getByRole('button', { name: 'Drop audio' }).click();
  await expect.element(screen.getByText('Version 3 of support/greeting is draft.')).toBeVisible();
});
