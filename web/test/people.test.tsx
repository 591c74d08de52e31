import { expect, test, vi } from 'vitest';
import type { Account, Invitation, InvitationLook, Member, Project, Session } from '../src/api/types.ts';
import { Members } from '../src/features/people/members.tsx';
import { People } from '../src/features/people/people.tsx';
import { Projects } from '../src/features/people/projects.tsx';
import { Browsers } from '../src/features/session/browsers.tsx';
import { browserName } from '../src/features/session/browserName.ts';
import { Password } from '../src/features/session/password.tsx';
import { Welcome } from '../src/features/welcome/welcome.tsx';
import { keyOf } from '../src/ui/form.ts';
import { problem, serve } from './network.ts';
import { show } from './show.tsx';

const TIME = '2026-11-22T10:00:00Z';
const PROJECT: Project = { id: 'pr-1', key: 'northwind', name: 'Northwind', roles: ['owner'], can: ['member.invite'] };
const MEMBERS = '/api/v1/projects/pr-1/members';
const INVITATIONS = '/api/v1/projects/pr-1/invitations';

function member(other: Partial<Member> = {}): Member {
  const person = { id: 'p-1', name: 'Mara Lindqvist', email: 'mara@northwind.example' };
  return { person, roles: ['author'], since: TIME, active: true, is_you: false, can: ['member.change', 'member.remove'], ...other };
}

function invitation(other: Partial<Invitation> = {}): Invitation {
  const times = { created_at: TIME, expires_at: TIME };
  return { id: 'i-1', email: 'gil@guest.example', roles: ['viewer'], invited_by: null, state: 'open', why: null, can: ['invitation.revoke'], ...times, ...other };
}

function account(other: Partial<Account> = {}): Account {
  const times = { created_at: TIME, deactivated_at: null, last_seen_at: null };
  const can: Account['can'] = ['person.change', 'person.deactivate'];
  return { id: 'p-1', name: 'Mara Lindqvist', email: 'mara@northwind.example', is_admin: false, is_you: false, projects: [], can, ...times, ...other };
}

function look(other: Partial<InvitationLook> = {}): InvitationLook {
  return { email: 'gil@guest.example', project: 'Northwind', roles: ['author', 'viewer'], invited_by: 'Ruth', expires_at: TIME, has_account: false, ...other };
}

const nothing = () => vi.fn<() => void>();

test('a change of roles sends the whole set and why', async () => {
  const asked = serve({ [`GET ${MEMBERS}`]: { items: [member()] }, [`GET ${INVITATIONS}`]: { items: [], next_cursor: null }, [`PUT ${MEMBERS}/p-1`]: member() });
  const screen = await show(<Members project={PROJECT} />);
  await screen.getByRole('button', { name: 'Change the roles of Mara Lindqvist' }).click();
  await screen.getByRole('checkbox', { name: /^Reviewer/ }).click();
  await screen.getByRole('textbox', { name: 'Reason' }).fill('She reviews too');
  await screen.getByRole('button', { name: 'Save roles' }).click();
  await expect.poll(() => asked.find((one) => one.method === 'PUT')?.body).toEqual({ roles: ['author', 'reviewer'], reason: 'She reviews too' });
  await expect.element(screen.getByRole('dialog')).not.toBeInTheDocument();
});

test('the last owner is told why they stay', async () => {
  serve({
    [`GET ${MEMBERS}`]: { items: [member()] },
    [`GET ${INVITATIONS}`]: { items: [], next_cursor: null },
    [`DELETE ${MEMBERS}/p-1`]: () => problem(409, 'Not possible now', 'This is the project’s last owner.'),
  });
  const screen = await show(<Members project={PROJECT} />);
  await screen.getByRole('button', { name: 'Remove Mara Lindqvist' }).click();
  await screen.getByRole('textbox', { name: 'Reason' }).fill('Leaves');
  await screen.getByRole('button', { name: 'Remove', exact: true }).click();
  await expect.element(screen.getByRole('alert')).toMatchTextContent('This is the project’s last owner.');
  await expect.element(screen.getByRole('textbox', { name: 'Reason' })).toHaveValue('Leaves');
});

