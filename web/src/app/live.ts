/** Live news from the server: what somebody else does appears without a reload. */
import { useEffect, useSyncExternalStore } from 'react';
import type { QueryFilters, QueryKey } from '@tanstack/react-query';
import { assetKeys } from '../features/assets/queries.ts';
import { generationKeys, showProgress } from '../features/generations/queries.ts';
import { limitKeys } from '../features/limits/queries.ts';
import { sessionQuery } from '../features/session/queries.ts';
import { versionKeys } from '../features/versions/queries.ts';
import { queryClient } from './queryClient.ts';

export type LiveState = 'connecting' | 'live' | 'lost';

interface Change {
  subject: { type: string; id: string };
  action: string;
  asset_id: string | null;
  version_id: string | null;
  project_id: string | null;
  progress: number | null;
  status: string | null;
}

const AGAIN_MS = 3000;
const GATHER_MS = 120;
const listeners = new Set<() => void>();
let state: LiveState = 'connecting';

function set(next: LiveState) {
  if (state === next) return;
  state = next;
  for (const tell of listeners) tell();
}

function subscribe(tell: () => void) {
  listeners.add(tell);
  return () => void listeners.delete(tell);
}

/** Asks afresh for what is on screen. An answer under way may have been read before the change, so it is old when it comes. */
function renew(filters?: QueryFilters) {
  for (const query of queryClient.getQueryCache().findAll({ ...filters, fetchStatus: 'fetching' })) {
    if (query.isActive() && query.state.data !== undefined) continue; // the invalidation below stops it and asks again
    const again = () => queryClient.invalidateQueries({ queryKey: query.queryKey, exact: true });
    query.promise?.then(again, () => undefined);
  }
  void queryClient.invalidateQueries(filters);
}

/** Many changes at once (an import, a first start) ask for each list only once. */
const waiting = new Map<string, QueryKey>();

function refresh(...keys: QueryKey[]) {
  if (waiting.size === 0) {
    setTimeout(() => {
      const now = [...waiting.values()];
      waiting.clear();
      for (const queryKey of now) renew({ queryKey });
    }, GATHER_MS);
  }
  for (const key of keys) waiting.set(JSON.stringify(key), key);
}

/** Who is in, and as what: every screen asks it, but only what is on screen is fetched. */
const PEOPLE = [['session'], ['members'], ['invitations'], ['people'], ['projects'], ['key']];

function apply({ subject, action, asset_id: asset, version_id: version, project_id: project, status, progress }: Change) {
  if (subject.type === 'notice') return refresh(['notices']);
  if (action !== 'generation.progress') refresh(['audit', project]);
  if (project && subject.type === 'limit') refresh(limitKeys.of(project));
  // Another policy makes something else of what was found, and of who may approve.
  if (subject.type === 'policy') refresh(['policy', project], ['version'], ['versions']);
  if (subject.type === 'preference') {
    refresh(['preferences', project]);
    return;
  }
  if (!asset) {
    const me = queryClient.getQueryData(sessionQuery.queryKey)?.person.id;
    // Other roles of one's own change what every answer allows.
    if (subject.id === me) void queryClient.invalidateQueries();
    else refresh(...PEOPLE);
    return;
  }
  if (version) refresh(['version', version], ['reviews', project], ['policy', project]);
  if (action === 'version.examined') refresh(['words', version]);
  const onlyMoved = subject.type === 'generation' && status === 'running' && typeof progress === 'number';
  if (onlyMoved && showProgress(queryClient, asset, subject.id, progress)) return;
  refresh(assetKeys.one(asset), assetKeys.lists, versionKeys.of(asset), generationKeys.of(asset), ['version', subject.id]);
  if (project && subject.type === 'generation') refresh(limitKeys.of(project));
}

/** Listens until the returned function is called. A lost connection is taken up again, and what was missed is fetched. */
function listen(): () => void {
  let source: EventSource | null = null;
  let timer: ReturnType<typeof setTimeout> | undefined;
  const open = () => {
    source = new EventSource('/api/v1/events');
    source.addEventListener('ready', () => {
      set('live');
      // Whatever was asked for before it may have changed unheard, at the first time too: the stream opens beside the first questions.
      renew();
    });
    source.addEventListener('change', (event) => apply(JSON.parse(event.data as string) as Change));
    source.addEventListener('error', () => {
      set('lost');
      // The browser itself reconnects after a broken connection, but never after an answer that is no stream. It keeps that answer
      // to itself: whether nobody is signed in any more, the session tells.
      if (source?.readyState !== EventSource.CLOSED) return;
      void queryClient.refetchQueries({ queryKey: sessionQuery.queryKey });
      timer = setTimeout(open, AGAIN_MS);
    });
  };
  open();
  return () => {
    clearTimeout(timer);
    source?.close();
    set('connecting');
  };
}

export function useLive(): LiveState {
  useEffect(listen, []);
  return useSyncExternalStore(subscribe, () => state);
}
