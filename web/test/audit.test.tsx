import { expect, test, vi } from 'vitest';
import { EventPanel } from '../src/features/audit/eventPanel.tsx';
import { asked, exportUrl, useVerify } from '../src/features/audit/queries.ts';
import { VerdictNote } from '../src/features/audit/verdict.tsx';
import { about, actionName, done, who } from '../src/features/audit/words.ts';
import { event, verdict } from './made.ts';
import { problem, serve } from './network.ts';
import { show } from './show.tsx';

const PROJECT = { id: 'pr-1', key: 'northwind', name: 'Northwind', roles: [], can: [] };
const EVENT = 'GET /api/v1/projects/pr-1/audit/e-1';
const VERIFY = 'POST /api/v1/projects/pr-1/audit/verify';

function Verify({ onOpen }: { onOpen: (id: string) => void }) {
  const verify = useVerify('pr-1');
  return (
    <>
      <button type="button" onClick={() => verify.mutate()}>
        Verify
      </button>
      <VerdictNote verify={verify} onOpen={onOpen} />
    </>
  );
}

test('an event that is proved says since when', async () => {
  serve({ [EVENT]: event() });
  const screen = await show(<EventPanel project={PROJECT} event="e-1" onClose={() => undefined} />);
  await expect.element(screen.getByRole('dialog', { name: 'Event #4' })).toBeVisible();
  await expect.element(screen.getByText(/it has not been changed since/)).toBeVisible();
  await expect.element(screen.getByText('Because it was wrong')).toBeVisible();
  await screen.getByText('The exact bytes').click();
  await expect.element(screen.getByText('{"exact":"bytes"}')).toBeVisible();
});

test('an event whose bytes lead elsewhere is called changed', async () => {
  const { proof } = event();
  serve({ [EVENT]: event({ proof: proof && { ...proof, proved: false } }) });
  const screen = await show(<EventPanel project={PROJECT} event="e-1" onClose={() => undefined} />);
  await expect.element(screen.getByText(/it was changed/)).toBeVisible();
});

test('an event that waits to be sealed is looked at again', async () => {
  const answers = [event({ index: null, proof: null }), event()];
  serve({ [EVENT]: () => answers.shift() ?? event() });
  const screen = await show(<EventPanel project={PROJECT} event="e-1" onClose={() => undefined} />);
  await expect.element(screen.getByText(/Not sealed yet/)).toBeVisible();
  await expect.element(screen.getByRole('dialog', { name: 'Event', exact: true })).toBeVisible();
  await expect.element(screen.getByText(/it has not been changed since/)).toBeVisible();
});

test('an event that is not there is no error of ours', async () => {
  serve({});
  const screen = await show(<EventPanel project={PROJECT} event="e-1" onClose={() => undefined} />);
  await expect.element(screen.getByRole('heading', { name: 'There is no such event' })).toBeVisible();
});

test('a record that is whole says how much was looked at', async () => {
  serve({ [VERIFY]: verdict({ unsealed: 1 }) });
  const screen = await show(<Verify onOpen={() => undefined} />);
  await screen.getByRole('button', { name: 'Verify' }).click();
  await expect.element(screen.getByText('Nothing is wrong')).toBeVisible();
  await expect.element(screen.getByText(/^1,234 events, 56 signed checkpoints and 55 copies/)).toBeVisible();
  await expect.element(screen.getByText(/^One event is not sealed yet/)).toBeVisible();
});

test('what is wrong is listed, and the event can be opened', async () => {
  const finding = { kind: 'edited' as const, why: 'Event #4 is not what was sealed.', log: 'pr-1', index: 3, seq: 12, event_id: 'e-1' };
  serve({ [VERIFY]: verdict({ ok: false, findings: [finding], more: 4 }) });
  const opened = vi.fn<(id: string) => void>();
  const screen = await show(<Verify onOpen={opened} />);
  await screen.getByRole('button', { name: 'Verify' }).click();
  await expect.element(screen.getByRole('alert')).toMatchTextContent('The record is not what it was');
  await expect.element(screen.getByText('And 4 more.')).toBeVisible();
  await screen.getByRole('button', { name: 'Open #4' }).click();
  expect(opened).toHaveBeenCalledWith('e-1');
});

test('a verification that cannot be made says why', async () => {
  serve({ [VERIFY]: () => problem(503, 'Not available now', 'VOICEOPS_SECRET_KEY is not set.') });
  const screen = await show(<Verify onOpen={() => undefined} />);
  await screen.getByRole('button', { name: 'Verify' }).click();
  await expect.element(screen.getByRole('alert')).toMatchTextContent('VOICEOPS_SECRET_KEY is not set.');
});

test('the log of the installation has addresses of its own', async () => {
  serve({ 'GET /api/v1/audit/e-1': event({ project_id: null, asset_id: null, action: 'session.refuse' }) });
  const screen = await show(<EventPanel project={null} event="e-1" onClose={() => undefined} />);
  await expect.element(screen.getByText('refused a wrong password')).toBeVisible();
  expect(exportUrl(null, {}, 'jsonl')).toBe('/api/v1/audit/export?format=jsonl');
});

test('whom an event speaks of is named, and an invitation is called one', async () => {
  const gil = { id: 'p-9', name: 'Gil Guest' };
  serve({ [EVENT]: event({ action: 'member.invite', subject: { type: 'invitation', id: 'i-1', name: gil.name }, people: [gil] }) });
  const screen = await show(<EventPanel project={PROJECT} event="e-1" onClose={() => undefined} />);
  await expect.element(screen.getByText('invited somebody: Gil Guest')).toBeVisible();
  await expect.element(screen.getByText('An invitation, accepted by Gil Guest')).toBeVisible();
  await expect.element(screen.getByText('Who is who')).toBeVisible();
  const { actor } = event();
  expect(about({ actor, subject: { type: 'person', id: actor.id ?? '', name: actor.name } })).toBeNull();
});

test('days are sent as moments, and what is no day is not', () => {
  const { since, until } = asked({ since: '2026-11-24', until: '2026-11-24', action: 'asset.create' });
  expect(Date.parse(until ?? '') - Date.parse(since ?? '')).toBe(86_399_999);
  expect(asked({ since: 'yesterday' })).toEqual({});
  expect(exportUrl('p', { action: 'a.b' }, 'csv')).toBe('/api/v1/projects/p/audit/export?format=csv&action=a.b');
});

test('actions read as words, also those this page does not know', () => {
  expect(done('target.deploy')).toBe('target deploy');
  expect(done('asset.create')).toBe('created the asset');
  expect(actionName('session.sign_in')).toBe('Session: sign in');
  expect(who({ actor: { type: 'system', id: null, name: null, key: null } })).toBe('The studio itself');
  const key = { id: 'k-1', name: 'Nightly build', prefix: 'vo_abcdefgh' };
  expect(who({ actor: { type: 'key', id: 'p-1', name: 'Mara Lindqvist', key } })).toBe('Mara Lindqvist, by the key Nightly build,');
});
