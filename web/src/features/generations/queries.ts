/** Voices, the check of a script, and generations: asking, watching, cancelling, trying again. */
import { keepPreviousData, queryOptions, useMutation, useQueryClient, type QueryClient } from '@tanstack/react-query';
import { answer, api } from '../../api/client.ts';
import type { Generation, GenerationPage, GenerationRequest } from '../../api/types.ts';

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
    staleTime: Infinity,
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

export function useSaveScript(asset: string) {
  const client = useQueryClient();
  return useMutation({
    mutationFn: (body: { text: string; note: string }) => answer(api.POST('/api/v1/assets/{asset}/scripts', request(asset, newKey(), body))),
    onSuccess: () => client.invalidateQueries({ queryKey: ['asset', asset] }),
  });
}

/** Under its key a request is done once, however often it is sent. `crypto.randomUUID` is missing on plain http. */
export function newKey(): string {
  return Array.from(crypto.getRandomValues(new Uint8Array(16)), (byte) => byte.toString(16).padStart(2, '0')).join('');
}

function request(asset: string, key: string, { text, note }: { text: string; note: string }) {
  return { params: { path: { asset }, header: { 'Idempotency-Key': key } }, body: { text, ...(note.trim() && { note: note.trim() }) } };
}

interface Ask extends GenerationRequest {
  /** Why the wording changed; kept with the script. */
  note: string;
  text: string;
  /** One click is one generation, however often it is sent. */
  key: string;
}

/** Saves the note with the script first if there is one: a generation alone cannot carry it. */
export function useGenerate(asset: string) {
  const client = useQueryClient();
  return useMutation({
    retry: (failures, error) => failures < 2 && 'status' in error && error.status === 0,
    mutationFn: async ({ note, text, key, ...rest }: Ask) => {
      const script = note.trim() ? await answer(api.POST('/api/v1/assets/{asset}/scripts', request(asset, `${key}-script`, { text, note }))) : null;
      return await answer(
        api.POST('/api/v1/assets/{asset}/generations', {
          params: { path: { asset }, header: { 'Idempotency-Key': key } },
          body: { ...rest, ...(script ? { script_id: script.id } : { text }) },
        }),
      );
    },
    onSuccess: async (generation) => {
      client.setQueryData<GenerationPage>(generationKeys.of(asset), (page) => page && withGeneration(page, generation));
      await Promise.all([
        client.invalidateQueries({ queryKey: generationKeys.of(asset) }),
        client.invalidateQueries({ queryKey: ['asset', asset] }),
      ]);
    },
  });
}

function useStep(asset: string, step: 'cancel' | 'retry') {
  const client = useQueryClient();
  return useMutation({
    mutationFn: (generation: string) => {
      const params = { path: { generation_id: generation } };
      return answer(
        step === 'cancel'
          ? api.POST('/api/v1/generations/{generation_id}/cancel', { params })
          : api.POST('/api/v1/generations/{generation_id}/retry', { params }),
      );
    },
    onSuccess: (generation) => {
      client.setQueryData<GenerationPage>(generationKeys.of(asset), (page) => page && withGeneration(page, generation));
    },
    onSettled: () => client.invalidateQueries({ queryKey: generationKeys.of(asset) }),
  });
}

export function useCancel(asset: string) {
  return useStep(asset, 'cancel');
}

export function useRetry(asset: string) {
  return useStep(asset, 'retry');
}

function withGeneration(page: GenerationPage, generation: Generation): GenerationPage {
  const known = page.items.some((one) => one.id === generation.id);
  const items = known ? page.items.map((one) => (one.id === generation.id ? generation : one)) : [generation, ...page.items];
  return { ...page, items };
}

/** Moves a bar without asking the server; false when this generation is not on screen, or there is more to know than that. */
export function showProgress(client: QueryClient, asset: string, id: string, progress: number): boolean {
  const page = client.getQueryData<GenerationPage>(generationKeys.of(asset));
  const generation = page?.items.find((one) => one.id === id);
  if (!page || (generation?.status !== 'queued' && generation?.status !== 'running')) return false;
  client.setQueryData<GenerationPage>(generationKeys.of(asset), withGeneration(page, { ...generation, status: 'running', progress }));
  return true;
}
