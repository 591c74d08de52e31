/** One's own account: the browsers one is signed in with, and the password. */
import { queryOptions, useMutation, useQueryClient } from '@tanstack/react-query';
import { answer, api } from '../../api/client.ts';
import { sessionQuery } from './queries.ts';

export const browsersQuery = queryOptions({
  queryKey: ['sessions'],
  queryFn: ({ signal }) => answer(api.GET('/api/v1/sessions', { signal })).then(({ items }) => items),
});

export function useEndBrowser() {
  const client = useQueryClient();
  return useMutation({
    mutationFn: (session: string) => answer(api.DELETE('/api/v1/sessions/{session}', { params: { path: { session } } })),
    onSettled: () => client.invalidateQueries({ queryKey: browsersQuery.queryKey }),
  });
}

export function useChangePassword() {
  const client = useQueryClient();
  return useMutation({
    mutationFn: (body: { current: string; new: string }) => answer(api.PUT('/api/v1/session/password', { body })),
    onSuccess: (session) => {
      client.setQueryData(sessionQuery.queryKey, session);
      return client.invalidateQueries({ queryKey: browsersQuery.queryKey });
    },
  });
}
