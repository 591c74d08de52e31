/** Signing in and out. */
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { answer, api } from '../../api/client.ts';
import { forget } from '../../ui/storage.ts';
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

/** Also forgets the drafts that were kept in this browser: the next person is somebody else. */
export function useSignOut() {
  return useMutation({
    mutationFn: () => answer(api.DELETE('/api/v1/session')),
    onSuccess: () => forget('voiceops.draft.'),
  });
}
