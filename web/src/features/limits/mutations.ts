/** Setting limits. */
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { answer, api } from '../../api/client.ts';
import type { LimitsChange } from '../../api/types.ts';
import { limitKeys } from './queries.ts';

export function useChangeLimits(project: string) {
  const client = useQueryClient();
  return useMutation({
    mutationFn: (body: LimitsChange) => answer(api.PATCH('/api/v1/projects/{project}/limits', { params: { path: { project } }, body })),
    onSuccess: (changed) => client.setQueryData(limitKeys.of(project), changed),
  });
}
