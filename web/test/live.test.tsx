import { QueryClientProvider, useQuery } from '@tanstack/react-query';
import { beforeEach, expect, test, vi } from 'vitest';
import { render } from 'vitest-browser-react';
import type { GenerationPage } from '../src/api/types.ts';
import { useLive } from '../src/app/live.ts';
import { onSignedOut, queryClient } from '../src/app/queryClient.ts';
import { generationKeys, generationsQuery, showProgress } from '../src/features/generations/queries.ts';
import { sessionQuery } from '../src/features/session/queries.ts';
import { generation } from './made.ts';
import { problem, serve, type Asked } from './network.ts';

/** The stream, opened by the page and spoken by the test. */
class Stream extends EventTarget {
  static readonly CLOSED = 2;
  static last: Stream;
  static opened = 0;
  readyState = 1;
  constructor() {
    super();
    Stream.last = this;
    Stream.opened += 1;
  }
  ready() {
    this.dispatchEvent(new MessageEvent('ready', { data: '{}' }));
  }
  change(status: string, progress: number | null) {
    const change = { subject: { type: 'generation', id: 'g-1' }, asset_id: 'a-1', project_id: 'pr-1', progress, status };
    this.dispatchEvent(new MessageEvent('change', { data: JSON.stringify(change) }));
  }
  end() {
    this.readyState = Stream.CLOSED;
    this.dispatchEvent(new Event('error'));
  }
  close() {
    this.readyState = Stream.CLOSED;
  }
}

const LIST = 'GET /api/v1/assets/a-1/generations';

function list(of: Parameters<typeof generation>[0] = {}): GenerationPage {
  return { items: [generation(of)], next_cursor: null };
}

function Screen() {
  const state = useLive();
  const session = useQuery({ ...sessionQuery, enabled: queryClient.getQueryData(sessionQuery.queryKey) !== undefined });
  const { data } = useQuery(generationsQuery('a-1'));
  const one = data?.items[0];
  return (
    <p>
      {state}, {session.isError ? 'nobody' : 'somebody'}: {one ? `${one.status} ${one.progress}` : 'nothing'}
    </p>
  );
}

function shown() {
  return render(
    <QueryClientProvider client={queryClient}>
      <Screen />
    </QueryClientProvider>,
  );
}

function lists(asked: readonly Asked[]): number {
  return asked.filter(({ path }) => path.endsWith('/generations')).length;
}

const moment = () => new Promise((done) => setTimeout(done, 300));

beforeEach(() => {
  queryClient.clear();
  Stream.opened = 0;
  vi.stubGlobal('EventSource', Stream);
  return () => vi.unstubAllGlobals();
});

test('what ended between the first answer and the first word of the stream is shown', async () => {
  let now = list({ status: 'running', progress: 0.4 });
  const asked = serve({ [LIST]: () => now });
  const screen = await shown();
  await expect.element(screen.getByText('running 0.4')).toBeVisible();
  now = list({ status: 'succeeded', progress: 1 });
  Stream.last.ready();
  await expect.element(screen.getByText('live, somebody: succeeded 1')).toBeVisible();
  await moment();
  expect(lists(asked), 'once more, not oftener').toBe(2);
});

test.for(['ready', 'change'])('a first answer that was under way at a %s is asked for once more', async (kind) => {
  const way = new EventTarget();
  const arrived = new Promise((done) => way.addEventListener('arrival', done));
  let now = list({ status: 'running', progress: 0.4 });
  const asked = serve({ [LIST]: () => now });
  const network = vi.mocked(fetch).getMockImplementation();
  vi.mocked(fetch).mockImplementationOnce(async (...question) => {
    const answer = await network?.(...question);
    await arrived; // read before the change, but long on its way
    return answer ?? Response.error();
  });
  const screen = await shown();
  await expect.poll(() => lists(asked)).toBe(1);
  now = list({ status: 'succeeded', progress: 1 });
  if (kind === 'ready') Stream.last.ready();
  else Stream.last.change('succeeded', null);
  await moment();
  way.dispatchEvent(new Event('arrival'));
  await expect.element(screen.getByText('succeeded 1')).toBeVisible();
});

test('progress moves what is on screen without asking, and an end asks', async () => {
  const asked = serve({ [LIST]: list({ status: 'queued', progress: 0 }) });
  const screen = await shown();
  Stream.last.ready();
  await expect.poll(() => lists(asked)).toBe(2);
  await expect.element(screen.getByText('queued 0')).toBeVisible();
  Stream.last.change('running', 0.6);
  await expect.element(screen.getByText('running 0.6')).toBeVisible();
  await moment();
  expect(lists(asked)).toBe(2);
  Stream.last.change('succeeded', null);
  Stream.last.change('succeeded', null);
  await expect.poll(() => lists(asked)).toBe(3);
  await moment();
  expect(lists(asked), 'two at once are one question').toBe(3);
});

test('a stream that is refused because the session has ended says so', async () => {
  const left = vi.fn<() => void>();
  onSignedOut(left);
  queryClient.setQueryData(sessionQuery.queryKey, { person: {}, projects: [] } as never);
  serve({ [LIST]: list(), 'GET /api/v1/session': () => problem(401, 'Not signed in', 'Sign in first.') });
  await shown();
  Stream.last.end();
  await expect.poll(() => left.mock.calls.length).toBe(1);
  onSignedOut(() => undefined);
});

test('a stream that broke for another reason is opened again', async () => {
  const left = vi.fn<() => void>();
  onSignedOut(left);
  queryClient.setQueryData(sessionQuery.queryKey, { person: {}, projects: [] } as never);
  serve({ [LIST]: list(), 'GET /api/v1/session': { person: {}, projects: [] } });
  const screen = await shown();
  const before = Stream.opened;
  Stream.last.end();
  await expect.element(screen.getByText('lost, somebody')).toBeVisible();
  await expect.poll(() => Stream.opened, { timeout: 6000 }).toBe(before + 1);
  expect(left).not.toHaveBeenCalled();
  onSignedOut(() => undefined);
});

test('a bar is moved only if it is known and nothing else is', () => {
  const key = generationKeys.of('a-1');
  expect(showProgress(queryClient, 'a-1', 'g-1', 0.7), 'never fetched').toBe(false);
  queryClient.setQueryData(key, list({ status: 'running', progress: 0.4 }), { updatedAt: 1000 });
  expect(showProgress(queryClient, 'a-1', 'g-other', 0.7), 'another').toBe(false);
  expect(showProgress(queryClient, 'a-1', 'g-1', 0.7)).toBe(true);
  expect(queryClient.getQueryData<GenerationPage>(key)?.items[0]?.progress).toBe(0.7);
  expect(queryClient.getQueryState(key)?.dataUpdatedAt, 'the list is as old as it was').toBe(1000);
  void queryClient.invalidateQueries({ queryKey: key });
  expect(showProgress(queryClient, 'a-1', 'g-1', 0.8), 'it waits to be fetched').toBe(false);
  queryClient.setQueryData(key, list({ status: 'succeeded' }));
  expect(showProgress(queryClient, 'a-1', 'g-1', 0.9), 'it is over').toBe(false);
});
