/** How answers are kept and when a question is asked again. */
import { MutationCache, QueryCache, QueryClient } from '@tanstack/react-query';
import { asProblem } from '../api/client.ts';

/** What to do when the server says that nobody is signed in; the router sets it. */
let signedOut: () => void = () => undefined;

export function onSignedOut(then: () => void): void {
  signedOut = then;
}

function watch(error: unknown) {
  if (asProblem(error).status === 401) signedOut();
}

export const queryClient = new QueryClient({
  queryCache: new QueryCache({ onError: watch }),
  mutationCache: new MutationCache({ onError: watch }),
  defaultOptions: {
    queries: {
      networkMode: 'always', // the server may be this machine: "offline" says nothing about it
      staleTime: 10_000, // events tell of changes; this is for what they cannot
      retry: (failures, error) => failures < 2 && worthAnotherTry(error),
      retryDelay: (attempt) => 400 * 2 ** attempt,
    },
    mutations: {
      networkMode: 'always',
    },
  },
});

function worthAnotherTry(error: unknown): boolean {
  const { status } = asProblem(error);
  return status === 0 || status >= 500;
}
