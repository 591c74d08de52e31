/** Rounds of judging: a version's own, the queue of a project, and who may decide in them. */
import { infiniteQueryOptions, keepPreviousData, queryOptions, type QueryKey } from '@tanstack/react-query';
import { answer, api } from '../../api/client.ts';
import type { Judged } from './judged.ts';

/** Which reviews are shown; undefined is what is usual: those that wait for me, and are open. */
export interface Filters {
  for?: 'all';
  state?: 'closed';
}

const PAGE = 20;

/** The first words are those of live news. */
const keys = {
  inbox: (project: string) => ['reviews', project] as const,
  version: (version: string) => ['version', version] as const,
};

/** All that a step in the life of a version may have changed. */
export function touchedBy({ id, assetId, projectId }: Judged): QueryKey[] {
  return [keys.version(id), ['versions', assetId], ['asset', assetId], keys.inbox(projectId)];
}

export function inboxQuery(project: string, filters: Filters) {
  return infiniteQueryOptions({
    queryKey: [...keys.inbox(project), filters],
    initialPageParam: undefined as string | undefined,
    placeholderData: keepPreviousData,
    queryFn: ({ pageParam, signal }) => {
      const query = { for: filters.for ?? 'me', state: filters.state ?? 'open', limit: PAGE, ...(pageParam === undefined ? {} : { cursor: pageParam }) } as const;
      return answer(api.GET('/api/v1/projects/{project}/reviews', { params: { path: { project }, query }, signal }));
    },
    getNextPageParam: (page) => page.next_cursor ?? undefined,
  });
}

export function roundsQuery(version: string) {
  return infiniteQueryOptions({
    queryKey: [...keys.version(version), 'reviews'],
    initialPageParam: undefined as string | undefined,
    queryFn: ({ pageParam, signal }) => {
      const query = { limit: PAGE, ...(pageParam === undefined ? {} : { cursor: pageParam }) };
      return answer(api.GET('/api/v1/versions/{version}/reviews', { params: { path: { version }, query }, signal }));
    },
    getNextPageParam: (page) => page.next_cursor ?? undefined,
  });
}

/** The active members whose roles the server lets approve. Whether they had a part in a version, it says when they are asked. */
export function decidersQuery(project: string) {
  const params = { path: { project } };
  return queryOptions({
    queryKey: ['members', project, 'deciders'],
    queryFn: async ({ signal }) => {
      const [members, policy] = await Promise.all([
        answer(api.GET('/api/v1/projects/{project}/members', { params, signal })),
        answer(api.GET('/api/v1/projects/{project}/policy', { params, signal })),
      ]);
      const may = policy.rules.find(({ action }) => action === 'version.approve')?.roles ?? [];
      return {
        people: members.items.filter(({ active, roles }) => active && roles.some((role) => may.includes(role))),
        selfApproval: policy.self_approval,
      };
    },
  });
}
