/** Notices in the bar, each with the way to the version and the comment it is about. */
import { Link } from '@tanstack/react-router';
import { NoticeMenu, type NoticeLink } from '../features/notices/noticeMenu.tsx';

const toVersion: NoticeLink = ({ project, asset, version, comment_id: comment }, words, onFollow) => (
  <Link
    to="/projects/$project/assets/$asset"
    params={{ project: project.key, asset: asset.id }}
    search={{ version: version.number, tab: 'versions' }}
    {...(comment !== null && { hash: `comment-${comment}` })}
    onClick={onFollow}
  >
    {words}
  </Link>
);

export function Notices() {
  return <NoticeMenu link={toVersion} />;
}
