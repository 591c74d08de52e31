/** What a version was examined for; letting it pass in spite of a finding. */
import { queryOptions, useMutation, useQueryClient } from '@tanstack/react-query';
import { answer, api } from '../../api/client.ts';
import type { CheckName, Version } from '../../api/types.ts';

export function checksQuery(version: string) {
  return queryOptions({
    queryKey: ['version', version, 'checks'],
    queryFn: ({ signal }) => answer(api.GET('/api/v1/versions/{version}/checks', { params: { path: { version } }, signal })),
  });
}

export function useWaive({ id: version, asset_id: asset }: Version, check: CheckName) {
  const client = useQueryClient();
  return useMutation({
    mutationFn: (reason: string) =>
      answer(api.POST('/api/v1/versions/{version}/checks/{check}/waive', { params: { path: { version, check } }, body: { reason } })),
    onSuccess: (changed) => {
      client.setQueryData(checksQuery(version).queryKey, changed);
      void client.invalidateQueries({ queryKey: ['versions', asset] }); // each card tells how its checks stand
    },
  });
}