test('who may only look sees who is there, and neither buttons nor invitations', async () => {
  const asked = serve({ [`GET ${MEMBERS}`]: { items: [member({ can: [], active: false })] } });
  const screen = await show(<Members project={{ ...PROJECT, can: [] }} />);
  await expect.element(screen.getByText('mara@northwind.example · deactivated')).toBeVisible();
  await expect.element(screen.getByRole('button')).not.toBeInTheDocument();
  expect(asked.map((one) => one.path)).toEqual([MEMBERS]);
});

test('members that cannot be fetched can be asked for again', async () => {
  let broken = true;
  serve({ [`GET ${MEMBERS}`]: () => (broken ? problem(503, 'Not available now', 'Ask again in a moment.') : { items: [member()] }) });
  const screen = await show(<Members project={{ ...PROJECT, can: [] }} />);
  await expect.element(screen.getByRole('alert')).toMatchTextContent('Ask again in a moment.');
  broken = false;
  await screen.getByRole('button', { name: 'Try again' }).click();
  await expect.element(screen.getByText('Mara Lindqvist')).toBeVisible();
});

test('a link is shown once it is made, and an invitation can be revoked', async () => {
  const link = 'https://voice.example/welcome#secret';
  const asked = serve({
    [`GET ${MEMBERS}`]: { items: [member()] },
    [`GET ${INVITATIONS}`]: { items: [invitation({ state: 'over', why: 'This invitation is over: it was open for 7 days.' })], next_cursor: null },
    [`POST ${INVITATIONS}`]: { ...invitation(), link },
    'DELETE /api/v1/invitations/i-1': () => new Response(null, { status: 204 }),
  });
  const screen = await show(<Members project={PROJECT} />);
  await expect.element(screen.getByText('This invitation is over: it was open for 7 days.')).toBeVisible();
  await screen.getByRole('button', { name: 'Invite' }).first().click();
  await screen.getByRole('textbox', { name: 'E-mail address' }).fill('gil@guest.example');
  await screen.getByRole('button', { name: 'Make the link' }).click();
  await expect.element(screen.getByRole('textbox', { name: 'Link' })).toHaveValue(link);
  expect(asked.find((one) => one.method === 'POST')?.body).toEqual({ email: 'gil@guest.example', roles: ['viewer'] });
  await screen.getByRole('button', { name: 'Done' }).click();
  await screen.getByRole('button', { name: 'Revoke the invitation of gil@guest.example' }).click();
  await expect.poll(() => asked.some((one) => one.method === 'DELETE')).toBe(true);
});

test('making somebody administrator asks why; the rest does not', async () => {
  const asked = serve({ 'GET /api/v1/people': { items: [account()], next_cursor: null }, 'PATCH /api/v1/people/p-1': account() });
  const screen = await show(<People words="" onSearch={vi.fn<(words: string) => void>()} />);
  await screen.getByRole('button', { name: 'Edit Mara Lindqvist' }).click();
  await expect.element(screen.getByRole('textbox', { name: 'Reason' })).not.toBeInTheDocument();
  await screen.getByRole('checkbox', { name: /^Administrator/ }).click();
  await screen.getByRole('textbox', { name: 'Reason' }).fill('Runs it');
  await screen.getByRole('button', { name: 'Save' }).click();
  const body = { name: 'Mara Lindqvist', email: 'mara@northwind.example', is_admin: true, reason: 'Runs it' };
  await expect.poll(() => asked.find((one) => one.method === 'PATCH')?.body).toEqual(body);
});

