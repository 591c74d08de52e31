/** The policy of a project: what a review needs, who may do what, what is kept and for how long. */
import { infiniteQueryOptions, keepPreviousData, queryOptions, useMutation, useQueryClient } from '@tanstack/react-query';
import { answer, api } from '../../api/client.ts';
import type { PolicyChange } from '../../api/types.ts';

export function policyQuery(project: string) {
  return queryOptions({
    queryKey: ['policy', project],
    queryFn: ({ signal }) => answer(api.GET('/api/v1/projects/{project}/policy', { params: { path: { project } }, signal })),
  });
}

/** Days to keep what is not used; null is for ever. */
export interface Days {
  readonly renditions: number | null;
  readonly audio: number | null;
}

const PAGE = 20;

/** What the job would drop if these were the days. Beneath the policy, so that it is asked for anew whenever that is. */
export function dryRunQuery(project: string, { renditions, audio }: Days) {
  return infiniteQueryOptions({
    queryKey: ['policy', project, 'dry run', renditions, audio],
    placeholderData: keepPreviousData,
    initialPageParam: undefined as string | undefined,
    queryFn: ({ pageParam, signal }) => {
      const days = { renditions_days: renditions ?? 0, archived_audio_days: audio ?? 0 };
      const query = { ...days, limit: PAGE, ...(pageParam !== undefined && { cursor: pageParam }) };
      return answer(api.GET('/api/v1/projects/{project}/retention', { params: { path: { project }, query }, signal }));
    },
    getNextPageParam: (page) => page.next_cursor ?? undefined,
  });
}

export function storageQuery(project: string) {
  return queryOptions({
    queryKey: ['policy', project, 'storage'],
    queryFn: ({ signal }) => answer(api.GET('/api/v1/projects/{project}/storage', { params: { path: { project } }, signal })),
  });
}

export function useChangePolicy(project: string) {
  const client = useQueryClient();
  return useMutation({
    mutationFn: (body: PolicyChange) => answer(api.PATCH('/api/v1/projects/{project}/policy', { params: { path: { project } }, body })),
    onSuccess: (changed) => client.setQueryData(policyQuery(project).queryKey, changed),
  });
}
