/** A comment as the API gives it. */
import type { Comment } from '../src/api/types.ts';

/** Said by somebody else, of the whole version. */
export function comment(other: Partial<Comment> = {}): Comment {
  return {
    id: 'c-1',
    project_id: 'pr-1',
    asset_id: 'a-1',
    version_id: 'v-2',
    reply_to: null,
    at_ms: null,
    until_ms: null,
    body: 'Too fast',
    mentions: [],
    person: { id: 'p-2', name: 'Ana Silva' },
    created_at: '2026-11-22T10:00:00Z',
    edited_at: null,
    earlier: [],
    resolved: null,
    deleted: null,
    can: [],
    ...other,
  };
}
