/** Who may do what in a project. */
import { queryOptions } from '@tanstack/react-query';
import { answer, api } from '../../api/client.ts';

export function policyQuery(project: string) {
  return queryOptions({
    queryKey: ['policy', project],
    queryFn: ({ signal }) => answer(api.GET('/api/v1/projects/{project}/policy', { params: { path: { project } }, signal })),
  });
}
