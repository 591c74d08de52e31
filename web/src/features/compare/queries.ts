/** Versions side by side, and what people preferred of them when they heard them blind. */
import { infiniteQueryOptions, keepPreviousData, queryOptions } from '@tanstack/react-query';
import { answer, api, asProblem } from '../../api/client.ts';

export const compareKeys = {
  version: (id: string) => ['version', id] as const,
  pair: (left: string, right: string) => ['compare', left, right] as const,
  preferences: (project: string) => ['preferences', project] as const,
};

/** What is not there stays so: it is not asked for again and again. */
const again = (failures: number, error: Error) => failures < 2 && ![404, 422].includes(asProblem(error).status);

export function versionQuery(version: string) {
  return queryOptions({
    queryKey: compareKeys.version(version),
    retry: again,
    queryFn: ({ signal }) => answer(api.GET('/api/v1/versions/{version}', { params: { path: { version } }, signal })),
  });
}

export function compareQuery(left: string, right: string) {
  return queryOptions({
    queryKey: compareKeys.pair(left, right),
    retry: again,
    queryFn: ({ signal }) => answer(api.GET('/api/v1/versions/{left}/compare/{right}', { params: { path: { left, right } }, signal })),
  });
}

export function preferencesQuery(project: string, versions: readonly string[]) {
  return queryOptions({
    queryKey: [...compareKeys.preferences(project), ...versions],
    queryFn: ({ signal }) => {
      const repeated = new URLSearchParams(versions.map((id) => ['version', id]));
      const query = repeated as unknown as { version: string[] }; // the client gives it to URLSearchParams, which takes one as it is
      return answer(api.GET('/api/v1/projects/{project}/preferences', { params: { path: { project }, query }, signal }));
    },
  });
}

const PAGE = 50;

/** What can stand in the place of a version: those of its asset, the newest first. */
export function candidatesQuery(asset: string) {
  return infiniteQueryOptions({
    queryKey: ['versions', asset, 'candidates'],
    initialPageParam: undefined as string | undefined,
    queryFn: ({ pageParam, signal }) => {
      const query = { limit: PAGE, ...(pageParam === undefined ? {} : { cursor: pageParam }) };
      return answer(api.GET('/api/v1/assets/{asset}/versions', { params: { path: { asset }, query }, signal }));
    },
    getNextPageParam: (page) => page.next_cursor ?? undefined,
  });
}

/** Assets whose title, key, tag or script has these words; all if there are none. */
export function assetsWithQuery(project: string, words: string) {
  return queryOptions({
    queryKey: ['assets', project, 'compare', words],
    placeholderData: keepPreviousData,
    queryFn: ({ signal }) => {
      const query = { limit: PAGE, ...(words !== '' && { query: words }) };
      return answer(api.GET('/api/v1/projects/{project}/assets', { params: { path: { project }, query }, signal }));
    },
  });
}
