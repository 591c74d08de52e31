/** Saying which take one prefers. */
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { answer, api } from '../../api/client.ts';
import { sendOnce, type Once } from '../../api/once.ts';
import type { NewPreference, Preference } from '../../api/types.ts';
import { compareKeys } from './queries.ts';

export function usePrefer(project: string, onPreferred: (preference: Preference) => void) {
  const client = useQueryClient();
  const mutation = useMutation({
    mutationFn: ({ ask, key }: Once<NewPreference>) =>
      answer(
        api.POST('/api/v1/projects/{project}/preferences', {
          params: { path: { project }, header: { 'Idempotency-Key': key } },
          body: ask,
        }),
      ),
    onSuccess: (preference) => {
      onPreferred(preference);
      void client.invalidateQueries({ queryKey: compareKeys.preferences(project) });
    },
  });
  return { ...mutation, prefer: (ask: NewPreference) => mutation.mutate(sendOnce(mutation, ask)) };
}
