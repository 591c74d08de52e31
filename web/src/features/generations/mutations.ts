/** Saving a script, asking for a generation, cancelling it, trying it again. */
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { answer, api } from '../../api/client.ts';
import type { GenerationPage, GenerationRequest } from '../../api/types.ts';
import { generationKeys, withGeneration } from './queries.ts';

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
