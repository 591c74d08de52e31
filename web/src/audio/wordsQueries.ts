/** When each word of a version is spoken. Known once, it never changes; what is not timed yet is asked for again. */
import { queryOptions } from '@tanstack/react-query';
import { answer, api } from '../api/client.ts';
import type { Word } from './playhead.ts';

export interface Words {
  /** Who timed them: the voice itself, or recognition; null if nobody has yet. */
  readonly source: 'provider' | 'aligned' | null;
  readonly words: readonly Word[];
}

export function wordsQuery(version: string) {
  return queryOptions<Words>({
    queryKey: ['words', version],
    staleTime: ({ state }) => (state.data?.source ? Infinity : 0),
    queryFn: async ({ signal }) => {
      const { source, items } = await answer(api.GET('/api/v1/versions/{version}/words', { params: { path: { version } }, signal }));
      return {
        source: source === 'provider' || source === 'aligned' ? source : null,
        words: items.map((word) => ({ text: word.text, startMs: word.start_ms, endMs: word.end_ms })),
      };
    },
  });
}
