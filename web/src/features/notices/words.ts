/** What happened, in words that go between the name of who did it and the name of what it was about. */
import type { Notice } from '../../api/types.ts';

export const DID: Record<Notice['kind'], string> = {
  review_asked: 'asked you to review',
  approved: 'approved',
  changes_requested: 'asked for changes to',
  mentioned: 'mentioned you on',
  replied: 'replied to you on',
  release_asked: 'asked you to confirm a release of',
  release_failed: 'asked for a release that was not carried out in full, of',
};
