/** How many notices are unread, and behind it what they tell. */
import { useInfiniteQuery } from '@tanstack/react-query';
import { useId, useState, type ReactNode } from 'react';
import type { Notice } from '../../api/types.ts';
import { Icon } from '../../ui/icons.tsx';
import { NoticePanel } from './noticePanel.tsx';
import styles from './notices.module.css';
import { noticesQuery } from './queries.ts';

const MOST = 99;

/** A link to what a notice is about. */
export type NoticeLink = (notice: Notice, words: ReactNode, onFollow: () => void) => ReactNode;

export function NoticeMenu({ link }: { link: NoticeLink }) {
  const id = useId();
  const [open, setOpen] = useState(false);
  const notices = useInfiniteQuery(noticesQuery);
  const unread = notices.data?.pages[0]?.unread ?? 0;
  const told = unread > MOST ? `${MOST}+` : String(unread);
  return (
    <>
      <button type="button" className={styles.bell} popoverTarget={id} title="Notices">
        <Icon name="bell" />
        {unread > 0 && (
          <span className={styles.count} aria-hidden="true">
            {told}
          </span>
        )}
        <span className={styles.hidden}>Notices{unread > 0 && `, ${told} unread`}</span>
      </button>
      <div id={id} popover="auto" role="dialog" aria-label="Notices" className={styles.menu} onToggle={(event) => setOpen(event.newState === 'open')}>
        {open && <NoticePanel link={link} unread={unread} onClose={() => document.getElementById(id)?.hidePopover()} />}
      </div>
    </>
  );
}
