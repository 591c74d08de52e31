/** The policy of a project: what a review needs, and who may do what. */
import { queryOptions, useMutation, useQueryClient } from '@tanstack/react-query';
import { answer, api } from '../../api/client.ts';
import type { PolicyChange } from '../../api/types.ts';

export function policyQuery(project: string) {
  return queryOptions({
    queryKey: ['policy', project],
    queryFn: ({ signal }) => answer(api.GET('/api/v1/projects/{project}/policy', { params: { path: { project } }, signal })),
  });
}

export function useChangePolicy(project: string) {
  const client = useQueryClient();
  return useMutation({
    mutationFn: (body: PolicyChange) => answer(api.PATCH('/api/v1/projects/{project}/policy', { params: { path: { project } }, body })),
    onSuccess: (changed) => client.setQueryData(policyQuery(project).queryKey, changed),
  });
}
