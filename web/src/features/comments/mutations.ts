/** Writing, changing and settling comments. What the server answers is shown at once. */
import { useMutation, useQueryClient, type QueryClient } from '@tanstack/react-query';
import { answer, api } from '../../api/client.ts';
import { sendOnce, type Once } from '../../api/once.ts';
import type { Comment, NewComment } from '../../api/types.ts';
import { discard } from './draft.ts';
import { commentKeys } from './queries.ts';

function put(client: QueryClient, comment: Comment) {
  client.setQueryData<Comment[]>(commentKeys.of(comment.version_id), (old) => old && [comment, ...old.filter((one) => one.id !== comment.id)]);
}

/** Once it is written, its draft is none any more; until then it stays, whatever happens. */
export function useWrite(version: string, draft: string) {
  const client = useQueryClient();
  const mutation = useMutation({
    mutationFn: ({ ask, key }: Once<NewComment>) =>
      answer(api.POST('/api/v1/versions/{version}/comments', { params: { path: { version }, header: { 'Idempotency-Key': key } }, body: ask })),
    onSuccess: (made) => {
      put(client, made);
      discard(draft);
    },
  });
  return { ...mutation, write: (ask: NewComment, then?: () => void) => mutation.mutate(sendOnce(mutation, ask), { onSuccess: () => then?.() }) };
}

export function useEdit({ id: comment }: Comment, draft: string) {
  const client = useQueryClient();
  return useMutation({
    mutationFn: (body: { body: string; mentions: string[] }) => answer(api.PATCH('/api/v1/comments/{comment}', { params: { path: { comment } }, body })),
    onSuccess: (edited) => {
      put(client, edited);
      discard(draft);
    },
  });
}

export function useSettle({ id: comment, resolved, version_id: version }: Comment) {
  const client = useQueryClient();
  const path = resolved ? '/api/v1/comments/{comment}/reopen' : '/api/v1/comments/{comment}/resolve';
  return useMutation({
    mutationFn: () => answer(api.POST(path, { params: { path: { comment } } })),
    onSuccess: (settled) => put(client, settled),
    onError: () => client.invalidateQueries({ queryKey: commentKeys.of(version) }), // somebody may have been faster
  });
}

export function useDelete({ id: comment }: Comment) {
  const client = useQueryClient();
  return useMutation({
    mutationFn: () => answer(api.DELETE('/api/v1/comments/{comment}', { params: { path: { comment } } })),
    onSuccess: (deleted) => put(client, deleted),
  });
}
