/** Versions of an asset, newest first. What is in one never changes, save its status. */
import { infiniteQueryOptions, queryOptions } from '@tanstack/react-query';
import { answer, api } from '../../api/client.ts';

export const versionKeys = {
  of: (asset: string) => ['versions', asset] as const,
};

const PAGE = 20;

export function versionsQuery(asset: string) {
  return infiniteQueryOptions({
    queryKey: versionKeys.of(asset),
    initialPageParam: undefined as string | undefined,
    queryFn: ({ pageParam, signal }) => {
      const query = { limit: PAGE, ...(pageParam === undefined ? {} : { cursor: pageParam }) };
      return answer(api.GET('/api/v1/assets/{asset}/versions', { params: { path: { asset }, query }, signal }));
    },
    getNextPageParam: (page) => page.next_cursor ?? undefined,
  });
}

/** For a parent that lies further down than the list has been fetched. */
export function versionQuery(version: string) {
  return queryOptions({
    queryKey: ['version', version],
    staleTime: Infinity,
    queryFn: ({ signal }) => answer(api.GET('/api/v1/versions/{version}', { params: { path: { version } }, signal })),
  });
}
