/** Noting that notices were read. */
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { answer, api } from '../../api/client.ts';
import { noticesQuery } from './queries.ts';

/** Without ids all of them. */
export function useRead() {
  const client = useQueryClient();
  return useMutation({
    mutationFn: (ids: string[] | undefined) => answer(api.POST('/api/v1/notices/read', ids ? { body: { notice_ids: ids } } : {})),
    onSettled: () => client.invalidateQueries({ queryKey: noticesQuery.queryKey }),
  });
}