test('who owns a project is not let out without a word about it', async () => {
  const owned = [{ id: 'pr-1', key: 'northwind', name: 'Northwind', roles: ['owner' as const] }];
  const asked = serve({ 'GET /api/v1/people': { items: [account({ projects: owned })], next_cursor: null }, 'POST /api/v1/people/p-1/deactivate': account() });
  const screen = await show(<People words="" onSearch={vi.fn<(words: string) => void>()} />);
  await screen.getByRole('button', { name: 'Deactivate Mara Lindqvist' }).click();
  await expect.element(screen.getByText(/Owner of Northwind/)).toBeVisible();
  await screen.getByRole('textbox', { name: 'Reason' }).fill('Left');
  await screen.getByRole('button', { name: 'Deactivate', exact: true }).click();
  await expect.poll(() => asked.find((one) => one.method === 'POST')?.body).toEqual({ reason: 'Left' });
});

test('a search without a hit says so', async () => {
  serve({ 'GET /api/v1/people': { items: [], next_cursor: null } });
  const screen = await show(<People words="zz" onSearch={vi.fn<(words: string) => void>()} />);
  await expect.element(screen.getByRole('heading', { name: 'Nobody matches' })).toBeVisible();
});

test('a project’s key follows its name until it is typed', async () => {
  const asked = serve({ 'GET /api/v1/projects': { items: [] }, 'POST /api/v1/projects': PROJECT });
  const screen = await show(<Projects mayCreate />);
  await screen.getByRole('button', { name: 'New project' }).click();
  await screen.getByRole('textbox', { name: 'Name' }).fill('Café Training');
  await expect.element(screen.getByRole('textbox', { name: 'Key' })).toHaveValue('cafe-training');
  await screen.getByRole('textbox', { name: 'Key' }).fill('cafe');
  await screen.getByRole('textbox', { name: 'Name' }).fill('Café');
  await screen.getByRole('button', { name: 'Create project' }).click();
  await expect.poll(() => asked.find((one) => one.method === 'POST')?.body).toEqual({ name: 'Café', key: 'cafe' });
});

test('a newcomer joins with a name and a password', async () => {
  const asked = serve({ 'POST /api/v1/invitations/look': look(), 'POST /api/v1/invitations/accept': { person: {}, projects: [], can: [] } });
  const done = nothing();
  const screen = await show(<Welcome token="t" session={null} onDone={done} onSignIn={nothing()} onSignOut={nothing()} />);
  await expect.element(screen.getByText('Ruth invites gil@guest.example as author and viewer.')).toBeVisible();
  await screen.getByRole('textbox', { name: 'Your name' }).fill('Gil');
  await screen.getByLabelText('Password').fill(' seven quiet otters');
  await screen.getByRole('button', { name: 'Join Northwind' }).click();
  await expect.poll(() => done.mock.calls.length).toBe(1);
  expect(asked.at(-1)?.body).toEqual({ token: 't', name: 'Gil', password: ' seven quiet otters' });
});

test('the first owner tells address and project too', async () => {
  const asked = serve({ 'POST /api/v1/invitations/look': look({ email: null, project: null, roles: [] }), 'POST /api/v1/invitations/accept': { person: {}, projects: [], can: [] } });
  const screen = await show(<Welcome token="t" session={null} onDone={nothing()} onSignIn={nothing()} onSignOut={nothing()} />);
  await screen.getByRole('textbox', { name: 'Your name' }).fill('Fay');
  await screen.getByRole('textbox', { name: 'E-mail address' }).fill('fay@first.example');
  await screen.getByLabelText('Password').fill('seven quiet otters');
  await screen.getByRole('textbox', { name: 'Your first project' }).fill('Voice Team');
  await screen.getByRole('button', { name: 'Start the studio' }).click();
  const who = { token: 't', name: 'Fay', email: 'fay@first.example', password: 'seven quiet otters' };
  await expect.poll(() => asked.at(-1)?.body).toEqual({ ...who, project: { key: 'voice-team', name: 'Voice Team' } });
});

