/** How a round ended, in words. */
import type { Review } from '../../api/types.ts';

export const OUTCOMES: Record<NonNullable<Review['outcome']>, string> = {
  approved: 'Approved',
  changes_requested: 'Changes requested',
  withdrawn: 'Withdrawn',
  archived: 'Ended: the version was archived',
};
