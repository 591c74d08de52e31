/** Saving a script, asking for a generation, cancelling it, trying it again. */
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { answer, api } from '../../api/client.ts';
import type { Once } from '../../api/once.ts';
import type { GenerationPage, GenerationRequest } from '../../api/types.ts';
import { generationKeys, withGeneration } from './queries.ts';

/** `onChanged` fetches the asset anew, which has another script now; until it has, the mutation is under way. */
type Changed = () => Promise<void>;

interface Words {
  text: string;
  /** Why the wording changed; kept with the script. */
  note: string;
}

export function useSaveScript(asset: string, onChanged: Changed) {
  return useMutation({
    mutationFn: ({ key, ask }: Once<Words>) => answer(api.POST('/api/v1/assets/{asset}/scripts', request(asset, key, ask))),
    onSuccess: onChanged,
  });
}

function request(asset: string, key: string, { text, note }: Words) {
  return { params: { path: { asset }, header: { 'Idempotency-Key': key } }, body: { text, ...(note.trim() && { note: note.trim() }) } };
}

/** Saves the note with the script first if there is one: a generation alone cannot carry it. */
export function useGenerate(asset: string, onChanged: Changed) {
  const client = useQueryClient();
  return useMutation({
    retry: (failures, error) => failures < 2 && 'status' in error && error.status === 0,
    mutationFn: async ({ key, ask: { note, text, ...rest } }: Once<GenerationRequest & Words>) => {
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
      await Promise.all([client.invalidateQueries({ queryKey: generationKeys.of(asset) }), onChanged()]);
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
