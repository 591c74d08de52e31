/** Assets: the library's list, and one asset. */
import { infiniteQueryOptions, keepPreviousData, queryOptions } from '@tanstack/react-query';
import { answer, api } from '../../api/client.ts';
import type { Status } from '../../api/types.ts';

export interface Filters {
  query?: string;
  status?: Status;
  tag?: string;
  language?: string;
  owner?: string;
}

/** Undefined takes a filter away. */
export type FilterChange = { [Name in keyof Filters]?: Filters[Name] | undefined };

export const assetKeys = {
  lists: ['assets'] as const,
  list: (project: string, filters: Filters) => ['assets', project, filters] as const,
  one: (asset: string) => ['asset', asset] as const,
};

const PAGE = 50;

export function assetsQuery(project: string, filters: Filters) {
  return infiniteQueryOptions({
    queryKey: assetKeys.list(project, filters),
    initialPageParam: undefined as string | undefined,
    placeholderData: keepPreviousData,
    queryFn: ({ pageParam, signal }) => {
      const query = { ...filters, limit: PAGE, ...(pageParam === undefined ? {} : { cursor: pageParam }) };
      return answer(api.GET('/api/v1/projects/{project}/assets', { params: { path: { project }, query }, signal }));
    },
    getNextPageParam: (page) => page.next_cursor ?? undefined,
  });
}

export function assetQuery(asset: string) {
  return queryOptions({
    queryKey: assetKeys.one(asset),
    queryFn: ({ signal }) => answer(api.GET('/api/v1/assets/{asset}', { params: { path: { asset } }, signal })),
  });
}
