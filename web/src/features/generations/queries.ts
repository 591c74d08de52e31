/** Voices, the check of a script, and generations under way. */
import { keepPreviousData, queryOptions, type QueryClient } from '@tanstack/react-query';
import { answer, api } from '../../api/client.ts';
import type { Generation, GenerationPage } from '../../api/types.ts';

export const generationKeys = {
  of: (asset: string) => ['generations', asset] as const,
};

const SHOWN = 20;

export const voicesQuery = queryOptions({
  queryKey: ['voices'],
  staleTime: 5 * 60_000,
  queryFn: ({ signal }) => answer(api.GET('/api/v1/voices', { signal })).then((all) => all.items),
});

export function generationsQuery(asset: string) {
  return queryOptions({
    queryKey: generationKeys.of(asset),
    queryFn: ({ signal }) =>
      answer(api.GET('/api/v1/assets/{asset}/generations', { params: { path: { asset }, query: { limit: SHOWN } }, signal })),
  });
}

/** What the server would say to this script, without keeping it. */
export function checkQuery(asset: string, text: string, voice: string | undefined) {
  return queryOptions({
    queryKey: ['check', asset, voice, text],
    staleTime: 'static', // the same text and voice are always told the same
    gcTime: 30_000,
    placeholderData: keepPreviousData,
    queryFn: ({ signal }) =>
      answer(
        api.POST('/api/v1/assets/{asset}/scripts/check', {
          params: { path: { asset } },
          body: { text, ...(voice === undefined ? {} : { voice }) },
          signal,
        }),
      ),
  });
}

export function withGeneration(page: GenerationPage, generation: Generation): GenerationPage {
  const known = page.items.some((one) => one.id === generation.id);
  const items = known ? page.items.map((one) => (one.id === generation.id ? generation : one)) : [generation, ...page.items];
  return { ...page, items };
}

/** Moves a bar without asking the server; false when this generation is not on screen, or there is more to know than that. */
export function showProgress(client: QueryClient, asset: string, id: string, progress: number): boolean {
  const known = client.getQueryState<GenerationPage>(generationKeys.of(asset));
  const page = known?.data;
  const generation = page?.items.find((one) => one.id === id);
  if (!page || known.isInvalidated || (generation?.status !== 'queued' && generation?.status !== 'running')) return false;
  const moved = withGeneration(page, { ...generation, status: 'running', progress });
  client.setQueryData<GenerationPage>(generationKeys.of(asset), moved, { updatedAt: known.dataUpdatedAt }); // the rest is as old as it was
  return true;
}
