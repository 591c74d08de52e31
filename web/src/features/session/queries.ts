/** Who is signed in, and whether this is a demo. */
import { queryOptions, type QueryClient } from '@tanstack/react-query';
import { answer, api, asProblem } from '../../api/client.ts';

export const sessionQuery = queryOptions({
  queryKey: ['session'],
  staleTime: 60_000,
  queryFn: () => answer(api.GET('/api/v1/session')),
});

/** Null when this installation is no demo. */
export const demoQuery = queryOptions({
  queryKey: ['demo'],
  staleTime: 'static',
  queryFn: () =>
    answer(api.GET('/api/v1/demo')).catch((error: unknown) => {
      if (asProblem(error).status === 404) return null;
      throw error;
    }),
});

/** What one person was answered is not for the next; whether this is a demo is the same for all. */
export function forgetAnswers(client: QueryClient): void {
  client.removeQueries({ predicate: (query) => query.queryKey[0] !== demoQuery.queryKey[0] });
}
