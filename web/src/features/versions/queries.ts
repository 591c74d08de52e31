/** Versions of an asset, newest first. What is in one never changes, save its status. */
import { infiniteQueryOptions } from '@tanstack/react-query';
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
