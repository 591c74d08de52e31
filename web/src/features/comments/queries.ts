/** What was said of a version: all of it, for threads need their replies. */
import { queryOptions } from '@tanstack/react-query';
import { answer, api } from '../../api/client.ts';
import type { Comment } from '../../api/types.ts';

export const commentKeys = {
  of: (version: string) => ['version', version, 'comments'] as const,
};

const PART = 200;

export function commentsQuery(version: string) {
  return queryOptions({
    queryKey: commentKeys.of(version),
    queryFn: ({ signal }) => rest(version, signal),
  });
}

async function rest(version: string, signal: AbortSignal, cursor?: string): Promise<Comment[]> {
  const query = { limit: PART, ...(cursor !== undefined && { cursor }) };
  const page = await answer(api.GET('/api/v1/versions/{version}/comments', { params: { path: { version }, query }, signal }));
  return page.next_cursor ? [...page.items, ...(await rest(version, signal, page.next_cursor))] : page.items;
}
