/** What one was told in person, the newest first; every part of it also says how much is unread. */
import { infiniteQueryOptions } from '@tanstack/react-query';
import { answer, api } from '../../api/client.ts';

const noticeKeys = { all: ['notices'] as const };
const PART = 20;

export const noticesQuery = infiniteQueryOptions({
  queryKey: noticeKeys.all,
  initialPageParam: undefined as string | undefined,
  queryFn: ({ pageParam, signal }) => {
    const query = { limit: PART, ...(pageParam === undefined ? {} : { cursor: pageParam }) };
    return answer(api.GET('/api/v1/notices', { params: { query }, signal }));
  },
  getNextPageParam: (page) => page.next_cursor ?? undefined,
});
