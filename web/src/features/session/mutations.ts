/** Signing in and out. */
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { answer, api } from '../../api/client.ts';
import { forgetAnswers, sessionQuery } from './queries.ts';

export function useSignIn() {
  const client = useQueryClient();
  return useMutation({
    mutationFn: (body: { email: string; password: string }) => answer(api.POST('/api/v1/session', { body })),
    onSuccess: (session) => {
      forgetAnswers(client);
      client.setQueryData(sessionQuery.queryKey, session);
    },
  });
}

export function useSignOut() {
  return useMutation({ mutationFn: () => answer(api.DELETE('/api/v1/session')) });
}
