/** What a link is for, and coming in by it. */
import { queryOptions, useMutation, useQueryClient } from '@tanstack/react-query';
import { answer, api } from '../../api/client.ts';
import type { Acceptance } from '../../api/types.ts';

export function lookQuery(token: string) {
  return queryOptions({
    queryKey: ['invitation', token],
    staleTime: Infinity,
    queryFn: ({ signal }) => answer(api.POST('/api/v1/invitations/look', { body: { token }, signal })),
  });
}

export function useAccept(token: string) {
  const client = useQueryClient();
  return useMutation({
    mutationFn: (more: Acceptance) => answer(api.POST('/api/v1/invitations/accept', { body: { token, ...more } })),
    onSuccess: (session) => client.setQueryData(['session'], session),
  });
}
