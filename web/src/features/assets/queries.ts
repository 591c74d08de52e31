/** Assets: the library's list, one asset, and what changes them. */
import { infiniteQueryOptions, keepPreviousData, queryOptions, useMutation, useQueryClient } from '@tanstack/react-query';
import { answer, api } from '../../api/client.ts';
import type { AssetChange, NewAsset, Status } from '../../api/types.ts';

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

export function useCreateAsset(project: string) {
  const client = useQueryClient();
  return useMutation({
    mutationFn: (body: NewAsset) => answer(api.POST('/api/v1/projects/{project}/assets', { params: { path: { project } }, body })),
    onSuccess: (asset) => {
      client.setQueryData(assetKeys.one(asset.id), asset);
      return client.invalidateQueries({ queryKey: assetKeys.lists });
    },
  });
}

export function useChangeAsset(asset: string) {
  const client = useQueryClient();
  return useMutation({
    mutationFn: (body: AssetChange) => answer(api.PATCH('/api/v1/assets/{asset}', { params: { path: { asset } }, body })),
    onSuccess: (changed) => {
      client.setQueryData(assetKeys.one(asset), changed);
      return client.invalidateQueries({ queryKey: assetKeys.lists });
    },
  });
}