test('who has an account signs in; who is somebody else signs out; who is meant joins', async () => {
  const person = { id: 'p', name: 'Gil', email: 'GIL@guest.example', is_admin: false };
  const mine: Session = { person, projects: [], can: [] };
  serve({ 'POST /api/v1/invitations/look': look({ has_account: true }), 'POST /api/v1/invitations/accept': mine });
  const [done, signIn, signOut] = [nothing(), nothing(), nothing()];
  const screen = await show(<Welcome token="t" session={null} onDone={done} onSignIn={signIn} onSignOut={signOut} />);
  await screen.getByRole('button', { name: 'Sign in to join' }).click();
  expect(signIn).toHaveBeenCalledOnce();
  await screen.unmount();
  const other = { ...mine, person: { ...person, email: 'ruth@northwind.example' } };
  const second = await show(<Welcome token="t" session={other} onDone={done} onSignIn={signIn} onSignOut={signOut} />);
  await second.getByRole('button', { name: 'Sign out' }).click();
  expect(signOut).toHaveBeenCalledOnce();
  await second.unmount();
  const third = await show(<Welcome token="t" session={mine} onDone={done} onSignIn={signIn} onSignOut={signOut} />);
  await third.getByRole('button', { name: 'Join Northwind' }).click();
  await expect.poll(() => done.mock.calls.length).toBe(1);
});

test('a link that is over says why', async () => {
  serve({ 'POST /api/v1/invitations/look': () => problem(409, 'Not possible now', 'This invitation was used already. Ask for a new one.') });
  const screen = await show(<Welcome token="t" session={null} onDone={nothing()} onSignIn={nothing()} onSignOut={nothing()} />);
  await expect.element(screen.getByRole('alert')).toMatchTextContent('This invitation was used already. Ask for a new one.');
  await expect.element(screen.getByRole('button', { name: 'Try again' })).not.toBeInTheDocument();
});

test('a refused password stands on its field, a taken one empties the form', async () => {
  let refuse = true;
  const asked = serve({
    'PUT /api/v1/session/password': () =>
      refuse ? problem(422, 'Not valid', 'No.', [{ field: 'current', message: 'This is not your present password.' }]) : { person: {}, projects: [], can: [] },
  });
  const screen = await show(<Password email="me@x.example" />);
  await screen.getByLabelText('Present password').fill('old');
  await screen.getByLabelText('New password').fill('seven quiet otters');
  await screen.getByRole('button', { name: 'Change password' }).click();
  await expect.element(screen.getByLabelText('Present password')).toHaveAccessibleDescription('This is not your present password.');
  refuse = false;
  await screen.getByRole('button', { name: 'Change password' }).click();
  await expect.element(screen.getByLabelText('Present password')).toHaveValue('');
  expect(asked.at(-1)?.body).toEqual({ current: 'old', new: 'seven quiet otters' });
});

test('another browser can be signed out, this one cannot by mistake', async () => {
  const one = { created_at: TIME, last_seen_at: TIME, address: '192.0.2.7' };
  const here = { ...one, id: 's-1', user_agent: 'Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0', is_this: true };
  const asked = serve({ 'GET /api/v1/sessions': { items: [here, { ...one, id: 's-2', user_agent: 'curl/8.5', is_this: false }] }, 'DELETE /api/v1/sessions/s-2': () => new Response(null, { status: 204 }) });
  const screen = await show(<Browsers />);
  await expect.element(screen.getByText('Firefox on Linux')).toBeVisible();
  await screen.getByRole('button').click();
  await expect.poll(() => asked.some((call) => call.path === '/api/v1/sessions/s-2')).toBe(true);
});

test('browsers and keys are named as people know them', () => {
  expect(browserName('Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) AppleWebKit/605 Version/18.0 Mobile Safari/604.1')).toBe('Safari on iOS');
  expect(browserName('Mozilla/5.0 (Windows NT 10.0) AppleWebKit/537.36 Chrome/140.0 Safari/537.36 Edg/140.0')).toBe('Edge on Windows');
  expect(browserName('python-httpx/0.28')).toBe('python-httpx');
  expect(browserName(null)).toBe('Unknown browser');
  expect(keyOf(' Ünï & Co. ')).toBe('uni-co');
});
