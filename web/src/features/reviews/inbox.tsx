/** What waits for a decision in a project, the oldest first; or what was decided. */
import { useInfiniteQuery } from '@tanstack/react-query';
import { useRef, useState, type ReactNode } from 'react';
import { flushSync } from 'react-dom';
import { asProblem } from '../../api/client.ts';
import type { Project, Review, Voice } from '../../api/types.ts';
import { setShortcuts } from '../../audio/help.ts';
import type { Track } from '../../audio/playing.ts';
import { Button, IconButton } from '../../ui/button.tsx';
import { PageTitle } from '../../ui/pageTitle.tsx';
import { Empty, Failure, Skeleton } from '../../ui/state.tsx';
import { DecideDialog } from './decideDialog.tsx';
import styles from './inbox.module.css';
import { InboxRow } from './inboxRow.tsx';
import { judgedReview } from './judged.ts';
import { inboxQuery, type Filters } from './queries.ts';
import type { Verdict } from './steps.ts';
import { Switch } from './switch.tsx';

interface InboxProps {
  project: Project;
  voices: readonly Voice[];
  filters: Filters;
  onFilter: (filters: Filters) => void;
  /** How it was examined, and how much is said of it: in every row. */
  renderStanding: (review: Review) => ReactNode;
  /** What it says and what was said of it: in the row one is at. */
  renderJudged: (review: Review, track: Track) => ReactNode;
  /** Begins a comment, at a moment of the version or on all of it. */
  onComment: (review: Review, atMs: number | null) => void;
}

export function Inbox({ project, voices, filters, onFilter, ...judging }: InboxProps) {
  const list = useInfiniteQuery(inboxQuery(project.id, filters));
  const reviews = list.data?.pages.flatMap((page) => page.items) ?? [];
  const mine = filters.for === undefined;
  const open = filters.state === undefined;
  const choose = (whose: 'me' | 'all', state: 'open' | 'closed') =>
    onFilter({ ...(whose === 'all' && { for: 'all' }), ...(state === 'closed' && { state: 'closed' }) });
  return (
    <>
      <header className={styles.head}>
        <PageTitle>Reviews</PageTitle>
        <Switch label="Whose" value={mine ? 'me' : 'all'} options={{ me: 'For me', all: 'All' }} onChange={(whose) => choose(whose, open ? 'open' : 'closed')} />
        <Switch label="State" value={open ? 'open' : 'closed'} options={{ open: 'Open', closed: 'Closed' }} onChange={(state) => choose(mine ? 'me' : 'all', state)} />
        <IconButton icon="keys" label="Keyboard shortcuts" onClick={() => setShortcuts(true)} />
      </header>
      {list.isPending && <Skeleton lines={9} label="Loading the reviews" />}
      {list.isError && reviews.length === 0 && (
        <Failure title={asProblem(list.error).title} detail={asProblem(list.error).message} onRetry={() => void list.refetch()} />
      )}
      {list.isSuccess && reviews.length === 0 && <Nothing mine={mine} open={open} onAll={() => choose('all', open ? 'open' : 'closed')} />}
      {reviews.length > 0 && (
        <div aria-busy={list.isPlaceholderData || undefined}>
          <Queue reviews={reviews} projectKey={project.key} voices={voices} {...judging} />
        </div>
      )}
      {list.hasNextPage && (
        <div className={styles.more}>
          <Button onClick={() => void list.fetchNextPage()} busy={list.isFetchingNextPage}>
            Load more
          </Button>
        </div>
      )}
    </>
  );
}

interface QueueProps extends Pick<InboxProps, 'renderStanding' | 'renderJudged' | 'onComment'> {
  reviews: readonly Review[];
  projectKey: string;
  voices: readonly Voice[];
}

function Queue({ reviews, projectKey, voices, renderStanding, renderJudged, onComment }: QueueProps) {
  const rows = useRef(new Map<string, HTMLElement>());
  const [chosen, setChosen] = useState<string | null>(null);
  const [deciding, setDeciding] = useState<{ review: Review; verdict: Verdict } | null>(null);
  const current = reviews.some(({ id }) => id === chosen) ? chosen : reviews[0]?.id;
  const move = (from: string, way: 1 | -1) => {
    const next = reviews[reviews.findIndex(({ id }) => id === from) + way];
    if (next) rows.current.get(next.id)?.focus();
    return next !== undefined;
  };
  // The row that was decided may be gone with the next answer, so the focus moves on to one that stays, once the dialog has given it back.
  const done = (id: string) => {
    flushSync(() => setDeciding(null));
    if (!move(id, 1)) move(id, -1);
  };
  return (
    <>
      <ul className={styles.queue} aria-label="Reviews">
        {reviews.map((review) => (
          <li key={review.id}>
            <InboxRow
              review={review}
              projectKey={projectKey}
              voices={voices}
              current={review.id === current}
              row={(element) => {
                if (element) rows.current.set(review.id, element);
                return () => void rows.current.delete(review.id);
              }}
              onCurrent={() => setChosen(review.id)}
              onMove={(way) => void move(review.id, way)}
              onDecide={(verdict) => setDeciding({ review, verdict })}
              standing={renderStanding(review)}
              renderJudged={(track) => renderJudged(review, track)}
              onComment={(atMs) => onComment(review, atMs)}
            />
          </li>
        ))}
      </ul>
      {deciding && (
        <DecideDialog
          version={judgedReview(deciding.review)}
          verdict={deciding.verdict}
          onClose={() => setDeciding(null)}
          onDone={() => done(deciding.review.id)}
        />
      )}
    </>
  );
}

function Nothing({ mine, open, onAll }: { mine: boolean; open: boolean; onAll: () => void }) {
  if (mine)
    return (
      <Empty title={open ? 'Nothing waits for you' : 'No review you had a part in has ended'} icon="check" action={<Button onClick={onAll}>Show all reviews</Button>}>
        {open ? 'When somebody asks you for a review, it appears here by itself.' : 'Reviews that you asked for or decided in are kept here.'}
      </Empty>
    );
  return (
    <Empty title={open ? 'No review is open' : 'No review has ended yet'} icon="check">
      {open ? 'Submit a version for review on its asset’s page, and it appears here.' : 'What was decided is kept here.'}
    </Empty>
  );
}
