/** A project's limits and this month's use of them. */
import { queryOptions } from '@tanstack/react-query';
import { answer, api } from '../../api/client.ts';

export const limitKeys = {
  of: (project: string) => ['limits', project] as const,
};

export function limitsQuery(project: string) {
  return queryOptions({
    queryKey: limitKeys.of(project),
    queryFn: ({ signal }) => answer(api.GET('/api/v1/projects/{project}/limits', { params: { path: { project } }, signal })),
  });
}
