/** A new asset, and a changed one. */
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { answer, api } from '../../api/client.ts';
import type { Once } from '../../api/once.ts';
import type { AssetChange, NewAsset } from '../../api/types.ts';
import { assetKeys } from './queries.ts';

export function useCreateAsset(project: string) {
  const client = useQueryClient();
  return useMutation({
    mutationFn: ({ key, ask }: Once<NewAsset>) =>
      answer(api.POST('/api/v1/projects/{project}/assets', { params: { path: { project }, header: { 'Idempotency-Key': key } }, body: ask })),
    onSuccess: (asset) => {
      client.setQueryData(assetKeys.one(asset.id), asset);
      return client.invalidateQueries({ queryKey: assetKeys.lists });
    },
  });
}

export function useChangeAsset(asset: string) {
  const client = useQueryClient();
  return useMutation({
    mutationFn: (body: AssetChange) => answer(api.PATCH('/api/v1/assets/{asset}', { params: { path: { asset } }, body })),
    onSuccess: (changed) => {
      client.setQueryData(assetKeys.one(asset), changed);
      return client.invalidateQueries({ queryKey: assetKeys.lists });
    },
  });
}
