/** The notices themselves. One that is followed is read. */
import { useInfiniteQuery } from '@tanstack/react-query';
import { asProblem } from '../../api/client.ts';
import type { Notice } from '../../api/types.ts';
import { Ago } from '../../ui/ago.tsx';
import { Button, IconButton } from '../../ui/button.tsx';
import { Note, Skeleton } from '../../ui/state.tsx';
import { useRead } from './mutations.ts';
import type { NoticeLink } from './noticeMenu.tsx';
import styles from './notices.module.css';
import { noticesQuery } from './queries.ts';
import { DID } from './words.ts';

interface NoticePanelProps {
  link: NoticeLink;
  unread: number;
  onClose: () => void;
}

export function NoticePanel({ link, unread, onClose }: NoticePanelProps) {
  const notices = useInfiniteQuery(noticesQuery);
  const read = useRead();
  const items = notices.data?.pages.flatMap((page) => page.items) ?? [];
  return (
    <div className={styles.panel}>
      <div className={styles.head}>
        <h2>Notices</h2>
        {unread > 0 && (
          <Button variant="quiet" size="small" icon="check" busy={read.isPending} onClick={() => read.mutate(undefined)}>
            Mark all as read
          </Button>
        )}
      </div>
      {read.isError && (
        <Note tone="bad" live>
          They are still unread. {asProblem(read.error).message}
        </Note>
      )}
      {notices.isPending && <Skeleton lines={4} label="Loading the notices" />}
      {notices.isError && !notices.data && (
        <Note tone="bad" action={<Button size="small" onClick={() => void notices.refetch()}>Try again</Button>}>
          The notices could not be loaded. {asProblem(notices.error).message}
        </Note>
      )}
      {notices.data && items.length === 0 && (
        <p className={styles.quiet}>Nothing yet. When somebody asks you for a review, decides on your version, mentions you or replies to you, it is told here.</p>
      )}
      {items.length > 0 && (
        <ul aria-label="Notices">
          {items.map((notice) => (
            <Row
              key={notice.id}
              notice={notice}
              link={link}
              onRead={() => read.mutate([notice.id])}
              onFollow={() => {
                if (!notice.read_at) read.mutate([notice.id]);
                onClose();
              }}
            />
          ))}
        </ul>
      )}
      {notices.hasNextPage && (
        <Button variant="quiet" size="small" busy={notices.isFetchingNextPage} onClick={() => void notices.fetchNextPage()}>
          Show older notices
        </Button>
      )}
    </div>
  );
}

interface RowProps {
  notice: Notice;
  link: NoticeLink;
  onRead: () => void;
  onFollow: () => void;
}

function Row({ notice, link, onRead, onFollow }: RowProps) {
  const about = `${notice.asset.title}, version ${notice.version.number}`;
  return (
    <li data-unread={notice.read_at ? undefined : ''}>
      <p>
        {!notice.read_at && <span className={styles.hidden}>Unread: </span>}
        <strong>{notice.by.name}</strong> {DID[notice.kind]} {link(notice, about, onFollow)}
        <small>
          {notice.project.name} · <Ago time={notice.created_at} />
        </small>
      </p>
      {!notice.read_at && <IconButton icon="check" label={`Mark as read: ${notice.by.name} ${DID[notice.kind]} ${about}`} onClick={onRead} />}
    </li>
  );
}
