/** Making and revoking keys. */
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { answer, api } from '../../api/client.ts';
import type { NewApiKey } from '../../api/types.ts';
import { keyKeys } from './queries.ts';

export function useCreateKey() {
  const client = useQueryClient();
  return useMutation({
    mutationFn: (body: NewApiKey) => answer(api.POST('/api/v1/api-keys', { body })),
    gcTime: 0, // the answer holds the secret, which is not kept longer than it is shown
    onSuccess: () => client.invalidateQueries({ queryKey: keyKeys.all }),
  });
}

export function useRevokeKey() {
  const client = useQueryClient();
  return useMutation({
    mutationFn: (key: string) => answer(api.DELETE('/api/v1/api-keys/{key}', { params: { path: { key } } })),
    onSettled: () => client.invalidateQueries({ queryKey: keyKeys.all }),
  });
}
