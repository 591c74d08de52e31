/** Members and invitations of a project; people and projects of the installation. */
import { infiniteQueryOptions, keepPreviousData, queryOptions } from '@tanstack/react-query';
import { answer, api } from '../../api/client.ts';

export const peopleKeys = {
  members: (project: string) => ['members', project] as const,
  invitations: (project: string) => ['invitations', project] as const,
  people: ['people'] as const,
  projects: ['projects'] as const,
};

export function membersQuery(project: string) {
  return queryOptions({
    queryKey: peopleKeys.members(project),
    queryFn: ({ signal }) =>
      answer(api.GET('/api/v1/projects/{project}/members', { params: { path: { project } }, signal })).then(({ items }) => items),
  });
}

export function invitationsQuery(project: string) {
  return infiniteQueryOptions({
    queryKey: peopleKeys.invitations(project),
    initialPageParam: undefined as string | undefined,
    queryFn: ({ pageParam, signal }) => {
      const query = pageParam === undefined ? {} : { cursor: pageParam };
      return answer(api.GET('/api/v1/projects/{project}/invitations', { params: { path: { project }, query }, signal }));
    },
    getNextPageParam: (page) => page.next_cursor ?? undefined,
  });
}

export function peopleQuery(words: string) {
  return infiniteQueryOptions({
    queryKey: [...peopleKeys.people, words],
    initialPageParam: undefined as string | undefined,
    placeholderData: keepPreviousData,
    queryFn: ({ pageParam, signal }) => {
      const query = { ...(words && { query: words }), ...(pageParam === undefined ? {} : { cursor: pageParam }) };
      return answer(api.GET('/api/v1/people', { params: { query }, signal }));
    },
    getNextPageParam: (page) => page.next_cursor ?? undefined,
  });
}

export const allProjectsQuery = queryOptions({
  queryKey: peopleKeys.projects,
  queryFn: ({ signal }) => answer(api.GET('/api/v1/projects', { params: { query: { all: true } }, signal })).then(({ items }) => items),
});
