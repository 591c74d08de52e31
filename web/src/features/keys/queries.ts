/** API keys of a project: one's own, and for its owners everybody's. */
import { infiniteQueryOptions } from '@tanstack/react-query';
import { answer, api } from '../../api/client.ts';

/** The first word is the subject's name in live news. */
export const keyKeys = { all: ['key'] as const, of: (project: string) => ['key', project] as const };

export function keysQuery(project: string) {
  return infiniteQueryOptions({
    queryKey: keyKeys.of(project),
    initialPageParam: undefined as string | undefined,
    queryFn: ({ pageParam, signal }) => {
      const query = { project, limit: 100, ...(pageParam === undefined ? {} : { cursor: pageParam }) };
      return answer(api.GET('/api/v1/api-keys', { params: { query }, signal }));
    },
    getNextPageParam: (page) => page.next_cursor ?? undefined,
  });
}
